"""What is said of a broken rule: what was expected beside what was seen, line by line."""

from __future__ import annotations

import unittest

from pkgsuite.gui.differences import difference, in_brief, of_claim, one_line
from pkgsuite.gui.scenario import BROKEN, HELD, PENDING, Claim

DIFF = ("--- expected", "+++ seen", "@@ -1,2 +1,3 @@", " listen", "-peers = 20", "+peers = 8", "+timeout = 30")


class Differences(unittest.TestCase):
    def shown(self, pieces):
        return "".join(words for words, _ in pieces)

    def test_lines_of_both_stand_where_they_belong(self):
        pieces = list(difference("a\nb\nc\n", "a\nx\nc\n"))

        self.assertEqual(
            "         │ a\nexpected │ b\n  actual │ x\n         │ c\n",
            self.shown(pieces),
        )
        self.assertEqual(["muted", "expected", "actual", "muted"], [tag for _, tag in pieces])

    def test_the_diff_of_the_runner_counts_where_there_is_one(self):
        claim = Claim("FILE_CONTENTS=a", "m", BROKEN, "'listen\\npeers…", "'listen\\npe…", diff=DIFF)

        self.assertEqual(
            "         │ @@ -1,2 +1,3 @@\n         │ listen\nexpected │ peers = 20\n  actual │ peers = 8\n"
            "  actual │ timeout = 30\n",
            self.shown(of_claim(claim)),
        )
        self.assertEqual(("peers = 20 ⏎", "peers = 8 ⏎"), in_brief(claim))

    def test_a_side_that_only_lacks_lines_is_empty_in_brief(self):
        claim = Claim("R", "m", BROKEN, "x", "y", diff=("--- expected", "+++ seen", "@@", " a", "+b"))

        self.assertEqual(("", "b ⏎"), in_brief(claim))

    def test_removed_lines_that_look_like_names_of_sides_stay(self):
        claim = Claim("R", "m", BROKEN, "x", "y", diff=("--- expected", "+++ seen", "@@", "--- a", "+++ b"))

        self.assertIn("expected │ -- a\n  actual │ ++ b\n", self.shown(of_claim(claim)))

    def test_rules_that_wait_or_hold(self):
        self.assertIn("not judged yet", self.shown(of_claim(Claim("R", state=PENDING))))
        self.assertEqual("         │ 2.0\n", self.shown(of_claim(Claim("R", "m", HELD, "2.0", "2.0"))))

    def test_a_cell_has_one_line_and_tells_that_there_is_more(self):
        self.assertEqual(["a", "a ⏎", ""], [one_line(text) for text in ("a", "a\nb", "")])


if __name__ == "__main__":
    unittest.main()
