"""Where things are remembered, on homes of every kind."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite import statedir
from tests.checkout import TOP


class StateDirectoryTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.home = Path(temporary.name).resolve()

    def directory(self, **variables: str) -> Path | None:
        """Where it is for a user with these variables alone."""
        with mock.patch.dict(os.environ, variables, clear=True):
            return statedir.directory()

    def test_as_the_xdg_specification_has_it(self) -> None:
        self.assertEqual(self.home / ".local/state/pkgsuite", self.directory(HOME=str(self.home)))
        self.assertEqual(
            self.home / "state/pkgsuite", self.directory(HOME="/nonexistent", XDG_STATE_HOME=f"{self.home}/state")
        )
        self.assertEqual(
            self.home / ".local/state/pkgsuite", self.directory(HOME=str(self.home), XDG_STATE_HOME="relative")
        )

    def test_nowhere_without_a_home(self) -> None:
        self.assertIsNone(self.directory(HOME="/nonexistent"))
        self.assertIsNone(self.directory(HOME="/nonexistent", XDG_STATE_HOME="relative"))

    def test_nowhere_below_a_file(self) -> None:
        Path(self.home, "state").touch()

        self.assertIsNone(self.directory(HOME=str(self.home), XDG_STATE_HOME=f"{self.home}/state"))

    def test_nowhere_below_a_link_to_nothing(self) -> None:
        Path(self.home, "state").symlink_to("gone")

        self.assertIsNone(self.directory(HOME=str(self.home), XDG_STATE_HOME=f"{self.home}/state"))

    def test_nowhere_in_the_home_of_another(self) -> None:
        """As when root's HOME is kept by who becomes nobody."""
        home = self.home / "home"
        (home / ".local/state/pkgsuite").mkdir(parents=True)
        home.chmod(0)
        self.addCleanup(home.chmod, 0o700)
        code = "import os; os.geteuid() or os.setuid(65534); print(statedir.directory())"
        self.home.chmod(0o755)

        done = subprocess.run(
            [sys.executable, "-c", f"from pkgsuite import statedir; {code}"],
            cwd=TOP,
            env={"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

        self.assertEqual(("None\n", ""), (done.stdout, done.stderr))
