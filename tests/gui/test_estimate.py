"""How much longer a run takes, and how times are written."""

from __future__ import annotations

import unittest

from pkgsuite.gui.estimate import clock, in_words, remaining, seconds_in_words


class Left(unittest.TestCase):
    def test_what_waits_and_what_runs_over_the_jobs(self):
        self.assertEqual(6.0, remaining([4.0, 4.0], [(5.0, 1.0)], [], jobs=2))

    def test_never_less_than_the_longest_test(self):
        self.assertEqual(9.0, remaining([9.0, 1.0], [], [], jobs=4))

    def test_unknown_tests_take_as_long_as_usual(self):
        self.assertEqual(6.0, remaining([0.0, 2.0, 2.0], [], [], jobs=1))

    def test_what_took_longer_than_expected_is_taken_for_done(self):
        self.assertEqual(2.0, remaining([2.0], [(3.0, 30.0)], [], jobs=1))

    def test_a_slow_machine_is_slow_for_the_rest_too(self):
        self.assertEqual(8.0, remaining([4.0], [], [(1.0, 2.0)] * 3, jobs=1))

    def test_nothing_is_known(self):
        self.assertIsNone(remaining([0.0], [], [], jobs=1))


class Words(unittest.TestCase):
    def test_clocks(self):
        self.assertEqual(["0:00", "1:04", "1:00:01"], [clock(seconds) for seconds in (0, 64, 3601)])

    def test_seconds(self):
        written = [seconds_in_words(seconds) for seconds in (0.004, 0.5, 6.94, 12.34, 99.99)]
        self.assertEqual(["0.00 s", "0.50 s", "6.9 s", "12.3 s", "1:40"], written)

    def test_progress(self):
        self.assertEqual("3 of 9  ·  0:05  ·  about 0:09 left", in_words(3, 9, 5.0, 9.0, is_running=True))
        self.assertEqual("9 of 9  ·  0:05", in_words(9, 9, 5.0, 0.0, is_running=False))
        self.assertEqual("3 of 9  ·  0:05", in_words(3, 9, 5.0, None, is_running=True))


if __name__ == "__main__":
    unittest.main()
