"""The statuses of a scenario in the window: their words, their order, and which outcome of a run gives which."""

from __future__ import annotations

from collections.abc import Iterable

from pkgsuite.events import INTERRUPTED

__all__ = [
    "COUNTED",
    "ENDED",
    "ERROR",
    "FAILED",
    "FLAKY",
    "IDLE",
    "INTERRUPTED",
    "PASSED",
    "QUEUED",
    "RUNNING",
    "SKIPPED",
    "STATUSES",
    "UNWELL",
    "of_group",
    "of_outcome",
]

IDLE, QUEUED, RUNNING = "idle", "queued", "running"
PASSED, FAILED, ERROR, FLAKY, SKIPPED = "passed", "failed", "error", "flaky", "skipped"

STATUSES = (IDLE, QUEUED, RUNNING, PASSED, SKIPPED, FLAKY, ERROR, FAILED)

COUNTED = (PASSED, FAILED, ERROR, FLAKY, SKIPPED)
"""The statuses that are counted below the tree, in this order."""

ENDED = frozenset(COUNTED)

UNWELL = frozenset((FAILED, ERROR))
"""What `run failed` runs again, and what the keys for the next failure find."""

WORST_FIRST = (RUNNING, FAILED, ERROR, FLAKY, QUEUED, PASSED, SKIPPED, IDLE)

FROM_OUTCOME = {
    "passed": PASSED,
    "xfailed": PASSED,
    "failed": FAILED,
    "xpassed": FAILED,
    "error": ERROR,
    "crashed": ERROR,
    "skipped": SKIPPED,
}


def of_outcome(outcome: str, reason: str = "", *, is_flaky: bool = False) -> str:
    """The status that an outcome of a run gives; an unknown one is an error, and a test that was stopped is idle."""
    if reason == INTERRUPTED:
        return IDLE
    status = FROM_OUTCOME.get(outcome, ERROR)
    return FLAKY if is_flaky and status == PASSED else status


def of_group(statuses: Iterable[str]) -> str:
    """The status of a group: that of its scenarios which most needs to be seen."""
    found = set(statuses)
    return next((status for status in WORST_FIRST if status in found), IDLE)
