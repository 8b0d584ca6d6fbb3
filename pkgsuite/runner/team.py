"""What a run wants of whoever runs its tests, here or elsewhere."""

from __future__ import annotations

import selectors
import unittest
from collections.abc import Callable, Sequence
from typing import Protocol

from pkgsuite import events
from pkgsuite.runner.schedule import Schedule
from pkgsuite.runner.terms import Terms

__all__ = ["Gather", "Team"]


class Team(Protocol):
    """Workers of any kind and the tests that wait for them."""

    def listen(self, descriptor: int, action: Callable[[], object], kinds: int = selectors.EVENT_READ) -> None:
        """Call *action* whenever there is something to read at *descriptor*, or room to write."""

    def stop_listening(self, descriptor: int) -> None:
        """Call nothing for it any more."""

    def work(self) -> None:
        """Run all tests."""

    def stop(self) -> None:
        """Give out no more tests; a signal handler may call this."""

    def stop_now(self, reason: str) -> None:
        """End everything; the tests that run are in error for this *reason*."""


class Gather(Protocol):
    """What makes a team."""

    def __call__(
        self,
        tests: Sequence[unittest.TestCase],
        schedule: Schedule,
        send: Callable[[events.Event], object],
        terms: Terms,
        /,
    ) -> Team:
        """The team for *tests*, in the order of *schedule*; *send* hears what happens."""
