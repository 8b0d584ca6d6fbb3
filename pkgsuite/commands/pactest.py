"""`pkgsuite pactest`: run pacman's own test files, as their `pactest.py` is called."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import unittest
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from pkgsuite import events, keep
from pkgsuite.commands.pactest_choice import choose_pacman, files_of, options_of
from pkgsuite.commands.pactest_options import EPILOG, describe, with_environment
from pkgsuite.dialects import pactest, pactest_script
from pkgsuite.dialects.pactest import Options, PactestScenario
from pkgsuite.dialects.pactest_tap import TapStream
from pkgsuite.errors import SuiteError, Unsupported
from pkgsuite.later import later
from pkgsuite.runner import crew
from pkgsuite.runner.worker import Manners

if TYPE_CHECKING:
    from pkgsuite.commands import pactest_review
    from pkgsuite.dialects import pactest_vacuous
else:
    pactest_review = later("pkgsuite.commands.pactest_review")
    pactest_vacuous = later("pkgsuite.dialects.pactest_vacuous")

__all__ = ["add", "main"]

GRACE_S = 10.0
"""How much longer a whole test may take than its pacman."""

MESON = "RUNNING_UNDER_MESON"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "pactest",
        help="run pacman's own test files",
        description="Run pacman's own test files unchanged; the output is one TAP stream.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    describe(parser, only_given=True)
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Run and give the exit status."""
    arguments = with_environment(arguments)
    try:
        paths = files_of([*arguments.files, *arguments.test])
        choose_pacman(arguments)
        options = options_of(arguments, paths)
        if arguments.review:
            pactest_review.check(arguments.editor)
        return report_vacuous(arguments, paths, options) if arguments.vacuous else run(arguments, paths, options)
    except (SuiteError, Unsupported) as error:
        print(f"Bail out! {' '.join(str(error).split())}")
        print(f"pkgsuite: {error}", file=sys.stderr)
        return 2


def longest_first(test: PactestScenario) -> tuple[bool, int]:
    """A guess at how long a test takes, from what its file says."""
    return "sleep" not in test.script.source, -len(test.script.source)


def does_more(test: unittest.TestCase) -> bool:
    """Whether its file does more than declare it, and may leave its process and its world as others should not be."""
    return isinstance(test, PactestScenario) and not test.script.only_declares


def tests_of(paths: Sequence[Path], options: Options) -> list[PactestScenario]:
    """The tests of the files, in their order."""
    return [test for test in pactest.load_files(paths, options) if isinstance(test, PactestScenario)]


def work(
    arguments: argparse.Namespace, tests: Sequence[PactestScenario], send: Callable[[events.Event], object]
) -> None:
    """Run *tests*."""
    options = tests[0].options
    ordered: Sequence[PactestScenario] = sorted(tests, key=longest_first) if options.attended is None else tests
    crew.run(
        ordered,
        send,
        jobs=arguments.jobs or len(os.sched_getaffinity(0)) if options.attended is None else 1,
        deadline_s=arguments.timeout + GRACE_S if options.attended is None else None,
        manners=Manners(pactest_script.clean_environment, at_terminal=options.attended is not None),
        is_alone=does_more,
    )


def run(arguments: argparse.Namespace, paths: Sequence[Path], options: Options) -> int:
    """Run the tests, write the stream, and give the exit status; a stream that is interrupted ends as TAP does."""
    with interruptible():
        try:
            return stream_of(arguments, paths, options)
        except KeyboardInterrupt:
            put("Bail out! interrupted\n")
            return 130


def stream_of(arguments: argparse.Namespace, paths: Sequence[Path], options: Options) -> int:
    """Run the tests, write the stream, and give the exit status."""
    if arguments.keep_root:
        os.environ[keep.MODE] = keep.ALWAYS
    if keep.mode() != keep.NEVER:
        os.environ[keep.DIRECTORY] = str(keep.directory())  # what else tells it is no business of test files
    keep.prepare()
    tests = tests_of(paths, options)
    written: list[str] = []
    logs: dict[str, str] = {}

    def write(text: str) -> None:
        written.append(text)
        put(text)

    under_meson = MESON in os.environ
    stream = TapStream(
        write,
        [(test.id(), test.script.name) for test in tests],
        says_todo=not under_meson,
        verbose=max(arguments.verbose, 2 * arguments.nolog),
    )

    def send(event: events.Event) -> None:
        if isinstance(event, events.Command):
            logs[event.test] = event.output
        stream.event(event)

    work(arguments, tests, send)
    if arguments.review:
        heard = {test.script.name: logs.get(test.id(), "") for test in tests}
        pactest_review.review(arguments.editor, "".join(written), paths, heard)
    return 1 if stream.has_failed and not under_meson else 0


def put(text: str) -> None:
    """Write to stdout, whatever its encoding."""
    sys.stdout.buffer.write(text.encode(sys.stdout.encoding or "utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Take a request to end, as Meson sends it, for a Ctrl-C."""

    def interrupt(number: int, frame: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def report_vacuous(arguments: argparse.Namespace, paths: Sequence[Path], options: Options) -> int:
    """Run the tests with each stand-in for pacman, say what held, and give the exit status."""
    found = pactest_vacuous.Vacuous({test.id(): test.script.name for test in tests_of(paths, options)})
    for stand_in, program in pactest_vacuous.STAND_INS.items():
        tests = tests_of(paths, replace(options, calling=replace(options.calling, program=program)))
        with interruptible():
            work(arguments, tests, partial(found.listen, stand_in))
    put("".join(f"{line}\n" for line in found.report()))
    return 1 if found.troubles else 0
