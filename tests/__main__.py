"""`python3 -m tests`: run every test from the top of the checkout and count what came of them.

Takes the options and names of `python3 -m unittest`; `--jobs N`, on how many processes, usually one a core; and
`--slowest N`, to see which groups of tests took longest. The last line is exactly `N passed, N failed, N skipped`.
Where CI=true says that everything could be installed, a skip that `may-skip.txt` does not name makes the run fail.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
import unittest
from typing import Any

from pkgsuite.system.namespaces import die_with_parent
from tests import skips
from tests.parallel import Pool, groups
from tests.tally import TallyResult, summary

USAGE = """python3 -m tests [-j N] [--slowest N] [OPTIONS of unittest] [tests ...]

  -j N, --jobs N       on so many processes (usually one a core)
  --slowest N          which groups of tests took longest"""

NOTHING_RAN = 5
"""The exit status where no test ran, which unittest has only since Python 3.12."""


class Runner(unittest.TextTestRunner):
    """The text runner, telling all on stdout so that the order of lines is the order of events."""

    resultclass = TallyResult
    jobs = 1
    slowest = 0

    def __init__(self, **options: Any) -> None:
        super().__init__(sys.stdout, **options)

    def run(self, test: unittest.TestSuite) -> TallyResult:
        """Run the tests, on several processes if there are several groups of them."""
        found = groups(test)
        if self.jobs == 1 or len(found) < 2:
            return super().run(test)
        result, began = self.new_result(), time.monotonic()
        last = sorted(found, key=lambda name: name.startswith("testcases"))
        pool = Pool({name: found[name] for name in last}, result, self.new_result)
        pool.run(self.jobs)
        result.printErrors()
        for name, seconds in pool.seconds.most_common(self.slowest):
            self.stream.writeln(f"{seconds:7.1f} s  {name}")
        self.stream.writeln(result.separator2)
        self.stream.writeln(f"Ran {result.testsRun} tests in {time.monotonic() - began:.3f}s\n")
        kinds = ("failures", "errors", "skipped", "expectedFailures", "unexpectedSuccesses")
        counts = ", ".join(f"{kind}={len(getattr(result, kind))}" for kind in kinds if getattr(result, kind))
        self.stream.writeln(("OK" if result.wasSuccessful() else "FAILED") + (f" ({counts})" if counts else ""))
        return result

    def new_result(self) -> TallyResult:
        """A result of its own for every process."""
        result = self._makeResult()
        result.failfast, result.buffer, result.tb_locals = self.failfast, self.buffer, self.tb_locals
        return result


def main(words: list[str]) -> int:
    """Run the tests that *words* select, all if they select none, and give the exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m tests", usage=USAGE, add_help=False, allow_abbrev=False)
    parser.add_argument("-j", "--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--slowest", type=int, default=0)
    options, words = parser.parse_known_args(words)
    if "-h" in words or "--help" in words:
        parser.print_usage()
        print("\nAll tests without names. What follows is the help of unittest, whose options and names it takes.\n")
    Runner.jobs, Runner.slowest = max(1, options.jobs), options.slowest
    loader = unittest.TestLoader()  # that of everybody would pass -k on to tests of unittest.main
    program = unittest.main(
        module=None, argv=["python3 -m tests", *words], testRunner=Runner, testLoader=loader, exit=False
    )
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
        signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts with `&` would ignore it
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
