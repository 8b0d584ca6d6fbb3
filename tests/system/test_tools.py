"""Programs of the host inside a root."""

from __future__ import annotations

import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite.errors import ProgramMissing
from pkgsuite.system import elf, tools
from pkgsuite.system.ground import Ground
from pkgsuite.system.place import Place
from pkgsuite.system.sandbox import Share, Text


class Tools(unittest.TestCase):
    """What is put into a root so that a program runs there."""

    def test_dynamic_program(self) -> None:
        """Program, loader and libraries lie aside; a script in the usual place has the loader run them."""
        steps = list(tools.steps(["cat", "cat"], Place("test", "/nowhere")))

        shared = [step.path for step in steps if isinstance(step, Share)]
        self.assertIn("usr/lib/pkgsuite/cat", shared)
        self.assertEqual(len(set(shared)), len(shared))
        self.assertTrue([path for path in shared if "libc" in path])
        (script, _) = (step for step in steps if isinstance(step, Text))
        self.assertEqual((script.path, script.mode), ("usr/bin/cat", 0o755))

    def test_it_runs(self) -> None:
        """The loader takes its libraries from where they were put."""
        with tempfile.TemporaryDirectory() as root:
            steps = list(tools.steps(["cat"], Place("test", root, has_mounts=False)))
            for step in steps:
                step.apply(Ground(root))
            script = Path(root, "usr/bin/cat")
            script.write_text(script.read_text().replace("/usr/lib/pkgsuite", f"{root}/usr/lib/pkgsuite"))

            done = subprocess.run([script], input=b"mew", capture_output=True, check=True)

        self.assertEqual(done.stdout, b"mew")

    def test_pretended_chroot(self) -> None:
        """The program itself is enough where the host's libraries are seen."""
        (step,) = tools.steps(["cat"], Place("test", "/nowhere", has_mounts=False, needs_static_shell=False))

        self.assertEqual(step.describe(), f"copy {tools.find('cat')} to usr/bin/cat")

    def test_missing(self) -> None:
        """A program that is not there is named."""
        with mock.patch.object(tools, "PATH", "/nowhere"), self.assertRaisesRegex(ProgramMissing, "no lost on"):
            tools.find("lost")

    def test_loader(self) -> None:
        """The header of a program names its loader."""
        self.assertRegex(elf.interpreter(Path(tools.find("cat"))) or "", r"^/.*ld")
        self.assertIsNone(elf.interpreter(Path(__file__)))
