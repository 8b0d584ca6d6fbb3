"""What must never happen."""

from __future__ import annotations

import unittest
from dataclasses import replace

from pkgsuite.rules import always
from tests.rules.examples import LOCK, command, idle, late, machine, wrecked


class Always(unittest.TestCase):
    """The verdicts that every test gets besides its own."""

    def test_all_is_well(self) -> None:
        """Where nothing of it happened, all hold; also for a manager without a lock."""
        for seen in (machine(), idle()):
            self.assertEqual(
                [(verdict.rule, verdict.held) for verdict in always.verdicts(seen)],
                [("NO_STALE_LOCK", True), ("NO_CORE_DUMP", True)],
            )

    def test_wrecked(self) -> None:
        """A lock that was left behind and core dumps are told by their paths."""
        lock, dump = always.verdicts(wrecked())

        self.assertEqual((lock.held, lock.expected, lock.seen), (False, "no lock left behind", f"{LOCK} is there"))
        self.assertEqual((dump.held, dump.seen), (False, "tmp/core\nmanage (ended by SIGSEGV)"))

    def test_lock_of_a_command_that_was_killed(self) -> None:
        """A manager that was killed could not take its lock away, whether by us at its deadline or by others."""
        lock, _ = always.verdicts(late())

        self.assertTrue(lock.held)
        self.assertEqual(lock.seen, f"{LOCK} is there, left by a command that was killed at its deadline")

        killed = replace(wrecked(), commands=(command(0), command(-9)))
        lock, _ = always.verdicts(killed)

        self.assertEqual((lock.held, lock.seen), (True, f"{LOCK} is there, left by a command that was killed"))

    def test_placed_lock(self) -> None:
        """A lock that the scenario itself placed is not stale."""
        lock, _ = always.verdicts(replace(wrecked(), placed=frozenset({LOCK})))

        self.assertEqual((lock.held, lock.seen), (True, f"{LOCK} is there, placed by the scenario"))
