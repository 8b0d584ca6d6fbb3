"""`python3 -m tests`: run every test from the top of the checkout and count what came of them.

Takes the options and names of `python3 -m unittest`. The last line is exactly `N passed, N failed, N skipped`. Where
CI=true says that everything could be installed, a skip that `may-skip.txt` does not name makes the run fail.
"""

from __future__ import annotations

import os
import sys
import unittest

from tests import skips
from tests.tally import TallyResult, summary

NOTHING_RAN = 5
"""The exit status where no test ran, which unittest has only since Python 3.12."""


class Runner(unittest.TextTestRunner):
    """The text runner, telling all on stdout so that the order of lines is the order of events."""

    resultclass = TallyResult

    def __init__(self, **options: object) -> None:
        super().__init__(sys.stdout, **options)


def main(words: list[str]) -> int:
    """Run the tests that *words* select, all if they select none, and give the exit status."""
    program = unittest.main(module=None, argv=["python3 -m tests", *words], testRunner=Runner, exit=False)
    result = program.result
    hidden = hidden_by_skips(result) if os.environ.get("CI") == "true" else []
    print(*(f"skipped, and not on the list {skips.LIST.name}: {test}" for test in hidden), sep="\n")
    print(*summary(result), sep="\n", flush=True)
    if not result.counts:
        return NOTHING_RAN
    return 0 if result.wasSuccessful() and not hidden else 1


def hidden_by_skips(result: TallyResult) -> list[str]:
    """The ids of tests that were skipped though they should have run."""
    patterns = skips.allowed(skips.LIST.read_text(encoding="utf-8"))
    return skips.unexpected((test.id() for test, _ in result.skipped), patterns)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
