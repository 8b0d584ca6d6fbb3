"""Many rules judged together."""

from __future__ import annotations

import unittest

from pkgsuite.errors import BadRule
from pkgsuite.rules import report
from pkgsuite.rules.base import Rule, Verdict
from pkgsuite.rules.text import parse
from pkgsuite.rules.values import contents, exists, installed, unchanged_elsewhere
from tests.rules.examples import machine

HELD = Verdict("FILE_EXIST=a", True, "a regular file", "a regular file")


class Broken(unittest.TestCase):
    """`report.broken`."""

    def test_all_together(self) -> None:
        """All broken rules are given, in their order, values and texts alike."""
        rules: list[Rule | str] = ["RETCODE=1", installed("dummy"), exists("no"), "PKG_EXIST=missing"]

        wrong = report.broken(machine(), rules)

        self.assertEqual([verdict.rule for verdict in wrong], ["RETCODE=1", "FILE_EXIST=no", "PKG_EXIST=missing"])

    def test_malformed(self) -> None:
        """One malformed rule is an error, whatever the others say."""
        self.assertRaises(BadRule, report.broken, machine(), ["RETCODE=1", "CACHE_TYPO=x"])


class Block(unittest.TestCase):
    """`report.block`."""

    def test_broken_rules(self) -> None:
        """Each broken rule stands with what was expected and seen; a diff and further lines below."""
        rules = [
            parse("RETCODE=0"),
            installed("dummy", "1.0-3"),
            contents("etc/kept", "one\n2\nthree\n"),
            unchanged_elsewhere(),
        ]

        told = report.block([rule.check(machine()) for rule in rules])

        self.assertEqual(
            told,
            r"""3 of 4 rules are broken
  ✗ PKG_VERSION=dummy|1.0-3
      expected  1.0-3
      seen      1.0-2
  ✗ FILE_CONTENTS=etc/kept|one\n2\nthree\n
      expected  'one\n2\nthree\n'
      seen      'one\ntwo\nthree\n'
      --- expected
      +++ seen
      @@ -1,3 +1,3 @@
       one
      -2
      +two
       three
  ✗ UNCHANGED_ELSEWHERE=
      expected  nothing changed
      seen      changed content of etc/conf
                created etc/conf.pacnew
                created etc/conf.pacorig
                created etc/conf.pacsave
                created usr/empty
                deleted usr/gone""",
        )

    def test_headline(self) -> None:
        """The first line counts in words that fit the number."""
        broken = Verdict("FILE_EXIST=b", False, "a regular file", "nothing there")
        for verdicts, told in (
            ([HELD], "the rule holds"),
            ([HELD, HELD], "all 2 rules hold"),
            ([broken], "the rule is broken"),
            ([broken, HELD], "1 of 2 rules is broken"),
            ([broken, broken], "2 of 2 rules are broken"),
        ):
            with self.subTest(told):
                self.assertEqual(report.block(verdicts).split("\n")[0], told)

    def test_safe_for_a_terminal(self) -> None:
        """Control characters and broken bytes are escaped, and a long rule is cut."""
        told = report.block([Verdict("A=" + "x" * 200, False, "\x1b[31m\r", "\udcff\nnext")])

        self.assertEqual(
            told.split("\n")[1:],
            [f"  ✗ A={'x' * 98}…", r"      expected  \x1b[31m\r", r"      seen      \udcff", "                next"],
        )
