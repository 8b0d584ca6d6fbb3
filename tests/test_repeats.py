"""Scenarios over and over in one process: always the same outcomes, in any order, and nothing piles up."""

from __future__ import annotations

import os
import random
import unittest

import psutil

from pkgsuite.managers.apt import apt
from pkgsuite.managers.pacman import pacman
from pkgsuite.runner.selection import flatten
from pkgsuite.system import ladder
from tests.soak import amount, rounds

ROUNDS = amount(3, 100)
MODULES = ("pkgsuite.testcases.pacman.test_install", "pkgsuite.testcases.apt.test_install")

MOST_GROWTH_BYTES = 32 << 20
"""How much more memory the process may have after the last round than after the first."""


class Outcomes(unittest.TestResult):
    """What came of each test, by its id."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: dict[str, str] = {}

    def addSuccess(self, test):
        super().addSuccess(test)
        self.outcomes[test.id()] = "passed"

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.outcomes[test.id()] = f"failed: {self.failures[-1][1]}"

    def addError(self, test, err):
        super().addError(test, err)
        self.outcomes[test.id()] = f"error: {self.errors[-1][1]}"

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.outcomes[test.id()] = f"skipped: {reason}"


class RepeatsTest(unittest.TestCase):
    """As under plain unittest: this process is the one that forks."""

    @classmethod
    def setUpClass(cls) -> None:
        ladder.the_world()
        pacman.find()
        apt.find()

    def run_all(self, seed: int) -> dict[str, str]:
        """The outcomes of one round, class by class in an order of its own."""
        loaded = flatten(unittest.TestLoader().loadTestsFromNames(MODULES))
        classes: dict[type, list[unittest.TestCase]] = {}
        for test in loaded:
            classes.setdefault(type(test), []).append(test)
        chance = random.Random(seed)
        groups = [chance.sample(tests, len(tests)) for tests in classes.values()]
        result = Outcomes()
        unittest.TestSuite(unittest.TestSuite(group) for group in chance.sample(groups, len(groups))).run(result)
        return result.outcomes

    def test_every_round_is_like_the_first(self) -> None:
        """The same outcomes, as many descriptors and children, and no more memory."""
        this = psutil.Process()
        first = self.run_all(0)
        descriptors, memory = open_descriptors(), this.memory_info().rss
        children = len(this.children())

        for number in rounds(ROUNDS - 1):
            with self.subTest(seed=number):
                self.assertEqual(first, self.run_all(number))

        self.assertIn("passed", first.values())
        self.assertEqual(descriptors, open_descriptors())
        self.assertEqual(children, len(this.children()))
        self.assertLess(this.memory_info().rss - memory, MOST_GROWTH_BYTES)


def open_descriptors() -> dict[str, str]:
    """The open descriptors but the one that looks, with what each leads to."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            found[name] = os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:
            continue
    return found
