"""`pkgsuite world`: put a whole process into a world, for debuggers and coverage."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
from pathlib import Path

from pkgsuite.errors import SuiteError, Unsupported
from pkgsuite.system import ladder

__all__ = ["add", "main"]

EXAMPLES = """\
examples:
  python3 -m pkgsuite world -- python3 -m pdb -m unittest testcases.pacman.test_install
  python3 -m pkgsuite world --writable . -- python3 -m coverage run -m unittest
  python3 -m pkgsuite world                         a shell in there
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "world",
        help="run a command inside a world",
        description="Run a command inside a world: as its root, with loopback only, the host read-only and an empty "
        "/tmp. Scenarios that run in there do not fork, so debuggers and coverage see them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--writable", metavar="DIR", help="a directory of the host that may be written to")
    parser.add_argument(
        "command", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="what to run (default: a shell)"
    )
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Run the command and give its exit status."""
    words = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    writable: tuple[str, ...] = ()
    if arguments.writable is not None:
        place = Path(arguments.writable).resolve()
        if not place.is_dir() or place == Path("/"):
            raise SuiteError(f"--writable {arguments.writable}: expected a directory, not /")
        writable = (str(place),)
    climbed = ladder.climb(writable)
    if climbed.world is None:
        raise Unsupported(climbed.explain())
    if not climbed.world.place.has_mounts:
        climbed.world.close()
        raise Unsupported(f"a world needs namespaces; there is only {climbed.world.place.rung!r} (pkgsuite doctor)")
    pid = climbed.world.fork()
    if pid == 0:
        become(words or [os.environ.get("SHELL") or "/bin/sh"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    climbed.world.close()
    return status if status >= 0 else 128 - status


def become(words: list[str]) -> None:
    """Turn this process into the command; never returns."""
    try:
        with contextlib.suppress(OSError):
            os.tcsetpgrp(0, os.getpgrp())
        os.execvp(words[0], words)
    except OSError as error:
        os.write(2, f"pkgsuite: {words[0]} cannot be run: {error.strerror}\n".encode())
        os._exit(127)
