"""All that can go wrong, as one tree: whose fault it is decides FAIL, ERROR or SKIP.

    AssertionError
      RuleBroken           the product is wrong                          FAIL
    Exception
      SuiteError           the scenario or the suite is wrong            ERROR
        BadValue           a field holds what it cannot hold
        BadRule            a rule is unknown or malformed
        BadArchive         bytes that are not what their format says
        CommandTimeout     a command did not end before its deadline
        WorldError         the world could not be made, joined or used
    unittest.SkipTest
      Unsupported          not possible here                             SKIP
        ProgramMissing     a program is not installed

A message says what was expected, what was seen and what to do.
"""

from __future__ import annotations

import unittest

__all__ = [
    "BadArchive",
    "BadRule",
    "BadValue",
    "CommandTimeout",
    "ProgramMissing",
    "RuleBroken",
    "SuiteError",
    "Unsupported",
    "WorldError",
]


class RuleBroken(AssertionError):
    """The product did not do what the scenario's rules say."""


class SuiteError(Exception):
    """The scenario or the suite itself is wrong."""


class BadValue(SuiteError, ValueError):
    """A field holds a value that it cannot hold."""

    def __init__(self, field: str, value: object, expected: str) -> None:
        super().__init__(f"{field}={value!r}: expected {expected}")
        self.field = field
        self.value = value
        self.expected = expected


class BadRule(SuiteError, ValueError):
    """A rule is unknown or malformed."""


class BadArchive(SuiteError, ValueError):
    """Bytes are not what their format says."""


class CommandTimeout(SuiteError):
    """A command did not end before its deadline and was ended with its whole process tree."""


class WorldError(SuiteError):
    """The world could not be made, joined or used."""


class Unsupported(unittest.SkipTest):
    """What the scenario needs is not possible on this machine."""


class ProgramMissing(Unsupported):
    """A program that the scenario needs is not installed."""
