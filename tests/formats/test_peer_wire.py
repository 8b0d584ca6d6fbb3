"""Messages between peers: what is written is read again, in whatever pieces it comes, and nonsense is refused."""

from __future__ import annotations

import random
import unittest

from pkgsuite.errors import BadArchive
from pkgsuite.formats import peer_wire as wire
from pkgsuite.formats.peer_wire import Block, Handshake, Message, Reader
from tests.formats.damage import Damage

BLOCK = Block(1, 16384, 9)
TALK = (
    wire.message(wire.BITFIELD, wire.bitfield(12))
    + wire.KEEP_ALIVE
    + wire.message(wire.INTERESTED)
    + wire.message(wire.REQUEST, BLOCK.write())
    + wire.piece_head(BLOCK)
    + b"a" * 9
    + wire.message(wire.HAVE, b"\0\0\0\7")
    + wire.message(20, b"an extension")
)
KINDS = [wire.BITFIELD, wire.INTERESTED, wire.REQUEST, wire.PIECE, wire.HAVE, 20]


class Messages(Damage):
    """A conversation."""

    def test_in_any_pieces(self) -> None:
        """The same messages come out, however the bytes come in."""
        for seed in range(100):
            chance, reader, found, data = random.Random(seed), Reader(), list[Message](), TALK
            while data:
                count = chance.randrange(1, 40)
                found += reader.feed(data[:count])
                data = data[count:]
            with self.subTest(seed=seed):
                self.assertEqual([message.kind for message in found], KINDS)

    def test_what_they_say(self) -> None:
        """Blocks, numbers of pieces, bytes."""
        bits, _, request, piece, have, _ = Reader().feed(TALK)

        self.assertEqual(wire.has_pieces(bits.payload, 12), frozenset(range(12)))
        self.assertEqual((request.block, piece.block), (BLOCK, BLOCK))
        self.assertEqual((bytes(piece.data), have.number), (b"a" * 9, 7))

    def test_wrong_lengths(self) -> None:
        """Messages that cannot be so long or so short, and blocks that nobody asked for."""
        for data in (
            b"\xff\xff\xff\xff",
            wire.message(wire.CHOKE, b"x"),
            wire.message(wire.HAVE, b"123"),
            wire.message(wire.REQUEST, b"1" * 11),
            wire.message(wire.CANCEL),
            wire.message(wire.PIECE, b"12345678"),
            wire.message(wire.PIECE, b"1" * (wire.MOST_BLOCK_BYTES + 9)),
        ):
            with self.subTest(data[:20]), self.assertRaisesRegex(BadArchive, "expected .* seen"):
                Reader().feed(data)

    def test_bitfields(self) -> None:
        """As long as they must be, without pieces that there are not."""
        self.assertEqual(wire.bitfield(9), b"\xff\x80")
        self.assertEqual(wire.has_pieces(b"\x40", 2), {1})
        for payload, pieces in ((b"\xff", 7), (b"", 1), (b"\0\0", 8)):
            with self.subTest(payload), self.assertRaises(BadArchive):
                wire.has_pieces(payload, pieces)

    def test_damage(self) -> None:
        """Damaged talk gives messages or is refused."""
        self.refuses_or_reads(TALK, say_all)


class Handshakes(unittest.TestCase):
    """The beginning."""

    def test_both_ways(self) -> None:
        """What is written is read again; it has the length that others have."""
        mine = Handshake(b"i" * 20, b"p" * 20, b"\0\0\0\0\0\x10\0\1")

        self.assertEqual(Handshake.read(mine.write()), mine)
        self.assertEqual(len(mine.write()), wire.HANDSHAKE_BYTES)

    def test_others(self) -> None:
        """Another protocol, too few bytes."""
        good = Handshake(b"i" * 20, b"p" * 20).write()
        for data in (b"", good[:-1], good + b"x", b"\x13BitTorrent protocoL" + good[20:], b"GET / HTTP/1.1\r\n" * 5):
            with self.subTest(data[:20]), self.assertRaisesRegex(BadArchive, "expected"):
                Handshake.read(data)


def say_all(data: bytes) -> None:
    """Read every message, and all that it says."""
    for message in Reader().feed(data):
        if message.kind in (wire.REQUEST, wire.CANCEL, wire.PIECE):
            assert message.block.size >= 0
        elif message.kind == wire.HAVE:
            assert message.number >= 0
        elif message.kind == wire.BITFIELD:
            wire.has_pieces(message.payload, 12)
