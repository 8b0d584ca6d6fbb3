"""The command line: `python3 -m pkgsuite`, also called `pkgsuite`."""

from __future__ import annotations

import argparse
import atexit
import contextlib
import errno
import gc
import importlib
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import NoReturn

from pkgsuite.errors import SuiteError, Unsupported
from pkgsuite.reports.screen import open_streams
from pkgsuite.version import VERSION

__all__ = ["main", "program"]

COMMANDS = (
    "run",
    "pactest",
    "debtorrent",
    "list",
    "history",
    "doctor",
    "gui",
    "report",
    "merge",
    "shell",
    "mutants",
    "node",
    "world",
    "clean",
)
"""Modules of pkgsuite.commands; only the one that is called is imported, since a run may be short."""

WRONG_USAGE, INTERRUPTED, PIPE_CLOSED = 2, 130, 141
"""The statuses of what ends otherwise than well or badly; the last two are a shell's for SIGINT and SIGPIPE."""

FULL = (errno.ENOSPC, errno.EDQUOT)


def build(wanted: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser of the *wanted* commands."""
    parser = argparse.ArgumentParser(
        prog="pkgsuite",
        description="End-to-end tests for package managers: real managers, disposable sandboxes, rules.",
        epilog="`pkgsuite COMMAND --help` teaches a command; `pkgsuite doctor` says what this machine can do.",
    )
    parser.add_argument("--version", action="version", version=f"pkgsuite {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in wanted:
        importlib.import_module(f"pkgsuite.commands.{name}").add(commands)
    return parser


def program() -> NoReturn:
    """The program: do what the command line asks for and end this process with the exit status.

    Where nobody else looks on, it ends as soon as what was left for the end is done: Python takes itself apart for as
    long as a short run takes, and dies of it where a thread that nobody waits for prints something.
    """
    status = main()
    others = [thread for thread in threading.enumerate() if thread is not threading.current_thread()]
    is_watched = sys.gettrace() or sys.getprofile() or sys.flags.inspect
    if is_watched or any(not thread.daemon for thread in others):
        sys.exit(status)
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()
    for stream in () if others else (sys.stdout, sys.stderr):  # a thread that waits in its output keeps others out
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def main(words: Sequence[str] | None = None) -> int:
    """Do what *words* ask for and give the exit status; what is wrong is one line on stderr."""
    is_program = words is None
    words = sys.argv[1:] if words is None else words
    open_streams()
    try:
        os.getcwd()
    except OSError as error:
        return wrong(f"the current directory cannot be used ({error.strerror}); go to another with cd")
    try:
        with without_garbage() if is_program else contextlib.nullcontext():
            arguments = build(words[:1] if words and words[0] in COMMANDS else COMMANDS).parse_args(words)
        status: int = arguments.main(arguments)
        sys.stdout.flush()
    except (SuiteError, Unsupported) as error:
        return wrong(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return PIPE_CLOSED
    except OSError as error:
        if error.errno not in FULL:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return wrong(f"the output cannot be written: {error.strerror}")
    return status


@contextlib.contextmanager
def without_garbage() -> Iterator[None]:
    """Look for no garbage while modules are imported, which make little, nor later among what they leave."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def wrong(words: str) -> int:
    """Say what is wrong and give the exit status."""
    print(f"pkgsuite: {words}", file=sys.stderr)
    return WRONG_USAGE
