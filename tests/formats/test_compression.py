"""Compressed bytes, recognised and bounded."""

from __future__ import annotations

import gzip
import lzma
import unittest
from unittest import mock

from pkgsuite.errors import BadArchive, BadValue, Unsupported
from pkgsuite.formats import zst
from pkgsuite.formats.compression import compress, decompress

CONTENT = b"some content\n" * 1000


def has_zst() -> bool:
    """Whether this Python has a module for zst."""
    try:
        zst.module()
    except Unsupported:
        return False
    return True


COMPRESSIONS = ("gz", "xz", "zst") if has_zst() else ("gz", "xz")


class Compression(unittest.TestCase):
    """What is packed can be unpacked, here and elsewhere."""

    def test_round_trip(self) -> None:
        """Each compression makes the content smaller and gives it back."""
        for compression in COMPRESSIONS:
            with self.subTest(compression):
                packed = compress(CONTENT, compression)

                self.assertLess(len(packed), len(CONTENT) / 20)
                self.assertEqual(decompress(packed), CONTENT)

    def test_standard_library_agrees(self) -> None:
        """The standard library reads what is written."""
        self.assertEqual(gzip.decompress(compress(CONTENT, "gz")), CONTENT)
        self.assertEqual(lzma.decompress(compress(CONTENT, "xz")), CONTENT)

    def test_no_time(self) -> None:
        """A gzip header holds neither time nor name nor system."""
        self.assertEqual(compress(b"", "gz")[:10].hex(), "1f8b08000000000004ff")

    def test_none(self) -> None:
        """No compression leaves the content as it is."""
        self.assertEqual(decompress(compress(CONTENT, "")), CONTENT)

    def test_unknown(self) -> None:
        """An unknown compression is named with the known ones."""
        with self.assertRaisesRegex(BadValue, "'lzip': expected one of gz, xz, zst"):
            compress(CONTENT, "lzip")

    def test_zst_missing(self) -> None:
        """Where no module reads zst, the message says what to install."""
        with mock.patch.object(zst, "MODULES", ()):
            with self.assertRaisesRegex(Unsupported, "apt-get install python3-zstandard"):
                compress(CONTENT, "zst")
            with self.assertRaisesRegex(Unsupported, "apt-get install python3-zstandard"):
                decompress(b"\x28\xb5\x2f\xfd")


class DamagedCompression(unittest.TestCase):
    """Damage and floods are refused."""

    def test_truncated(self) -> None:
        """A stream that ends too early is refused, wherever the end is."""
        for compression in COMPRESSIONS:
            packed = compress(CONTENT, compression)
            for length in range(6, len(packed)):
                with self.subTest(compression, length=length), self.assertRaises(BadArchive):
                    decompress(packed[:length])

    def test_garbage_behind(self) -> None:
        """Garbage behind the stream is refused; zeros and further streams are taken, as gzip and xz do."""
        for compression in COMPRESSIONS:
            packed = compress(CONTENT, compression)
            with self.subTest(compression):
                self.assertEqual(decompress(packed + packed + bytes(512)), CONTENT * 2)
                with self.assertRaises(BadArchive):
                    decompress(packed + b"garbage")

    def test_flood(self) -> None:
        """Content beyond the bound is never unpacked in full."""
        for compression in COMPRESSIONS:
            packed = compress(bytes(1 << 20), compression)
            with self.subTest(compression):
                self.assertEqual(len(decompress(packed, 1 << 20)), 1 << 20)
                with self.assertRaisesRegex(BadArchive, "expected at most 1048575 bytes of content, seen more"):
                    decompress(packed, (1 << 20) - 1)

    def test_many_streams(self) -> None:
        """An archive of endless empty streams is refused."""
        for compression in COMPRESSIONS:
            with self.subTest(compression), self.assertRaisesRegex(BadArchive, "at most 1000 streams"):
                decompress(compress(b"", compression) * 1001)


if __name__ == "__main__":
    unittest.main()
