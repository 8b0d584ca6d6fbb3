"""`pkgsuite debtorrent`: run a table of tests in the form of DebTorrent's test program, called as that was."""

from __future__ import annotations

import argparse
import sys
import unittest
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pkgsuite.dialects import debtorrent_table
from pkgsuite.dialects.debtorrent_table import Test
from pkgsuite.errors import SuiteError
from pkgsuite.later import later

if TYPE_CHECKING:
    from pkgsuite.dialects import debtorrent, debtorrent_tests
else:
    debtorrent = later("pkgsuite.dialects.debtorrent")
    debtorrent_tests = later("pkgsuite.dialects.debtorrent_tests")

__all__ = ["add", "main"]

EPILOG = """\
examples:
  python3 -m pkgsuite debtorrent help                    which tests there are
  python3 -m pkgsuite debtorrent 2                       a downloader that has everything from its peer
  python3 -m pkgsuite debtorrent --table test.py all     the tests of a table of your own

A table is what a file assigns to `tests`; nothing else of the file is looked at. The exit status is 0 only if all rules
held, 1 if not or if a test could not be run, 2 where there is nothing to run.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "debtorrent",
        help="run tests in the form of DebTorrent's",
        description="Run a table of tests in the form of DebTorrent's test program: nodes, and a queue of apt-gets.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("test", nargs="?", default="", metavar="all|TEST|help", help="what to run")
    parser.add_argument("--table", metavar="FILE", help="a file with a table (default: the nine of DebTorrent)")
    parser.add_argument(
        "--numbered",
        action="store_true",
        help="the original's ports at localhost: trackers n969, downloaders n988 and 1n000-1n999",
    )
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Run and give the exit status."""
    tests = table(arguments.table)
    wanted = arguments.test
    if wanted == "help":
        print(usage(tests))
        return 0
    if wanted != "all" and wanted not in tests:
        print(f"Unknown test to run: {wanted}\n\n{usage(tests)}" if wanted else usage(tests), file=sys.stderr)
        return 2
    chosen = tests if wanted == "all" else {wanted: tests[wanted]}
    made = debtorrent.scenarios(chosen, numbered=arguments.numbered, file=arguments.table or "")
    return run(chosen, {name: kind("runTest") for name, kind in made.items()})


def table(path: str | None) -> Mapping[str, Test]:
    """The tests of a file, or the nine; raises SuiteError."""
    if path is None:
        return debtorrent_table.load(debtorrent_tests.TESTS)
    try:
        text = Path(path).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise SuiteError(f"{path} cannot be read: {error.strerror}") from error
    return debtorrent_table.read(text, path)


def usage(tests: Mapping[str, Test]) -> str:
    """How the command is called, and which tests there are."""
    width = max(map(len, ("all", "help", *tests)))
    told = {"all": "all tests, in this order", "help": "this"} | {
        name: each.description for name, each in tests.items()
    }
    lines = (f"  {name:{width}}  {' '.join(text.split())}" for name, text in told.items())
    return "\n".join(["usage: pkgsuite debtorrent [--table FILE] [--numbered] (all|TEST|help)", "", *lines])


def run(tests: Mapping[str, Test], cases: Mapping[str, unittest.TestCase]) -> int:
    """Run tests and say what came of each; the exit status."""
    outcomes = {}
    for name, test in cases.items():
        print(f"test {name}: {tests[name].description}", flush=True)
        result = unittest.TestResult()
        test.run(result)
        outcomes[name] = outcome(result)
    print()
    for name, told in outcomes.items():
        print(f"test {name}: {told}")
    return int(any(told != "all rules held" for told in outcomes.values()))


def outcome(result: unittest.TestResult) -> str:
    """What came of a test, in words."""
    told = [details for _, details in (*result.failures, *result.errors)]
    told += [f"skipped: {reason}" for _, reason in result.skipped]
    return "\n".join(told).strip() or "all rules held"
