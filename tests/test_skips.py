"""The list of tests that may be skipped is well-formed, and what is not on it is found."""

from __future__ import annotations

import unittest

from tests.skips import LIST, allowed, unexpected


class SkipsTest(unittest.TestCase):
    """What CI does not let pass."""

    def test_list(self) -> None:
        """Every line of the list has a reason."""
        self.assertTrue(all(allowed(LIST.read_text(encoding="utf-8")).values()))

    def test_line_without_reason(self) -> None:
        """A line without a reason is refused."""
        with self.assertRaisesRegex(ValueError, "tests.a"):
            allowed("tests.a\n")

    def test_unexpected(self) -> None:
        """A skipped test that no pattern names is told."""
        patterns = allowed("# words\n\ntests.a.*: not here\n")

        self.assertEqual(unexpected(["tests.a.b", "testcases.c.d"], patterns), ["testcases.c.d"])
