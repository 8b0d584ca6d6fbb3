"""Rules about the manager's cache."""

from __future__ import annotations

import unittest

from pkgsuite.rules.values import cached, cached_contents, cached_file
from tests.rules.examples import idle, machine


class Cache(unittest.TestCase):
    """What the rules say in special cases."""

    def test_no_cache(self) -> None:
        """Where the manager keeps no archives nothing can be said of them."""
        for rule in (cached_file("a"), cached_contents("a", "b")):
            for each in (rule, ~rule):
                with self.subTest(str(each)):
                    self.assertEqual(each.check(idle()).seen, "cannot be judged: the manager keeps no archives")
                    self.assertFalse(each.check(idle()).held)

    def test_unknown_package(self) -> None:
        """A package that the scenario does not know is a slip of the scenario, even negated."""
        verdict = (~cached("dummy", "9")).check(machine())

        self.assertEqual((verdict.held, verdict.expected), (False, "not dummy 9 in the cache"))
        self.assertEqual(verdict.seen, "cannot be judged: the scenario has no such package")
