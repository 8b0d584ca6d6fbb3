"""Log lines: whole, clean, bounded."""

from __future__ import annotations

import unittest

from pkgsuite.gui.logbook import Logbook


class Lines(unittest.TestCase):
    def lines(self, *pieces, most=100):
        log = Logbook(most)
        for source, text in pieces:
            log.add(source, text)
        log.end()
        return log.since(0)

    def test_a_line_may_come_in_pieces(self):
        self.assertEqual([("a", "one line"), ("a", "two")], self.lines(("a", "one "), ("a", "line\ntw"), ("a", "o\n")))

    def test_pieces_of_two_speakers_are_kept_apart(self):
        said = self.lines(("a", "one "), ("b", "other\n"), ("a", "line\n"))

        self.assertEqual([("b", "other"), ("a", "one line")], said)

    def test_a_line_without_an_end_comes_at_the_end(self):
        self.assertEqual([("a", "cut off")], self.lines(("a", "cut off")))

    def test_a_progress_bar_is_its_last_state_without_colours(self):
        self.assertEqual([("a", "100% done")], self.lines(("a", "10%\r50%\r\x1b[32m100%\x1b[0m done\r\n")))

    def test_the_oldest_lines_go(self):
        log = Logbook(3)
        log.add("a", "".join(f"{number}\n" for number in range(10)))

        self.assertEqual(["7", "8", "9"], [line for _, line in log.since(0)])
        self.assertEqual((10, 7), (log.total, log.let_go))
        self.assertEqual(["9"], [line for _, line in log.since(9)])

    def test_a_line_that_never_ends_is_bounded(self):
        log = Logbook()
        for _ in range(100):
            log.add("a", "x" * 1000)
        log.end()

        ((_, line),) = log.since(0)
        self.assertLessEqual(len(line), 2000)

    def test_who_has_spoken_in_the_order_of_their_first_words(self):
        log = Logbook()
        for source in ("b", "a", "b"):
            log.add(source, "words\n")

        self.assertEqual(["b", "a"], log.sources())


if __name__ == "__main__":
    unittest.main()
