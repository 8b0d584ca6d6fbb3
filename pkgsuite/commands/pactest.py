"""`pkgsuite pactest`: run pacman's own test files, as their `pactest.py` is called."""

from __future__ import annotations

import argparse
import contextlib
import glob
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from pkgsuite import events, keep
from pkgsuite.dialects import pactest, pactest_script
from pkgsuite.dialects.pactest import Options, PactestScenario
from pkgsuite.dialects.pactest_manager import Calling
from pkgsuite.dialects.pactest_tap import TapStream
from pkgsuite.dialects.pactest_vacuous import STAND_INS, Vacuous
from pkgsuite.errors import ProgramMissing, SuiteError, Unsupported
from pkgsuite.machine import Attended
from pkgsuite.managers.pacman import pacman
from pkgsuite.runner import crew

__all__ = ["add", "main"]

EPILOG = """\
examples:
  python3 -m pkgsuite pactest test/pacman/tests                   every test file of a directory
  python3 -m pkgsuite pactest -p build/pacman -j 4 tests/sync*.py
  python3 -m pkgsuite pactest --vacuous tests/sync001.py          does the test prove anything?

environment:
  PACTEST_OPTS       options that come before those of the command line
  PACTEST_VALGRIND   if it is not empty, the same as --valgrind
  RUNNING_UNDER_MESON  expected failures are not marked and exit status is 0 for tests that fail: Meson reads the stream

exit status: 0 all passed, 1 a test failed, 2 wrong usage, 130 interrupted
"""

GRACE_S = 10.0
"""How much longer a whole test may take than its pacman."""

MESON = "RUNNING_UNDER_MESON"
SUPPRESSIONS = "valgrind.supp"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "pactest",
        help="run pacman's own test files",
        description="Run pacman's own test files unchanged; the output is one TAP stream.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    describe(parser)
    parser.set_defaults(main=main)


def describe(parser: argparse.ArgumentParser) -> None:
    """The options of pactest.py, and ours."""
    add_argument = parser.add_argument
    add_argument("files", nargs="*", metavar="FILE", help="test files, or directories of them")
    add_argument("--test", nargs="+", action="extend", default=[], metavar="FILE", help="the same, in the old spelling")
    add_argument("-v", "--verbose", action="count", default=0, help="show commands; twice for their output too")
    add_argument("-d", "--debug", type=int, default=0, metavar="LEVEL", help="debug level of pacman")
    add_argument("-p", "--pacman", metavar="PACMAN", help="the pacman to test (default: the one on PATH)")
    add_argument("--bindir", action="append", default=[], metavar="DIR", help="look for pacman here; again for more")
    add_argument("--without-gpg", action="store_true", help="skip tests that need gpg")
    add_argument("--without-curl", action="store_true", help="skip tests that need the downloader")
    add_argument("--without-nls", action="store_true", help="skip tests that need translations")
    add_argument("--keep-root", action="store_true", help="keep the root of every test as a tar, and say where")
    add_argument("--nolog", action="store_true", help="show pacman's messages")
    add_argument("--gdb", action="store_true", help="run pacman in gdb, at the terminal")
    add_argument("--valgrind", action="store_true", help="run pacman in valgrind; a leak breaks a rule")
    add_argument("--manual-confirm", action="store_true", help="let pacman ask, and answer it at the terminal")
    add_argument("--scriptlet-shell", default="/bin/sh", metavar="SH", help="where scriptlets find their shell")
    add_argument("--ldconfig", default="/sbin/ldconfig", metavar="PATH", help="where pacman finds ldconfig")
    add_argument("--review", action="store_true", help="open output, logs and test files in the editor afterwards")
    add_argument("--editor", default=os.environ.get("EDITOR") or "vim", metavar="ED", help="the editor for --review")
    add_argument("-j", "--jobs", type=positive, metavar="N", help="tests at the same time (default: one a core)")
    add_argument(
        "--timeout", type=seconds, default=Options().timeout, metavar="S", help="seconds a test may take (default: 60)"
    )
    add_argument(
        "--vacuous",
        action="store_true",
        help="say which tests and rules also hold with a manager that does nothing or always fails",
    )


