"""The public names of pkgsuite: sorted, complete, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import types
import unittest

import pkgsuite
from tests.checkout import TOP


class PublicNamesTest(unittest.TestCase):
    """`from pkgsuite import …`"""

    def test_sorted(self) -> None:
        """__all__ is sorted, capitals first, and names each thing once."""
        self.assertEqual(pkgsuite.__all__, sorted(set(pkgsuite.__all__)))

    def test_complete(self) -> None:
        """What is not a module and has no underscore is in __all__, and all of that is there."""
        found = {
            name
            for name, value in vars(pkgsuite).items()
            if not name.startswith("_") and not isinstance(value, types.ModuleType)
        }

        self.assertEqual(found, set(pkgsuite.__all__))

    def test_described(self) -> None:
        """Each class and function says what it is."""
        undescribed = [
            name
            for name in pkgsuite.__all__
            if callable(value := getattr(pkgsuite, name)) and not (value.__doc__ or "").strip()
        ]

        self.assertEqual(undescribed, [])

    def test_star(self) -> None:
        """A star import gives exactly these names and prints nothing."""
        script = "from pkgsuite import *\nprint(*sorted(n for n in dir() if not n.startswith('__')))"
        done = subprocess.run([sys.executable, "-c", script], cwd=TOP, capture_output=True, text=True, check=True)

        self.assertEqual((done.stdout.split(), done.stderr), (pkgsuite.__all__, ""))
