"""What follows from the last results of a test."""

from __future__ import annotations

import unittest

from pkgsuite.runner.record import Record, median, record_of

LETTERS = {".": "passed", "F": "failed", "E": "error", "C": "crashed", "X": "xpassed", "x": "xfailed", "s": "skipped"}


def record(results: str, codes: str = "", seconds: tuple[float, ...] = ()) -> Record:
    """That of a test with these results, a letter each."""
    outcomes = tuple(LETTERS[each] for each in results)
    return Record(
        "t", outcomes, seconds or (1.0,) * len(results), tuple(codes or "a" * len(results)), range(len(results))
    )


class RecordTest(unittest.TestCase):
    def test_flips_are_changes_of_mind_on_the_same_code(self) -> None:
        for results, codes, flips in (
            ("", "", 0),
            (".....", "", 0),
            ("FFFFF", "", 0),
            (".F.F.", "", 4),
            (".FF..", "aaaaa", 2),
            ("..FF.", "aabbc", 0),
            ("EFCX", "", 0),
            (".x.x", "", 0),
        ):
            with self.subTest(results, codes=codes):
                self.assertEqual(flips, record(results, codes).flips)

    def test_a_skip_says_nothing_of_the_test(self) -> None:
        self.assertEqual(0, record(".s.s").flips)
        self.assertEqual(1, record(".sFs").flips)
        self.assertTrue(record(".sFs").is_newly_failing)
        self.assertTrue(record("Fs").is_failing)
        self.assertFalse(record("s").is_failing)

    def test_newly_failing_is_what_passed_before(self) -> None:
        found = {results: record(results).is_newly_failing for results in ("", "F", ".F", ".C", "FF", "F.", "xX")}

        self.assertEqual({"": False, "F": False, ".F": True, ".C": True, "FF": False, "F.": False, "xX": True}, found)

    def test_the_usual_time_is_not_that_of_one_slow_run_nor_of_a_skip(self) -> None:
        self.assertEqual(2.0, record("..s..", seconds=(2.0, 2.0, 0.0, 90.0, 1.0)).usual_s)
        self.assertEqual(0.0, record("ss").usual_s)

    def test_only_the_last_ten_count(self) -> None:
        self.assertEqual(0, record("F" + "." * 10).flips)
        self.assertEqual(3.0, record("." * 20, seconds=(9.0,) * 10 + (3.0,) * 10).usual_s)

    def test_medians(self) -> None:
        self.assertEqual([0, 1, 1.5, 2], [median(each) for each in ([], [1], [2, 1], [3, 2, 1])])

    def test_what_is_damaged_is_no_record(self) -> None:
        for lately in ([[1, "passed", 1.0, "a"]], [[1, 2, 1.0, "a", ""]], [[1, "passed", "x", "a", ""]], [5]):
            with self.subTest(lately), self.assertRaises((ValueError, TypeError)):
                record_of(("t", ""), 0.0, lately, ())  # type: ignore[arg-type]
