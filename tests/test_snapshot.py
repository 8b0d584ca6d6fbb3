"""A snapshot tells every path below a root, and what became of it."""

from __future__ import annotations

import os
import shutil
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from pkgsuite import snapshot


class Listing(list["os.DirEntry[str]"]):
    """What os.scandir gives: entries, and a context."""

    def __enter__(self) -> Listing:
        return self

    def __exit__(self, *error: object) -> None:
        """There is nothing to close."""


class SnapshotTest(unittest.TestCase):
    """A directory on the host."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)

    def changes(self, before: object) -> list[str]:
        """What changed since *before*, in words."""
        return [str(change) for change in snapshot.take(str(self.root)).changes_since(before)]  # type: ignore[arg-type]

    def test_kinds(self) -> None:
        """Files, directories, links that lead nowhere, and pipes, by paths relative to the root."""
        (self.root / "dir").mkdir()
        (self.root / "dir" / "file").write_bytes(b"abc")
        (self.root / "link").symlink_to("/nowhere/at/all")
        os.mkfifo(self.root / "pipe")

        tree = snapshot.take(str(self.root))

        self.assertEqual(
            {path: state.kind for path, state in tree.items()},
            {"dir": "dir", "dir/file": "file", "link": "link", "pipe": "other"},
        )
        self.assertEqual((tree["link"].target, tree["dir/file"].size), ("/nowhere/at/all", 3))

    def test_what_goes_away_meanwhile(self) -> None:
        """Files and directories that are removed while we look are left out; what stays is told."""
        for name in ("stays/file", "stays/goes", "goes/file"):
            (self.root / name).parent.mkdir(exist_ok=True)
            (self.root / name).touch()
        look = os.scandir

        def look_and_remove(place: str) -> Listing:
            """The entries, of which some are gone as soon as they are known."""
            with look(place) as entries:
                found = list(entries)
            if place == f"{self.root}/":
                shutil.rmtree(self.root / "goes")
            elif place == f"{self.root}/stays/":
                (self.root / "stays/goes").unlink()
            return Listing(found)

        with mock.patch.object(snapshot.os, "scandir", look_and_remove):
            found = snapshot.take(str(self.root))

        self.assertEqual(["stays", "stays/file"], sorted(found))

    def test_a_directory_that_goes_away_meanwhile(self) -> None:
        """It is left out even if it was still there when it was listed."""
        (self.root / "goes").mkdir()
        look = os.scandir

        def remove_and_look(place: str) -> Any:
            """What there is, in a directory that may be gone by now."""
            if place == f"{self.root}/goes/":
                (self.root / "goes").rmdir()
            return look(place)

        with mock.patch.object(snapshot.os, "scandir", remove_and_look):
            self.assertEqual([], list(snapshot.take(str(self.root))))
        with self.assertRaises(FileNotFoundError):
            snapshot.take(f"{self.root}/nothing")

    def test_odd_names(self) -> None:
        """Names of any bytes are told."""
        for name in (b"with space", b"line\nbreak", b"\xff\xfe", "ü".encode()):
            Path(os.fsdecode(os.fsencode(self.root) + b"/" + name)).touch()

        self.assertEqual(
            sorted(os.fsencode(path) for path in snapshot.take(str(self.root))),
            sorted((b"with space", b"line\nbreak", b"\xff\xfe", "ü".encode())),
        )

    def test_links_of_a_pretended_root(self) -> None:
        """Where fakechroot put the root before a target, that is taken off; elsewhere a target is what it is."""
        (self.root / "absolute").symlink_to(self.root / "usr/bin")
        (self.root / "relative").symlink_to("usr")

        pretended, real = snapshot.take(str(self.root), is_pretended=True), snapshot.take(str(self.root))

        self.assertEqual([pretended[name].target for name in ("absolute", "relative")], ["/usr/bin", "usr"])
        self.assertEqual([real[name].target for name in ("absolute", "relative")], [f"{self.root}/usr/bin", "usr"])

    def test_owners_in_a_pretended_root(self) -> None:
        """What is ours is root's there; elsewhere an owner is who it is."""
        (self.root / "file").touch()
        if os.geteuid() == 0:
            os.chown(self.root / "file", 1001, 1001)
        status = (self.root / "file").stat()

        with mock.patch("os.geteuid", lambda: status.st_uid), mock.patch("os.getegid", lambda: status.st_gid):
            pretended, real = (snapshot.take(str(self.root), is_pretended=each)["file"] for each in (True, False))

        self.assertEqual((pretended.uid, pretended.gid), (0, 0))
        self.assertEqual((real.uid, real.gid), (status.st_uid, status.st_gid))

    def test_file_that_only_root_may_read(self) -> None:
        """It is told apart by its size and times."""
        (self.root / "lock").write_bytes(b"content")
        with mock.patch("os.open", side_effect=PermissionError):
            before = snapshot.take(str(self.root))

        self.assertEqual((before["lock"].size, before["lock"].digest), (7, None))

    def test_content_behind_the_same_times(self) -> None:
        """Other bytes are seen though size and times are the same."""
        file = self.root / "file"
        file.write_bytes(b"abc")
        status = file.stat()
        before = snapshot.take(str(self.root))

        file.write_bytes(b"xyz")
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

        self.assertEqual(self.changes(before), ["changed content of file"])

    def test_changes(self) -> None:
        """What was created, deleted, replaced by a link, or has other modes."""
        for name in ("deleted", "linked", "modes"):
            (self.root / name).touch()
        before = snapshot.take(str(self.root))

        (self.root / "created").touch()
        (self.root / "deleted").unlink()
        (self.root / "linked").unlink()
        (self.root / "linked").symlink_to("modes")
        (self.root / "modes").chmod(0o600)

        told = self.changes(before)
        self.assertEqual(len(told), 4)
        for words in ("created created", "deleted deleted", "changed mode of modes"):
            self.assertIn(words, told)
        self.assertTrue(any("kind" in line and line.endswith("of linked") for line in told), told)
        self.assertEqual(self.changes(snapshot.take(str(self.root))), [])
