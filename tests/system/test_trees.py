"""Trees are deleted whatever their modes are, and nothing but the tree is touched."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite.system import trees


class RemoveTest(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.above = Path(place.name)
        self.above.chmod(0o1777)
        self.tree = self.above / "tree"
        (self.tree / "closed").mkdir(parents=True)
        (self.tree / "closed/file").touch()

    def mode_above(self) -> int:
        """The permission bits of the directory that holds the tree."""
        return self.above.stat().st_mode & 0o7777

    def test_closed_directories_go_too(self) -> None:
        (self.tree / "closed").chmod(0)
        self.tree.chmod(0)

        trees.remove(str(self.tree))

        self.assertEqual([], list(self.above.iterdir()))
        self.assertEqual(0o1777, self.mode_above())

    def test_a_tree_that_is_gone_leaves_the_directory_above_as_it_is(self) -> None:
        trees.remove(str(self.above / "nothing"))

        self.assertEqual(0o1777, self.mode_above())

    def test_a_tree_that_cannot_go_leaves_the_directory_above_as_it_is(self) -> None:
        with mock.patch("os.rmdir", side_effect=OSError("busy")):
            trees.remove(str(self.tree))

        self.assertEqual(0o1777, self.mode_above())
