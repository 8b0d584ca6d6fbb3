"""Which tests a run is made of, by its options."""

from __future__ import annotations

import argparse
import copy
import unittest
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pkgsuite.commands import choosing
from pkgsuite.errors import SuiteError
from pkgsuite.runner import plan
from pkgsuite.runner.history import History
from pkgsuite.runner.loading import is_broken
from pkgsuite.runner.shards import divide
from pkgsuite.runner.times import Times
from pkgsuite.values import dataclass

__all__ = ["Choice", "choose"]

NONE_FAILED = "none of these tests failed the last time"


@dataclass(frozen=True, slots=True)
class Choice:
    """The tests of a run, the names of those that are left to *others*, and what is to be said of the choice."""

    tests: list[unittest.TestCase]
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def choose(arguments: argparse.Namespace, history: History, times: Times | None) -> Choice:
    """The tests that were asked for; raises SuiteError where a name or a tag stands for none."""
    wanted = None if arguments.only is None else ids_in(arguments.only)
    tests = choosing.select(arguments.names, arguments.patterns, None if wanted is None else wanted.keys())
    if arguments.tag:
        tests = tagged(tests, arguments.tag)
    if wanted is not None:
        tests = listed(tests, wanted, arguments.only)
    if arguments.failed:
        if arguments.shard:
            raise SuiteError("--failed asks what this machine remembers, --shard wants the same tests on all machines")
        failed = history.failed_last([plan.about(test.id(), test) for test in tests])
        tests = [test for test in tests if test.id() in failed or is_broken(test)]
        if not tests:
            return Choice([], notes=(NONE_FAILED,))
    if arguments.shard:
        return part(tests, arguments, times)
    return Choice(repeated(tests, arguments.repeat))


def tagged(tests: Sequence[unittest.TestCase], tags: Sequence[str]) -> list[unittest.TestCase]:
    """Those with one of *tags*, and modules that cannot be imported, of which nobody knows."""
    found = [test for test in tests if plan.tags_of(test).intersection(tags) or is_broken(test)]
    if not found:
        raise SuiteError(f"no test has a tag of {', '.join(tags)}")
    return found


def ids_in(path: Path) -> Counter[str]:
    """The ids that are the lines of a file, and how often each is; raises SuiteError where it holds none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SuiteError(f"--only {path}: it cannot be read: {getattr(error, 'strerror', error)}") from error
    counts = Counter(filter(None, map(str.strip, lines)))
    if not counts:
        raise SuiteError(f"--only {path}: it holds no id of a test")
    return counts


def listed(tests: Sequence[unittest.TestCase], counts: Counter[str], path: Path) -> list[unittest.TestCase]:
    """Those with an id in *counts*, as often as it says; raises SuiteError for one of *path* that is no test's."""
    known = {test.id() for test in tests}
    for name in counts:
        if name not in known:
            raise SuiteError(f"--only {path}: there is no test {name!r} among those that are selected")
    return [each for test in tests for each in several(test, counts[test.id()])]


def part(tests: Sequence[unittest.TestCase], arguments: argparse.Namespace, times: Times | None) -> Choice:
    """The tests of one shard; how the others can know that they divided alike is said."""
    division = divide(tests, arguments.shard.count, times)
    held = division.holds(arguments.shard)
    ours = [test for test, is_ours in zip(tests, held, strict=True) if is_ours]
    others = [test for test, is_ours in zip(tests, held, strict=True) if not is_ours]
    how = f"by {arguments.times}" if times else "by their names"
    notes = [f"shard {arguments.shard}: {len(ours)} of {len(tests)} tests, divided {how}: {division.mark}"]
    if times and not any(name in times for name in division.names):
        notes.append(f"{arguments.times} knows none of these tests; each counts the same")
    return Choice(
        repeated(ours, arguments.repeat), tuple(plan.names_of(repeated(others, arguments.repeat))), tuple(notes)
    )


def repeated(tests: Sequence[unittest.TestCase], times: int) -> list[unittest.TestCase]:
    """All of them so many times."""
    return [each for turn in zip(*(several(test, times) for test in tests), strict=True) for each in turn]


def several(test: unittest.TestCase, times: int) -> list[unittest.TestCase]:
    """A test so many times, each another object: one that has run need not run again, such as those of asyncio."""
    return [test if not number else copy.copy(test) for number in range(times)]
