"""Torrents name files by their sums, and an index is all it takes to make one."""

from __future__ import annotations

import hashlib
import unittest

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import torrent
from pkgsuite.formats.bencode import decode, encode
from pkgsuite.formats.torrent import BLOCK_BYTES, Torrent
from tests.formats.damage import Damage

SHA1 = hashlib.sha1(b"x" * 20000).hexdigest()
URL = "http://127.0.0.2:6969/announce"


class OfFile(unittest.TestCase):
    """What is made of a name, a size and a sum."""

    def test_one_piece(self) -> None:
        """The piece is as long as a power of two that holds the file, a block at least."""
        for size, piece in ((1, BLOCK_BYTES), (BLOCK_BYTES, BLOCK_BYTES), (20000, 32768), (1 << 30, 1 << 30)):
            made = torrent.of_file("fop-doc_1_all.deb", size, SHA1)
            with self.subTest(size):
                self.assertEqual((made.piece_length, made.size(0), len(made.sums)), (piece, size, 1))

    def test_info_hash(self) -> None:
        """It is the sum of the dictionary, keys in their order."""
        made = torrent.of_file("a.deb", 20000, SHA1)
        info = b"d6:lengthi20000e4:name5:a.deb12:piece lengthi32768e6:pieces20:" + bytes.fromhex(SHA1) + b"e"

        self.assertEqual(made.info_hash, hashlib.sha1(info).digest())

    def test_what_cannot_be_one(self) -> None:
        """Empty files, paths, sums of another kind."""
        for name, size, sha1 in (("a", 0, SHA1), ("a/b", 1, SHA1), ("..", 1, SHA1), ("", 1, SHA1), ("a", 1, SHA1[:-1])):
            with self.subTest(name=name, size=size), self.assertRaises(BadValue):
                torrent.of_file(name, size, sha1)

    def test_several_pieces(self) -> None:
        """The last is shorter; there must be a sum for each."""
        made = Torrent("a", 100, 40, (bytes(20), bytes(20), bytes(20)))

        self.assertEqual([made.size(piece) for piece in range(3)], [40, 40, 20])
        with self.assertRaises(BadValue):
            Torrent("a", 100, 40, (bytes(20), bytes(20)))


class Files(Damage):
    """Torrents as .torrent files."""

    def test_both_ways(self) -> None:
        """What is written is read again."""
        made = torrent.of_file("a.deb", 20000, SHA1)

        self.assertEqual(torrent.read(made.write(URL)), (made, URL))
        self.assertEqual(torrent.read(made.write()), (made, ""))

    def test_what_is_none(self) -> None:
        """Others are refused: several files, more fields, which would change the name, sums that are missing."""
        top = decode(torrent.of_file("a.deb", 20000, SHA1).write())
        assert isinstance(top, dict)
        info = top[b"info"]
        assert isinstance(info, dict)
        for name, value in ((b"files", []), (b"private", 1), (b"pieces", b"short"), (b"length", -1), (b"name", b"a/b")):
            with self.subTest(name), self.assertRaisesRegex(BadArchive, "expected"):
                torrent.read(encode({"info": {**info, name: value}}))
        for data in (b"de", b"i1e", b"d4:infoi1ee"):
            with self.subTest(data), self.assertRaisesRegex(BadArchive, "expected"):
                torrent.read(data)

    def test_damage(self) -> None:
        """Damaged files give a torrent or are refused."""
        self.refuses_or_reads(torrent.of_file("a.deb", 20000, SHA1).write(URL), torrent.read)
