"""`python3 -m tests`: run every test from the top of the checkout and count what came of them.

Takes the options and names of `python3 -m unittest`. The last line is exactly `N passed, N failed, N skipped`. Where
CI=true says that everything could be installed, a skip that `may-skip.txt` does not name makes the run fail.
"""

from __future__ import annotations

import os
import signal
import sys
import unittest

from pkgsuite.system.namespaces import die_with_parent
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


def watched(words: list[str]) -> int:
    """Run the tests in a child and give its exit status; one that a test ended before the count has failed."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        die_with_parent()
        try:
            status = main(words)
        except SystemExit as end:
            status = int(end.code or 0)
        os.write(writer, b"counted")
        sys.exit(status)
    os.close(writer)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(reader, "rb") as pipe:
        has_counted = pipe.read() == b"counted"
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if not has_counted:
        print(f"\na test ended the process of the tests (status {status}) before they were counted")
        print("0 passed, 1 failed, 0 skipped")
        return 1
    return status


def hidden_by_skips(result: TallyResult) -> list[str]:
    """The ids of tests that were skipped though they should have run."""
    patterns = skips.allowed(skips.LIST.read_text(encoding="utf-8"))
    return skips.unexpected((test.id() for test, _ in result.skipped), patterns)


if __name__ == "__main__":
    sys.exit(watched(sys.argv[1:]))
