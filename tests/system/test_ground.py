"""Paths of a root are found on the disk, and no link leads out of it."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path

from pkgsuite.errors import SuiteError
from pkgsuite.system.ground import Ground, inside


class GroundTest(unittest.TestCase):
    """An empty root beside a directory that nothing must get into."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.root, self.outside = Path(place.name, "root"), Path(place.name, "outside")
        self.root.mkdir()
        self.outside.mkdir()
        self.ground = Ground(str(self.root))

    def tearDown(self) -> None:
        self.assertEqual(os.listdir(self.outside), [], "something got out of the root")

    def write(self, path: str, content: bytes = b"x", mode: int = 0o644) -> None:
        descriptor = self.ground.open(path, mode)
        os.write(descriptor, content)
        os.close(descriptor)

    def files(self) -> dict[str, str]:
        """The regular files of the root with what they hold; links are not followed."""
        found = (Path(above, name) for above, _, names in os.walk(self.root) for name in names)
        return {str(path.relative_to(self.root)): path.read_text() for path in found if not path.is_symlink()}

    def test_directories_above_are_made(self) -> None:
        self.write("a/b/c")
        self.write("a/b/d")

        self.assertEqual(self.files(), {"a/b/c": "x", "a/b/d": "x"})
        self.assertEqual((self.root / "a").stat().st_mode & 0o7777, 0o755)

    def test_what_is_there_is_emptied(self) -> None:
        self.write("a", b"long", 0o600)
        self.write("a", b"x", 0o644)

        self.assertEqual(self.files(), {"a": "x"})
        self.assertEqual((self.root / "a").stat().st_mode & 0o7777, 0o600)

    def test_links_above_are_followed_inside(self) -> None:
        (self.root / "usr").mkdir()
        (self.root / "lib").symlink_to("usr")
        (self.root / "out").symlink_to(self.outside)
        (self.root / "up").symlink_to("../../outside")

        for path in ("lib/a", "lib/b/c", "out/a", "up/a"):
            self.write(path)

        within = str(self.outside).lstrip("/")
        self.assertEqual(set(self.files()), {"usr/a", "usr/b/c", f"{within}/a", "outside/a"})

    def test_a_link_in_the_last_place_is_followed_inside(self) -> None:
        (self.root / "a").symlink_to(self.outside / "a")

        self.write("a")

        self.assertEqual(set(self.files()), {f"{self.outside}/a".lstrip("/")})

    def test_a_link_itself_has_a_place(self) -> None:
        (self.root / "a").symlink_to(self.outside)

        self.assertEqual(self.ground.place("a"), f"{self.root}/a")

    def test_a_directory_behind_a_link_that_leads_nowhere_is_made_inside(self) -> None:
        (self.root / "a").symlink_to("/x/y")

        self.assertEqual(self.ground.directory("a/b"), f"{self.root}/x/y/b")

    def test_a_file_is_no_directory(self) -> None:
        self.write("a")

        with self.assertRaises(OSError):
            self.ground.directory("a")
        with self.assertRaises(OSError):
            self.ground.open("a/b", 0o644)

    def test_a_directory_is_no_file(self) -> None:
        self.ground.directory("a")

        with self.assertRaises(OSError):
            self.ground.open("a", 0o644)

    def test_a_loop_of_links_is_an_error(self) -> None:
        (self.root / "a").symlink_to("b")
        (self.root / "b").symlink_to("a")

        for use in (lambda: inside(str(self.root), "a/b"), lambda: self.ground.directory("a/b")):
            with self.assertRaisesRegex(SuiteError, "loop"):
                use()
