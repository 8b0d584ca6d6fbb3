"""How texts are shown."""

from __future__ import annotations

import unittest

from pkgsuite.rules import show


class Show(unittest.TestCase):
    """The functions of `pkgsuite.rules.show`."""

    def test_quote(self) -> None:
        """A short text is quoted whole, a long one by its start and its length."""
        self.assertEqual(show.quote("a\n"), r"'a\n'")
        self.assertEqual(show.quote("a" * 300), f"'{'a' * 200}'… (300 characters)")

    def test_diff_of_lines(self) -> None:
        """Lines are compared as they are, with what cannot be seen escaped."""
        self.assertEqual(show.diff("a\nb\n", "a\r\nb\n")[3:], ("-a", r"+a\r", " b"))

    def test_newline_at_the_end(self) -> None:
        """A missing newline at the end is a difference that shows."""
        self.assertEqual(show.diff("a\nb\n", "a\nb")[3:], (" a", "-b", "+b (no newline at the end)"))

    def test_no_diff(self) -> None:
        """Single lines and huge texts are not compared."""
        self.assertEqual(show.diff("a\n", "b\n"), ())
        self.assertEqual(show.diff("a\n" * 100_000, "b\n"), ())

    def test_long_diff(self) -> None:
        """Of a long diff the start is shown and the rest counted."""
        lines = show.diff("a\n" * 100, "b\n" * 100)

        self.assertEqual((len(lines), lines[-1]), (61, "… and 143 more lines"))
