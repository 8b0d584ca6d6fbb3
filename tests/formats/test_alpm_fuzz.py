"""Readers of foreign bytes: whatever they get, they give a value or refuse it."""

from __future__ import annotations

import random
import struct
import tracemalloc
import unittest
from collections.abc import Callable

from pkgsuite.errors import BadArchive
from pkgsuite.formats import alpm, tar, untar
from pkgsuite.formats.compression import compress
from tests.formats.samples import full_package

ROUNDS = 1500
SEED = 20240229
MOST_MEMORY = 64 << 20
SPICE = (b"\0", b"\n", b"\n\n", b"%", b"%FILES%\n", b"/", b"../", b"=", b"\xff" * 12, b"\x80", b"9" * 30, b"0 ", b" ")


class Fuzz(unittest.TestCase):
    """Mutated bytes; a failure prints the seed of its round."""

    def setUp(self) -> None:
        package = full_package()
        self.tar = tar.write([*archive_members(), *archive_members("n" * 120)])
        self.archive = alpm.archive(package, "", mtree=True)
        self.database = alpm.sync_database([(package, b"")], with_files=True)
        self.entry = alpm.local_entry(package)
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

    def test_tar(self) -> None:
        """Damaged tar archives."""
        self.refuses_or_reads(self.tar, untar.read)

    def test_tar_with_true_checksums(self) -> None:
        """Tar archives whose damage the checksums do not show."""
        self.refuses_or_reads(self.tar, lambda data: untar.read(with_checksums(data)))

    def test_archive(self) -> None:
        """Damaged packages, uncompressed so that the damage gets deep."""
        self.refuses_or_reads(self.archive, lambda data: alpm.read_archive(with_checksums(data)))

    def test_compressed(self) -> None:
        """Damaged compression."""
        for compression in ("gz", "xz"):
            self.refuses_or_reads(compress(self.archive, compression), alpm.read_archive)

    def test_database(self) -> None:
        """Damaged databases of repositories."""
        self.refuses_or_reads(self.database, alpm.read_sync_database)

    def test_local_entry(self) -> None:
        """Damaged entries of the local database."""
        self.refuses_or_reads(self.entry["desc"], lambda data: alpm.read_local_entry(data, self.entry["files"]))
        self.refuses_or_reads(self.entry["files"], lambda data: alpm.read_local_entry(self.entry["desc"], data))


def archive_members(prefix: str = "a") -> list[tar.Member]:
    """One member of each kind, named by *prefix*."""
    return [
        tar.Member(f"{prefix}/", kind="dir"),
        tar.Member(f"{prefix}/file", b"content" * 100),
        tar.Member(f"{prefix}/link", kind="link", target=f"{prefix}/file"),
    ]


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


if __name__ == "__main__":
    unittest.main()
