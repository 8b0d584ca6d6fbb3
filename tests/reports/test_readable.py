"""Text of others, made fit to be read."""

from __future__ import annotations

import unittest

from pkgsuite.reports.readable import capped, readable


class ReadableTest(unittest.TestCase):
    """What is left of what a terminal would obey."""

    def test_plain_text_stays_as_it_is(self) -> None:
        for text in ("", "plain\n\ttext\n", "ümläut ✓ 漢字 👩‍🔧"):
            with self.subTest(text):
                self.assertEqual(readable(text), text)

    def test_sequences_for_terminals_are_left_out(self) -> None:
        for text in (
            "\x1b[1;31mred\x1b[0m",
            "\x9b31mred",
            "\x1b]0;title\x07red",
            "\x1b]8;;http://x/\x1b\\red\x1b]8;;\x1b\\",
            "\x1bP1$r0m\x1b\\red",
            "\x1b(Bred\x1b7",
            "\x1b[2K\x1b[?25lred",
        ):
            with self.subTest(repr(text)):
                self.assertEqual(readable(text), "red")

    def test_a_sequence_without_an_end_hides_nothing(self) -> None:
        self.assertEqual(readable("\x1b]0;title and all that follows\n"), "0;title and all that follows\n")
        self.assertEqual(readable("text\x1b"), "text\\x1b")

    def test_of_a_line_that_is_drawn_over_the_last_is_left(self) -> None:
        self.assertEqual(readable("10 %\r50 %\r100 %\r\ndone\r\n"), "100 %\ndone\n")

    def test_what_cannot_be_seen_is_an_escape(self) -> None:
        for text, shown in (
            ("a\0b", "a\\x00b"),
            ("\x7f\x85", "\\x7f\\x85"),
            ("\udcff", "\\xff"),
            ("\ud800", "\\ud800"),
            ("user\u202e txt.exe", "user\\u202e txt.exe"),
            ("\u200b\ufeff\uffff", "\\u200b\\ufeff\\uffff"),
        ):
            with self.subTest(shown):
                self.assertEqual(readable(text), shown)

    def test_every_character_comes_out_as_xml_allows_it(self) -> None:
        text = readable("".join(map(chr, range(0x11000))))

        text.encode()
        self.assertEqual([c for c in text if (ord(c) < 32 and c not in "\t\n") or c in "\ufffe\uffff"], [])

    def test_no_text_takes_a_time_that_grows_with_its_square(self) -> None:
        """Half a million of each are done at all."""
        for piece in ("\x1b]", "\x1b[", "\x1bP", "a\x1b[m", "\r", "a\r", "\0", "\x1b[0;"):
            with self.subTest(repr(piece)):
                self.assertNotIn("\x1b", readable(piece * 500_000 + "\n"))


class CappedTest(unittest.TestCase):
    """Too much text."""

    def test_what_fits_stays(self) -> None:
        self.assertEqual(capped("abcd", 4), "abcd")

    def test_start_and_end_are_kept_and_the_rest_is_counted(self) -> None:
        self.assertEqual(
            capped("a" * 10 + "b" * 3_000 + "c" * 10, 20),
            "aaaaa\n… 3,000 characters are left out here …\nbbbbbcccccccccc",
        )
