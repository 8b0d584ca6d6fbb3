"""Compressed tar archives."""

from __future__ import annotations

import unittest

from pkgsuite.errors import BadArchive
from pkgsuite.formats import archive
from pkgsuite.formats.archive import Member

MEMBERS = [Member("usr", kind="dir", mode=0o755), Member("usr/a", b"content")]


class Archive(unittest.TestCase):
    """What is packed can be unpacked."""

    def test_round_trip(self) -> None:
        """The members come back whatever the compression, which nobody has to name."""
        for compression in ("", "gz", "xz"):
            with self.subTest(compression):
                self.assertEqual(archive.unpack(archive.pack(MEMBERS, compression)), MEMBERS)

    def test_zst(self) -> None:
        """Zst works too, or skips the test with what to install."""
        self.assertEqual(archive.unpack(archive.pack(MEMBERS, "zst")), MEMBERS)

    def test_garbage(self) -> None:
        """Bytes that are no archive are refused with what was expected and seen."""
        for garbage in (b"", b"\0", b"garbage" * 100, b"\x1f\x8b", b"\x1f\x8b\x08" + bytes(50), b"\xfd7zXZ\0garbage"):
            with self.subTest(garbage), self.assertRaisesRegex(BadArchive, "expected .*, seen "):
                archive.unpack(garbage)

    def test_bound(self) -> None:
        """The bound holds for the unpacked archive."""
        packed = archive.pack([Member("flood", bytes(1 << 20))])

        with self.assertRaisesRegex(BadArchive, "at most 4096 bytes"):
            archive.unpack(packed, 4096)


if __name__ == "__main__":
    unittest.main()
