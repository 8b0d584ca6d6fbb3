"""What peers ask trackers and what these answer: announce and scrape over HTTP; BEP 3, 23, 48, no sockets in here."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote_to_bytes

from pkgsuite.errors import BadArchive
from pkgsuite.formats.bencode import Encodable, Value, decode, encode
from pkgsuite.formats.torrent import HASH_BYTES
from pkgsuite.values import dataclass

__all__ = [
    "EVENTS",
    "Announce",
    "Answer",
    "Counts",
    "Peer",
    "Refused",
    "read_scrape",
    "refusal",
    "scraped",
    "write_scrape",
]

STARTED, COMPLETED, STOPPED, REGULAR = "started", "completed", "stopped", ""
EVENTS = (STARTED, COMPLETED, STOPPED, REGULAR, "empty")

USUAL_PEERS, MOST_PEERS = 50, 200
MOST_SCRAPED = 100
COMPACT_BYTES = 6
NUMBER = re.compile(r"[0-9]{1,18}")
SIGNED_NUMBER = re.compile(r"-?[0-9]{1,9}")


class Refused(BadArchive):
    """A tracker says no, in its own words."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a peer listens, and who it is if that is told."""

    host: str
    port: int
    peer_id: bytes = b""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Announce:
    """What a peer tells its tracker of one torrent; *left* are the bytes that it lacks.

    *wanted* is how many peers it asks for, below zero for the usual number. *host* is where it listens if that is not
    where it asks from.
    """

    info_hash: bytes
    peer_id: bytes
    port: int
    uploaded: int = 0
    downloaded: int = 0
    left: int = 0
    event: str = REGULAR
    wanted: int = USUAL_PEERS
    is_compact: bool = True
    host: str = ""
    names_peers: bool = True

    def write(self) -> str:
        """The query of the request."""
        told = {
            "info_hash": quote(self.info_hash, ""),
            "peer_id": quote(self.peer_id, ""),
            "port": self.port,
            "uploaded": self.uploaded,
            "downloaded": self.downloaded,
            "left": self.left,
            "compact": int(self.is_compact),
            "numwant": self.wanted,
        }
        if self.event:
            told["event"] = self.event
        if self.host:
            told["ip"] = self.host
        return "&".join(f"{name}={value}" for name, value in told.items())

    @classmethod
    def read(cls, query: str) -> Announce:
        """What a query says; raises BadArchive with what is wrong about it."""
        given = parameters(query)
        event = text(given, "event")
        if event not in EVENTS:
            raise BadArchive(f"expected event to be one of {', '.join(EVENTS[:3])} or nothing, seen {event[:40]!r}")
        port = number(given, "port", None)
        if not 0 < port < 1 << 16:
            raise BadArchive(f"expected port to be one from 1 on, seen {port}")
        wanted = text(given, "numwant") or str(USUAL_PEERS)
        if not SIGNED_NUMBER.fullmatch(wanted):
            raise BadArchive(f"expected numwant to be a number, seen {wanted[:40]!r}")
        return cls(
            identity(given, "info_hash"),
            identity(given, "peer_id"),
            port,
            number(given, "uploaded"),
            number(given, "downloaded"),
            number(given, "left", 1),
            REGULAR if event == "empty" else event,
            min(int(wanted), MOST_PEERS) if int(wanted) >= 0 else USUAL_PEERS,
            text(given, "compact") == "1",
            text(given, "ip"),
            text(given, "no_peer_id") != "1",
        )


def parameters(query: str) -> dict[str, list[bytes]]:
    """The values of each name in a query, in their order; a plus is a plus, as everywhere in BitTorrent."""
    found: dict[str, list[bytes]] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        found.setdefault(name, []).append(unquote_to_bytes(value))
    return found


def identity(given: Mapping[str, list[bytes]], name: str) -> bytes:
    """A parameter of twenty bytes; raises BadArchive."""
    values = given.get(name, [])
    if len(values) != 1 or len(values[0]) != HASH_BYTES:
        raise BadArchive(f"expected one {name} of {HASH_BYTES} bytes, seen {[len(value) for value in values]}")
    return values[0]


def text(given: Mapping[str, list[bytes]], name: str) -> str:
    """A parameter as text, or nothing."""
    return given.get(name, [b""])[0].decode("ascii", "backslashreplace")


