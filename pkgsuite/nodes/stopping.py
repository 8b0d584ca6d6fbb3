"""The end of a node: signals that ask, then one that does not, each with its deadline."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Callable, Sequence

from pkgsuite.system import family
from pkgsuite.values import dataclass

__all__ = ["LADDER", "Step", "stop"]


@dataclass(frozen=True, slots=True)
class Step:
    """A signal, and how long it may take to work."""

    signal: signal.Signals
    seconds: float

    def describe(self) -> str:
        return f"{self.signal.name}, then {self.seconds:g} s"


LADDER = (Step(signal.SIGINT, 5.0), Step(signal.SIGINT, 5.0), Step(signal.SIGTERM, 5.0))


def stop(leader: int, has_ended: Callable[[], bool], ladder: Sequence[Step] = LADDER) -> str:
    """End the child *leader* step by step, and at last kill it with all of its session; the name of what it took.

    *has_ended* buries it.
    """
    for step in ladder:
        if has_ended():
            return ""
        with contextlib.suppress(ProcessLookupError):
            os.kill(leader, step.signal)
        if ends_within(leader, has_ended, step.seconds):
            return step.signal.name
    if not has_ended():
        family.end(family.of_leader(leader), spare=leader)
        ends_within(leader, has_ended, step.seconds)
        return signal.SIGKILL.name
    return ""


def ends_within(leader: int, has_ended: Callable[[], bool], seconds: float) -> bool:
    """Whether the child ends before so many seconds are over."""
    try:
        descriptor = os.pidfd_open(leader)
    except ProcessLookupError:
        return has_ended()
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        poll.poll(seconds * 1000)
    finally:
        os.close(descriptor)
    return has_ended()
