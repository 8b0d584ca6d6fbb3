"""The program zstd, real."""

from __future__ import annotations

import os
import random
import subprocess
import unittest
from unittest import mock

from pkgsuite.errors import ProgramMissing
from pkgsuite.system import zstd
from tests.formats.scratch_pacman import needed


class ZstdTest(unittest.TestCase):
    def test_the_program_unpacks_what_was_packed(self):
        program = needed("zstd", "zstd")
        for content in (b"", b"hello\n" * 100, random.Random(1).randbytes(3 << 20)):
            with self.subTest(len(content)):
                packed = zstd.compress(content)

                unpacked = subprocess.run([program, "-d", "-c"], input=packed, capture_output=True, check=True).stdout
                self.assertEqual(content, unpacked)

    def test_the_same_content_gives_the_same_bytes(self):
        needed("zstd", "zstd")

        self.assertEqual(zstd.compress(b"hello\n" * 1000), zstd.compress(b"hello\n" * 1000))

    def test_without_the_program_it_says_what_to_install(self):
        with (
            mock.patch.dict(os.environ, PATH="/nowhere"),
            self.assertRaisesRegex(ProgramMissing, "apt-get install zstd"),
        ):
            zstd.compress(b"hello")
