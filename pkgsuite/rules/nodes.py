"""Rules about the nodes of a scenario: what its mirrors delivered, and whether they still run."""

from __future__ import annotations

from pkgsuite.model.journal import NodeRecord
from pkgsuite.model.observation import Observation
from pkgsuite.rules.arguments import FILE_PATH, NODE, TIMES
from pkgsuite.rules.base import Finding, Kind
from pkgsuite.rules.show import printable

__all__ = ["KINDS"]

MOST_SHOWN = 12


def served(observation: Observation, path: str, times: str = "") -> Finding:
    """Whether the mirrors together delivered *path* so often, or at least once."""
    expected = f"{path} delivered {counted(int(times)) if times else 'at least once'}"
    mirrors = {name: record for name, record in observation.nodes.items() if record.offers is not None}
    if not mirrors:
        return Finding(None, expected, "the scenario has no mirror")
    asked = [each for record in mirrors.values() for each in record.served if each.path == path]
    if not asked and not any(offers(record, path) for record in mirrors.values()):
        return Finding(
            None, expected, f"no mirror has or had such a path, and nobody asked for it\n{requests(mirrors)}"
        )
    count = sum(1 for each in asked if each.is_delivery)
    held = count == int(times) if times else count > 0
    opposite = "" if times else f"{path} never delivered"
    return Finding(held, expected, f"delivered {counted(count)}\n{requests(mirrors)}", opposite=opposite)


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
    Kind("NODE_ALIVE", "The node of this name runs.", is_alive, (NODE,)),
)
