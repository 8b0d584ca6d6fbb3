"""A TestResult that tells what happens as events, with one result for every test of the plan."""

from __future__ import annotations

import sys
import traceback
import unittest
import unittest.util
from collections.abc import Callable, Sequence
from time import monotonic, time
from typing import Any

from pkgsuite import events

__all__ = ["EventResult"]

ORDER = ("crashed", "error", "failed", "xpassed", "skipped", "xfailed", "passed")
"""The outcomes, the one that counts most first: a test that fails in its clean-up too has one result."""

FORGOTTEN = "it was not run, and nothing says why"

MOST_REASON, MOST_DETAILS = 2000, 1 << 18
"""How many characters of them are told: an assertion may show all of a file."""

Outcome = tuple[str, str, str]
"""A word of ORDER, the reason in a line, and all there is to say."""


class EventResult(unittest.TestResult):
    """Sends an event when a test starts and one when it ends, whatever happens in between.

    Where a fixture keeps tests of *plan* from running, each of them has a result that says so. What fails besides, such
    as tearDownClass, is a Trouble. *forward* takes events that another process has encoded, a line each, and whether
    they may wait for what comes at once.
    """

    def __init__(
        self,
        send: Callable[[events.Event], object],
        plan: Sequence[unittest.TestCase] = (),
        *,
        forward: Callable[[str, bool], object] | None = None,
    ) -> None:
        super().__init__()
        self._send = send
        self.forward = forward
        self._left = list(reversed(plan))
        self._kept_away: dict[tuple[str, str], tuple[str, str]] = {}
        self._started_at = 0.0
        self._running: unittest.TestCase | None = None
        self._outcomes: list[Outcome] = []

    def expect(self, test: unittest.TestCase) -> None:
        """*test* is the next of the plan, whatever the last one did to this result."""
        self._left.insert(0, test)
        self.shouldStop = False

    def forget_fixtures(self) -> None:
        """What was set up is torn down: unittest remembers the last class here, and would do it once more."""
        self._previousTestClass = None

    def event(self, event: events.Event) -> None:
        """Pass on what a scenario tells."""
        self._send(event)

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._begin(test)

    def _begin(self, test: unittest.TestCase) -> None:
        self._finish()
        self._reach(test)
        self._running = test
        self._started_at = monotonic()
        self._outcomes = []
        self._send(events.Started(test.id(), test.shortDescription() or "", time()))

    def _reach(self, test: unittest.TestCase) -> None:
        """Take *test* from the plan, and whatever should have come before it and did not."""
        if any(each is test for each in self._left):
            while (each := self._left.pop()) is not test:
                self._tell_unrun(each, "error", FORGOTTEN)

    def end(self) -> None:
        """Account for what is left of the plan, unless the run was stopped."""
        self._finish()
        while self._left and not self.shouldStop:
            test = self._left.pop()
            self._tell_unrun(test, *self._why_not(test))

    def fall(self, error: BaseException) -> None:
        """Account for what is left of the plan when *error*, which is none of a test's, ends the run."""
        told = "error", reason_of(error), shortened(text_of(error))
        if self._running is not None:
            self._outcomes.append(told)
        elif self._left:
            self._tell_unrun(self._left.pop(), *told)
        else:
            self._send(events.Trouble("run", *told[1:]))
        self.end()

    def _why_not(self, test: unittest.TestCase) -> tuple[str, str]:
        """The outcome of a test that was not run, and why."""
        kind = type(test)
        owners = ("setUpClass", unittest.util.strclass(kind)), ("setUpModule", kind.__module__)
        return next((self._kept_away[owner] for owner in owners if owner in self._kept_away), ("error", FORGOTTEN))

    def _tell_unrun(self, test: unittest.TestCase, outcome: str, reason: str, details: str = "") -> None:
        self._send(events.Started(test.id(), test.shortDescription() or "", time()))
        self._send(events.Result(test.id(), outcome, 0.0, reason, details))

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self._finish()

    def _finish(self) -> None:
        if self._running is None:
            return
        test, self._running = self._running, None
        found = sorted(self._outcomes or [unfinished()], key=lambda each: ORDER.index(each[0]))
        details = shortened("\n".join(each[2] for each in found if each[2]))
        seconds = monotonic() - self._started_at
        self._send(events.Result(test.id(), found[0][0], seconds, found[0][1], details))

    def _note(self, test: Any, outcome: str, reason: str = "", details: str = "") -> None:
        """Remember one outcome of a test that runs; tell that of a fixture."""
        if isinstance(test, unittest.TestCase):
            owner = getattr(test, "test_case", test)
            if self._running is not owner:
                self._begin(owner)  # Python 3.12.1 tells of a skipped test without starting it
            self._outcomes.append((outcome, reason, details))
            return
        details = shortened(details)
        kept_away = self._take_behind(test.id())
        words = reason if outcome == "skipped" else f"{test.id()}: {reason}"
        if kept_away:
            fixture, _, owner = test.id().partition(" ")
            self._kept_away[fixture, owner.strip("()")] = outcome, words
        for number, each in enumerate(kept_away):
            self._tell_unrun(each, outcome, words, "" if number else details)
        if not kept_away and outcome == "skipped":
            self._send(events.Note(f"{test.id()}: skipped: {reason}"))
        elif not kept_away:
            self._send(events.Trouble(test.id(), reason, details))

    def _take_behind(self, fixture: str) -> list[unittest.TestCase]:
        """The tests that do not run because *fixture*, such as `setUpClass (module.Class)`, did not end well."""
        kind, _, name = fixture.partition(" ")
        found: list[unittest.TestCase] = []
        while self._left and f"({self._owner(kind)})" == name:
            found.append(self._left.pop())
        return found

    def _owner(self, fixture: str) -> str:
        """The class or module that a fixture of this kind belongs to, for the next test of the plan."""
        following = type(self._left[-1])
        return {"setUpClass": unittest.util.strclass(following), "setUpModule": following.__module__}.get(fixture, "")

    def _trouble(self, test: Any, outcome: str, error: Any) -> None:
        self._note(test, outcome, reason_of(error[1]), self._exc_info_to_string(error, test))  # type: ignore[attr-defined]

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self._note(test, "passed")

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self._trouble(test, "crashed" if getattr(err[0], "is_crash", False) else "error", err)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self._trouble(test, "failed", err)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            outcome = "failed" if issubclass(err[0], test.failureException) else "error"
            which = subtest.id().removeprefix(test.id()).strip()
            text = self._exc_info_to_string(err, subtest)  # type: ignore[attr-defined]
            self._note(subtest, outcome, f"{which}: {reason_of(err[1])}", f"{which}:\n{text}")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self._note(test, "skipped", reason)

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self._note(test, "xfailed", first_line(err[1]))

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self._note(test, "xpassed", "expected to fail, and passed")


