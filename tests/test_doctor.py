"""What this machine can do, found out by trying."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite import doctor
from pkgsuite.errors import SuiteError
from pkgsuite.managers.pacman import pacman
from pkgsuite.system import ladder


class FindingsTest(unittest.TestCase):
    """examine and its parts."""

    def test_sections(self) -> None:
        """Every section has findings, and what is missing has a remedy or a reason."""
        found = doctor.examine()

        self.assertEqual(list(found.sections), ["Python", "Managers", "Isolation", "Programs"])
        for findings in found.sections.values():
            self.assertTrue(findings)
            for finding in findings:
                self.assertTrue(finding.is_there or finding.remedy or finding.detail, finding)

    def test_every_rung_has_a_remedy(self) -> None:
        """No rung that may be refused is without advice."""
        for name in ladder.RUNGS:
            self.assertTrue(doctor.remedy_for(name))

    def test_version(self) -> None:
        """A version is read from odd programs too, and one that hangs or says nothing has none."""
        with tempfile.TemporaryDirectory() as directory:
            for script, expected in (
                ("echo ' .--.  Pacman v6.0.2 - libalpm v13.0.2'", "v6.0.2"),
                ("echo 'apt 2.6.1 (amd64)'", "2.6.1"),
                ("exit 1", "version unknown"),
                ("printf '\\377'", "version unknown"),
            ):
                with self.subTest(script=script):
                    program = Path(directory, "program")
                    program.write_text(f"#!/bin/sh\n{script}\n")
                    program.chmod(0o755)

                    self.assertEqual(doctor.version_of(str(program)), expected)
            self.assertIn("version unknown", doctor.version_of(f"{directory}/missing"))

    def test_settings(self) -> None:
        """A variable that asks for what is not there is an error; none is none."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PKGSUITE_")}
        with mock.patch.dict(os.environ, clean, clear=True):
            doctor.check_settings()
            for name, value in (
                (pacman.variable, "/nowhere"),
                (pacman.variable, "/etc/passwd"),
                (pacman.variable, "/"),
                (ladder.ALLOWED, "user-single,bogus"),
            ):
                with (
                    self.subTest(variable=name, value=value),
                    mock.patch.dict(os.environ, {name: value}),
                    self.assertRaisesRegex(SuiteError, name),
                ):
                    doctor.check_settings()
