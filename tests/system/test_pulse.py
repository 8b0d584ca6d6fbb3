"""What is done now and then while a process waits."""

from __future__ import annotations

import os
import threading
import unittest

from pkgsuite.system import process, pulse
from pkgsuite.system.wait import wait_until


class PulseTest(unittest.TestCase):
    """every and beat."""

    def test_it_is_done_when_it_is_due_and_no_more_at_the_end(self) -> None:
        """What is due at each beat is done at each; what is due in an hour, or was, is not."""
        done: list[str] = []

        with pulse.every(0, lambda: done.append("often")), pulse.every(3600, lambda: done.append("hourly")):
            pulse.beat()
            pulse.beat()
        pulse.beat()

        self.assertEqual(done, ["often", "often"])

    def test_it_beats_where_time_passes(self) -> None:
        """Whoever waits for a condition, or for a command, beats."""
        done: list[str] = []

        with pulse.every(0, lambda: done.append("beat")):
            wait_until(lambda: len(done) > 2, timeout=20, what="three beats")
            waiting = len(done)
            process.run(["sleep", "0.5"], env={"PATH": "/usr/bin:/bin"}, timeout=20)

        self.assertGreater(len(done), waiting)

    def test_a_forked_process_does_nothing(self) -> None:
        """What a parent asked for is not done in its children."""
        done: list[str] = []

        with pulse.every(0, lambda: done.append("beat")):
            child = os.fork()
            if child == 0:
                pulse.beat()
                os._exit(len(done))

        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)

    def test_one_thread_does_it(self) -> None:
        """A thread that beats while another does what is due goes on at once."""
        done: list[str] = []

        def act() -> None:
            done.append("begun")
            thread = threading.Thread(target=pulse.beat)
            thread.start()
            thread.join()

        with pulse.every(0, act):
            pulse.beat()

        self.assertEqual(done, ["begun"])
