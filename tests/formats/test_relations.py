"""What packages say of others."""

from __future__ import annotations

import unittest

from pkgsuite.errors import BadValue
from pkgsuite.formats import relations
from pkgsuite.formats.relations import Relation


class Relations(unittest.TestCase):
    """One value for both forms."""

    def test_forms(self) -> None:
        """Either form is read, and either can be written."""
        for neutral, debian, relation in (
            ("a", "a", Relation("a")),
            ("a>=1:2.0-1", "a (>= 1:2.0-1)", Relation("a", ">=", "1:2.0-1")),
            ("a<2", "a (<< 2)", Relation("a", "<", "2")),
            ("a<=2", "a (<= 2)", Relation("a", "<=", "2")),
            ("a=2", "a (= 2)", Relation("a", "=", "2")),
            ("a>2~rc1", "a (>> 2~rc1)", Relation("a", ">", "2~rc1")),
            ("a:any>=1", "a:any (>= 1)", Relation("a", ">=", "1", "any")),
            ("lib-a+b.so", "lib-a+b.so", Relation("lib-a+b.so")),
        ):
            with self.subTest(neutral):
                self.assertEqual(relations.parse(neutral), (relation,))
                self.assertEqual(relations.parse(debian), (relation,))
                self.assertEqual(relations.debian(neutral), debian)
                self.assertEqual(relations.neutral(debian), neutral)

    def test_blanks(self) -> None:
        """Blanks in Debian's form do not matter."""
        for text in ("a(>=1)", "a  ( >=  1 )", " a (>= 1) "):
            with self.subTest(text):
                self.assertEqual(relations.parse(text), (Relation("a", ">=", "1"),))

    def test_alternatives(self) -> None:
        """A bar separates alternatives, each in either form."""
        self.assertEqual(
            relations.parse("a>=1|b (<< 2) | c"), (Relation("a", ">=", "1"), Relation("b", "<", "2"), Relation("c"))
        )
        self.assertEqual(relations.debian("a>=1|b"), "a (>= 1) | b")

    def test_restrictions(self) -> None:
        """Source packages tell for which architectures and build profiles a relation holds."""
        text = "a (>= 1) [amd64 !i386] <!nocheck> <cross stage1>"

        (found,) = relations.parse(text)

        self.assertEqual((found.architectures, found.profiles), (("amd64", "!i386"), ("!nocheck", "cross stage1")))
        self.assertEqual(found.debian, text)

    def test_refused(self) -> None:
        """What is no relation is refused with its field, the operators that Debian gave up included."""
        for text in (
            "",
            "a >= 1",
            "a>=",
            "a (1)",
            "a (< 1)",
            "a (> 1)",
            "a ==1",
            "|",
            "a |",
            "a, b",
            "a (>= 1",
            "-a",
            "a>=1>2",
        ):
            with self.subTest(text), self.assertRaisesRegex(BadValue, "depends=.*expected a relation such as"):
                relations.parse(text, "depends")

    def test_half_a_version(self) -> None:
        """An operator needs a version, and the other way round."""
        for operator, version in ((">=", ""), ("", "1"), ("==", "1")):
            with self.subTest(operator), self.assertRaises(BadValue):
                Relation("a", operator, version)

    def test_unreadable_fields_stay(self) -> None:
        """What a foreign package says stays as it is, where it cannot be read."""
        self.assertEqual(relations.neutral("a (<  1)"), "a (< 1)")

    def test_split(self) -> None:
        """Commas separate the relations of a field."""
        self.assertEqual(relations.split("a (>= 1),b |\n c ,, "), ("a (>= 1)", "b |\n c"))


if __name__ == "__main__":
    unittest.main()
