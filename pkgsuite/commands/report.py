"""`pkgsuite report`: reports of a run that is over, from its events."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack

from pkgsuite.errors import SuiteError
from pkgsuite.reports import registry
from pkgsuite.reports.reading import told_by

__all__ = ["add", "main"]

EXAMPLES = """\
examples:
  python3 -m pkgsuite run --report jsonl=run.jsonl          keep the events of a run
  python3 -m pkgsuite report run.jsonl html=run.html        and make a page of them later, maybe elsewhere
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "report",
        help="make reports of the events of an earlier run",
        description="Make reports of an earlier run from its events, which `run --report jsonl=EVENTS` keeps.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("events", metavar="EVENTS", help="the file with the events; `-` is stdin")
    parser.add_argument(
        "reports",
        nargs="+",
        metavar="FORMAT[=PATH]",
        help=f"what to write ({', '.join(registry.FORMATS)}), to stdout without a path",
    )
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Write the reports and give the exit status."""
    with ExitStack() as stack:
        try:
            source = sys.stdin.buffer if arguments.events == "-" else stack.enter_context(open(arguments.events, "rb"))
        except OSError as error:
            raise SuiteError(f"{arguments.events} cannot be read: {error.strerror}") from error
        reports = stack.enter_context(registry.opened(arguments.reports))
        for event in told_by(arguments.events, source):
            reports.event(event)
    return 0
