"""The words of the filter."""

from __future__ import annotations

import unittest

from pkgsuite.gui.filters import compile_filter, statuses_in, with_status
from pkgsuite.gui.scenario import Scenario

SCENARIO = Scenario(
    "testcases.pacman.test_upgrade.Replace.test_two_successors",
    description="Both are offered, in order.",
    tags=("slow", "pacman"),
    managers=("pacman",),
    status="failed",
)


class Filter(unittest.TestCase):
    def matches(self, text):
        match = compile_filter(text)
        return match is None or match(SCENARIO)

    def test_what_matches(self):
        for text in (
            "", "  ", "upgrade", "UPGRADE", "two successors", '"two successors"', "offered", "tag:slow",
            "tag:fast,slow",
            "status:failed", "status:fail", "status:passed,failed", "manager:pacman", "upgrade status:failed", "-apt",
            "-status:passed", "tag:", "Tag:Slow", "'in order",
        ):  # fmt: skip
            with self.subTest(text):
                self.assertTrue(self.matches(text))

    def test_what_does_not(self):
        for text in (
            "downgrade", '"successors two"', "tag:slo", "tag:fast", "status:passed", "manager:apt", "-upgrade",
            "upgrade status:passed", "-status:failed",
        ):  # fmt: skip
            with self.subTest(text):
                self.assertFalse(self.matches(text))

    def test_chips_switch_statuses_on_and_off_and_leave_the_rest(self):
        text = with_status("upgrade tag:slow", "failed")
        self.assertEqual("upgrade tag:slow status:failed", text)

        text = with_status(text, "passed")
        self.assertEqual({"passed", "failed"}, statuses_in(text))

        text = with_status(with_status(text, "failed"), "passed")
        self.assertEqual("upgrade tag:slow", text)


if __name__ == "__main__":
    unittest.main()
