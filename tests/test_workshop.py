"""What is made for managers by programs of the host."""

from __future__ import annotations

import os
import unittest
from unittest import mock

from pkgsuite import signing, workshop
from pkgsuite.errors import BadValue, ProgramMissing
from pkgsuite.formats import compression, zst
from tests.formats.scratch_pacman import needed


class KeyringTest(unittest.TestCase):
    def test_a_machine_without_gpg_is_not_possible_even_with_a_keyring_in_the_cache(self):
        """Its manager could not verify anything and would be blamed for it."""
        with (
            mock.patch.object(signing, "keyring", return_value={"pubring.gpg": b"keys"}),
            mock.patch.dict(os.environ, PATH="/nowhere"),
            self.assertRaisesRegex(ProgramMissing, "install gpg"),
        ):
            workshop.keyring()


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
