"""The exit status of a run by its end."""

from __future__ import annotations

from pkgsuite import events
from pkgsuite.runner.record import BROKEN

__all__ = ["status_of"]

INTERRUPTED = 130


def status_of(done: events.Done) -> int:
    """0 where all is well, 1 where something is not, 130 where it was interrupted."""
    if done.is_interrupted:
        return INTERRUPTED
    return 1 if done.troubles or done.not_run or any(name in BROKEN for name in done.counts) else 0
