"""Rules about the nodes of a scenario: what its mirrors delivered, and whether they still run."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from pkgsuite.model.journal import NodeRecord, Served
from pkgsuite.model.observation import Observation
from pkgsuite.rules.arguments import FILE_PATH, NODE, OFFSET, TIMES
from pkgsuite.rules.base import Finding, Kind
from pkgsuite.rules.show import printable

__all__ = ["KINDS"]

MOST_SHOWN = 12
PARTIAL = 206


def served_by(observation: Observation, name: str, path: str, times: str = "") -> Finding:
    """Whether the mirror of this name delivered *path* so often, or at least once."""
    what = f"delivered by {name}"
    record = observation.nodes.get(name)
    if record is None or record.offers is None:
        return Finding(None, f"{path} {what}", f"the scenario has no mirror of this name; {known(observation)}")
    alone = replace(observation, read_nodes=lambda: {name: record})
    return judged(alone, path, what, lambda each: each.is_delivery, times)


def is_unasked(observation: Observation, name: str) -> Finding:
    """Whether nobody asked the mirror of this name for anything."""
    expected = f"nobody asks {name} for anything"
    record = observation.nodes.get(name)
    if record is None or record.offers is None:
        return Finding(None, expected, f"the scenario has no mirror of this name; {known(observation)}")
    return Finding(not record.served, expected, requests({name: record}), opposite=f"somebody asks {name}")


def known(observation: Observation) -> str:
    """The mirrors that there are."""
    names = ", ".join(name for name, record in observation.nodes.items() if record.offers is not None)
    return f"it has {names or 'none'}"


PLAIN_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{1,18})-[0-9]{0,18}\s*")
"""A range that names the byte where it begins; RFC 9110, section 14.1.2."""


def served(observation: Observation, path: str, times: str = "") -> Finding:
    """Whether the mirrors together delivered *path* so often, or at least once."""
    return judged(observation, path, "delivered", lambda each: each.is_delivery, times)


def served_from(observation: Observation, path: str, offset: str, times: str = "") -> Finding:
    """Whether the mirrors together delivered *path* from that byte on so often, or at least once."""

    def is_meant(each: Served) -> bool:
        return each.is_delivery and (begin(each) if each.status == PARTIAL else 0) == int(offset)

    return judged(observation, path, f"from byte {offset} on delivered", is_meant, times)


def asked_from(observation: Observation, path: str, offset: str, times: str = "") -> Finding:
    """Whether somebody asked for *path* from that byte on so often, or at least once."""

    def is_meant(each: Served) -> bool:
        return each.method == "GET" and begin(each) == int(offset)

    return judged(observation, path, f"from byte {offset} on asked for", is_meant, times)


def begin(request: Served) -> int | None:
    """The byte from which on a request wants its path, the first without a range; None for what is no such range."""
    found = PLAIN_RANGE.fullmatch(request.range)
    return int(found[1]) if found else None if request.range else 0


def judged(
    observation: Observation, path: str, what: str, is_meant: Callable[[Served], bool], times: str = ""
) -> Finding:
    """Whether so many of the requests for *path* at all mirrors together are meant, or at least one."""
    expected = f"{path} {what} {counted(int(times)) if times else 'at least once'}"
    mirrors = {name: record for name, record in observation.nodes.items() if record.offers is not None}
    if not mirrors:
        return Finding(None, expected, "the scenario has no mirror")
    asked = [each for record in mirrors.values() for each in record.served if each.path == path]
    if not asked and not any(offers(record, path) for record in mirrors.values()):
        return Finding(
            None, expected, f"no mirror has or had such a path, and nobody asked for it\n{requests(mirrors)}"
        )
    count = sum(map(is_meant, asked))
    held = count == int(times) if times else count > 0
    opposite = "" if times else f"{path} never {what}"
    return Finding(held, expected, f"{what} {counted(count)}\n{requests(mirrors)}", opposite=opposite)


def offers(record: NodeRecord, path: str) -> bool:
    """Whether the node has or had *path*."""
    return record.offers is not None and record.offers(path)


def counted(times: int) -> str:
    """How often, in words."""
    return {0: "never", 1: "once"}.get(times, f"{times} times")


def requests(mirrors: dict[str, NodeRecord]) -> str:
    """The last requests at the mirrors, one a line."""
    lines = [f"{name}: {each}" for name, record in mirrors.items() for each in record.served]
    hidden = len(lines) - MOST_SHOWN
    shown = ([f"… {hidden} requests before"] if hidden > 0 else []) + lines[-MOST_SHOWN:]
    return "\n".join(map(printable, shown)) or "no request"


def is_alive(observation: Observation, name: str) -> Finding:
    """Whether the node runs."""
    record = observation.nodes.get(name)
    if record is None:
        known = ", ".join(observation.nodes) or "none"
        return Finding(None, f"{name} runs", f"the scenario has no node of this name; it has {known}")
    return Finding(record.is_alive, f"{name} runs", "it runs" if record.is_alive else "it has ended")


KINDS = (
    Kind(
        "SERVED",
        "The mirrors of the scenario together delivered the body of this path, or the part that was asked for, "
        "from the first byte to the last: exactly so many times, or at least once if no number is given.",
        served,
        (FILE_PATH, TIMES),
        optional=1,
    ),
    Kind(
        "SERVED_BY",
        "The mirror of this name delivered this path, or the part that was asked for: exactly so many times, or at "
        "least once if no number is given.",
        served_by,
        (NODE, FILE_PATH, TIMES),
        optional=1,
    ),
    Kind("UNASKED", "Nobody asked the mirror of this name for anything.", is_unasked, (NODE,)),
    Kind(
        "SERVED_FROM",
        "The mirrors of the scenario together delivered this path from this byte on, all of it from byte 0: exactly so "
        "many times, or at least once if no number is given.",
        served_from,
        (FILE_PATH, OFFSET, TIMES),
        optional=1,
    ),
    Kind(
        "ASKED_FROM",
        "A mirror of the scenario was asked for this path from this byte on, for all of it from byte 0, whatever it "
        "answered: exactly so many times, or at least once if no number is given.",
        asked_from,
        (FILE_PATH, OFFSET, TIMES),
        optional=1,
    ),
    Kind("NODE_ALIVE", "The node of this name runs.", is_alive, (NODE,)),
)
