"""The command line: `python3 -m pkgsuite`, also called `pkgsuite`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from pkgsuite.errors import SuiteError, Unsupported
from pkgsuite.version import VERSION

__all__ = ["main"]

COMMANDS = ("run", "pactest", "list", "doctor", "shell", "mutants", "world", "clean")
"""Modules of pkgsuite.commands; only the one that is called is imported, since a run may be short."""

WRONG_USAGE = 2


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


def main(words: Sequence[str] | None = None) -> int:
    """Do what *words* ask for and give the exit status; what is wrong is one line on stderr."""
    words = sys.argv[1:] if words is None else words
    arguments = build(words[:1] if words and words[0] in COMMANDS else COMMANDS).parse_args(words)
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
