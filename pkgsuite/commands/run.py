"""`pkgsuite run`: run scenarios, show progress, write reports."""

from __future__ import annotations

import argparse
import os
import sys

from pkgsuite import doctor, events, keep
from pkgsuite.reports import registry
from pkgsuite.reports.console import Console
from pkgsuite.reports.screen import Screen
from pkgsuite.runner import selection, session

__all__ = ["add", "main"]

INTERRUPTED = 130

EXAMPLES = """\
examples:
  python3 -m pkgsuite run                                   every scenario for the managers of this machine
  python3 -m pkgsuite run testcases.pacman.test_install     one module; also a class, a test, a file, a directory
  python3 -m pkgsuite run -k upgrade --keep failed          what matches, and the sandboxes of what fails
  python3 -m pkgsuite run --report html=report.html         one page with everything there is to know
  python3 -m pkgsuite run --report junit=junit.xml --report jsonl=run.jsonl
                                                            several reports at once
  PKGSUITE_PACMAN=./build/pacman python3 -m pkgsuite run    another pacman than the one on PATH

exit status: 0 all passed or skipped, 1 something did not, 2 wrong usage,
  130 interrupted with Ctrl-C, whatever came of the tests before
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "run",
        help="run scenarios and say what came of them",
        description="Run scenarios, or any unittest tests, and say what came of them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="module, class or test with dots, file, or directory")
    parser.add_argument(
        "-k",
        dest="patterns",
        action="append",
        default=[],
        metavar="PATTERN",
        help="only tests whose id matches; again for more",
    )
    parser.add_argument("-f", "--failfast", action="store_true", help="stop at the first test that does not pass")
    parser.add_argument("-q", "--quiet", action="store_true", help="show only what does not pass, and the summary")
    parser.add_argument("--keep", choices=keep.MODES, help="keep the sandboxes of tests (default: never)")
    parser.add_argument("--keep-dir", metavar="DIR", help=f"where to keep them (default: {keep.directory()})")
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT[=PATH]",
        help=f"write a report ({', '.join(registry.FORMATS)}), to stdout without a path; again for more",
    )
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Run and give the exit status."""
    for variable, value in ((keep.MODE, arguments.keep), (keep.DIRECTORY, arguments.keep_dir)):
        if value is not None:
            os.environ[variable] = value
    doctor.check_settings()
    keep.prepare()
    tests = selection.select(arguments.names, arguments.patterns)
    with registry.opened(arguments.report) as reports:
        screen = Screen(sys.stderr if registry.take_stdout(arguments.report) else sys.stdout)
        console = Console(screen, quiet=arguments.quiet)

        def send(event: events.Event) -> None:
            console.event(event)
            reports.event(event)

        with screen.shared():
            done = session.run(tests, send, failfast=arguments.failfast)
    if done.is_interrupted:
        return INTERRUPTED
    is_good = not done.troubles and not done.not_run and not any(name in session.FAILING for name in done.counts)
    return 0 if is_good else 1
