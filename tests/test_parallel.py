"""The tests of several processes are told as those of one would be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tests.checkout import TOP

SAMPLE = """
import os, unittest

class Good(unittest.TestCase):
    def test_passes(self):
        print("said by", "python")
        os.system("echo said by a child")

class Bad(unittest.TestCase):
    def test_fails(self):
        "What it is about."
        self.assertEqual(1, 2)

    def test_errs(self):
        raise OSError("no disk")

    @unittest.skip("no sun")
    def test_skips(self):
        pass

    @unittest.expectedFailure
    def test_fails_as_expected(self):
        self.fail()

    @unittest.expectedFailure
    def test_passes_unexpectedly(self):
        pass

class Deadly(unittest.TestCase):
    def test_ends(self):
        os.system("echo last words")
        os._exit(3)

class Late(unittest.TestCase):
    def test_passes(self):
        pass
"""

WITH_FIXTURES = """
import os, unittest

def setUpModule():
    global at
    at = os.getpid()

class First(unittest.TestCase):
    def test_there(self):
        self.assertEqual(at, os.getpid())

class Second(First):
    pass
"""


class ParallelTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name)
        (self.place / "sample_of_many.py").write_text(SAMPLE)
        (self.place / "sample_with_fixtures.py").write_text(WITH_FIXTURES)

    def run_tests(self, *words: str) -> tuple[int, str]:
        """The exit status and what was written."""
        done = subprocess.run(
            [sys.executable, "-m", "tests", *words],
            cwd=TOP,
            env={**os.environ, "PYTHONPATH": str(self.place), "CI": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual("", done.stderr)
        return done.returncode, done.stdout

    def test_every_outcome(self) -> None:
        status, output = self.run_tests("--jobs=3", "sample_of_many")

        self.assertEqual(1, status)
        self.assertEqual("3 passed, 4 failed, 1 skipped", output.splitlines()[-1])
        self.assertIn(
            "FAILED (failures=1, errors=2, skipped=1, expectedFailures=1, unexpectedSuccesses=1)", output.splitlines()
        )
        self.assertRegex(output, r"Ran 7 tests in \d")
        self.assertIn("FAIL: test_fails (sample_of_many.Bad", output)
        self.assertIn("What it is about.", output)
        self.assertIn("OSError: no disk", output)
        self.assertIn("skipped 1: no sun\n    sample_of_many.Bad.test_skips\n", output)
        if sys.version_info >= (3, 11):  # unittest of 3.10 only counts them
            self.assertIn("UNEXPECTED SUCCESS: test_passes_unexpectedly", output)

    def test_the_dead_are_counted_and_replaced(self) -> None:
        status, output = self.run_tests("--jobs=1", "sample_of_many.Good")
        self.assertEqual((0, "1 passed, 0 failed, 0 skipped"), (status, output.splitlines()[-1]))

        status, output = self.run_tests("--jobs=2", *(f"sample_of_many.{name}" for name in ("Deadly", "Good", "Late")))

        self.assertEqual((1, "2 passed, 1 failed, 0 skipped"), (status, output.splitlines()[-1]))
        self.assertIn("ERROR: sample_of_many.Deadly", output)
        self.assertRegex(output, re.compile(r"status 3.*last words", re.DOTALL))

    def test_what_tests_write_is_shown(self) -> None:
        output = self.run_tests("--jobs=2", "sample_of_many.Good", "sample_of_many.Late")[1]

        self.assertIn("said by python", output)
        self.assertIn("said by a child", output)

    def test_fixtures_of_a_module_are_run_once(self) -> None:
        status, output = self.run_tests("--jobs=4", "sample_with_fixtures", "sample_of_many.Late", "--slowest=1")

        self.assertEqual((0, "3 passed, 0 failed, 0 skipped"), (status, output.splitlines()[-1]))
        self.assertRegex(output, r"\d s  sample_")

    def test_failfast(self) -> None:
        output = self.run_tests("--jobs=2", "-f", *["sample_of_many.Bad.test_fails", "sample_of_many.Late"] * 1)[1]

        self.assertIn("1 failed", output)
