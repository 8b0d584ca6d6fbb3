"""A TestResult that counts each test once: as failed before skipped before passed."""

from __future__ import annotations

import unittest
from collections import Counter, defaultdict
from collections.abc import Iterator

__all__ = ["OUTCOMES", "TallyResult", "summary"]

OUTCOMES = ("passed", "failed", "skipped")


class TallyResult(unittest.TextTestResult):
    """The text result with *counts*; errors and unexpected successes are failures, expected failures have passed.

    A fixture of a class or module that fails or skips counts as one test.
    """

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.counts: Counter[str] = Counter()
        self._seen: set[str] = set()
        self._is_in_test = False

    def startTest(self, test):
        super().startTest(test)
        self._is_in_test = True

    def stopTest(self, test):
        super().stopTest(test)
        self._is_in_test = False
        self._count()

    def addSuccess(self, test):
        super().addSuccess(test)
        self._note("passed")

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self._note("passed")

    def addError(self, test, err):
        super().addError(test, err)
        self._note("failed")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._note("failed")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._note("failed")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._note("failed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._note("skipped")

    def _note(self, outcome: str) -> None:
        self._seen.add(outcome)
        if not self._is_in_test:
            self._count()

    def _count(self) -> None:
        for outcome in ("failed", "skipped", "passed"):
            if outcome in self._seen:
                self.counts[outcome] += 1
                break
        self._seen.clear()


def summary(result: TallyResult) -> Iterator[str]:
    """Every skip below its reason, the most frequent first, and the counts as the last line."""
    skips = defaultdict(list)
    for test, reason in result.skipped:
        skips[reason].append(test.id())
    for reason, tests in sorted(skips.items(), key=lambda item: (-len(item[1]), item[0])):
        yield f"\nskipped {len(tests)}: {reason}"
        yield from (f"    {test}" for test in sorted(tests))
    yield ""
    if not result.counts:
        yield "no test ran; expected at least one"
    yield ", ".join(f"{result.counts[outcome]} {outcome}" for outcome in OUTCOMES)
