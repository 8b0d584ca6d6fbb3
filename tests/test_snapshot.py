"""A snapshot tells every path below a root, and what became of it."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

from pkgsuite import snapshot


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
        (self.root / "stays").mkdir()
        (self.root / "stays" / "file").touch()
        looks = (["stays", "stays/file"], ["directory", "stays", "stays/file"])
        is_over = threading.Event()

        def come_and_go() -> None:
            while not is_over.is_set():
                (self.root / "directory").mkdir()
                (self.root / "directory" / "file").write_text("some")
                (self.root / "directory" / "link").symlink_to("file")
                shutil.rmtree(self.root / "directory")

        with ThreadPoolExecutor() as pool:
            restless = pool.submit(come_and_go)
            try:
                found = [snapshot.take(str(self.root)) for _ in range(1000)]
            finally:
                is_over.set()
            restless.result()

        for tree in found:
            staying = [path for path in sorted(tree) if not path.startswith("directory/")]
            self.assertIn(staying, looks)
            self.assertTrue("directory" in tree or staying == sorted(tree))
        self.assertLess(1, len({tuple(tree) for tree in found}))
        shutil.rmtree(self.root)
        with self.assertRaises(FileNotFoundError):
            snapshot.take(str(self.root))
        self.root.mkdir()

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
