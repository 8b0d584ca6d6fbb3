"""How the window starts: what must be there is looked for first, and what is not is told in one line."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

__all__ = ["main"]

NO_TKINTER = "the window needs tkinter, which this Python lacks: apt-get install python3-tk"

EPILOG = """\
keys: F5 runs what is checked, F6 what failed, Ctrl+Enter what is selected, Esc stops, F1 shows all keys
"""


def main(words: Sequence[str] | None = None, program: str = "pkgsuite-gui") -> int:
    """Show the window until it is closed; gives the exit status."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="Show scenarios in a window: pick, launch, see why they fail.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="what `pkgsuite run` takes; or FILE.jsonl, the events of an earlier run",
    )
    arguments = parser.parse_args(words)
    try:
        importlib.import_module("tkinter")
    except ImportError:
        return refuse(NO_TKINTER)
    window = importlib.import_module(".show", __package__)
    trouble: str = window.show(arguments.names)
    return refuse(trouble) if trouble else 0


def refuse(words: str) -> int:
    """Say why there is no window."""
    print(f"pkgsuite: {words}", file=sys.stderr)
    return 1
