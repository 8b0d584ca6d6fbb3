"""The programs that stand in a manager's place."""

from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from pkgsuite.managers.apt import apt
from pkgsuite.managers.base import Manager
from pkgsuite.managers.pacman import pacman
from pkgsuite.mutants import program, registry

QUERIES = {"dpkg": "-l", "pacman": "-Q"}
"""What programs are asked; others are asked with `show`."""

OTHERWISE: Mapping[str, tuple[int, str | None, str]] = {
    "swallow-errors": (0, None, "err\n"),
    "claim-failure": (1, None, "err\n"),
    "crash-at-the-end": (-11, None, "err\n"),
    "print-nothing": (3, "", ""),
}
"""What those whose fault shows in every call do in place of the real program: None is what that prints."""

ADDING = ("apt_options", "apt_trust", "dpkg_options", "pacman_options")
"""Modules whose faults may be more words for the real program, which then come with the others."""


class ProgramTest(unittest.TestCase):
    """Mutants as programs."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.real = self.place / "real"
        self.real.mkdir()

    def install(self, manager: Manager, text: str) -> None:
        """Have programs of this text as the real ones."""
        for name in {*manager.programs, "dpkg-deb", "gpgv"}:
            path = self.real / name
            path.write_text(text)
            path.chmod(0o755)
        given = self.real / manager.name if manager is pacman else self.real
        path = f"{self.real}:{os.environ.get('PATH', '')}"
        patched = mock.patch.dict(os.environ, {manager.variable: str(given), "PATH": path})
        patched.start()
        self.addCleanup(patched.stop)

    def test_every_mutant_passes_on_what_it_does_not_distort(self) -> None:
        """A query has the output and status of the real program, but where these are the fault."""
        for manager in (pacman, apt):
            self.install(manager, '#!/bin/sh\necho out "$@"; echo err >&2; exit 3\n')
            for name, mutant in registry.mutants_of(manager.name).items():
                path = program.write(self.directory(manager), manager, name)
                for each in registry.programs_of(manager.name, name):
                    if each != "gpgv":
                        with self.subTest(manager=manager, name=name, program=each):
                            self.compare(path if path.is_file() else path / each, name, mutant.__module__)

    def directory(self, manager: Manager) -> Path:
        """A directory for the mutants of a manager."""
        found = self.place / manager.name
        found.mkdir(exist_ok=True)
        return found

    def compare(self, path: Path, name: str, module: str) -> None:
        """Compare what a mutant says with what the real program says."""
        query = QUERIES.get(path.name, "show")

        done = subprocess.run([str(path), query], capture_output=True, text=True, env={}, check=False)

        status, output, errors = OTHERWISE.get(name, (3, None, "err\n"))
        if output is None:
            output = f"out {query}\n"
        seen = done.stdout
        if module.rpartition(".")[2] in ADDING and query in seen.split():
            seen = output
        self.assertEqual((status, output, errors), (done.returncode, seen, done.stderr))

    def test_death_by_a_signal_is_passed_on(self) -> None:
        """A manager that is killed looks killed."""
        self.install(pacman, "#!/bin/sh\nkill -9 $$\n")
        path = program.write(self.place, pacman, "drop-file")

        self.assertEqual(-9, subprocess.run([str(path), "-S"], check=False).returncode)

    def test_others_are_those_that_there_are(self) -> None:
        """A mutant of one program stands beside links to all others of the manager, wherever they were named."""
        self.install(apt, "#!/bin/sh\n")

        place = program.write(self.place, apt, "purge-always")

        self.assertEqual(os.readlink(place / "dpkg-query"), str(self.real / "dpkg-query"))
        self.assertFalse((place / "apt-get").is_symlink())
