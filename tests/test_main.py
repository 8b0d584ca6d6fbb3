"""`python3 -m tests` counts every test, or says that it could not."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).parents[1]


class MainTest(unittest.TestCase):
    """The process of the tests, and the one that watches it."""

    def run_sample(self, body: str) -> tuple[int, str]:
        """The exit status and the last line for a module with one test."""
        with tempfile.TemporaryDirectory() as directory:
            source = f"import os, unittest\nclass Case(unittest.TestCase):\n    def test_it(self):\n        {body}\n"
            Path(directory, "sample_of_tests.py").write_text(source)
            done = subprocess.run(
                [sys.executable, "-m", "tests", "sample_of_tests"],
                cwd=TOP,
                env={**os.environ, "PYTHONPATH": directory},
                capture_output=True,
                text=True,
                check=False,
            )
        return done.returncode, done.stdout.splitlines()[-1]

    def test_passes(self) -> None:
        """A run that passes is counted."""
        self.assertEqual(self.run_sample("pass"), (0, "1 passed, 0 failed, 0 skipped"))

    def test_fails(self) -> None:
        """A run that fails has a status that says so."""
        self.assertEqual(self.run_sample("self.fail()"), (1, "0 passed, 1 failed, 0 skipped"))

    def test_ends_the_process(self) -> None:
        """A test that ends the process, however well, has failed the run."""
        for status in (0, 1):
            with self.subTest(status=status):
                self.assertEqual(self.run_sample(f"os._exit({status})"), (1, "0 passed, 1 failed, 0 skipped"))
