"""What was expected beside what was seen."""

from __future__ import annotations

import unittest

from pkgsuite.reports.html.comparing import compare


class CompareTest(unittest.TestCase):
    """Lines of two texts."""

    def test_one_line_each(self) -> None:
        self.assertEqual(compare("a", "b"), [("-", "a"), ("+", "b")])

    def test_lines_in_both_stand_between(self) -> None:
        self.assertEqual(compare("a\nb\nc", "a\nx\nc"), [("=", "a"), ("-", "b"), ("+", "x"), ("=", "c")])

    def test_lines_far_from_any_difference_are_counted(self) -> None:
        alike = "\n".join(map(str, range(50)))

        lines = compare(f"{alike}\na\n{alike}", f"{alike}\nb\n{alike}")

        self.assertEqual(lines[0], ("…", "47 lines alike"))
        self.assertEqual(lines[-1], ("…", "47 lines alike"))
        self.assertEqual(len(lines), 10)

    def test_texts_that_are_too_long_to_compare_stand_one_after_the_other(self) -> None:
        lines = compare("a\n" * 5_000, "b")

        self.assertEqual((len(lines), lines[0], lines[-1]), (5_001, ("-", "a"), ("+", "b")))

    def test_nothing_is_a_line_too(self) -> None:
        self.assertEqual(compare("a", ""), [("-", "a"), ("+", "")])
