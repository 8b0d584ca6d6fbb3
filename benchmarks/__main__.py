"""`python3 -m benchmarks NAME …` runs one benchmark; without a name it says which there are."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

__all__ = ["main"]


def names() -> list[str]:
    """The benchmarks there are: every file here with a `main`."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def main(words: list[str]) -> int:
    """Run the benchmark that the first word names and give its exit status."""
    if not words or words[0] not in names():
        print(f"usage: python3 -m benchmarks NAME …; NAME is one of {', '.join(names())}", file=sys.stderr)
        return 2
    status: int = importlib.import_module(f"benchmarks.{words[0]}").main(words[1:])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
