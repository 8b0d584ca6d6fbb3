"""No descriptor that was opened on the host leads a world out to the disk."""

from __future__ import annotations

import contextlib
import os
import tempfile
import unittest
from pathlib import Path

from pkgsuite.system import ladder, passages
from tests.system.joined import answer_of

UPWARDS = "../" * 20


class PassagesTest(unittest.TestCase):
    """Directories that the runner holds open when it forks."""

    def setUp(self) -> None:
        ladder.the_world()
        if not ladder.the_world().place.has_mounts:
            self.skipTest("this rung has no mounts of its own; see pkgsuite doctor")
        place = tempfile.TemporaryDirectory(dir="/var/tmp")
        self.addCleanup(place.cleanup)
        self.outside = Path(place.name)
        self.held = self.outside / "held"
        self.held.mkdir()
        self.addCleanup(os.close, descriptor := os.open(self.held, os.O_RDONLY | os.O_DIRECTORY))
        self.descriptor = descriptor

    def escape(self) -> None:
        """Try every descriptor of a joined process to write beside the directory that the runner holds."""
        wanted = f"{self.outside}/escaped"
        for name in os.listdir("/proc/self/fd"):
            ways = [(f"{UPWARDS}{wanted[1:]}", int(name)), (f"/proc/self/fd/{name}/{UPWARDS}{wanted[1:]}", None)]
            for path, above in [*ways, ("../escaped", int(name))]:
                with contextlib.suppress(OSError):
                    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, dir_fd=above))

    def test_no_way_out(self) -> None:
        """What a joined process writes through any descriptor stays in its world."""
        answer_of(self.escape)

        self.assertEqual(sorted(os.listdir(self.outside)), ["held"])

    def test_allowed_directory(self) -> None:
        """A directory that worlds may write to is written to, and nothing beside it."""
        allowed = set(passages._allowed)
        self.addCleanup(passages._allowed.intersection_update, allowed)
        passages.allow(str(self.held))

        def write() -> bool:
            os.close(os.open("inside", os.O_WRONLY | os.O_CREAT, dir_fd=self.descriptor))
            self.escape()
            return True

        self.assertTrue(answer_of(write))
        self.assertEqual(sorted(os.listdir(self.outside)), ["held"])
        self.assertEqual(os.listdir(self.held), ["inside"])
