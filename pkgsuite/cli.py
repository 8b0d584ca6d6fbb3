"""The command line: `python3 -m pkgsuite`, also called `pkgsuite`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from pkgsuite.commands import clean, doctor, list, mutants, pactest, run, shell, world
from pkgsuite.errors import SuiteError, Unsupported
from pkgsuite.version import VERSION

__all__ = ["main"]

COMMANDS = (run, pactest, list, doctor, shell, mutants, world, clean)

WRONG_USAGE = 2


def build() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="pkgsuite",
        description="End-to-end tests for package managers: real managers, disposable sandboxes, rules.",
        epilog="`pkgsuite COMMAND --help` teaches a command; `pkgsuite doctor` says what this machine can do.",
    )
    parser.add_argument("--version", action="version", version=f"pkgsuite {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Do what *words* ask for and give the exit status; what is wrong is one line on stderr."""
    arguments = build().parse_args(words)
    try:
        status: int = arguments.main(arguments)
    except (SuiteError, Unsupported) as error:
        print(f"pkgsuite: {error}", file=sys.stderr)
        return WRONG_USAGE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    return status
