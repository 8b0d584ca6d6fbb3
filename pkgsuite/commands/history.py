"""`pkgsuite history`: what the runs so far say of the tests."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from fnmatch import fnmatchcase

from pkgsuite import statedir
from pkgsuite.commands.argument_types import positive
from pkgsuite.reports.readable import readable
from pkgsuite.runner.history import History
from pkgsuite.runner.record import LATELY, Record, Run

__all__ = ["add", "main"]

MOST_ROWS = 10
SIGNS = {"passed": ".", "xfailed": ".", "skipped": "s", "crashed": "C", "error": "E", "failed": "F", "xpassed": "X"}

EPILOG = """\
examples:
  python3 -m pkgsuite history                 the last runs, the slowest tests, the flakiest, those newly failing
  python3 -m pkgsuite history -k upgrade      of tests whose id matches
  python3 -m pkgsuite history --json          all of it for programs; also for `run --shard I/N --times FILE`

The last results of a test, the newest last: . passed or failed as expected, F failed, E error, C crashed,
X passed unexpectedly, s skipped. Flaky is what changed its mind while its code stayed the same.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "history",
        help="show what is slow, flaky or newly failing",
        description="Show what earlier runs say of the tests: the slowest, the flakiest, those newly failing.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "-k", dest="patterns", action="append", default=[], metavar="PATTERN", help="only tests whose id matches"
    )
    parser.add_argument(
        "-n", "--number", type=positive, default=MOST_ROWS, metavar="N", help="so many of each (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="an object with `runs` and `tests`")
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Print it and give the exit status."""
    history = History(statedir.directory())
    wanted = [pattern if "*" in pattern else f"*{pattern}*" for pattern in arguments.patterns]
    found = [
        record
        for record in history.records()
        if not wanted or any(fnmatchcase(record.test, pattern) for pattern in wanted)
    ]
    runs = history.runs()
    if note := history.take_note():
        print(f"! {note}", file=sys.stderr)
    if arguments.json:
        tests = [{**asdict(each), **derived(each)} for each in found]
        print(json.dumps({"runs": [asdict(run) for run in runs], "tests": tests}, indent=1))
    else:
        print("\n".join(page(runs, found, arguments.number)))
    return 0


def derived(record: Record) -> dict[str, object]:
    """What follows from the results of a test."""
    return {"usual_s": record.usual_s, "flips": record.flips, "is_newly_failing": record.is_newly_failing}


def page(runs: Sequence[Run], records: Sequence[Record], most: int) -> Iterator[str]:
    """The lines for people."""
    if not runs:
        yield "nothing is remembered yet: python3 -m pkgsuite run"
        return
    yield "the last runs"
    for run in runs[-most:]:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.at))
        counts = ", ".join(f"{count} {outcome}" for outcome, count in run.counts.items()) or "no test"
        yield f"  {when}  {run.seconds:8.1f} s  {counts}"
    slow = sorted((each for each in records if each.usual_s), key=lambda each: -each.usual_s)
    flaky = sorted((each for each in records if each.flips), key=lambda each: -each.flips)
    new = [each for each in records if each.is_newly_failing]
    old = [each for each in records if each.is_failing and not each.is_newly_failing]
    has_places = len({each.place for each in records}) > 1
    for title, rows in (("slowest", slow), ("flakiest", flaky), ("newly failing", new), ("still failing", old)):
        yield ""
        yield title if rows else f"{title}: none"
        for each in rows[:most]:
            yield line_of(each, has_place=has_places)
        if len(rows) > most and title != "slowest":
            yield f"  and {len(rows) - most} more; -n {len(rows)} shows all"


def line_of(record: Record, *, has_place: bool) -> str:
    """How long a test takes, its last results, its id, where it is from, and why it failed."""
    results = "".join(SIGNS.get(outcome, "?") for outcome in record.outcomes[-LATELY:])
    place = f" in {record.place}" if has_place and record.place else ""
    reason = f": {record.reason}" if record.is_failing and record.reason else ""
    words = " ".join(readable(f"{record.test}{place}{reason}").split())
    return f"  {record.usual_s:8.2f} s  {results:<{LATELY}}  {words}"
