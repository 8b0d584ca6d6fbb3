"""What is made for managers by programs of the host."""

from __future__ import annotations

import unittest
from unittest import mock

from pkgsuite import workshop
from pkgsuite.errors import BadValue
from pkgsuite.formats import compression, zst
from tests.formats.scratch_pacman import needed


class CompressTest(unittest.TestCase):
    def test_every_compression_is_recognised(self):
        needed("zstd", "zstd")
        for name, mark in (("gz", b"\x1f\x8b"), ("xz", b"\xfd7zXZ"), ("zst", b"\x28\xb5\x2f\xfd"), ("", b"hello")):
            with self.subTest(name):
                self.assertTrue(workshop.compress(b"hello\n", name).startswith(mark))

    def test_a_python_without_a_module_takes_the_program(self):
        needed("zstd", "zstd")
        with mock.patch.object(zst, "MODULES", ()):
            self.assertTrue(workshop.compress(b"hello\n", "zst").startswith(b"\x28\xb5\x2f\xfd"))

    def test_an_unknown_compression_is_refused(self):
        with self.assertRaises(BadValue):
            workshop.compress(b"hello\n", "rar")

    def test_the_others_are_those_of_the_formats(self):
        self.assertEqual(compression.compress(b"hello\n", "xz"), workshop.compress(b"hello\n", "xz"))
