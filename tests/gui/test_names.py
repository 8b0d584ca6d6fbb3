"""Ids as people read them."""

from __future__ import annotations

import unittest

from pkgsuite.gui.names import groups_of, label_of_group, label_of_test


class Names(unittest.TestCase):
    def test_modules_without_what_says_nothing(self):
        for group, label in {
            "testcases.pacman.test_upgrade": "pacman.upgrade",
            "pkgsuite.testcases.apt.test_pins": "apt.pins",
            "pkgsuite.dialects.pactest": "pactest",
            "my_tests.e2e": "my_tests.e2e",
            "test_": "test_",
        }.items():
            with self.subTest(group):
                self.assertEqual(label, label_of_group(group, is_class=False))

    def test_classes_in_words(self):
        for name, label in {
            "UpgradeAConfigFile": "Upgrade a config file",
            "AskApt": "Ask apt",
            "GPGKeys": "GPG keys",
            "Http2": "Http2",
        }.items():
            with self.subTest(name):
                self.assertEqual(label, label_of_group(f"m.{name}", is_class=True))

    def test_tests_in_words(self):
        self.assertEqual("two successors on apt", label_of_test("m.C.test_two_successors_on_apt"))
        self.assertEqual("test", label_of_test("m.C.test"))

    def test_groups(self):
        self.assertEqual(("a.m", "a.m.C"), groups_of("a.m.C.test_x"))
        self.assertEqual(("m",), groups_of("m.test_x"))
        self.assertEqual((), groups_of("test_broken"))


if __name__ == "__main__":
    unittest.main()
