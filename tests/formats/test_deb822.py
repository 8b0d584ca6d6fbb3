"""Paragraphs of fields."""

from __future__ import annotations

import unittest

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats.deb822 import Paragraph, parse, unsigned, write

SIGNED = b"""-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

Origin: here
- -Dash: escaped
-----BEGIN PGP SIGNATURE-----

c2lnbmF0dXJl
-----END PGP SIGNATURE-----
"""


class Parse(unittest.TestCase):
    """What files say."""

    def test_fields(self) -> None:
        """Values lose the blanks around them, whatever stands between name and value."""
        (said,) = parse(b"A: 1\nB:2 \nC :\t3\nD:\n")

        self.assertEqual(dict(said), {"A": "1", "B": "2", "C": "3", "D": ""})

    def test_case(self) -> None:
        """Case does not matter in names, but is kept."""
        (said,) = parse(b"Multi-Arch: same\n")

        self.assertEqual(said["multi-arch"], "same")
        self.assertIn("MULTI-ARCH", said)
        self.assertEqual(list(said), ["Multi-Arch"])

    def test_order(self) -> None:
        """Fields keep their order."""
        (said,) = parse(b"Z: 1\nA: 2\nM: 3\n")

        self.assertEqual(list(said), ["Z", "A", "M"])

    def test_several_lines(self) -> None:
        """Continuation lines lose one blank; further ones belong to the value."""
        (said,) = parse(b"Description: short\n long\n .\n   indented\nFiles:\n a\n\tb\n")

        self.assertEqual(said["Description"], "short\nlong\n.\n  indented")
        self.assertEqual(said["Files"], "\na\nb")

    def test_paragraphs(self) -> None:
        """Blank lines, of spaces too, separate paragraphs; how many does not matter."""
        for text in (b"A: 1\n\nA: 2\n", b"\n\nA: 1\n \t\n\nA: 2", b"A: 1\r\n\r\nA: 2\r\n"):
            with self.subTest(text):
                self.assertEqual([said["A"] for said in parse(text)], ["1", "2"])

    def test_comments(self) -> None:
        """Comments are left out, within a value too."""
        (said,) = parse(b"# one\nA: 1\n# two\n 2\n")

        self.assertEqual(said["A"], "1\n2")

    def test_empty(self) -> None:
        """Nothing holds no paragraphs."""
        for text in (b"", b"\n\n", b"# comment\n"):
            with self.subTest(text):
                self.assertEqual(parse(text), [])

    def test_bytes(self) -> None:
        """Bytes that are not UTF-8 come back as they were."""
        (said,) = parse(b"A: \xff\n")

        self.assertEqual(write([said]), b"A: \xff\n\n")

    def test_errors(self) -> None:
        """What is no field is refused, line and field named."""
        for text, words in (
            (b"A: 1\nnonsense\n", "line 2: expected NAME: VALUE, seen 'nonsense'"),
            (b"\n folded\n", "line 2: expected a field, seen the continuation line ' folded'"),
            (b"A: 1\n\n folded\n", "line 3: expected a field"),
            (b"A: 1\nB: 2\na: 3\n", "line 3: expected the field a once"),
            (b"-A: 1\n", "line 1: expected NAME"),
            (b": 1\n", "line 1: expected NAME"),
            ("Ä: 1\n".encode(), "line 1: expected NAME"),
        ):
            with self.subTest(text), self.assertRaisesRegex(BadArchive, words):
                parse(text)


class Write(unittest.TestCase):
    """What is written."""

    def test_round_trip(self) -> None:
        """What is written is read back the same."""
        paragraphs = [Paragraph({"A": "1", "B": "first\nsecond\n.\n  third"}), Paragraph({"Files": "\nx 1\ny 2"})]

        self.assertEqual(parse(write(paragraphs)), paragraphs)

    def test_form(self) -> None:
        """Fields that are empty are left out, and a blank line stands behind each paragraph."""
        self.assertEqual(write([{"A": "1", "B": "", "C": "\nx"}, {"A": "2"}]), b"A: 1\nC:\n x\n\nA: 2\n\n")

    def test_blank_line(self) -> None:
        """A blank line in a value, which would end the paragraph, is refused with the remedy."""
        for value in ("a\n\nb", "a\n ", "a\n\t\nb"):
            with self.subTest(value), self.assertRaisesRegex(BadValue, "Description=.*write '.' for one"):
                write([{"Description": value}])

    def test_names(self) -> None:
        """Names that could not be read back are refused."""
        for name in ("", "a b", "a:", "#a", "-a", "ä", "a\n"):
            with self.subTest(name), self.assertRaisesRegex(BadValue, "printable ASCII"):
                write([{name: "x"}])


class Paragraphs(unittest.TestCase):
    """A paragraph as a value."""

    def test_equality(self) -> None:
        """Neither order nor case matters, values do."""
        paragraph = Paragraph({"A": "1", "B": "2"})

        self.assertEqual(paragraph, {"b": "2", "a": "1"})
        self.assertNotEqual(paragraph, {"a": "1", "b": "3"})
        self.assertNotEqual(paragraph, "A: 1")


class Unsigned(unittest.TestCase):
    """Clear-signed messages."""

    def test_text(self) -> None:
        """The armour goes, and so do the dashes that protect lines."""
        self.assertEqual(unsigned(SIGNED), b"Origin: here\n-Dash: escaped\n")

    def test_dos_lines(self) -> None:
        """Lines may end as mail ends them."""
        self.assertEqual(unsigned(SIGNED.replace(b"\n", b"\r\n")), b"Origin: here\n-Dash: escaped\n")

    def test_plain(self) -> None:
        """What is not signed stays as it is."""
        self.assertEqual(unsigned(b"A: 1\n"), b"A: 1\n")

    def test_damage(self) -> None:
        """A message without an end is refused."""
        for cut in (40, 60, 120, len(SIGNED) - 20):
            with self.subTest(cut), self.assertRaisesRegex(BadArchive, "clear-signed message: expected"):
                unsigned(SIGNED[:cut])


if __name__ == "__main__":
    unittest.main()
