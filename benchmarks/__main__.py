"""`python3 -m benchmarks NAME …` runs one benchmark; without a name, a table of all ratios that need no arguments."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from benchmarks import mirror, overhead
from benchmarks._ratio import HEADING

__all__ = ["main"]

MEASURES = (overhead.measure, mirror.measure)
"""What the table is made of: functions that give ratios; another is a line here."""


def names() -> list[str]:
    """The benchmarks there are: every file here with a `main`."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def main(words: list[str]) -> int:
    """Run the benchmark that the first word names and give its exit status."""
    if not words:
        return table()
    if words[0] not in names():
        print(f"usage: python3 -m benchmarks [NAME …]; NAME is one of {', '.join(names())}", file=sys.stderr)
        return 2
    status: int = importlib.import_module(f"benchmarks.{words[0]}").main(words[1:])
    return status


def table() -> int:
    """Print every ratio beside its goal; gives 1 where one was missed."""
    print(HEADING, flush=True)
    ratios = []
    for measure in MEASURES:
        for ratio in measure():
            ratios.append(ratio)
            print(ratio, flush=True)
    return 0 if all(ratio.is_met for ratio in ratios) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
