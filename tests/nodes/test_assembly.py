"""A file is put together from blocks of many, and nothing of it is lost or believed too early."""

from __future__ import annotations

import hashlib
import os
import random
import tempfile
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pkgsuite.formats.torrent import BLOCK_BYTES
from pkgsuite.nodes.assembly import EARLIER, LARGE_BYTES, MIRROR, Assembly
from pkgsuite.nodes.catalogue import Known

DATA = random.Random(1).randbytes(5 * BLOCK_BYTES + 100)
KNOWN = Known("a.deb", len(DATA), hashlib.sha256(DATA).hexdigest(), hashlib.sha1(DATA).hexdigest(), "a")


def block(number: int) -> bytes:
    """A block of DATA."""
    return DATA[number * BLOCK_BYTES : (number + 1) * BLOCK_BYTES]


class Assemblies(unittest.TestCase):
    """An assembly in a directory of its own."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = f"{place.name}/part"
        self.assembly = self.begin()

    def begin(self) -> Assembly:
        assembly = Assembly(KNOWN, self.path)
        self.addCleanup(assembly.close)
        return assembly

    def test_any_order(self) -> None:
        """Blocks in any order make the file."""
        for number in (3, 0, 5, 1, 4, 2):
            self.assertEqual(self.assembly.put(number, block(number), "a"), len(block(number)))

        self.assertTrue(self.assembly.is_complete and self.assembly.is_right())
        self.assembly.finish(f"{self.path}.whole")
        self.assertEqual(Path(f"{self.path}.whole").read_bytes(), DATA)
        self.assertEqual(os.listdir(os.path.dirname(self.path)), ["part.whole"])

    def test_runs(self) -> None:
        """Several blocks at once, of which some are there already."""
        self.assembly.put(1, block(1), "a")
        self.assertEqual(self.assembly.put(0, DATA, MIRROR), len(DATA) - BLOCK_BYTES)

        self.assertTrue(self.assembly.is_right())
        self.assertEqual(self.assembly.given, {"a": BLOCK_BYTES, MIRROR: len(DATA) - BLOCK_BYTES})

    def test_what_is_there_stays(self) -> None:
        """A second block in the same place changes nothing, not even after all was found right."""
        self.assembly.put(0, DATA, "a")
        self.assertTrue(self.assembly.is_right())

        self.assertEqual(self.assembly.put(2, bytes(BLOCK_BYTES), "b"), 0)
        self.assembly.finish(f"{self.path}.whole")

        self.assertEqual(Path(f"{self.path}.whole").read_bytes(), DATA)

    def test_gaps(self) -> None:
        """What is missing, in bytes."""
        self.assertEqual(list(self.assembly.gaps()), [(0, len(DATA))])
        for number in (0, 3):
            self.assembly.put(number, block(number), "a")

        self.assertEqual(list(self.assembly.gaps()), [(BLOCK_BYTES, 3 * BLOCK_BYTES), (4 * BLOCK_BYTES, len(DATA))])

    def test_nobody_is_asked_twice(self) -> None:
        """Each block is asked of one, until that one gives it back."""
        asked = [self.assembly.take("a") for _ in range(4)] + [self.assembly.take("b") for _ in range(3)]
        self.assertEqual(asked, [0, 1, 2, 3, 4, 5, None])

        self.assembly.give_back("a")

        self.assertEqual({self.assembly.take("b") for _ in range(5)}, {0, 1, 2, 3, None})

    def test_one_alone(self) -> None:
        """While one is tried alone, others neither are asked nor heard."""
        self.assembly.only = "a"

        self.assertIsNone(self.assembly.take("b"))
        self.assertEqual(self.assembly.put(0, block(0), "b"), 0)
        self.assertEqual(self.assembly.take("a"), 0)

    def test_wrong_sums(self) -> None:
        """One wrong byte is enough; after that nothing is left of it."""
        for number in range(6):
            self.assembly.put(number, block(number) if number != 4 else bytes(BLOCK_BYTES), "a")
        self.assertFalse(self.assembly.is_right())

        self.assembly.start_over()

        self.assertEqual((list(self.assembly.gaps()), self.assembly.given), ([(0, len(DATA))], {}))
        self.assembly.put(0, DATA, "b")
        self.assertTrue(self.assembly.is_right())

    def test_another_life(self) -> None:
        """What came is known again, as far as it was written down and is there."""
        for number in (0, 1, 4):
            self.assembly.put(number, block(number), "a")
        self.assembly.close()
        with open(f"{self.path}.runs", "ab") as file:
            file.write(b"\0\0\0\5\0\0\0\1" + b"\0\0\0\0\xff\xff\xff\xff" + b"\xff" * 8 + b"half")

        again = self.begin()

        self.assertEqual(again.given, {EARLIER: 3 * BLOCK_BYTES})
        self.assertEqual(list(again.gaps()), [(2 * BLOCK_BYTES, 4 * BLOCK_BYTES), (5 * BLOCK_BYTES, len(DATA))])
        again.put(0, DATA, MIRROR)
        self.assertTrue(again.is_right())

    def test_after_its_end(self) -> None:
        """Whoever comes late changes no other file."""
        self.assembly.close()
        self.assembly.close()

        self.assertEqual(self.assembly.put(0, block(0), "late"), 0)

    def test_many_at_once(self) -> None:
        """Threads that take and put do not lose a block."""

        def work(name: str) -> None:
            while not self.assembly.is_complete:
                number = self.assembly.take(name)
                if number is None:
                    self.assembly.give_back(name)
                else:
                    self.assembly.put(number, block(number), name)

        threads = [threading.Thread(target=work, args=(str(number),)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        self.assertTrue(self.assembly.is_right())
        self.assertEqual(sum(self.assembly.given.values()), len(DATA))


class LargeAssemblies(unittest.TestCase):
    """A file that is summed up while it comes."""

    COUNT = LARGE_BYTES // BLOCK_BYTES + 3

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.data = random.Random(2).randbytes(self.COUNT * BLOCK_BYTES - 77)
        known = Known("b.deb", len(self.data), hashlib.sha256(self.data).hexdigest(), "", "b")
        self.path = f"{place.name}/part"
        self.assembly = Assembly(known, self.path)
        self.addCleanup(self.assembly.close)

    def put_all(self, data: bytes, seed: int) -> None:
        """Let four sources give blocks of *data*, in some order near that in which they stand."""
        order = sorted(range(self.COUNT), key=lambda number: number + random.Random(seed + number).random() * 30)

        def give(first: int) -> None:
            for number in order[first::4]:
                at = number * BLOCK_BYTES
                self.assembly.put(number, memoryview(data)[at : at + BLOCK_BYTES], f"source {first}")

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(give, range(4)))

    def test_sums(self) -> None:
        """They are right, whoever gave what when; and wrong where a byte is, until all comes anew."""
        for seed in range(4):
            with self.subTest(seed=seed):
                place = random.Random(seed).randrange(len(self.data))
                wrong = bytearray(self.data)
                wrong[place] ^= 1

                self.put_all(wrong, seed)
                self.assertFalse(self.assembly.is_right())
                self.assembly.start_over()
                self.put_all(self.data, seed + 100)
                self.assertTrue(self.assembly.is_right() and self.assembly.is_complete)
                self.assembly.start_over()

    def test_start_over_in_the_middle(self) -> None:
        """What was there before counts for nothing, even if it is just being summed up."""
        for number in range(20):
            self.assembly.put(0, bytes((number + 20) * 16 * BLOCK_BYTES), "a")
            self.assembly.start_over()

        self.put_all(self.data, 1)

        self.assertTrue(self.assembly.is_right())

    def test_a_file_that_became_shorter(self) -> None:
        """It is wrong, and nobody waits for the rest."""
        self.assembly.put(0, self.data[: LARGE_BYTES // 2], "a")
        os.truncate(self.path, 1000)

        self.assertFalse(self.assembly.is_right())
        self.assembly.close()
