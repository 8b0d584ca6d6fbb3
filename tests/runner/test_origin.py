"""What tells the code of a test from other code."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tests.checkout import TOP

ASK = """
import sys; sys.path.insert(0, "")
import package.test_a
from pkgsuite import Scenario, events
package.test_a.Scenario = Scenario
if "more" in sys.argv:
    import pkgsuite.cli, pkgsuite.mutants
from pkgsuite.runner import origin
planned = events.Planned("package.test_a.A.test", file=package.test_a.__file__)
print(origin.key_of(planned), origin.code_of(planned))
"""

SOURCES = {
    "package/__init__.py": "",
    "package/test_a.py": "from product.part import function\nimport json\nclass A: ...\n",
    "package/test_b.py": "",
    "product/__init__.py": "",
    "product/part.py": "from product import deep\ndef function(): ...\n",
    "product/deep.py": "def other(): ...\n",
}


class OriginTest(unittest.TestCase):
    """Of a test in a project of its own, asked in a process of its own."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name).resolve()
        for name, text in SOURCES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """A file of the project."""
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def ask(self, *words: str, **variables: str) -> str:
        """The test's key and code."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PKGSUITE_")}
        done = subprocess.run(
            [sys.executable, "-c", ASK, *words],
            cwd=self.place,
            env={**clean, "PYTHONPATH": str(TOP), "PYTHONDONTWRITEBYTECODE": "1", **variables},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def test_the_same_is_the_same(self) -> None:
        self.assertEqual(self.ask(), self.ask())
        self.assertIn(repr(("package.test_a.A.test", str(self.place))), self.ask())

    def test_what_is_loaded_of_ours_changes_nothing(self) -> None:
        """An option of a run loads more of it."""
        self.assertEqual(self.ask(), self.ask("more"))

    def test_what_the_test_uses_belongs_to_its_code(self) -> None:
        for name in ("package/__init__.py", "package/test_a.py", "product/part.py", "product/deep.py"):
            with self.subTest(name):
                before = self.ask()
                self.write(name, SOURCES[name] + "# changed\n")

                self.assertNotEqual(before, self.ask())

    def test_what_it_does_not_use_does_not(self) -> None:
        before = self.ask()
        self.write("package/test_b.py", "# changed\n")
        (self.place / "product/part.py").touch()

        self.assertEqual(before, self.ask())

    def test_a_program_that_was_built_anew_is_other_code(self) -> None:
        """So is the library that was built beside it."""
        self.write("build/pacman", "one")
        self.write("build/libalpm.so", "one")
        program = str(self.place / "build/pacman")
        for changed in ("build/pacman", "build/libalpm.so"):
            with self.subTest(changed):
                before = self.ask(PKGSUITE_PACMAN=program)
                self.write(changed, f"two {changed}")

                self.assertNotEqual(before, self.ask(PKGSUITE_PACMAN=program))
        before = self.ask(PKGSUITE_APT=str(self.place / "build"))
        self.write("build/pacman", "three of them")
        self.assertNotEqual(before, self.ask(PKGSUITE_APT=str(self.place / "build")))

    def test_settings_that_change_nothing_that_is_tested(self) -> None:
        self.assertEqual(self.ask(), self.ask(PKGSUITE_KEEP="failed", PKGSUITE_KEEP_DIR="/x"))
        self.assertNotEqual(self.ask(), self.ask(PKGSUITE_ISOLATION="fake"))

    def test_a_program_that_is_not_there(self) -> None:
        self.assertNotEqual(self.ask(), self.ask(PKGSUITE_PACMAN="/nowhere/pacman"))
