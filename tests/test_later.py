"""A module that is imported later is there when it is used, and not before."""

from __future__ import annotations

import subprocess
import sys
import unittest
from unittest import mock

from pkgsuite.later import later

SCRIPT = """
import sys
from pkgsuite.later import later
module = later("colorsys")
before = "colorsys" in sys.modules
module.rgb_to_hsv(0, 0, 0)
print(before, "colorsys" in sys.modules)
"""


class LaterTest(unittest.TestCase):
    def test_it_is_imported_when_it_is_used(self) -> None:
        done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)

        self.assertEqual(done.stdout, "False True\n")

    def test_what_changes_in_the_module_is_seen(self) -> None:
        module = later("textwrap")

        with mock.patch("textwrap.dedent", lambda text: "patched"):
            self.assertEqual(module.dedent("x"), "patched")
        self.assertEqual(module.dedent("  x"), "x")

    def test_a_module_that_is_not_there(self) -> None:
        module = later("pkgsuite.nowhere")

        with self.assertRaisesRegex(ImportError, "pkgsuite.nowhere"):
            module.anything()

    def test_a_name_that_is_not_there(self) -> None:
        with self.assertRaisesRegex(AttributeError, "textwrap.*nothing"):
            later("textwrap").nothing()
