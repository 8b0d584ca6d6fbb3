"""Damage that is done to bytes at random, so that readers show what they make of it."""

from __future__ import annotations

import random
import struct
import tracemalloc
import unittest
from collections.abc import Callable

from pkgsuite.errors import BadArchive
from pkgsuite.formats import tar
from tests.soak import amount

__all__ = ["Damage", "mutate", "with_checksums"]

ROUNDS = amount(1500, 100_000)
SEED = 20240229
MOST_MEMORY = 64 << 20
SPICE = (
    b": ",
    b"\n ",
    b"#",
    b"\0",
    b"\n",
    b"\n\n",
    b"%",
    b"%FILES%\n",
    b"/",
    b"../",
    b"=",
    b"\xff" * 12,
    b"\x80",
    b"9" * 30,
    b"0 ",
    b" ",
)


class Damage(unittest.TestCase):
    """Readers of foreign bytes give a value or refuse them; a failure prints the seed of its round."""

    def setUp(self) -> None:
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)

    def refuses_or_reads(self, sample: bytes, read: Callable[[bytes], object]) -> None:
        """Every mutation of *sample* gives a value or BadArchive, in bounded memory."""
        refused = 0
        for seed in range(SEED, SEED + ROUNDS):
            with self.subTest(seed=seed):
                mutated = mutate(sample, random.Random(seed))
                try:
                    read(mutated)
                except BadArchive as error:
                    refused += 1
                    self.assertIn("expected", str(error))
        self.assertGreater(refused, 0)
        self.assertLess(tracemalloc.get_traced_memory()[1], MOST_MEMORY)


def mutate(sample: bytes, chance: random.Random) -> bytes:
    """*sample* with a few bytes changed, taken out, put in, doubled, or its end cut off."""
    data = bytearray(sample)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at : at + 12] = chance.choice(SPICE)
            case 2:
                data[at:at] = chance.choice(SPICE)
            case 3:
                del data[at : at + chance.randint(1, 600)]
            case 4:
                data[at:at] = data[at : at + chance.randint(1, 600)]
            case 5 if not chance.randrange(4):
                del data[at:]
    return bytes(data)


def with_checksums(data: bytes) -> bytes:
    """*data* with the checksum of every block that has one made true, so that only its other fields are wrong."""
    blocks = []
    for at in range(0, len(data), tar.BLOCK):
        block = bytearray(data[at : at + tar.BLOCK])
        if len(block) == tar.BLOCK and block[257:262] == b"ustar":
            block[148:156] = b" " * 8
            struct.pack_into("8s", block, 148, b"%06o\0 " % sum(block))
        blocks.append(bytes(block))
    return b"".join(blocks)
