"""The options of `pkgsuite run`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pkgsuite import keep
from pkgsuite.commands.argument_types import number, positive, seconds
from pkgsuite.errors import SuiteError
from pkgsuite.reports import registry
from pkgsuite.runner.shards import Shard

__all__ = ["EPILOG", "describe"]

EPILOG = """\
examples:
  python3 -m pkgsuite run                                   every scenario for the managers of this machine
  python3 -m pkgsuite run testcases.pacman.test_install     one module; also a class, a test, a file, a directory
  python3 -m pkgsuite run -k upgrade --keep failed          what matches, and the sandboxes of what fails
  python3 -m pkgsuite run --failed                          what did not pass the last time
  python3 -m pkgsuite run -j 8 --seed --repeat 20           in random order, each twenty times: what is flaky?
  python3 -m pkgsuite run --report html=report.html         one page with everything there is to know
  python3 -m pkgsuite run --report junit=junit.xml --report jsonl=run.jsonl
                                                            several reports at once
  python3 -m pkgsuite run --shard 2/4 --times times.json    the second of four parts that take equally long
  python3 -m pkgsuite run --cluster tcp://10.0.0.1:8786     by the workers of a dask cluster
  PKGSUITE_PACMAN=./build/pacman python3 -m pkgsuite run    another pacman than the one on PATH

exit status: 0 all passed or skipped, 1 something did not, 2 wrong usage,
  130 interrupted with Ctrl-C, whatever came of the tests before
"""


def describe(parser: argparse.ArgumentParser) -> None:
    """All of them."""
    describe_choice(parser.add_argument)
    describe_way(parser.add_argument)
    describe_reports(parser.add_argument)


def describe_choice(add: Callable[..., Any]) -> None:
    """Which tests."""
    add("names", nargs="*", metavar="NAME", help="module, class or test with dots, file, or directory")
    add(
        "-k",
        dest="patterns",
        action="append",
        default=[],
        metavar="PATTERN",
        help="only tests whose id matches; again for more",
    )
    add("--tag", action="append", default=[], metavar="TAG", help="only tests with this tag or manager; again for more")
    add("--only", type=Path, metavar="FILE", help="only the tests whose ids are the lines of this file")
    add("--failed", action="store_true", help="only tests that did not pass the last time")
    add(
        "--shard",
        type=shard,
        metavar="I/N",
        help="only the I-th of N parts, the same ones on every machine; `merge` joins what came of them",
    )
    add(
        "--times",
        type=Path,
        metavar="FILE",
        help="how long tests take, as `history --json` or `--report jsonl` wrote it: shards take equally long then",
    )


def describe_way(add: Callable[..., Any]) -> None:
    """How they are run."""
    add("-j", "--jobs", type=positive, default=cores(), metavar="N", help="workers (default: one a core, %(default)s)")
    add("--cluster", metavar="ADDRESS", help="run by the workers of this dask scheduler, such as tcp://10.0.0.1:8786")
    add("--repeat", type=positive, default=1, metavar="N", help="run each test so many times")
    add(
        "--seed",
        type=number,
        nargs="?",
        const=-1,
        metavar="N",
        help="random order, from this number or one that is told",
    )
    add("--timeout", type=seconds, metavar="S", help="end a test and all it started after so many seconds, and go on")
    add("-f", "--failfast", action="store_true", help="stop at the first test that does not pass")
    add("--keep", choices=keep.MODES, help="keep the sandboxes of tests (default: never)")
    add("--keep-dir", metavar="DIR", help=f"where to keep them (default: {keep.directory()})")


def describe_reports(add: Callable[..., Any]) -> None:
    """What is told and remembered."""
    add("-q", "--quiet", action="store_true", help="show only what does not pass, and the summary")
    add("--no-history", action="store_true", help="neither ask what came of earlier runs nor remember this one")
    add(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT[=PATH]",
        help=f"write a report ({', '.join(registry.FORMATS)}), to stdout without a path; again for more",
    )
    add(
        "--events-fd",
        type=int,
        metavar="N",
        help="write events to this descriptor too, and take `stop` and `force` from standard input: docs/events.md",
    )


def shard(text: str) -> Shard:
    """One of several parts."""
    try:
        return Shard.read(text)
    except SuiteError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))
