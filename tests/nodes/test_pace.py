"""Limits of speed and turns, at a clock that is moved by hand."""

from __future__ import annotations

import unittest

from pkgsuite.nodes.pace import BURST_S, Pace, Slots


class Paces(unittest.TestCase):
    """So many bytes a second."""

    def test_no_limit(self) -> None:
        """Zero is none."""
        self.assertEqual([Pace().take(10**9), Pace().passed(10**9)], [0.0, 0.0])

    def test_on_the_whole(self) -> None:
        """Who waits as it is told passes just as fast as it may, whatever the portions."""
        now = 1000.0
        pace = Pace(1000, lambda: now)
        for size in (100, 1, 900, 4000, 16) * 20:
            now += pace.take(size)

        self.assertAlmostEqual(now - 1000.0, (5017 * 20 - 16) / 1000 - BURST_S)

    def test_a_pause_is_not_saved_up(self) -> None:
        """After a long pause little more passes at once than ever."""
        now = 0.0
        pace = Pace(1000, lambda: now)
        pace.take(1)
        now = 3600.0

        self.assertAlmostEqual(pace.passed(1000), 1.0 - BURST_S)


class Waiting:
    """One who wants to be given something, and counts how often it is told to look."""

    def __init__(self) -> None:
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1


class Turns(unittest.TestCase):
    """So many at a time."""

    def setUp(self) -> None:
        self.now = 0.0
        self.slots = Slots(2, 10.0, lambda: self.now)
        self.takers = [Waiting() for _ in range(4)]

    def having(self) -> list[int]:
        return [number for number, taker in enumerate(self.takers) if self.slots.has(taker)]

    def test_first_come(self) -> None:
        """The others wait until one leaves, and are told."""
        for taker in (*self.takers, self.takers[3]):
            self.slots.wants(taker)
        self.assertEqual(self.having(), [0, 1])

        self.slots.leaves(self.takers[0])

        self.assertEqual(self.having(), [1, 2])
        self.assertEqual(self.takers[2].woken, 1)

    def test_turns_end(self) -> None:
        """While others wait, those who had theirs for long go to the end."""
        for taker in self.takers[:3]:
            self.slots.wants(taker)
        self.assertEqual(self.slots.until_change_s(), 10.0)
        self.slots.rotate()
        self.assertEqual(self.having(), [0, 1])
        self.now = 10.0

        self.slots.rotate()

        self.assertEqual(self.having(), [1, 2])
        self.assertEqual(self.slots.until_change_s(), 0.0)

    def test_nobody_waits(self) -> None:
        """Then turns do not end."""
        for taker in self.takers[:2]:
            self.slots.wants(taker)
        self.now = 1000.0

        self.slots.rotate()

        self.assertEqual(self.having(), [0, 1])
        self.assertIsNone(self.slots.until_change_s())
