"""Ar archives."""

from __future__ import annotations

import unittest

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import ar

MEMBERS = [("debian-binary", b"2.0\n"), ("odd", b"abc"), ("empty", b"")]


class Archives(unittest.TestCase):
    """What is written, and what is refused."""

    def test_round_trip(self) -> None:
        """Names and contents come back, contents of odd length too."""
        self.assertEqual(ar.read(ar.write(MEMBERS)), MEMBERS)

    def test_name_of_gnu_ar(self) -> None:
        """A slash behind a name, as binutils writes it, is no part of it."""
        self.assertEqual(ar.read(ar.write([("a/", b"x")])), [("a", b"x")])

    def test_long_name(self) -> None:
        """A name that the header cannot hold is refused."""
        with self.assertRaisesRegex(BadValue, "1 to 16 characters"):
            ar.write([("n" * 17, b"")])

    def test_garbage(self) -> None:
        """Damage is refused with where, expected and seen."""
        good = ar.write(MEMBERS)
        for damaged in (b"", b"!<arch>", b"\n" + good, good[:-30], good.replace(b"`\n", b"``"), good[:70]):
            with self.subTest(damaged), self.assertRaisesRegex(BadArchive, "expected .*, seen"):
                ar.read(damaged)

    def test_missing_content(self) -> None:
        """A member that is cut off says how much of it is there."""
        with self.assertRaisesRegex(BadArchive, "byte 68: expected 8 bytes, seen 2"):
            ar.read(ar.write([("a", b"12345678")])[:70])


if __name__ == "__main__":
    unittest.main()
