"""What stands for a module that could not be loaded: a test with its name and its author's traceback."""

from __future__ import annotations

import traceback
import unittest
from typing import Any

__all__ = ["BrokenModule", "SkippedModule", "is_broken", "is_stand_in", "stand_in"]

__unittest = True

OTHERS_FRAMES = ("<frozen importlib", "/importlib/__init__.py", "/unittest/loader.py", "/pkgsuite/runner/")
"""What names the files of frames between the runner and the module of the author."""


class BrokenModule(unittest.TestCase):
    """A test that is in error because its module *name* could not be imported."""

    def __init__(self, name: str, reason: str, text: str) -> None:
        super().__init__("run_nothing")
        self.name = name
        self.reason = reason
        self.text = text

    def run_nothing(self) -> None:
        """There is nothing to run."""

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult:
        result = self.defaultTestResult() if result is None else result
        error = ImportError(f"{self.reason}\n{self.text}".rstrip())
        result.startTest(self)
        result.addError(self, (ImportError, error, None))  # type: ignore[arg-type]
        result.stopTest(self)
        return result

    def id(self) -> str:
        return self.name

    def __str__(self) -> str:
        return self.name

    def shortDescription(self) -> str:
        return self.reason

    @classmethod
    def because_of(cls, name: str, error: BaseException) -> BrokenModule:
        """The stand-in for module *name*, whose import raised *error*."""
        words = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()[-1]
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        return cls(name, f"{name} cannot be imported: {words}", without_others(text))


class SkippedModule(BrokenModule):
    """A test that is skipped because its module *name* skips itself."""

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult:
        result = self.defaultTestResult() if result is None else result
        result.startTest(self)
        result.addSkip(self, self.reason)
        result.stopTest(self)
        return result


def is_broken(test: unittest.TestCase) -> bool:
    """Whether *test* stands for a module that cannot be imported."""
    return type(test) is BrokenModule


def is_stand_in(test: unittest.TestCase) -> bool:
    """Whether *test* stands for a module that could not be loaded, for whatever reason."""
    return isinstance(test, BrokenModule)


def stand_in(test: unittest.TestCase) -> unittest.TestCase:
    """*test*, or what says better than unittest's own placeholder that a module could not be loaded."""
    if type(test).__module__ != "unittest.loader":
        return test
    name = test._testMethodName
    error: Any = getattr(test, "_exception", None)
    if error is None:
        method = getattr(type(test), name, None)
        return SkippedModule(name, str(getattr(method, "__unittest_skip_why__", "")), "")
    text = without_others(str(error).partition("\n")[2])
    words = (text.strip() or str(error)).splitlines()[-1].strip()
    return BrokenModule(name, f"{name} cannot be imported: {words}", text)


def without_others(text: str) -> str:
    """A traceback as text, without the frames between the runner and the author's module."""
    kept: list[str] = []
    is_others = False
    for line in text.splitlines():
        if line.startswith("  File "):
            is_others = any(part in line for part in OTHERS_FRAMES)
        elif not line.startswith("    "):
            is_others = False
        kept += [] if is_others else [line]
    return "\n".join(kept)
