"""`pkgsuite merge`: the events of several runs, of shards or machines, as those of one."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from pkgsuite import events
from pkgsuite.commands.run_status import status_of
from pkgsuite.errors import SuiteError
from pkgsuite.reports import registry
from pkgsuite.reports.console import Console
from pkgsuite.reports.merging import Part, merged
from pkgsuite.reports.screen import Screen

__all__ = ["add", "main"]

EPILOG = """\
examples:
  python3 -m pkgsuite run --shard 1/2 --report jsonl=1.jsonl    on one machine
  python3 -m pkgsuite run --shard 2/2 --report jsonl=2.jsonl    on another
  python3 -m pkgsuite merge 1.jsonl 2.jsonl -o run.jsonl --report html=run.html

Tests that a shard left to others and that are in no file, a shard that is missing, and a run that has no end are
errors of the joined run. A test that is in several files counts each time.

exit status: as that of run: 0 all passed or skipped, 1 something did not or is missing, 2 a file is no run
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "merge",
        help="join the runs of shards or machines",
        description="Join runs, of which `run --report jsonl=FILE` kept the events, into one; say what did not pass.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the events of a run")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write the events of the joined run: --report jsonl=FILE"
    )
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT[=PATH]",
        help=f"write a report of it ({', '.join(registry.FORMATS)}), to stdout without a path; again for more",
    )
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Join them and give the exit status."""
    parts = [Part.read(path) for path in arguments.files]
    orders = [*arguments.report, *([f"jsonl={arguments.output}"] if arguments.output else [])]
    check_targets(orders, arguments.files)
    done = events.Done()
    with ExitStack() as stack:
        reports = stack.enter_context(registry.opened(orders))
        console = Console(Screen(sys.stderr if registry.take_stdout(orders) else sys.stdout), quiet=True)
        for event in merged(parts):
            console.event(event)
            reports.event(event)
            done = event if isinstance(event, events.Done) else done
    return status_of(done)


def check_targets(orders: Sequence[str], files: Sequence[Path]) -> None:
    """Raise SuiteError where a report would be written over a file that is read."""
    read = {os.path.realpath(path) for path in files}
    for order in orders:
        path = order.partition("=")[2]
        if path and os.path.realpath(path) in read:
            raise SuiteError(f"{path} is read and would be written; name another file")
