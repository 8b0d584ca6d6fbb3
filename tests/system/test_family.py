"""Who lives below a process, and the end of them."""

from __future__ import annotations

import os
import signal
import subprocess
import unittest

from pkgsuite.system import family, ladder, namespaces
from pkgsuite.system.wait import wait_until
from tests.system.joined import answer_of


class NumbersTest(unittest.TestCase):
    def test_signals_reach_the_processes_of_a_world_and_no_others(self) -> None:
        """What is the fifth process of its world is not the fifth one here."""
        place = ladder.the_world()
        if not place.place.has_mounts:
            self.skipTest("processes have one number here; a world with namespaces is needed (pkgsuite doctor)")
        pid = place.fork()
        if pid == 0:
            signal.pause()
            os._exit(0)
        self.addCleanup(os.waitpid, pid, 0)
        self.addCleanup(os.kill, pid, signal.SIGKILL)

        found = family.below("self")

        self.assertGreaterEqual(len(found), 4)  # the keeper, its init, who joined, and who stands for that
        self.assertEqual({each.number for each in found}, {each.pid for each in found})


class FamilyTest(unittest.TestCase):
    """Below a process in a world, which has no children but those of the test."""

    def test_nobody(self) -> None:
        """A process without children has no descendants."""
        self.assertEqual(answer_of(lambda: len(family.descendants())), 0)

    def test_children_and_theirs(self) -> None:
        """Children and grandchildren are found; what has ended is not, though nobody has buried it yet."""

        def count() -> list[int]:
            with subprocess.Popen(["sh", "-c", "sleep 1000 & wait"]) as child:
                wait_until(lambda: len(family.descendants()) == 2, timeout=30, what="shell and sleep run")
                living = len(family.descendants())
                family.end(family.descendants(), spare=child.pid)
                return [living, len(family.descendants()), child.wait()]

        self.assertEqual(answer_of(count), [2, 0, -signal.SIGKILL])

    def test_daemons(self) -> None:
        """Who was left by its parent is found where orphans are adopted, and goes when it is told to."""

        def count() -> list[int]:
            namespaces.adopt_orphans()
            subprocess.run(["sh", "-c", "setsid sleep 1000 &"], check=True)
            found = family.descendants()
            family.end(found)
            return [len(found), len(family.descendants())]

        self.assertEqual(answer_of(count), [1, 0])
