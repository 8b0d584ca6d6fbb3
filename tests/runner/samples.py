"""Tests that end in every way, run with their events collected."""

from __future__ import annotations

import unittest
from collections import Counter
from collections.abc import Iterable
from typing import Any

from pkgsuite import events
from pkgsuite.runner import session

__all__ = ["Run", "load"]


def load(*kinds: type[unittest.TestCase]) -> list[unittest.TestCase]:
    """The tests of *kinds* in their order."""
    loader = unittest.TestLoader()
    return [kind(name) for kind in kinds for name in loader.getTestCaseNames(kind)]


class Run:
    """What a run of *tests* told."""

    def __init__(self, tests: Iterable[unittest.TestCase], *, failfast: bool = False, **options: Any) -> None:
        self.events: list[events.Event] = []
        self.done = session.run(list(tests), self.events.append, session.Options(failfast=failfast, **options))

    @property
    def results(self) -> list[events.Result]:
        """The results in order."""
        return [event for event in self.events if isinstance(event, events.Result)]

    @property
    def outcomes(self) -> dict[str, str]:
        """The outcome of each test by the name of its method."""
        return {result.test.rpartition(".")[2]: result.outcome for result in self.results}

    @property
    def troubles(self) -> list[events.Trouble]:
        """What failed beside the tests."""
        return [event for event in self.events if isinstance(event, events.Trouble)]

    def check(self, case: unittest.TestCase) -> None:
        """Check what holds for every run: the order of events, and that counts and plan add up."""
        plan, *rest, done = self.events
        case.assertIsInstance(plan, events.Plan)
        case.assertIs(done, self.done)
        assert isinstance(plan, events.Plan)
        case.assertEqual(sum(self.done.counts.values()) + self.done.not_run, len(plan.tests))
        case.assertEqual(self.done.counts, dict(Counter(result.outcome for result in self.results)))
        case.assertEqual([result.test for result in self.results], list(plan.tests)[: len(self.results)])
        case.assertEqual(self.done.troubles, len(self.troubles))
        open_test = ""
        for event in rest:
            if isinstance(event, events.Started):
                case.assertEqual(open_test, "", "a test starts within another")
                open_test = event.test
            elif isinstance(event, events.Result):
                case.assertEqual(open_test, event.test)
                open_test = ""
            elif isinstance(event, (events.Command, events.Rule, events.Kept, events.Node)):
                case.assertEqual(open_test, event.test)
        case.assertEqual(open_test, "")
        for event in self.events:
            case.assertEqual(events.decode(events.encode(event)), event)
