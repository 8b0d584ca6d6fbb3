"""Who is in which swarm, as a tracker knows it; no sockets in here."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import field

from pkgsuite.errors import BadArchive
from pkgsuite.formats.announce import COMPLETED, STOPPED, Announce, Answer, Counts, Peer, Refused
from pkgsuite.formats.bencode import Encodable, Value, decode, encode
from pkgsuite.values import dataclass

__all__ = ["Swarms"]

MOST_SWARMS, MOST_MEMBERS = 100_000, 10_000
LIVES = 2.5
"""After how many intervals without a word a peer is forgotten."""


@dataclass(slots=True)
class Member:
    """One peer of a swarm: what it lacks in bytes, and when it was last heard of."""

    peer: Peer
    left: int
    seen_s: float


@dataclass(slots=True)
class Swarm:
    """The members by where they listen, and how many ever became complete."""

    members: dict[str, Member] = field(default_factory=dict)
    downloaded: int = 0


class Swarms:
    """Everything a tracker knows; peers are to announce every *interval_s* seconds, and are forgotten if they do not.

    *clock* gives seconds.
    """

    def __init__(self, interval_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.interval_s = interval_s
        self._clock = clock
        self._swarms: dict[bytes, Swarm] = {}
        self._lock = threading.Lock()

    def announce(self, asked: Announce, host: str) -> Answer:
        """The answer to one who listens at *host*; raises Refused where there is no room."""
        me = Peer(host, asked.port, asked.peer_id)
        with self._lock:
            swarm = self._swarm(asked.info_hash)
            self._forget_the_silent(swarm)
            before = swarm.members.pop(str(me), None)
            if asked.event == COMPLETED and (before is None or before.left):
                swarm.downloaded += 1
            others = [member.peer for member in swarm.members.values()]
            if asked.event != STOPPED:
                if len(swarm.members) >= MOST_MEMBERS:
                    raise Refused("this swarm is full")
                swarm.members[str(me)] = Member(me, asked.left, self._clock())
            counts = counted(swarm)
            if not swarm.members and not swarm.downloaded:
                del self._swarms[asked.info_hash]  # nobody will ever speak of it again
        wanted = 0 if asked.event == STOPPED else asked.wanted
        chosen = others if len(others) <= wanted else random.sample(others, wanted)
        return Answer(self._told_s, self._told_s, counts.complete, counts.incomplete, tuple(chosen[:wanted]))

    @property
    def _told_s(self) -> int:
        """The interval as peers are told, in whole seconds; BEP 3."""
        return max(int(self.interval_s), 1)

    def _swarm(self, info_hash: bytes) -> Swarm:
        if info_hash not in self._swarms and len(self._swarms) >= MOST_SWARMS:
            raise Refused("this tracker is full")
        return self._swarms.setdefault(info_hash, Swarm())

    def _forget_the_silent(self, swarm: Swarm) -> None:
        oldest = self._clock() - LIVES * self._told_s
        for name in [name for name, member in swarm.members.items() if member.seen_s < oldest]:
            del swarm.members[name]

    def scrape(self, wanted: Iterable[bytes] = ()) -> dict[bytes, Counts]:
        """The counts of the torrents that are *wanted* and known, or of all."""
        with self._lock:
            names = [name for name in wanted if name in self._swarms] or ([] if tuple(wanted) else list(self._swarms))
            for name in names:
                self._forget_the_silent(self._swarms[name])
            return {name: counted(self._swarms[name]) for name in names}

    # From one life to the next

    def write(self) -> bytes:
        """All that is known."""
        with self._lock:
            told: dict[bytes, Encodable] = {
                info_hash: {"downloaded": swarm.downloaded, "members": [said(each) for each in swarm.members.values()]}
                for info_hash, swarm in self._swarms.items()
            }
        return encode(told)

    def read(self, data: bytes) -> None:
        """Know what `write` wrote, as if all had just announced; raises BadArchive."""
        told = decode(data)
        if not isinstance(told, dict):
            raise BadArchive(f"state of a tracker: expected a dictionary, seen {data[:40]!r}")
        found = {info_hash: self._read_swarm(value) for info_hash, value in told.items()}
        with self._lock:
            self._swarms.update(found)

    def _read_swarm(self, told: Value) -> Swarm:
        downloaded, members = (told.get(b"downloaded"), told.get(b"members")) if isinstance(told, dict) else (0, 0)
        if not isinstance(downloaded, int) or not isinstance(members, list):
            raise BadArchive(f"state of a tracker: expected a swarm, seen {told!r:.80}")
        swarm = Swarm(downloaded=downloaded)
        for each in members:
            match each:
                case [bytes(host), int(port), bytes(peer_id), int(left)]:
                    peer = Peer(host.decode("ascii", "backslashreplace"), port, peer_id)
                    swarm.members[str(peer)] = Member(peer, left, self._clock())
                case _:
                    raise BadArchive(f"state of a tracker: expected a peer, seen {each!r:.80}")
        return swarm


def said(member: Member) -> list[Encodable]:
    """A member as its state is written."""
    return [member.peer.host, member.peer.port, member.peer.peer_id, member.left]


def counted(swarm: Swarm) -> Counts:
    """How many of a swarm have all, how many do not, and how many ever had."""
    complete = sum(1 for member in swarm.members.values() if not member.left)
    return Counts(complete, len(swarm.members) - complete, swarm.downloaded)
