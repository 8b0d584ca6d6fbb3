"""What trees of processes use."""

from __future__ import annotations

import subprocess
import unittest

import psutil

from pkgsuite.system import usage
from pkgsuite.system.wait import wait_until

HELPERS = "i=0; while [ $i -lt 40 ]; do sh -c 'n=0; while [ $n -lt 20000 ]; do n=$((n+1)); done'; i=$((i+1)); done"


class SampleTest(unittest.TestCase):
    """sample."""

    def start(self, script: str) -> subprocess.Popen[bytes]:
        """A shell in a session of its own, which waits for the end of its input behind *script*."""
        argv = ["sh", "-c", f"{script}; echo ready; read line"]
        child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        for pipe in (child.stdin, child.stdout):
            assert pipe is not None
            self.addCleanup(pipe.close)
        return child

    def until_ready(self, child: subprocess.Popen[bytes]) -> None:
        """Wait until the script is over."""
        assert child.stdout is not None
        self.assertEqual(child.stdout.readline(), b"ready\n")

    def test_tree(self) -> None:
        """Each tree has its own processes, with their parents, names and memory."""
        first, second = self.start("sleep 60 & sleep 61 & true"), self.start("true")
        self.until_ready(first)
        self.until_ready(second)
        found: dict[str, usage.Share] = {}

        def are_all_there() -> bool:
            found.update(usage.sample({"first": first.pid, "second": second.pid}))
            return [each.name for each in found["first"].processes] == ["sh", "sleep", "sleep"]

        wait_until(are_all_there, timeout=20, what="a shell and two children")
        self.assertEqual([each.parent for each in found["first"].processes], [0, first.pid, first.pid])
        self.assertEqual([(each.pid, each.name) for each in found["second"].processes], [(second.pid, "sh")])
        own = sum(psutil.Process(each.pid).memory_info().rss for each in found["first"].processes)
        self.assertAlmostEqual(found["first"].rss_bytes, own, delta=2 << 20)

    def test_dead_children_count(self) -> None:
        """The time of short helpers that are gone is in the sum of the tree."""
        child = self.start(HELPERS)
        self.until_ready(child)

        share = usage.sample({"it": child.pid})["it"]

        self.assertEqual(len(share.processes), 1)
        self.assertGreater(share.cpu_s, 0.05)
        self.assertLess(share.processes[0].cpu_s, share.cpu_s / 2)

    def test_gone(self) -> None:
        """A tree that is gone uses nothing."""
        child = self.start("exit 0")
        child.wait()

        share = usage.sample({"it": child.pid})["it"]

        self.assertEqual((share.processes, share.cpu_s, share.rss_bytes), ((), 0, 0))
