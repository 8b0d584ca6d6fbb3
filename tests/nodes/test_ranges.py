"""Ranges and conditions, as RFC 9110 has them in sections 13 and 14."""

from __future__ import annotations

import random
import unittest

from pkgsuite.nodes import dates
from pkgsuite.nodes.ranges import Unsatisfiable, applies, parse, precondition

ETAG, MTIME_S = '"5-1"', 784_111_777
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
EARLIER, LATER = dates.show(MTIME_S - 1), dates.show(MTIME_S + 1)


class Ranges(unittest.TestCase):
    """The Range field, of ten bytes."""

    def test_satisfiable(self) -> None:
        """First to last, open at the end, and from the end; what lies outside is cut off."""
        for text, found in (
            ("bytes=0-0", [(0, 1)]),
            ("bytes=2-5", [(2, 6)]),
            ("bytes=5-", [(5, 10)]),
            ("bytes=-3", [(7, 10)]),
            ("bytes=-30", [(0, 10)]),
            ("bytes=8-100", [(8, 10)]),
            ("Bytes = 0-1 , 4-5", [(0, 2), (4, 6)]),
            ("bytes=4-5,0-1", [(4, 6), (0, 2)]),
            ("bytes=0-1,20-30", [(0, 2)]),
        ):
            with self.subTest(text):
                self.assertEqual(parse(text, 10), found)

    def test_ignored(self) -> None:
        """Other units, malformed sets, overlapping and excessive ones."""
        for text in (
            *("", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=1-2,", "bytes=1-2;3-4", "lines=0-1"),
            *("bytes=0-5,3-7", "bytes=0-0,0-0", "bytes=" + ",".join(f"{i}-{i}" for i in range(0, 60, 2))),
            *("bytes=1" * 3, "bytes=" + "9" * 5000 + "-", "bytes=²-", "bytes=+1-2", "bytes= 1 - 2"),
        ):
            with self.subTest(text):
                self.assertIsNone(parse(text, 100))

    def test_unsatisfiable(self) -> None:
        """Nothing of what is asked for exists."""
        for text, size in (("bytes=10-", 10), ("bytes=10-20", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-5", 0)):
            with self.subTest(text), self.assertRaises(Unsatisfiable):
                parse(text, size)

    def test_fuzz(self) -> None:
        """Whatever is asked, a range that is found lies within, and none overlaps another."""
        chance = random.Random(20240102)
        for _ in range(3000):
            text = "bytes=" + "".join(chance.choices("0123456789-,, ", k=chance.randint(1, 12)))
            size = chance.randint(0, 30)
            with self.subTest(text, size=size):
                try:
                    found = parse(text, size) or []
                except Unsatisfiable:
                    continue
                self.assertTrue(all(0 <= start < stop <= size for start, stop in found))
                self.assertLessEqual(sum(stop - start for start, stop in found), size)


class Conditions(unittest.TestCase):
    """Fields that begin with If."""

    def test_table(self) -> None:
        """Each alone, and which goes before which."""
        for headers, status in (
            ({}, 0),
            ({"if-none-match": ETAG}, 304),
            ({"if-none-match": f'W/{ETAG}, "x"'}, 304),
            ({"if-none-match": "*"}, 304),
            ({"if-none-match": '"x"'}, 0),
            ({"if-modified-since": DATE}, 304),
            ({"if-modified-since": LATER}, 304),
            ({"if-modified-since": EARLIER}, 0),
            ({"if-modified-since": "yesterday"}, 0),
            ({"if-none-match": '"x"', "if-modified-since": DATE}, 0),
            ({"if-match": ETAG}, 0),
            ({"if-match": '"x"'}, 412),
            ({"if-unmodified-since": DATE}, 0),
            ({"if-unmodified-since": EARLIER}, 412),
            ({"if-match": ETAG, "if-unmodified-since": EARLIER, "if-none-match": ETAG}, 304),
        ):
            with self.subTest(headers):
                self.assertEqual(precondition(headers, ETAG, MTIME_S), status)

    def test_if_range(self) -> None:
        """A part is given only of exactly what the client has."""
        for text, held in (
            (None, True),
            (ETAG, True),
            ('"x"', False),
            (f"W/{ETAG}", False),
            (DATE, True),
            (LATER, False),
        ):
            with self.subTest(text):
                self.assertIs(applies(text, ETAG, MTIME_S), held)


class Dates(unittest.TestCase):
    """Dates in headers."""

    def test_all_forms(self) -> None:
        """The usual one and the two obsolete ones mean the same."""
        for text in (DATE, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"):
            with self.subTest(text):
                self.assertEqual(dates.parse(text), MTIME_S)

    def test_round_trip(self) -> None:
        """What is shown is read."""
        for seconds in (0, 355, MTIME_S, 951_782_400, 4_102_444_799):
            self.assertEqual(dates.parse(dates.show(seconds)), seconds)

    def test_no_dates(self) -> None:
        """Nonsense is none."""
        for text in ("", "0", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Xyz 1994 08:49:37 GMT", DATE + "x", DATE[:-4]):
            with self.subTest(text):
                self.assertIsNone(dates.parse(text))
