"""What is done now and then while this process waits for others, without a thread: it beats where time passes.

A process that runs tests has one thread, since what it forks dies with the thread that forked it. So whoever waits
calls `beat` a few times a second, and what is due is done there.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from time import monotonic

from pkgsuite.system.generation import generation
from pkgsuite.values import dataclass

__all__ = ["BEAT_S", "beat", "every"]

BEAT_S = 0.2
"""How often whoever waits for long calls `beat`, in seconds."""


@dataclass(slots=True)
class Duty:
    """What is due each *period_s*, next at *due* by the monotonic clock, in processes of one generation."""

    period_s: float
    action: Callable[[], object]
    due: float
    generation: int


_duties: list[Duty] = []
_one_at_a_time = threading.Lock()


@contextlib.contextmanager
def every(seconds: float, action: Callable[[], object]) -> Iterator[None]:
    """Let *action* be called about each so many *seconds*, for the first time when they have passed."""
    duty = Duty(seconds, action, monotonic() + seconds, generation())
    _duties.append(duty)
    try:
        yield
    finally:
        _duties.remove(duty)


def beat() -> None:
    """Do what is due; processes forked from the one that asked for it do nothing."""
    now = monotonic()
    if not any(now >= duty.due for duty in _duties) or not _one_at_a_time.acquire(blocking=False):
        return
    try:
        for duty in tuple(_duties):
            if now >= duty.due and duty.generation == generation():
                duty.due = now + duty.period_s
                duty.action()
    finally:
        _one_at_a_time.release()
