"""What `python3 -m benchmarks` makes of what was measured; it measures nothing here."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from tests.checkout import needs_checkout

with contextlib.suppress(ImportError):
    from benchmarks import __main__ as benchmarks
    from benchmarks._ratio import Ratio, Unmeasured


@needs_checkout
class TableTest(unittest.TestCase):
    """One table of ratios beside their goals, and the same as JSON."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.path = Path(temporary.name, "table.json")

    def call(self, *rows: object) -> tuple[int, str, dict[str, object]]:
        """The exit status, what is printed and what is written for *rows*."""
        told = io.StringIO()
        with (
            mock.patch.dict(benchmarks.MEASURES, {"some": lambda: iter(rows)}, clear=True),
            contextlib.redirect_stdout(told),
        ):
            status = benchmarks.main(["--json", str(self.path)])
        return status, told.getvalue(), json.loads(self.path.read_text(encoding="utf-8"))

    def test_goals_that_are_met(self) -> None:
        """A ratio up to its goal is met, and one without a goal cannot be missed."""
        status, told, written = self.call(Ratio("fast", 1.0, 4.0, 0.25), Ratio("beside it", 9.0, 1.0))

        self.assertEqual(0, status)
        self.assertRegex(told, r"fast +1 s +4 s +0\.25 +<= 0\.25  met\n")
        self.assertEqual(
            [("fast", 0.25, True), ("beside it", 9.0, True)],
            [(row["name"], row["ratio"], row["is_met"]) for row in written["rows"]],
        )

    def test_a_goal_that_is_missed(self) -> None:
        """It is named at the end, and the exit status says so."""
        status, told, written = self.call(Ratio("slow", 0.0021, 0.001, 2))

        self.assertEqual(1, status)
        self.assertRegex(told, r"slow +2\.1 ms +1 ms +2\.1 +<= 2  missed\n")
        self.assertTrue(told.endswith("0 of 1 as they should be\n  missed: slow\n"), told)
        self.assertFalse(written["rows"][0]["is_met"])

    def test_a_file_that_cannot_be_written(self) -> None:
        """It is told before anything is measured."""
        with (
            mock.patch.dict(benchmarks.MEASURES, {"some": self.fail}, clear=True),
            contextlib.redirect_stderr(io.StringIO()) as told,
            self.assertRaises(SystemExit) as end,
        ):
            benchmarks.main(["--json", f"{self.path.parent}/no/table.json"])

        self.assertEqual(2, end.exception.code)
        self.assertRegex(told.getvalue(), r"no/table.json: it cannot be written: No such file or directory\n\Z")

    def test_what_cannot_be_measured(self) -> None:
        """The reason stands in its row, and no goal is missed."""
        status, told, written = self.call(Unmeasured("beside nginx", "no nginx here (apt-get install nginx-light)"))

        self.assertEqual(0, status)
        self.assertIn("not measured: no nginx here (apt-get install nginx-light)", told)
        self.assertEqual("beside nginx", written["rows"][0]["name"])

    def test_an_unknown_name(self) -> None:
        """It is refused with those that there are."""
        complaint = io.StringIO()
        with contextlib.redirect_stderr(complaint), self.assertRaises(SystemExit) as end:
            benchmarks.main(["overhaed"])

        self.assertEqual(2, end.exception.code)
        self.assertIn("overhead", complaint.getvalue())
