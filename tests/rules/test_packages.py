"""Rules about installed packages."""

from __future__ import annotations

import unittest
from dataclasses import replace

from pkgsuite.errors import BadArchive
from pkgsuite.model.package import DEPENDENCY, Package
from pkgsuite.rules.text import parse
from pkgsuite.rules.values import depends_on, installed, provides, reason
from tests.rules.examples import machine


def unreadable() -> dict[str, Package]:
    """A database that is broken."""
    raise BadArchive("local/a-1/desc: no name")


class Packages(unittest.TestCase):
    """What the rules say in special cases."""

    def test_words(self) -> None:
        """What was expected and what was seen are given as bare as they are."""
        for rule, expected, seen in (
            (installed("dummy", "1.0-3"), "1.0-3", "1.0-2"),
            (~installed("dummy"), "not installed", "installed: dummy-1.0-2"),
            (installed("missing"), "installed", "not installed"),
            (reason("dummy", DEPENDENCY), "1 (dependency)", "0 (explicit)"),
            (depends_on("dummy", "curl"), "curl", "glibc>=2, zlib"),
            (provides("bare", "thing"), "thing", "nothing"),
            (parse("PKG_DESC=bare|x"), "x", "an empty text"),
            (parse("!PKG_DESC=bare|"), "not an empty text", "an empty text"),
        ):
            with self.subTest(str(rule)):
                verdict = rule.check(machine())

                self.assertEqual((verdict.held, verdict.expected, verdict.seen), (False, expected, seen))

    def test_unreadable_database(self) -> None:
        """Nothing can be said of packages whose database the manager left broken."""
        seen = replace(machine(), read_packages=unreadable)
        for rule in (installed("a"), ~installed("a"), installed("a", "1"), ~depends_on("a", "b")):
            with self.subTest(str(rule)):
                verdict = rule.check(seen)

                self.assertFalse(verdict.held)
                self.assertIn("the package database cannot be read: local/a-1/desc: no name", verdict.seen)

    def test_odd_reason(self) -> None:
        """A reason that has no name is shown as its number."""
        odd = Package("odd", reason=7, unchecked=True)
        verdict = parse("PKG_REASON=odd|0").check(replace(machine(), read_packages=lambda: {"odd": odd}))

        self.assertEqual((verdict.held, verdict.seen), (False, "7"))
