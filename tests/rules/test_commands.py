"""Rules about commands."""

from __future__ import annotations

import unittest
from dataclasses import replace

from pkgsuite.rules.text import parse
from pkgsuite.rules.values import output, returncode, stderr
from tests.rules.examples import command, idle, late, machine


class Commands(unittest.TestCase):
    """What the rules say in special cases."""

    def test_nothing_was_run(self) -> None:
        """Where no command was run nothing can be said of one, nor its negation."""
        for rule in (returncode(0), output("a"), stderr("a"), returncode(0).of(1)):
            for each in (rule, ~rule):
                with self.subTest(str(each)):
                    verdict = each.check(idle())

                    self.assertFalse(verdict.held)
                    self.assertEqual(verdict.seen, "cannot be judged: the command was not run")

    def test_did_not_end(self) -> None:
        """A command that was killed at its deadline has no exit status of its own."""
        for rule in (returncode(0), ~returncode(0), returncode(-9)):
            with self.subTest(str(rule)):
                verdict = rule.check(late())

                self.assertFalse(verdict.held)
                self.assertEqual(verdict.seen, "cannot be judged: no end after 1.5 s")
        self.assertTrue(returncode(0).of(1).check(late()).held)

    def test_signal(self) -> None:
        """A signal that ended the command is told by its name."""
        verdict = returncode(0).check(replace(machine(), commands=(command(-11),)))

        self.assertEqual((verdict.expected, verdict.seen), ("exit 0", "ended by SIGSEGV"))
        self.assertTrue(returncode(-11).check(replace(machine(), commands=(command(-11),))).held)

    def test_output_words(self) -> None:
        """The line that matched is quoted, or it is told how many did not."""
        self.assertEqual(parse("!OUTPUT=warn").check(machine()).seen, "'warning: x'")
        self.assertEqual(parse("!OUTPUT=warn").check(machine()).expected, "no line that matches 'warn'")
        self.assertEqual(parse("OUTPUT=zzz").check(machine()).seen, "none in 3 lines of stdout and stderr")
        self.assertEqual(parse("STDERR=zzz").check(machine()).seen, "none in 1 lines of stderr")

    def test_cut_output(self) -> None:
        """What is not in the kept part of a flood may have been in the rest: that breaks the rule and its negation."""
        seen = replace(machine(), commands=(replace(command(0, b"start\n"), is_cut=True),))

        self.assertTrue(parse("OUTPUT=start").check(seen).held)
        self.assertFalse(parse("OUTPUT=middle").check(seen).held)
        self.assertFalse(parse("!OUTPUT=middle").check(seen).held)
