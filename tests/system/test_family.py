"""Who lives below a process, and the end of them."""

from __future__ import annotations

import signal
import subprocess
import unittest

from pkgsuite.system import family, namespaces
from pkgsuite.system.wait import wait_until
from tests.system.joined import answer_of


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