def reason_of(error: BaseException) -> str:
    """Why, in a line."""
    line = first_line(error)
    return f"SystemExit: {line}" if isinstance(error, SystemExit) else line or type(error).__name__


def first_line(error: BaseException) -> str:
    """The first line of what an error says of itself, if it can say that."""
    try:
        line = str(error).partition("\n")[0]
    except Exception as trouble:
        return f"{type(error).__name__}, whose text cannot be had: its __str__ raises {type(trouble).__name__}"
    return line if len(line) <= MOST_REASON else f"{line[:MOST_REASON]}…"


def shortened(details: str) -> str:
    """The start and the end of *details* that are too long."""
    left_out = len(details) - MOST_DETAILS
    if left_out <= 0:
        return details
    half = MOST_DETAILS // 2
    return f"{details[:half]}\n[{left_out} characters left out]\n{details[-half:]}"


def text_of(error: BaseException) -> str:
    """*error* with the frames of its author."""
    step = error.__traceback__
    while step is not None and "__unittest" in step.tb_frame.f_globals:
        step = step.tb_next
    return "".join(traceback.format_exception(type(error), error, step))


def unfinished() -> Outcome:
    """What came of a test that told nothing: Ctrl-C ends a test so, and a `run` of its own may forget to tell."""
    if isinstance(sys.exc_info()[1], KeyboardInterrupt):
        return ("error", events.INTERRUPTED, "")
    return ("error", "it ended without saying how", "")
