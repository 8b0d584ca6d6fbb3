"""Waiting for something to become true: the only place where time passes."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep

from pkgsuite.errors import SuiteError
from pkgsuite.system import pulse

__all__ = ["wait_until"]

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.0005, 0.02


def wait_until(condition: Callable[[], object], *, timeout: float, what: str) -> None:
    """Return as soon as *condition* is true; raises SuiteError naming *what* after *timeout* seconds."""
    start = monotonic()
    pause = FIRST_PAUSE_S
    while not condition():
        if monotonic() - start > timeout:
            raise SuiteError(f"waited {timeout:g} s, and still not: {what}")
        pulse.beat()
        sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)
