"""The window's directory: nobody deletes it while the window lives, and the next window does when it was killed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite.gui import place
from tests.checkout import TOP

KILLED = """
import os, signal, sys, tempfile
tempfile.tempdir = sys.argv[1]
from pkgsuite.gui.place import Place
(Place().path / "events.jsonl").touch()
os.kill(os.getpid(), signal.SIGKILL)
"""


class PlaceTest(unittest.TestCase):
    def setUp(self):
        above = tempfile.TemporaryDirectory()
        self.addCleanup(above.cleanup)
        self.above = Path(above.name)
        patched = mock.patch.object(tempfile, "tempdir", above.name)
        patched.start()
        self.addCleanup(patched.stop)

    def left(self):
        return sorted(self.above.iterdir())

    def test_closing_deletes_it(self):
        own = place.Place()
        own.close()

        self.assertEqual([], self.left())

    def test_that_of_a_living_window_stays(self):
        own = place.Place()
        self.addCleanup(own.close)

        place.sweep()

        self.assertEqual([own.path], self.left())

    def test_that_of_a_killed_window_goes(self):
        subprocess.run([sys.executable, "-c", KILLED, str(self.above)], cwd=TOP, check=False)
        self.assertEqual(1, len(self.left()))

        place.sweep()

        self.assertEqual([], self.left())

    def test_what_only_has_such_a_name_stays(self):
        other = self.above / "other"
        other.mkdir()
        (self.above / "pkgsuite-gui-file").touch()
        (self.above / "pkgsuite-gui-link").symlink_to(other)

        place.sweep()

        self.assertEqual(3, len(self.left()))

    def test_one_that_was_swept_before_it_was_locked_is_made_again(self):
        made = [str(self.above / "gone"), tempfile.mkdtemp(prefix="pkgsuite-gui-")]
        with mock.patch.object(tempfile, "mkdtemp", side_effect=made):
            own = place.Place()
        self.addCleanup(own.close)

        self.assertEqual(made[1], str(own.path))


if __name__ == "__main__":
    unittest.main()
