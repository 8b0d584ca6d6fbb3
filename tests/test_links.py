"""Links are followed as the kernel would, were the root `/`."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path

from pkgsuite import snapshot
from pkgsuite.links import follow
from pkgsuite.system.ground import inside

LINKS = {
    "abs": "/dir",
    "deep/up": "../dir",
    "chain": "abs",
    "out": "../../../dir/file",
    "dots": "./dir/../dir//sub/.",
    "root": "/",
    "loop": "loop",
    "ring1": "ring2",
    "ring2": "ring1/x",
}


class FollowTest(unittest.TestCase):
    def test_where_paths_lead(self) -> None:
        for path, plain in {
            "dir/file": "dir/file",
            "": "",
            "dir/../..": "",
            "abs/file": "dir/file",
            "deep/up/sub": "dir/sub",
            "chain/sub/..": "dir",
            "out": "dir/file",
            "dots/a": "dir/sub/a",
            "root/abs/root/dir": "dir/root/dir",
            "nowhere/file": "nowhere/file",
        }.items():
            with self.subTest(path):
                self.assertEqual(follow(path, LINKS.get), plain)

    def test_a_last_link_can_be_left_alone(self) -> None:
        self.assertEqual(follow("chain/up", LINKS.get, follow_last=False), "dir/up")
        self.assertEqual(follow("deep/up", LINKS.get, follow_last=False), "deep/up")

    def test_loops_lead_nowhere(self) -> None:
        for path in ("loop", "loop/x", "ring1", "ring2/y"):
            with self.subTest(path):
                self.assertIsNone(follow(path, LINKS.get))

    def test_as_many_links_as_the_kernel_follows(self) -> None:
        links = {f"l{number}": f"l{number + 1}" for number in range(41)}

        self.assertEqual(follow("l1", links.get), "l41")
        self.assertIsNone(follow("l0", links.get))


class DiskTest(unittest.TestCase):
    """The disk and a snapshot of it are read by the same steps."""

    def test_the_disk_and_its_snapshot_agree(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        for name in ("dir/sub", "deep"):
            Path(place.name, name).mkdir(parents=True)
        Path(place.name, "dir/file").touch()
        for name, target in LINKS.items():
            os.symlink(target, f"{place.name}/{name}")
        tree = snapshot.take(place.name)

        for path in ("dir/file", "abs/file", "deep/up/sub", "chain/sub/..", "out", "dots", "root/abs"):
            with self.subTest(path):
                self.assertEqual(inside(place.name, path), f"{place.name}/{tree.resolve(path)}")
        for path in ("nowhere", "abs/nowhere", "dir/file/x", "loop", "ring1"):
            with self.subTest(path):
                self.assertIsNone(tree.resolve(path))
