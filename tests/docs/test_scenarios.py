"""Every block of code in the tutorial on scenarios runs, and says what its text says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tests.checkout import TOP, needs_checkout

PAGE = TOP / "docs" / "scenarios.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@needs_checkout
class Tutorial(unittest.TestCase):
    """The blocks of the page, each as a file of its own."""

    def run_block(self, text: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a block by unittest, as the page tells."""
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, "test_first.py").write_text(text)
            path = os.pathsep.join(filter(None, [str(TOP), os.environ.get("PYTHONPATH")]))
            return subprocess.run(
                [sys.executable, "-m", "unittest", "test_first"],
                cwd=directory,
                env={**os.environ, "PYTHONPATH": path, **environment},
                capture_output=True,
                text=True,
                check=False,
            )

    def test_every_block_passes(self) -> None:
        """Where a manager is missing its tests are skipped."""
        blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))

        self.assertGreaterEqual(len(blocks), 4)
        for number, text in enumerate(blocks, 1):
            with self.subTest(block=number):
                done = self.run_block(text)

                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertNotIn("Ran 0 tests", done.stderr)

    def test_first_one_fails_with_a_program_that_does_nothing(self) -> None:
        """By a rule with a name."""
        first = BLOCK.findall(PAGE.read_text(encoding="utf-8"))[0]

        done = self.run_block(first, PKGSUITE_APT="/bin/true")

        self.assertIn("PKG_VERSION=tool|1.0-1", done.stderr)
