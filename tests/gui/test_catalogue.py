"""The catalogue: groups, counts, boxes of three states, what a filter leaves, and names for the command line."""

from __future__ import annotations

import unittest

from pkgsuite.gui.catalogue import ALL, NONE, SOME, Catalogue
from pkgsuite.gui.scenario import Scenario

A, B, C, D = "m.One.test_a", "m.One.test_b", "m.Two.test_c", "n.Three.test_d"


class CatalogueTest(unittest.TestCase):
    def setUp(self):
        self.catalogue = Catalogue()
        for test in (A, B, C, D):
            self.catalogue.add(Scenario(test))

    def test_tests_lie_in_classes_and_those_in_modules(self):
        self.assertEqual(["m", "n"], self.catalogue.top)
        self.assertEqual(["m.One", "m.Two"], self.catalogue.groups["m"].children)
        self.assertEqual([A, B], self.catalogue.groups["m.One"].children)
        self.assertEqual([A, B, C], self.catalogue.tests_in("m"))

    def test_a_name_without_dots_is_a_row_of_its_own(self):
        self.catalogue.add(Scenario("test_broken"))

        self.assertEqual(["m", "n", "test_broken"], self.catalogue.top)
        self.assertEqual(["test_broken"], self.catalogue.tests_in("test_broken"))

    def test_counts_follow_every_status(self):
        self.catalogue.set_status(self.catalogue.scenarios[A], "passed")
        self.catalogue.set_status(self.catalogue.scenarios[C], "failed")
        self.catalogue.set_status(self.catalogue.scenarios[A], "running")

        group = self.catalogue.groups["m"]
        self.assertEqual(("running", 1), (group.status, group.ended))
        self.assertEqual("idle", self.catalogue.groups["n"].status)
        self.assertEqual(1, self.catalogue.statuses["failed"])

    def test_a_group_shows_what_most_needs_to_be_seen(self):
        for statuses, seen in (
            (("passed", "failed", "error"), "failed"),
            (("passed", "error", "flaky"), "error"),
            (("passed", "flaky", "skipped"), "flaky"),
            (("passed", "skipped", "idle"), "passed"),
            (("running", "failed", "idle"), "running"),
        ):
            with self.subTest(statuses):
                for test, status in zip((A, B, C), statuses, strict=True):
                    self.catalogue.set_status(self.catalogue.scenarios[test], status)
                self.assertEqual(seen, self.catalogue.groups["m"].status)

    def test_boxes_have_three_states(self):
        changed = self.catalogue.toggle(A)

        boxes = {key: self.catalogue.box(key) for key in ("m", "m.One", "m.Two", A)}
        self.assertEqual({"m": SOME, "m.One": SOME, "m.Two": ALL, A: NONE}, boxes)
        self.assertEqual({A, "m.One", "m"}, changed)

    def test_a_half_checked_group_is_checked_first(self):
        self.catalogue.toggle(A)
        self.catalogue.toggle("m")
        self.assertEqual(ALL, self.catalogue.box("m"))

        self.catalogue.toggle("m")
        self.assertEqual(NONE, self.catalogue.box("m"))

    def test_what_is_hidden_keeps_its_box(self):
        self.catalogue.toggle("m", among={A})

        self.assertEqual({B, C, D}, self.catalogue.checked)

    def test_a_filter_leaves_groups_that_have_something_to_show(self):
        shown = self.catalogue.visible({C})

        self.assertEqual({"": ["m"], "m": ["m.Two"], "m.Two": [C]}, shown)

    def test_whole_modules_and_classes_are_named_by_themselves(self):
        self.assertEqual(["m.One", "n"], self.catalogue.fewest_names([A, B, D]))
        self.assertEqual(["m"], self.catalogue.fewest_names([A, B, C]))
        self.assertEqual([A, "m.Two"], self.catalogue.fewest_names([A, C]))


if __name__ == "__main__":
    unittest.main()
