"""Where and when sandboxes are kept, and what is refused."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path
from typing import BinaryIO
from unittest import mock

from pkgsuite import keep
from pkgsuite.errors import BadValue, SuiteError

FACTS = keep.Facts("a.B.test/../x", "machine", "pacman", "/tmp/pkgsuite/machine")


class KeepTest(unittest.TestCase):
    """Each with an environment and a directory of its own."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PKGSUITE_", "XDG_"))}
        patch = mock.patch.dict(os.environ, {**clean, "HOME": str(self.place)}, clear=True)
        patch.start()
        self.addCleanup(patch.stop)

    def test_when(self) -> None:
        """Never, unless a word of the variable says so; another word is refused."""
        for word, when_failed, when_passed in (
            ("", False, False),
            ("never", False, False),
            ("failed", True, False),
            ("always", True, True),
        ):
            with self.subTest(word=word), mock.patch.dict(os.environ, {keep.MODE: word}):
                self.assertEqual((keep.wants(True), keep.wants(False)), (when_failed, when_passed))
        with (
            mock.patch.dict(os.environ, {keep.MODE: "bogus"}),
            self.assertRaisesRegex(BadValue, "one of never, failed"),
        ):
            keep.wants(True)

    def test_where(self) -> None:
        """As the variable says, in the state directory, in HOME, and where that is of no use in /tmp."""
        self.assertEqual(keep.directory(), self.place / ".local/state/pkgsuite/kept")
        for settings, expected in (
            ({keep.DIRECTORY: "relative"}, Path.cwd() / "relative"),
            ({"XDG_STATE_HOME": f"{self.place}/state"}, self.place / "state/pkgsuite/kept"),
            ({"XDG_STATE_HOME": "relative"}, None),
            ({"HOME": f"{self.place}/missing"}, None),
            ({"HOME": "relative"}, None),
        ):
            with self.subTest(settings=settings), mock.patch.dict(os.environ, settings):
                found = keep.directory()
                if expected:
                    self.assertEqual(found, expected)
                else:
                    self.assertEqual(
                        found.parts[: len(Path(tempfile.gettempdir()).parts)], Path(tempfile.gettempdir()).parts
                    )

    def test_nothing_is_made_for_nothing(self) -> None:
        """Where nothing is to be kept no directory is made."""
        keep.prepare()

        self.assertEqual(list(self.place.iterdir()), [])

    def test_names(self) -> None:
        """Whatever a test is called, its file lies in the directory."""
        for test in ("a.B.test", "../../etc/passwd", "a b\n(c)", "ü" * 10):
            with self.subTest(test=test):
                self.assertEqual(keep.path(test, "machine").parent, keep.directory())

    def test_place_that_is_none(self) -> None:
        """A directory that cannot be made is refused with the variable that names another."""
        (self.place / "file").touch()
        for place in (f"{self.place}/file", f"{self.place}/file/below", "/proc/none"):
            settings = {keep.MODE: "always", keep.DIRECTORY: place}
            with (
                self.subTest(place=place),
                mock.patch.dict(os.environ, settings),
                self.assertRaisesRegex(SuiteError, f"cannot be kept in {place}.*set PKGSUITE_KEEP_DIR"),
            ):
                keep.prepare()

    def test_place_of_others(self) -> None:
        """A default directory that others can write to is refused, one that was asked for is not."""
        place = keep.directory()
        place.mkdir(parents=True)
        place.chmod(0o777)
        with mock.patch.dict(os.environ, {keep.MODE: "always"}), self.assertRaisesRegex(SuiteError, "of yours"):
            keep.prepare()
        with mock.patch.dict(os.environ, {keep.MODE: "always", keep.DIRECTORY: str(place)}):
            keep.prepare()

    def test_no_room(self) -> None:
        """Where there is no room for a sandbox an error says so, and nothing is left."""

        def pack(facts: bytes, target: BinaryIO) -> None:
            target.write(facts)
            raise OSError(28, "No space left on device")

        with mock.patch.dict(os.environ, {keep.MODE: "always", keep.DIRECTORY: str(self.place / "kept")}):
            keep.prepare()
            with self.assertRaisesRegex(SuiteError, "No space left.*set PKGSUITE_KEEP_DIR"):
                keep.keep(FACTS, pack)

        self.assertEqual(list((self.place / "kept").iterdir()), [])

    def test_kept(self) -> None:
        """What was kept is found again."""
        with mock.patch.dict(os.environ, {keep.MODE: "always", keep.DIRECTORY: str(self.place / "kept")}):
            keep.prepare()
            place = keep.keep(FACTS, lambda facts, target: target.write(b"tar") and None)

            self.assertEqual((keep.kept(), keep.unfinished()), ([place], []))
            self.assertEqual(place.read_bytes(), b"tar")
            self.assertEqual(place.stat().st_mode & 0o777, 0o600)
