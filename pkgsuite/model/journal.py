"""What nodes have done, as values that travel as JSON lines, and what rules see of a node."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeAlias, TypeVar

from pkgsuite.values import dataclass

__all__ = ["Announced", "Exchanged", "Fetched", "NodeRecord", "Note", "Served", "decode", "encode"]

DELIVERIES = (200, 206)


@dataclass(frozen=True, slots=True)
class Served:
    """One request and what became of it.

    *path* has no slash before it and no escapes. *body_bytes* is what the head promised, *sent_bytes* what of it was
    sent. *at_s* is when the request was whole, in seconds since the epoch; *seconds* is how long the answer took.
    *fault* describes the faults that were at work, *client* is the address that asked. An answer that *is_open* was
    still being sent.
    """

    method: str
    path: str
    status: int
    body_bytes: int = 0
    sent_bytes: int = 0
    at_s: float = 0.0
    seconds: float = 0.0
    query: str = ""
    range: str = ""
    fault: str = ""
    is_open: bool = False
    client: str = ""

    @property
    def is_delivery(self) -> bool:
        """Whether a body, or the part of it that was asked for, was sent from the first byte to the last."""
        whole = not self.is_open and self.sent_bytes == self.body_bytes
        return self.method == "GET" and self.status in DELIVERIES and whole

    def __str__(self) -> str:
        """The request in a line."""
        part = f" [{self.range}]" if self.range else ""
        fault = f" ({self.fault})" if self.fault else ""
        sent = f"{self.sent_bytes} of {self.body_bytes} bytes{' so far' if self.is_open else ''}"
        return f"{self.method} {self.path}{part}: {self.status}, {sent} in {self.seconds:.3f} s{fault}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that a downloader got for a client: where its bytes came from, and who the *peers* were that gave some.

    *path* is that of the mirror with its host before it; *package* is the name of the package whose file it is, if it
    is one. *from_mirror* counts what the mirror sent, even where it was of no use. A file that could not be had is told
    with its *trouble*.
    """

    path: str
    package: str = ""
    size: int = 0
    from_peers: int = 0
    from_mirror: int = 0
    from_cache: int = 0
    peers: tuple[str, ...] = ()
    trouble: str = ""
    at_s: float = 0.0
    seconds: float = 0.0

    def __str__(self) -> str:
        """The file in a line."""
        named = {"peers": self.from_peers, "the mirror": self.from_mirror, "the cache": self.from_cache}
        parts = [f"{count} bytes from {source}" for source, count in named.items() if count]
        what = f"{self.package}, {self.path}" if self.package else self.path
        gave = f" ({', '.join(self.peers)})" if self.peers else ""
        trouble = f": {self.trouble}" if self.trouble else ""
        return f"{what}: {', '.join(parts) or 'nothing'}{gave} in {self.seconds:.3f} s{trouble}"


@dataclass(frozen=True, slots=True)
class Announced:
    """What a peer said to a tracker of one torrent, and the peers it was told of; both of them note it.

    *peer* is where the peer listens, *left* what it lacks in bytes, *info_hash* hexadecimal. An announce that failed is
    told with its *trouble*.
    """

    info_hash: str
    peer: str
    event: str = ""
    left: int = 0
    tracker: str = ""
    told: tuple[str, ...] = ()
    package: str = ""
    trouble: str = ""
    at_s: float = 0.0

    def __str__(self) -> str:
        """The announce in a line."""
        what = self.package or self.info_hash
        outcome = self.trouble or f"told of {', '.join(self.told) or 'nobody'}"
        return f"{self.peer} announced {what} {self.event or 'again'}, lacking {self.left} bytes: {outcome}"


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A connection between two peers about one torrent: the bytes of blocks that came and went; both of them note it.

    *peer* is the other's address and port, which is not where it listens if the connection *is_incoming*. *ending* says
    why it ended; one that *is_open* had not.
    """

    info_hash: str
    peer: str
    package: str = ""
    received_bytes: int = 0
    sent_bytes: int = 0
    is_incoming: bool = False
    ending: str = ""
    at_s: float = 0.0
    seconds: float = 0.0
    is_open: bool = False

    def __str__(self) -> str:
        """The connection in a line."""
        what, way = self.package or self.info_hash, "from" if self.is_incoming else "to"
        ending = f": {self.ending}" if self.ending else ""
        counts = f"{self.received_bytes} bytes received, {self.sent_bytes} sent"
        return f"connection {way} {self.peer} about {what}, {counts} in {self.seconds:.3f} s{ending}"


Note: TypeAlias = "Served | Fetched | Announced | Exchanged"
"""Anything that a node notes."""

NOTES: dict[str, type[Note]] = {kind.__name__: kind for kind in (Served, Fetched, Announced, Exchanged)}
KIND = "note"

Some = TypeVar("Some", Served, Fetched, Announced, Exchanged)


def encode(note: Note) -> str:
    """One line of JSON, without the newline."""
    return json.dumps({KIND: type(note).__name__, **asdict(note)})


def decode(line: str | bytes) -> Note:
    """The value that `encode` wrote; raises ValueError, KeyError or TypeError where it is none."""
    told = json.loads(line)
    kind = NOTES[told.pop(KIND)]
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return kind(**fields)


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """A node as rules see it: whether it runs, what it has noted, and whether it has or had a path to offer.

    *kind* is what it is, and *address* its own, by which others know it. What *is_whole* has lost nothing that it could
    have noted, since it was never killed.
    """

    is_alive: bool
    notes: tuple[Note, ...] = ()
    offers: Callable[[str], bool] | None = None
    kind: str = ""
    address: str = ""
    is_whole: bool = True

    def all(self, kind: type[Some]) -> tuple[Some, ...]:
        """The notes of one kind, in order."""
        return tuple(note for note in self.notes if isinstance(note, kind))

    @property
    def served(self) -> tuple[Served, ...]:
        """What it has answered."""
        return self.all(Served)