def positive(text: str) -> int:
    """A number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number from 1 on")
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


def main(arguments: argparse.Namespace) -> int:
    """Run and give the exit status."""
    arguments = with_environment(arguments)
    try:
        paths = files_of([*arguments.files, *arguments.test])
        choose_pacman(arguments)
        options = options_of(arguments, paths)
        return report_vacuous(arguments, paths, options) if arguments.vacuous else run(arguments, paths, options)
    except (SuiteError, Unsupported) as error:
        print(f"Bail out! {' '.join(str(error).split())}")
        print(f"pkgsuite: {error}", file=sys.stderr)
        return 2


def with_environment(arguments: argparse.Namespace) -> argparse.Namespace:
    """The arguments behind those of PACTEST_OPTS."""
    words = os.environ.get("PACTEST_OPTS", "").split()
    if words:
        parser = argparse.ArgumentParser(prog="PACTEST_OPTS", add_help=False)
        describe(parser)
        defaults, given = parser.parse_args([]), parser.parse_args(words)
        for name, value in vars(arguments).items():
            if name in vars(defaults) and value == getattr(defaults, name):
                setattr(arguments, name, getattr(given, name))
            elif isinstance(value, list):
                setattr(arguments, name, [*getattr(given, name), *value])
    arguments.valgrind = arguments.valgrind or bool(os.environ.get("PACTEST_VALGRIND"))
    return arguments


def files_of(words: Sequence[str]) -> list[Path]:
    """The test files that were asked for; raises SuiteError where one is missing, or none was named."""
    if not words:
        raise SuiteError("no test files named; expected FILE or DIRECTORY")
    found: list[Path] = []
    for word in words:
        matches = [word] if Path(word).exists() else sorted(glob.glob(word)) or [word]
        for match in matches:
            found += pactest_script.find(Path(match))
    return found


def choose_pacman(arguments: argparse.Namespace) -> None:
    """Settle which pacman is tested; raises SuiteError or ProgramMissing where there is none."""
    if arguments.pacman:
        chosen = shutil.which(os.path.abspath(arguments.pacman))
        if chosen is None:
            raise SuiteError(f"--pacman {arguments.pacman}: expected a program")
    elif arguments.bindir:
        chosen = shutil.which(pacman.name, path=os.pathsep.join(map(os.path.abspath, arguments.bindir)))
        if chosen is None:
            raise SuiteError(f"--bindir {' --bindir '.join(arguments.bindir)}: no pacman there")
    else:
        chosen = pacman.find()
    os.environ[pacman.variable] = chosen


def options_of(arguments: argparse.Namespace, paths: Sequence[Path]) -> Options:
    """How the tests are run."""
    calling = Calling(
        debug=arguments.debug,
        gdb=arguments.gdb,
        valgrind=arguments.valgrind,
        suppressions=suppressions_for(paths[0]) if arguments.valgrind else "",
        confirm=arguments.manual_confirm,
        shell=arguments.scriptlet_shell,
        ldconfig=arguments.ldconfig,
    )
    for program in calling.wrapper[:1]:
        if shutil.which(program) is None:
            raise ProgramMissing(f"--{program}: it is not installed; apt-get install {program}")
    missing = frozenset(name for name in ("gpg", "curl", "nls") if getattr(arguments, f"without_{name}"))
    attended = Attended.DRIVING if arguments.gdb else Attended.ANSWERING if arguments.manual_confirm else None
    return Options(calling, missing, arguments.timeout, attended)


def suppressions_for(path: Path) -> str:
    """Valgrind's list of known trouble in the tree of a test file, or nothing."""
    above = (parent / SUPPRESSIONS for parent in path.absolute().parents)
    return next((str(place) for place in above if place.is_file()), "")


def longest_first(test: PactestScenario) -> tuple[bool, int]:
    """A guess at how long a test takes, from what its file says."""
    return "sleep" not in test.script.source, -len(test.script.source)


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
        at_terminal=options.attended is not None,
        prepare=pactest_script.clean_environment,
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
        review(arguments.editor, "".join(written), paths, {test.script.name: logs.get(test.id(), "") for test in tests})
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


def review(editor: str, output: str, paths: Sequence[Path], logs: dict[str, str]) -> None:
    """Open the stream, the test files and pacman's messages in the editor."""
    with tempfile.TemporaryDirectory(prefix="pactest-") as place:
        texts = {"output.tap": output, **{f"{name}.log": log for name, log in logs.items()}}
        for name, text in texts.items():
            Path(place, name).write_text(text, "utf-8", "backslashreplace")
        first, *rest = [str(Path(place, name)) for name in texts]
        try:
            subprocess.run([*shlex.split(editor), first, *map(str, paths), *rest], check=False)
        except OSError as error:
            raise SuiteError(f"--editor {editor}: {error.strerror}") from error


def report_vacuous(arguments: argparse.Namespace, paths: Sequence[Path], options: Options) -> int:
    """Run the tests with each stand-in for pacman, say what held, and give the exit status."""
    found = Vacuous({test.id(): test.script.name for test in tests_of(paths, options)})
    for stand_in, program in STAND_INS.items():
        tests = tests_of(paths, replace(options, calling=replace(options.calling, program=program)))
        with interruptible():
            work(arguments, tests, partial(found.listen, stand_in))
    put("".join(f"{line}\n" for line in found.report()))
    return 1 if found.troubles else 0
