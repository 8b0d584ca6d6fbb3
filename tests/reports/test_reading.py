"""Files of events, whole and otherwise."""

from __future__ import annotations

import unittest

from pkgsuite import events
from pkgsuite.errors import SuiteError
from pkgsuite.reports.reading import told_by

PLAN, PASSED = events.Plan(("t",)), events.Result("t", "passed")
WHOLE = [f"{events.encode(event)}\n".encode() for event in (PLAN, PASSED)]


class ReadingTest(unittest.TestCase):
    def test_all_that_is_told(self) -> None:
        self.assertEqual([*told_by("file", WHOLE)], [PLAN, PASSED])

    def test_a_line_that_breaks_off_is_left_out(self) -> None:
        """As a runner leaves it that was killed while it wrote."""
        for length in range(1, len(WHOLE[1]) - 1):
            with self.subTest(length):
                self.assertEqual([*told_by("file", [WHOLE[0], WHOLE[1][:length]])], [PLAN])

    def test_kinds_of_a_later_release_are_left_out(self) -> None:
        later = b'{"version": 1, "event": "weather", "sky": "blue"}\n'

        self.assertEqual([*told_by("file", [WHOLE[0], later, WHOLE[1]])], [PLAN, PASSED])

    def test_all_else_is_told_with_its_line(self) -> None:
        for lines, words in (
            ([WHOLE[0], b"nonsense\n"], "file:2: expected an event"),
            ([WHOLE[0], b"nonsense"], "file:2: expected an event"),
            ([WHOLE[1][:9] + b"\n"], "file:1: expected an event"),
            ([b'{"version": 2, "event": "plan", "tests": []}\n'], "file:1: .*version 1, saw 'plan' of version 2"),
            ([b'{"version": 1, "event": "plan"}\n'], "file:1: .*not whole"),
            ([], "file holds no events"),
        ):
            with self.subTest(words), self.assertRaisesRegex(SuiteError, words):
                list(told_by("file", lines))
