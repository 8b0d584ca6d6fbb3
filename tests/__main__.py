"""`python3 -m tests`: run every test from the top of the checkout and count what came of them.

Takes the options and names of `python3 -m unittest`. The last line is exactly `N passed, N failed, N skipped`.
"""

from __future__ import annotations

import sys
import unittest

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
    print(*summary(result), sep="\n", flush=True)
    if not result.counts:
        return NOTHING_RAN
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
