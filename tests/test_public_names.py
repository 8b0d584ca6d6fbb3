"""The public names of pkgsuite: sorted, complete, and nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
import unittest

import pkgsuite
from tests.checkout import TOP


class PublicNamesTest(unittest.TestCase):
    """`from pkgsuite import …`"""

    def test_sorted(self) -> None:
        """__all__ is sorted, capitals first, and names each thing once."""
        self.assertEqual(pkgsuite.__all__, sorted(set(pkgsuite.__all__)))

    def test_complete(self) -> None:
        """Type checkers read the same names, from the same modules, as a program gets."""
        stub = ast.parse((TOP / "pkgsuite" / "__init__.pyi").read_text(encoding="utf-8"))
        imported = {
            name.name: node.module for node in stub.body if isinstance(node, ast.ImportFrom) for name in node.names
        }

        self.assertEqual(imported, pkgsuite.MODULES)
        self.assertEqual(set(imported), set(pkgsuite.__all__))

    def test_none(self) -> None:
        """A name that is not public is told as any module tells it."""
        with self.assertRaisesRegex(AttributeError, "module 'pkgsuite' has no attribute 'nothing'"):
            _ = pkgsuite.nothing

    def test_light(self) -> None:
        """pkgsuite itself imports nothing else of its own."""
        script = "import sys, pkgsuite\nprint(*(n for n in sys.modules if n.startswith('pkgsuite.')))"
        done = subprocess.run([sys.executable, "-c", script], cwd=TOP, capture_output=True, text=True, check=True)

        self.assertEqual(done.stdout.split(), [])

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
