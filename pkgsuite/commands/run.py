"""`pkgsuite run`: run scenarios, show progress, write reports."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
import unittest
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pkgsuite import events, keep, statedir
from pkgsuite.commands import choosing
from pkgsuite.errors import SuiteError
from pkgsuite.later import later
from pkgsuite.reports import registry
from pkgsuite.reports.console import Console
from pkgsuite.reports.screen import Screen
from pkgsuite.runner import plan, session
from pkgsuite.runner.channel import Channel
from pkgsuite.runner.history import History, normal
from pkgsuite.runner.loading import is_broken
from pkgsuite.runner.output import Logs

if TYPE_CHECKING:
    from pkgsuite import doctor
else:
    doctor = later("pkgsuite.doctor")

__all__ = ["add", "main"]

INTERRUPTED = 130

EXAMPLES = """\
examples:
  python3 -m pkgsuite run                                   every scenario for the managers of this machine
  python3 -m pkgsuite run testcases.pacman.test_install     one module; also a class, a test, a file, a directory
  python3 -m pkgsuite run -k upgrade --keep failed          what matches, and the sandboxes of what fails
  python3 -m pkgsuite run -j 8 --seed --repeat 20           in random order, each twenty times: what is flaky?
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
    parser.add_argument(
        "--tag", action="append", default=[], metavar="TAG", help="only tests with this tag or manager; again for more"
    )
    parser.add_argument(
        "-j", "--jobs", type=positive, default=cores(), metavar="N", help="workers (default: one a core, %(default)s)"
    )
    parser.add_argument("--repeat", type=positive, default=1, metavar="N", help="run each test so many times")
    parser.add_argument(
        "--seed",
        type=number,
        nargs="?",
        const=-1,
        metavar="N",
        help="random order, from this number or one that is told",
    )
    parser.add_argument(
        "--timeout", type=seconds, metavar="S", help="end a test and all it started after so many seconds, and go on"
    )
    parser.add_argument("--failed", action="store_true", help="only tests that did not pass the last time")
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
    parser.add_argument(
        "--events-fd",
        type=int,
        metavar="N",
        help="write events to this descriptor too, and take `stop` and `force` from standard input: docs/events.md",
    )
    parser.set_defaults(main=main)


def positive(text: str) -> int:
    """A number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number from 1 on")
    return int(text)


def number(text: str) -> int:
    """A number from 0 on."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number from 0 on")
    return int(text)


def seconds(text: str) -> float:
    """A number of seconds above 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number of seconds above 0")
    return value


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


def main(arguments: argparse.Namespace) -> int:
    """Run and give the exit status."""
    for variable, value in ((keep.MODE, arguments.keep), (keep.DIRECTORY, arguments.keep_dir)):
        if value is not None:
            os.environ[variable] = value
    if any(name.startswith("PKGSUITE_") for name in os.environ):
        doctor.check_settings()
    keep.prepare()
    with ExitStack() as stack:
        channel = None if arguments.events_fd is None else Channel(arguments.events_fd)
        if channel is not None:
            stack.callback(channel.close)
        history = History(statedir.directory())
        stack.callback(history.close)
        tests = chosen(arguments, history)
        if not tests:
            print("none of these tests failed the last time")
            return 0
        seed = random.randrange(1 << 32) if arguments.seed == -1 else arguments.seed
        jobs = min(arguments.jobs, len(tests))
        reports = stack.enter_context(registry.opened(arguments.report))
        screen = Screen(sys.stderr if registry.take_stdout(arguments.report) else sys.stdout)
        console = Console(screen, quiet=arguments.quiet, is_echoed=jobs == 1)

        def send(event: events.Event) -> None:
            history.event(event)
            console.event(event)
            reports.event(event)
            if channel is not None:
                channel.event(event)
            if isinstance(event, events.Plan) and history.note:
                send(events.Note(history.note))

        stack.enter_context(screen.shared())
        options = session.Options(
            jobs=jobs,
            failfast=arguments.failfast,
            timeout=arguments.timeout,
            seed=seed,
            memory=history,
            logs=Logs(logs_directory()),
            echo=screen.echo if jobs == 1 else None,
            remote=channel,
        )
        done = session.run(tests, send, options)
    return status_of(done)


def logs_directory() -> Path | None:
    """Where this run may write what is too long; it is made when that comes up."""
    place = statedir.directory()
    return place / "logs" / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}" if place else None


def chosen(arguments: argparse.Namespace, history: History) -> list[unittest.TestCase]:
    """The tests that were asked for; raises SuiteError where a name or a tag stands for none."""
    tests = choosing.select(arguments.names, arguments.patterns)
    if arguments.tag:
        wanted = set(arguments.tag)
        tests = [test for test in tests if wanted & plan.tags_of(test) or is_broken(test)]
        if not tests:
            raise SuiteError(f"no test has a tag of {', '.join(arguments.tag)}")
    if arguments.failed:
        failed = history.failed_last()
        tests = [test for test in tests if normal(test.id()) in failed]
    return [test for _ in range(arguments.repeat) for test in tests]


def status_of(done: events.Done) -> int:
    """The exit status of a run."""
    if done.is_interrupted:
        return INTERRUPTED
    is_good = not done.troubles and not done.not_run and not any(name in session.FAILING for name in done.counts)
    return 0 if is_good else 1