def number(given: Mapping[str, list[bytes]], name: str, usual: int | None = 0) -> int:
    """A parameter that is a number, or the *usual* one where it is not given; raises BadArchive."""
    value = text(given, name)
    if not value and usual is not None:
        return usual
    if not NUMBER.fullmatch(value):
        raise BadArchive(f"expected {name} to be a number, seen {value[:40]!r}")
    return int(value)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tracker answers to an announce: after how long it wants to hear again, how many there are, and some peers.

    *complete* have all, *incomplete* lack something.
    """

    interval_s: int
    least_interval_s: int = 0
    complete: int = 0
    incomplete: int = 0
    peers: tuple[Peer, ...] = ()

    def write(self, *, is_compact: bool = True, names_peers: bool = True) -> bytes:
        """The answer as bytes: peers as six bytes each, or as dictionaries."""
        told: dict[str, Encodable] = {
            "interval": self.interval_s,
            "min interval": self.least_interval_s,
            "complete": self.complete,
            "incomplete": self.incomplete,
        }
        if is_compact:
            return encode(told | {"peers": b"".join(map(compact, self.peers))})
        return encode(told | {"peers": [described(peer, names_peers) for peer in self.peers]})

    @classmethod
    def read(cls, data: bytes) -> Answer:
        """The answer that a tracker gave; raises Refused where it says no, BadArchive where it is no answer."""
        said = decode(data, is_sorted=False)
        if not isinstance(said, dict):
            raise BadArchive(f"tracker's answer: expected a dictionary, seen {data[:40]!r}")
        if b"failure reason" in said:
            reason = said[b"failure reason"]
            raise Refused(reason.decode("utf-8", "backslashreplace") if isinstance(reason, bytes) else repr(reason))
        interval, least, complete, incomplete = (
            whole(said, name) for name in (b"interval", b"min interval", b"complete", b"incomplete")
        )
        return cls(interval, least, complete, incomplete, tuple(read_peers(said.get(b"peers", b""))))


def whole(said: Mapping[bytes, Value], name: bytes) -> int:
    """A number of an answer, 0 where there is none; raises BadArchive."""
    value = said.get(name, 0)
    if not isinstance(value, int) or not 0 <= value < 1 << 31:
        raise BadArchive(f"tracker's answer: expected {name.decode()} to be a number from 0 on, seen {value!r:.40}")
    return value


def compact(peer: Peer) -> bytes:
    """A peer in six bytes; BEP 23."""
    return socket.inet_aton(peer.host) + peer.port.to_bytes(2, "big")


def described(peer: Peer, names_peers: bool) -> dict[str, Encodable]:
    """A peer as a dictionary."""
    told: dict[str, Encodable] = {"ip": peer.host, "port": peer.port}
    return told | ({"peer id": peer.peer_id} if names_peers else {})


def read_peers(said: Value) -> Iterable[Peer]:
    """The peers of an answer in either form; raises BadArchive."""
    if isinstance(said, bytes):
        if len(said) % COMPACT_BYTES:
            raise BadArchive(f"tracker's answer: expected {COMPACT_BYTES} bytes for each peer, seen {len(said)} in all")
        for at in range(0, len(said), COMPACT_BYTES):
            yield Peer(socket.inet_ntoa(said[at : at + 4]), int.from_bytes(said[at + 4 : at + COMPACT_BYTES], "big"))
        return
    for each in said if isinstance(said, list) else [said]:
        fields = each if isinstance(each, dict) else {}
        host, port, peer_id = (fields.get(name) for name in (b"ip", b"port", b"peer id"))
        if not (isinstance(host, bytes) and isinstance(port, int) and 0 < port < 1 << 16):
            raise BadArchive(f"tracker's answer: expected peers with ip and port, seen {each!r:.80}")
        yield Peer(host.decode("ascii", "backslashreplace"), port, peer_id if isinstance(peer_id, bytes) else b"")


def refusal(reason: str) -> bytes:
    """How a tracker says no."""
    return encode({"failure reason": reason})


@dataclass(frozen=True, slots=True)
class Counts:
    """How many peers of a torrent have all, lack something, and ever became complete."""

    complete: int
    incomplete: int
    downloaded: int


def scraped(query: str) -> tuple[bytes, ...]:
    """The torrents that a scrape asks for, none for all; raises BadArchive."""
    wanted = parameters(query).get("info_hash", [])
    if len(wanted) > MOST_SCRAPED or any(len(each) != HASH_BYTES for each in wanted):
        raise BadArchive(f"expected at most {MOST_SCRAPED} times info_hash, {HASH_BYTES} bytes each")
    return tuple(wanted)


def write_scrape(counts: Mapping[bytes, Counts]) -> bytes:
    """The answer to a scrape."""
    files = {
        info_hash: {"complete": each.complete, "downloaded": each.downloaded, "incomplete": each.incomplete}
        for info_hash, each in counts.items()
    }
    return encode({"files": files})


def read_scrape(data: bytes) -> dict[bytes, Counts]:
    """The counts of each torrent; raises Refused, BadArchive."""
    said = decode(data, is_sorted=False)
    if isinstance(said, dict) and isinstance(reason := said.get(b"failure reason"), bytes):
        raise Refused(reason.decode("utf-8", "backslashreplace"))
    files = said.get(b"files") if isinstance(said, dict) else None
    if not isinstance(files, dict):
        raise BadArchive(f"tracker's answer: expected a dictionary called files, seen {data[:40]!r}")
    found = {}
    for info_hash, each in files.items():
        fields = each if isinstance(each, dict) else {}
        found[info_hash] = Counts(*(whole(fields, name) for name in (b"complete", b"incomplete", b"downloaded")))
    return found
