"""Actions: each has a key of its own, stands in a menu, and is done by the window."""

from __future__ import annotations

import unittest
from collections import Counter

from pkgsuite.gui.actions import ACTIONS, ALL, LINE, MENUS


class Actions(unittest.TestCase):
    def test_each_has_a_key_and_no_key_does_two_things(self):
        sequences = Counter(sequence for action in ALL for sequence in action.sequences)

        self.assertEqual([], [action.name for action in ALL if not (action.key and action.sequences)])
        self.assertEqual([], [sequence for sequence, count in sequences.items() if count > 1])
        self.assertEqual(len(ALL), len({action.key for action in ALL}))

    def test_each_stands_in_one_menu(self):
        entries = [name for names in MENUS.values() for name in names if name != LINE]

        self.assertEqual(sorted(ACTIONS), sorted(entries))

    def test_a_tip_tells_the_key(self):
        self.assertEqual("Run the checked scenarios (F5)", ACTIONS["run_checked"].tip)


if __name__ == "__main__":
    unittest.main()
