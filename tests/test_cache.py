"""What is kept between runs is whole or not there."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite import cache

TOP = Path(__file__).parents[1]
DIGEST = "0" * 64

WRITE_FOR_EVER = """
from pkgsuite import cache
print(flush=True)
while True:
    for number in range(10):
        cache.put(f"{number:064}", bytes([number]) * 100_000)
"""


class CacheTest(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.home = Path(place.name)
        self.use(HOME=str(self.home), XDG_CACHE_HOME=str(self.home / "cache"))

    def use(self, **environment):
        """Start as a new process would, in this environment."""
        patches = (mock.patch.dict(os.environ, environment), mock.patch.dict(cache._opened, clear=True))
        for patch in (*patches, mock.patch.dict(cache._remembered, clear=True)):
            patch.start()
            self.addCleanup(patch.stop)

    @property
    def place(self):
        """Where the bytes should lie."""
        return self.home / "cache/pkgsuite/made"

    def test_what_was_put_is_there_in_the_next_run(self):
        cache.put(DIGEST, b"content")
        cache.forget()

        self.assertEqual(cache.get(DIGEST), b"content")
        self.assertEqual([DIGEST], os.listdir(self.place))

    def test_what_was_never_put_is_not_there(self):
        self.assertIsNone(cache.get(DIGEST))

    def test_empty_content_is_content(self):
        cache.put(DIGEST, b"")
        cache.forget()

        self.assertEqual(cache.get(DIGEST), b"")

    def test_damage_counts_as_not_there_and_is_mended(self):
        for damaged in (b"", b"short", b"\0" * 100, None):
            with self.subTest(damaged):
                cache.put(DIGEST, b"content")
                whole = (self.place / DIGEST).read_bytes()
                (self.place / DIGEST).write_bytes(whole[:-1] if damaged is None else damaged)
                cache.forget()

                self.assertIsNone(cache.get(DIGEST))

                cache.put(DIGEST, b"content")
                cache.forget()
                self.assertEqual(cache.get(DIGEST), b"content")

    def test_an_entry_under_another_name_is_not_taken(self):
        cache.put(DIGEST, b"content")
        (self.place / DIGEST).rename(self.place / ("1" * 64))

        self.assertIsNone(cache.get("1" * 64))

    def test_a_link_is_not_followed(self):
        cache.put(DIGEST, b"content")
        (self.place / DIGEST).rename(self.home / DIGEST)
        (self.place / DIGEST).symlink_to(self.home / DIGEST)
        cache.forget()

        self.assertIsNone(cache.get(DIGEST))

    def test_what_is_put_while_nothing_can_be_written_is_remembered(self):
        cache.prepare()
        self.place.rmdir()

        cache.put(DIGEST, b"content")

        self.assertEqual(cache.get(DIGEST), b"content")
        cache.forget()
        self.assertIsNone(cache.get(DIGEST))

    def test_without_a_home_it_lies_in_the_temporary_directory(self):
        with mock.patch.object(tempfile, "tempdir", str(self.home)):
            self.use(HOME="/nonexistent", XDG_CACHE_HOME="/dev/null")

            cache.put(DIGEST, b"content")

        self.assertEqual([DIGEST], os.listdir(self.home / f"pkgsuite-{os.geteuid()}/made"))

    def test_a_directory_that_others_write_to_is_not_used(self):
        self.place.mkdir(parents=True)
        os.chmod(self.place.parent, 0o777)

        with mock.patch.object(tempfile, "tempdir", "/dev/null"):
            cache.put(DIGEST, b"content")

        self.assertEqual([], os.listdir(self.place))
        self.assertEqual(cache.get(DIGEST), b"content")

    def test_writers_killed_in_the_middle_leave_only_whole_entries(self):
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER], stdout=subprocess.PIPE, cwd=TOP) for _ in range(2)
        ]
        for writer in writers:
            self.addCleanup(writer.stdout.close)
            self.addCleanup(writer.wait)
            self.addCleanup(writer.kill)
        for writer in writers:
            writer.stdout.readline()

        for _ in range(300):
            cache.forget()
            for number in range(10):
                self.assertIn(cache.get(f"{number:064}"), (None, bytes([number]) * 100_000))
        for writer in writers:
            writer.kill()
            writer.wait()

        cache.forget()
        whole = [name for name in os.listdir(self.place) if not name.startswith(".")]
        self.assertTrue(whole)
        for name in whole:
            self.assertEqual(cache.get(name), bytes([int(name)]) * 100_000)
