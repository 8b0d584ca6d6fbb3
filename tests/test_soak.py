"""Soaks say how far they are."""

from __future__ import annotations

import contextlib
import io
import unittest
from unittest import mock

from tests import soak


class RoundsTest(unittest.TestCase):
    """Rounds that take as long as a clock says."""

    def told(self, is_long: bool, each_s: float) -> list[str]:
        """What is said during four rounds of so many seconds."""
        now_s = 1000.0
        said = io.StringIO()
        with (
            mock.patch.object(soak, "IS_LONG", is_long),
            mock.patch.object(soak.time, "monotonic", lambda: now_s),
            contextlib.redirect_stderr(said),
        ):
            for number, found in enumerate(soak.rounds(4), 1):
                self.assertEqual(number, found)
                now_s += each_s
        return said.getvalue().splitlines()

    def test_progress(self) -> None:
        """Now and then a line, in the long form alone."""
        self.assertEqual([], self.told(False, 60))
        self.assertEqual([], self.told(True, 1))
        self.assertEqual([f"round {n} of 4 after {40 * n - 40} s" for n in (2, 3, 4)], self.told(True, 40))
        self.assertEqual(["round 3 of 4 after 40 s"], self.told(True, 20))
