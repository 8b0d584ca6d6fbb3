"""The options of `pkgsuite pactest`: those of pactest.py, and ours."""

from __future__ import annotations

import argparse
import os
from typing import Any

from pkgsuite.commands.argument_types import positive, seconds
from pkgsuite.machine import TIMEOUT

__all__ = ["EPILOG", "describe", "with_environment"]

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


def describe(parser: argparse.ArgumentParser, *, only_given: bool = False) -> None:
    """The options of pactest.py, and ours; with *only_given* the parser tells nothing of those that are not given."""

    def add_argument(*names: str, **more: Any) -> None:
        parser.add_argument(*names, **{**more, "default": argparse.SUPPRESS} if only_given else more)

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
    add_argument("--timeout", type=seconds, default=TIMEOUT, metavar="S", help="seconds a test may take (default: 60)")
    add_argument(
        "--vacuous",
        action="store_true",
        help="say which tests and rules also hold with a manager that does nothing or always fails",
    )


def with_environment(given: argparse.Namespace) -> argparse.Namespace:
    """All arguments: those that are *given* behind those of PACTEST_OPTS."""
    parser = argparse.ArgumentParser(prog="PACTEST_OPTS", add_help=False)
    describe(parser)
    arguments = parser.parse_args(os.environ.get("PACTEST_OPTS", "").split())
    for name, value in vars(given).items():
        if isinstance(value, list) or name == "verbose":
            value = getattr(arguments, name) + value
        setattr(arguments, name, value)
    arguments.valgrind = arguments.valgrind or bool(os.environ.get("PACTEST_VALGRIND"))
    return arguments
