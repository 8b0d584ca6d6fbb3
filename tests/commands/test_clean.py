"""What runs leave on the disk is found and deleted, and nothing else."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from pkgsuite import cli
from pkgsuite.system import temporary

DAY_S = 86400


class CleanTest(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.kept = self.place / "kept"
        self.kept.mkdir()
        settings = {"PKGSUITE_KEEP_DIR": str(self.kept), "XDG_CACHE_HOME": str(self.place / "cache")}
        for patch in (
            mock.patch.dict(os.environ, settings),
            mock.patch.object(temporary, "PLACES", (str(self.place),)),
        ):
            patch.start()
            self.addCleanup(patch.stop)

    def clean(self, *words: str) -> str:
        """What the command prints."""
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            self.assertEqual(0, cli.main(["clean", *words]))
        return output.getvalue()

    def old(self, path: Path, days: float = 1) -> Path:
        """*path* as it looks some days later."""
        os.utime(path, (path.stat().st_mtime - days * DAY_S,) * 2)
        return path

    def left_behind(self) -> Path:
        """The directory of a run that is dead, with modes that make deleting hard."""
        path = self.place / f"pkgsuite-{os.geteuid()}-abcd_123"
        (path / "root").mkdir(parents=True)
        (path / "root" / "file").touch()
        (path / "root").chmod(0o500)
        return self.old(path)

    def test_kept_sandboxes(self) -> None:
        """Whole and unfinished sandboxes go, other files there stay."""
        for name in ("a.tar.gz", "b.tar.gz.part", "notes"):
            (self.kept / name).touch()

        output = self.clean()

        self.assertEqual(["notes"], os.listdir(self.kept))
        self.assertIn("1 kept sandboxes, 1 unfinished sandboxes\n", output)

    def test_nothing(self) -> None:
        """Where nothing is left that is said."""
        self.assertEqual("there is nothing to delete\n", self.clean())

    def test_dry_run(self) -> None:
        """A dry run says what would go and deletes nothing."""
        left = self.left_behind()
        (self.kept / "a.tar.gz").touch()

        output = self.clean("--dry-run")

        self.assertEqual(2, output.count("would delete"))
        self.assertTrue((self.kept / "a.tar.gz").exists() and left.exists())

    def test_older_than(self) -> None:
        """What is younger than asked for stays."""
        for name, days in (("young", 1.9), ("old", 2.1)):
            path = self.kept / f"{name}.tar.gz"
            path.touch()
            self.old(path, days)

        self.clean("--older-than", "2")

        self.assertEqual(["young.tar.gz"], os.listdir(self.kept))

    def test_directories_of_dead_runs(self) -> None:
        """The directory of a dead run goes; one in use, a fresh one, and what only looks alike stay."""
        left = self.left_behind()
        used = self.old(Path(temporary.make(str(self.place))))
        fresh = self.place / f"pkgsuite-{os.geteuid()}-fresh_12"
        alike = [self.place / name for name in ("pkgsuite-src", f"pkgsuite-{os.geteuid()}", "pkgsuite-0-sources")]
        for path in (fresh, *alike):
            path.mkdir()
        for path in alike:
            self.old(path)

        output = self.clean()

        self.assertFalse(left.exists())
        self.assertTrue(all(path.exists() for path in (used, fresh, *alike)))
        self.assertIn("1 directories of dead runs", output)

    def test_lock_ends_with_its_holder(self) -> None:
        """A directory is a leftover as soon as the process that made it has ended, however it ended."""
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(writer, temporary.make(str(self.place)).encode())
            os.kill(os.getpid(), 9)
        os.waitpid(pid, 0)
        path = self.old(Path(os.read(reader, 4096).decode()))
        os.close(reader)
        os.close(writer)

        self.assertEqual([path], temporary.leftovers())

        with held(path):
            self.assertEqual([], temporary.leftovers())

    def test_cached_signatures(self) -> None:
        """Signatures stay unless all is to go."""
        made = self.place / "cache" / "pkgsuite" / "made"
        made.mkdir(parents=True)
        (made / "0123").touch()

        self.clean()
        self.assertEqual(["0123"], os.listdir(made))

        self.clean("--all")
        self.assertEqual([], os.listdir(made))


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock of a directory."""
    descriptor = os.open(path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    try:
        yield
    finally:
        os.close(descriptor)
