"""`pkgsuite history`: what the runs so far say of the tests."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable
from dataclasses import asdict

from pkgsuite import statedir
from pkgsuite.runner.history import BROKEN, LATELY, History, Record, Run

__all__ = ["add", "main"]

MOST_ROWS = 10
SIGNS = {"passed": ".", "xfailed": ".", "skipped": "s", "crashed": "C", "error": "E", "failed": "F", "xpassed": "X"}

EPILOG = """\
examples:
  python3 -m pkgsuite history                 the last runs, the slowest tests, the flakiest, those newly failing
  python3 -m pkgsuite history -k upgrade      of tests whose id matches
  python3 -m pkgsuite history --json          all of it for programs; also what `run --shard … --times` reads

The last results of a test, the newest last: . passed or failed as expected, F failed, E error, C crashed,
X passed unexpectedly, s skipped. Flaky is what changed its mind while its file stayed the same.
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
        "-k", dest="patterns", action="append", default=[], metavar="TEXT", help="only tests whose id holds this"
    )
    parser.add_argument(
        "-n", "--number", type=int, default=MOST_ROWS, metavar="N", help="so many of each (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="an object with `runs` and `tests`")
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Print it and give the exit status."""
    history = History(statedir.directory())
    found = [
        record
        for name, record in history.records().items()
        if not arguments.patterns or any(text in name for text in arguments.patterns)
    ]
    runs = history.runs()
    history.close()
    if history.note:
        print(f"! {history.note}")
    if arguments.json:
        tests = [{**asdict(each), **derived(each)} for each in found]
        print(json.dumps({"runs": [asdict(run) for run in runs], "tests": tests}, indent=1))
    else:
        print("\n".join(page(runs, found, arguments.number)))
    return 0


def derived(record: Record) -> dict[str, object]:
    """What follows from the results of a test."""
    return {"usual_s": record.usual_s, "flips": record.flips, "is_newly_failing": record.is_newly_failing}


def page(runs: list[Run], records: list[Record], most: int) -> Iterable[str]:
    """The lines for people."""
    if not records:
        yield "nothing is remembered yet: python3 -m pkgsuite run"
        return
    yield "the last runs"
    for run in runs[-most:]:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.at))
        counts = ", ".join(f"{count} {outcome}" for outcome, count in run.counts.items()) or "no test"
        yield f"  {when}  {run.seconds:8.1f} s  {counts}"
    slow = sorted(records, key=lambda each: -each.usual_s)
    flaky = sorted((each for each in records if each.flips), key=lambda each: -each.flips)
    new = [each for each in records if each.is_newly_failing]
    broken = [each for each in records if each.outcomes[-1] in BROKEN and not each.is_newly_failing]
    for title, rows in (("slowest", slow), ("flakiest", flaky), ("newly failing", new), ("still failing", broken)):
        yield ""
        yield title if rows else f"{title}: none"
        for each in rows[:most]:
            results = "".join(SIGNS.get(outcome, "?") for outcome in each.outcomes[-LATELY:])
            reason = f": {each.reason}" if each.outcomes[-1] in BROKEN and each.reason else ""
            yield f"  {each.usual_s:8.2f} s  {results:<{LATELY}}  {each.test}{reason}"
