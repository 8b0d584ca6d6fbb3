"""Rules about the downloader that a machine asks: where it got what, what it gave to whom, and what it announced.

What one node counts is compared with what the nodes at the other end count; where these disagree, nothing can be said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from pkgsuite.errors import Unsupported
from pkgsuite.model.journal import Announced, Exchanged, Fetched, NodeRecord, Served
from pkgsuite.model.observation import Observation
from pkgsuite.rules.arguments import AMOUNT, EVENT, FILE, TIMES
from pkgsuite.rules.base import Finding, Kind
from pkgsuite.rules.show import printable
from pkgsuite.values import dataclass

__all__ = ["KINDS", "STAND_IN"]

ALL = "*"
AGAIN = "again"
DOWNLOADER, STAND_IN = "downloader", "stand-in"
MOST_SHOWN = 12

Counted: TypeAlias = Callable[[Fetched], int]


@dataclass(frozen=True, slots=True)
class Source:
    """Where bytes may come from: its name, how many of a file did, and how many its own journal has, if it has one."""

    name: str
    counted: Counted
    counted_there: Callable[[Observation, NodeRecord, str], int | None]


def downloader(observation: Observation) -> NodeRecord | str:
    """The node that the machine asks, or why it cannot be looked at.

    Raises Unsupported for a program that stands in for ours: what a scenario says of ours cannot be judged then.
    """
    if not observation.through:
        return "the machine asks mirrors alone: start_downloader(tracker, mirror), or start_machine(through=…)"
    record = observation.nodes[observation.through]
    if record.kind == STAND_IN:
        raise Unsupported(f"{observation.through} is a program of others, which keeps no journal that we could read")
    if record.kind != DOWNLOADER:
        return f"{observation.through} is a program of others, which keeps no journal that we could read"
    return record


def named(file: str) -> str:
    """A file as it is spoken of."""
    return "any file of a package" if file == ALL else file


def is_of(note: Fetched, file: str) -> bool:
    """Whether a note is about a file: one by its package or path, or with `*` about any file of a package."""
    if file == ALL:
        return bool(note.package)
    return note.path.endswith(f"/{file}") if "/" in file else note.package == file


def is_known(observation: Observation, file: str) -> bool:
    """Whether anybody has or had such a file, or asked for it."""
    records = list(observation.nodes.values())
    if file == ALL or any(name == file for name, _ in observation.archives):
        return True
    if any(is_of(note, file) for record in records for note in record.all(Fetched)):
        return True
    return any(record.offers is not None and record.offers(file) for record in records)


def from_source(source: Source) -> Callable[..., Finding]:
    """What judges whether a file came from there."""

    def judge(observation: Observation, file: str, amount: str = "") -> Finding:
        expected = f"{named(file)} from {source.name}{f', {worded(amount)}' if amount else ''}"
        record = downloader(observation)
        if isinstance(record, str):
            return Finding(None, expected, record)
        if not is_known(observation, file):
            return Finding(None, expected, f"no mirror has or had {file}, and nobody asked for it")
        notes = [note for note in record.all(Fetched) if is_of(note, file)]
        counts = [source.counted(note) for note in notes if source.counted(note)]
        there = source.counted_there(observation, record, file)
        seen = f"{sum(counts)} bytes, {times(len(counts))}\n{shown(notes)}"
        if there is not None and there < sum(counts):
            return Finding(None, expected, f"{seen}\nthere were {there} bytes sent, by the journal of {source.name}")
        return Finding(
            is_met(amount, counts),
            expected,
            seen,
            opposite="" if amount else f"no byte of {named(file)} from {source.name}",
        )

    return judge


def is_met(amount: str, counts: list[int]) -> bool:
    """Whether there were so many times or bytes; without an amount, any."""
    if amount.endswith(BYTES):
        return sum(counts) == int(amount.removesuffix(BYTES))
    return len(counts) == int(amount) if amount else bool(counts)


BYTES = " bytes"


def worded(amount: str) -> str:
    """An amount in words."""
    return amount if amount.endswith(BYTES) else times(int(amount))


def times(count: int) -> str:
    """How often, in words."""
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def shown(notes: Iterable[object]) -> str:
    """The last notes, one a line."""
    lines = [printable(str(note)) for note in notes]
    hidden = len(lines) - MOST_SHOWN
    return "\n".join(([f"… {hidden} before"] if hidden > 0 else []) + lines[-MOST_SHOWN:]) or "nothing noted"


# What the other end counts


def sent_by_mirrors(observation: Observation, record: NodeRecord, file: str) -> int | None:
    """The bytes that mirrors sent of a file to this node; None where the node has no address of its own."""
    if sum(1 for each in observation.nodes.values() if each.address == record.address) > 1:
        return None
    paths = {note.path.partition("/")[2] for note in record.all(Fetched) if is_of(note, file)}
    mirrors = [each for each in observation.nodes.values() if each.offers is not None]
    return sum(
        served.sent_bytes
        for mirror in mirrors
        for served in mirror.all(Served)
        if served.client == record.address and served.path in paths
    )


def sent_by_peers(observation: Observation, record: NodeRecord, file: str) -> int | None:
    """The bytes that peers gave of a file to this node; None where some of them keep no journal, or lost part of it."""
    notes = [note for note in record.all(Fetched) if is_of(note, file) and note.peers]
    hosts = {peer.rpartition(":")[0] for note in notes for peer in note.peers}
    packages = {note.package for note in notes}
    givers = [each for each in observation.nodes.values() if each.address in hosts]
    if {each.address for each in givers} != hosts or not all(each.is_whole for each in givers):
        return None
    return sum(
        each.sent_bytes
        for giver in givers
        for each in giver.all(Exchanged)
        if each.package in packages and host_of(each.peer) == record.address
    )


def host_of(peer: str) -> str:
    """The address of a peer."""
    return peer.rpartition(":")[0]


PEERS = Source("peers", lambda note: note.from_peers, sent_by_peers)
MIRROR = Source("the mirror", lambda note: note.from_mirror, sent_by_mirrors)
CACHE = Source("the cache", lambda note: note.from_cache, lambda observation, record, file: None)


# What it gives, says and knows


def given(observation: Observation, file: str, amount: str = "") -> Finding:
    """Whether the downloader gave blocks of a package to peers."""
    expected = f"{named(file)} given to peers{f', {worded(amount)}' if amount else ''}"
    record = downloader(observation)
    if isinstance(record, str):
        return Finding(None, expected, record)
    if not is_known(observation, file):
        return Finding(None, expected, f"no mirror has or had {file}, and nobody asked for it")
    notes = [note for note in record.all(Exchanged) if note.sent_bytes and (file in (ALL, note.package))]
    counts = [note.sent_bytes for note in notes]
    seen = f"{sum(counts)} bytes, {times(len(counts))}\n{shown(notes)}"
    return Finding(
        is_met(amount, counts), expected, seen, opposite="" if amount else f"{named(file)} not given to peers"
    )


def announced(observation: Observation, file: str, event: str = "", count: str = "") -> Finding:
    """Whether the downloader announced a package, and a tracker answered."""
    expected = " ".join(filter(None, [f"{named(file)} announced", event, times(int(count)) if count else ""]))
    record = downloader(observation)
    if isinstance(record, str):
        return Finding(None, expected, record)
    if not is_known(observation, file):
        return Finding(None, expected, f"no mirror has or had {file}, and nobody asked for it")
    notes = [note for note in record.all(Announced) if file in (ALL, note.package)]
    good = [note for note in notes if not note.trouble and event in ("", note.event or AGAIN)]
    held = len(good) == int(count) if count else bool(good)
    return Finding(held, expected, f"{times(len(good))}\n{shown(notes)}")


def peers(observation: Observation, count: str) -> Finding:
    """Whether the downloader knows so many other peers."""
    expected = f"{count} other peers known"
    record = downloader(observation)
    if isinstance(record, str):
        return Finding(None, expected, record)
    found = sorted({who(observation, peer) for peer in known_peers(observation, record)})
    return Finding(len(found) == int(count), expected, f"{len(found)}: {', '.join(found) or 'nobody'}")


def known_peers(observation: Observation, record: NodeRecord) -> Iterator[str]:
    """Where the peers are that trackers told of, or that blocks were spoken of with."""
    for told in record.all(Announced):
        yield from told.told
    for each in record.all(Exchanged):
        if not each.is_incoming or who(observation, each.peer) != each.peer:
            yield each.peer


def who(observation: Observation, peer: str) -> str:
    """The node at an address, if there is just one that may be it, or else the address."""
    host = host_of(peer)
    names = [name for name, each in observation.nodes.items() if each.address == host]
    return names[0] if len(names) == 1 else peer


KINDS = (
    Kind(
        "FETCHED_FROM_PEERS",
        "The machine's downloader got bytes of this file from peers: at all, so many times, or so many bytes. "
        "A file is named by its package or its path on the mirror; `*` is every file of a package.",
        from_source(PEERS),
        (FILE, AMOUNT),
        optional=1,
    ),
    Kind(
        "FETCHED_FROM_MIRROR",
        "The machine's downloader got bytes of this file from a mirror: at all, so many times, or so many bytes.",
        from_source(MIRROR),
        (FILE, AMOUNT),
        optional=1,
    ),
    Kind(
        "FETCHED_FROM_CACHE",
        "The machine's downloader had bytes of this file on its disk: at all, so many times, or so many bytes.",
        from_source(CACHE),
        (FILE, AMOUNT),
        optional=1,
    ),
    Kind(
        "GIVEN_TO_PEERS",
        "The machine's downloader gave blocks of this package to peers: at all, to so many, or so many bytes.",
        given,
        (FILE, AMOUNT),
        optional=1,
    ),
    Kind(
        "ANNOUNCED",
        "The machine's downloader announced this package and a tracker answered: ever, with this event, so many times.",
        announced,
        (FILE, EVENT, TIMES),
        optional=2,
    ),
    Kind(
        "PEERS",
        "The machine's downloader knows exactly so many other peers, by its trackers or by connections.",
        peers,
        (TIMES,),
    ),
)
