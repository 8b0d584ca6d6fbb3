"""How far a run is, and how long it will take."""

from __future__ import annotations

import re
from collections.abc import Callable

from pkgsuite import events

__all__ = ["Progress", "clock", "short"]

WORTH_SAYING_S = 2.0
"""What is left is said from here on."""

LONG_S = 10.0
"""How long a test has run is said from here on."""

FEW = 5
"""So many tests say how long the others may take, of which nothing is known."""

DOTTED = re.compile(r"\w+\.(?:\w+\.)*(\w+)\.(\w+(?: #\d+)?)")
"""An id as unittest makes them, with its class and method."""


class Progress:
    """What is counted of a run while it goes; *now* is a clock in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._total = self._count = 0
        self._jobs = 1
        self._expected_s: dict[str, float] = {}
        self._running: dict[str, float] = {}
        self._waiting: dict[str, None] = {}
        self._took_s = 0.0

    def event(self, event: events.Event) -> None:
        """Count one event."""
        if isinstance(event, events.Plan):
            self._total, self._jobs = len(event.tests), max(1, event.jobs)
            self._waiting = dict.fromkeys(event.tests)
        elif isinstance(event, events.Planned):
            self._expected_s[event.test] = event.expected_s
        elif isinstance(event, events.Started):
            self._running[event.test] = self._now()
            self._waiting.pop(event.test, None)
        elif isinstance(event, events.Result):
            self._count += 1
            self._took_s += event.seconds
            self._running.pop(event.test, None)
            self._waiting.pop(event.test, None)
        elif isinstance(event, events.Done):
            self._running.clear()

    def position(self, more: int = 0) -> str:
        """Which test of how many the last one was, or the one behind it."""
        return f"{min(self._count + more, self._total):>{len(str(self._total))}}/{self._total}"

    def left_s(self) -> float:
        """About how long the rest will take, in seconds; 0 where nobody can know."""
        if self._count < FEW and not any(self._expected_s.values()):
            return 0.0
        usual = self._took_s / self._count if self._count else 0.0
        now = self._now()
        rest = [max(0.0, self._expected(name, usual) - (now - since)) for name, since in self._running.items()]
        waiting = sum(self._expected(name, usual) for name in self._waiting)
        return max((sum(rest) + waiting) / self._jobs, *rest, 0.0)

    def _expected(self, name: str, usual: float) -> float:
        return self._expected_s.get(name) or usual

    def lines(self) -> tuple[str, ...]:
        """Position, time left and what runs, in a line: the longest one first; an empty one when nothing runs."""
        if not self._running:
            return ("",)
        left_s = self.left_s()
        left = f"about {clock(left_s)} left: " if left_s >= WORTH_SAYING_S else ""
        return tuple(
            f"{self.position(1)} {left}{', '.join(self._running_for(name, parts) for name in self._running)}"
            for parts in (2, 1)
        )

    def _running_for(self, name: str, parts: int) -> str:
        """A test that runs, by the last *parts* of its id, and since when if that is long ago."""
        took_s = self._now() - self._running[name]
        return f"{clock(took_s)} {short(name, parts)}" if took_s >= LONG_S else short(name, parts)


def short(name: str, parts: int) -> str:
    """The class and method of an id that has them behind a module, or only the method."""
    found = DOTTED.fullmatch(name)
    return ".".join(found.groups()[-parts:]) if found else name


def clock(seconds: float) -> str:
    """A time as minutes and seconds, or hours too."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
