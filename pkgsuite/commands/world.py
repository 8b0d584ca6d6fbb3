"""`pkgsuite world`: put a whole process into a world, for debuggers and coverage."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from pkgsuite.errors import SuiteError
from pkgsuite.system import foreground

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
    return foreground.run(lambda: (words or [os.environ.get("SHELL") or "/bin/sh"], os.environ), writable)
