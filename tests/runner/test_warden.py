"""Whatever a worker starts ends with it, with the runner, or when the runner says so."""

from __future__ import annotations

import os
import signal
import unittest
from collections.abc import Callable

from pkgsuite.runner import warden
from pkgsuite.system import family
from pkgsuite.system.wait import wait_until

STUBBORN = "trap '' TERM HUP INT; setsid sleep 987 & sleep 987"


def descend() -> None:
    """Start a daemon that has left its family and ignores every polite signal."""
    if os.fork() == 0:
        os.setsid()
        os.execvp("sh", ["sh", "-c", STUBBORN])


class WardenTest(unittest.TestCase):
    def fork(self, act: Callable[[], object]) -> int:
        """The pid of the warden of a process that does something and ends with status 0."""
        pid = warden.fork()
        if pid == 0:
            status = 99
            try:
                act()
                status = 0
            finally:
                os._exit(status)
        return pid

    def wait(self, pid: int) -> int:
        """How a child ends."""
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def test_it_ends_as_its_worker_ends(self) -> None:
        """Statuses and signals are those of the worker."""
        self.assertEqual(self.wait(self.fork(int)), 0)
        self.assertEqual(self.wait(self.fork(lambda: os._exit(7))), 7)
        for number in (signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM):
            with self.subTest(number):
                ended = self.wait(self.fork(lambda number=number: os.kill(os.getpid(), number)))
                self.assertEqual(ended, -number)

    def test_daemons_end_with_the_worker(self) -> None:
        """Those that left their family too."""
        before = family.descendants()

        self.assertEqual(self.wait(self.fork(descend)), 0)

        self.assertEqual(family.descendants() - before, set())

    def test_it_ends_everything_when_it_is_told(self) -> None:
        """A worker that hangs, and what it started."""
        before = family.descendants()
        reader, writer = os.pipe()

        def hang() -> None:
            descend()
            os.write(writer, b"hanging")
            signal.pause()

        pid = self.fork(hang)
        os.read(reader, 100)
        warden.end(pid)

        self.assertEqual(self.wait(pid), -signal.SIGKILL)
        self.assertEqual(family.descendants() - before, set())
        os.close(reader)
        os.close(writer)

    def test_everything_ends_with_the_runner(self) -> None:
        """The runner is killed, and nobody is left to tell it."""
        reader, writer = os.pipe()
        runner = os.fork()
        if runner == 0:
            os.setsid()

            def tell() -> None:
                descend()
                os.write(writer, f"{os.getpid()} {os.getppid()}".encode())
                signal.pause()

            self.fork(tell)
            signal.pause()
        worker, own_warden = map(int, os.read(reader, 100).split())
        started = [worker, own_warden, *(each.number for each in family.below(worker))]
        os.kill(runner, signal.SIGKILL)
        os.waitpid(runner, 0)

        wait_until(lambda: all(family.look(each)[0] in family.DEAD for each in started), timeout=20, what="all ended")
        os.close(reader)
        os.close(writer)

    def test_orphans_are_buried_while_the_worker_lives(self) -> None:
        """A zombie of a daemon is nobody's concern."""
        reader, writer = os.pipe()

        def leave_an_orphan() -> None:
            middle = os.fork()
            if middle == 0:
                os.write(writer, str(os.fork() or os._exit(0)).encode())
                os._exit(0)
            os.waitpid(middle, 0)
            signal.pause()

        pid = self.fork(leave_an_orphan)
        orphan = int(os.read(reader, 100))

        wait_until(lambda: not os.path.exists(f"/proc/{orphan}"), timeout=20, what="the orphan is buried")
        warden.end(pid)
        self.wait(pid)
        os.close(reader)
        os.close(writer)
