"""A TestResult that tells what happens as events."""

from __future__ import annotations

import time
import unittest
from collections.abc import Callable
from typing import Any

from pkgsuite import events

__all__ = ["EventResult"]

ORDER = ("error", "failed", "xpassed", "skipped", "xfailed", "passed")
"""The outcomes, the one that counts most first: a test that fails in its clean-up too has one result."""


class EventResult(unittest.TestResult):
    """Sends an event when a test starts and one when it ends, whatever happens in between."""

    def __init__(self, send: Callable[[events.Event], object]) -> None:
        super().__init__()
        self._send = send
        self._started_at = 0.0
        self._outcomes: list[tuple[str, str, str]] = []

    def event(self, event: events.Event) -> None:
        """Pass on what a scenario tells."""
        self._send(event)

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._started_at = time.monotonic()
        self._outcomes = []
        self._send(events.Started(test.id(), test.shortDescription() or "", time.time()))

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        found = sorted(self._outcomes or [("passed", "", "")], key=lambda each: ORDER.index(each[0]))
        details = "\n".join(each[2] for each in found if each[2])
        seconds = time.monotonic() - self._started_at
        self._send(events.Result(test.id(), found[0][0], seconds, found[0][1], details))

    def _note(self, test: Any, outcome: str, reason: str = "", details: str = "") -> None:
        """Remember one outcome; what belongs to no test that runs is a result of its own."""
        if isinstance(test, unittest.TestCase):
            self._outcomes.append((outcome, reason, details))
        else:
            self._send(events.Started(test.id(), "", time.time()))
            self._send(events.Result(test.id(), outcome, 0.0, reason, details))

    def _trouble(self, test: Any, outcome: str, error: Any) -> None:
        reason = str(error[1]).partition("\n")[0] or type(error[1]).__name__
        self._note(test, outcome, reason, self._exc_info_to_string(error, test))  # type: ignore[attr-defined]

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self._note(test, "passed")

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self._trouble(test, "error", err)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self._trouble(test, "failed", err)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._trouble(subtest, "failed" if issubclass(err[0], test.failureException) else "error", err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self._note(test, "skipped", reason)

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self._note(test, "xfailed", str(err[1]).partition("\n")[0])

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self._note(test, "xpassed", "expected to fail, and passed")
