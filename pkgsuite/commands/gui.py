"""`pkgsuite gui`: the window, which is another program that knows of this one only what its commands print."""

from __future__ import annotations

import argparse
import importlib

__all__ = ["add", "main"]

WINDOW = "pkgsuite.gui.start"
"""Imported by name, since nothing here may depend on the window; a distro may package it apart."""

MISSING = "the window is not installed; some distros package it apart from pkgsuite"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "gui",
        help="pick scenarios in a window, launch them, see why they fail",
        description="Show scenarios in a window: pick, launch, see why they fail. F1 shows all keys.",
    )
    about = "what `run` takes; or FILE.jsonl, the events of an earlier run"
    parser.add_argument("names", nargs="*", metavar="NAME", help=about)
    parser.set_defaults(main=main, parser=parser)


def main(arguments: argparse.Namespace) -> int:
    """Show the window and give the exit status."""
    try:
        window = importlib.import_module(WINDOW)
    except ModuleNotFoundError as error:
        if error.name not in (WINDOW, WINDOW.rpartition(".")[0]):
            raise
        arguments.parser.exit(1, f"pkgsuite: {MISSING}\n")
    status: int = window.main(arguments.names, "pkgsuite gui")
    return status
