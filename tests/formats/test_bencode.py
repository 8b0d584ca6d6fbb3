"""Bencoded values have one form, and what is no such form is refused."""

from __future__ import annotations

import random
import unittest

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats.bencode import DEEPEST, decode, encode
from tests.formats.damage import Damage

VALUES = (
    (0, b"i0e"),
    (-42, b"i-42e"),
    (1 << 40, b"i1099511627776e"),
    (b"", b"0:"),
    (b"spam", b"4:spam"),
    ([], b"le"),
    ([b"a", [1]], b"l1:ali1eee"),
    ({}, b"de"),
    ({b"b": 1, b"a": {b"": b"\0\xff"}}, b"d1:ad0:2:\0\xffe1:bi1ee"),
)
WRONG = (
    *(b"", b"i", b"ie", b"i-0e", b"i01e", b"i+1e", b"i1", b"01:a", b"2:a", b"-1:a", b"1", b"l", b"d", b"x"),
    *(b"di1ei2ee", b"d1:ae", b"d1:ai1e1:ai2ee", b"i1ei2e", b"99999999999:a", b"i99999999999999999999e"),
)
SAMPLE = encode(
    {"announce": "http://t/announce", "info": {"length": 5, "name": "a", "pieces": bytes(40), "l": [1, "b"]}}
)


class Forms(unittest.TestCase):
    """Values and their bytes."""

    def test_both_ways(self) -> None:
        """Each value has its form, which stands for it again."""
        for value, data in VALUES:
            with self.subTest(data):
                self.assertEqual(encode(value), data)  # type: ignore[arg-type]
                self.assertEqual(decode(data), value)

    def test_texts_are_utf_8(self) -> None:
        """Also as keys, which are sorted by their bytes."""
        self.assertEqual(encode({"é": "ß", "z": ()}), b"d1:zle2:\xc3\xa92:\xc3\x9fe")

    def test_random_values(self) -> None:
        """Whatever is encoded comes back."""
        for seed in range(200):
            chance = random.Random(seed)
            value = anything(chance, 4)
            with self.subTest(seed=seed):
                self.assertEqual(decode(encode(value)), value)  # type: ignore[arg-type]

    def test_what_has_no_form(self) -> None:
        """Only numbers, strings, lists and dictionaries have one."""
        for value in (None, True, 1.5, {1: 2}, object(), [None]):
            with self.subTest(value=value), self.assertRaises(BadValue):
                encode(value)  # type: ignore[arg-type]


class Refusals(Damage):
    """What is refused, with where, expected and seen."""

    def test_other_forms(self) -> None:
        """Every value has just one form, and nothing comes behind."""
        for data in WRONG:
            with self.subTest(data), self.assertRaisesRegex(BadArchive, r"byte \d+: expected .*, seen "):
                decode(data)

    def test_order_of_keys(self) -> None:
        """Keys are sorted in a torrent, where order counts; answers of trackers may come as they are."""
        with self.assertRaises(BadArchive):
            decode(b"d1:bi1e1:ai2ee")

        self.assertEqual(decode(b"d1:bi1e1:ai2ee", is_sorted=False), {b"a": 2, b"b": 1})

    def test_depth(self) -> None:
        """Values in one another end somewhere, long before Python's stack does."""
        decode(b"l" * DEEPEST + b"e" * DEEPEST)
        for data in (b"l" * 1_000_000, b"d1:a" * 300_000):
            with self.assertRaises(BadArchive):
                decode(data)

    def test_damage(self) -> None:
        """Damaged bytes give a value or are refused."""
        self.refuses_or_reads(SAMPLE, decode)


def anything(chance: random.Random, depth: int) -> object:
    """A value."""
    match chance.randrange(4 if depth else 2):
        case 0:
            return chance.randrange(-(10**9), 10**9)
        case 1:
            return chance.randbytes(chance.randrange(30))
        case 2:
            return [anything(chance, depth - 1) for _ in range(chance.randrange(5))]
        case _:
            return {chance.randbytes(3): anything(chance, depth - 1) for _ in range(chance.randrange(5))}
