"""Commands that run beside a test, and the signals that it sends them."""

from __future__ import annotations

import signal
import subprocess
import unittest

from pkgsuite.beside import Beside, running
from pkgsuite.errors import SuiteError


class Sleeper:
    """A command that ends by a signal alone."""

    pid = 0
    status = 0

    def run(self, told: Beside) -> None:
        """Begin, and wait for the end."""
        told.follow(self)
        with subprocess.Popen(["sleep", "60"]) as child:
            self.pid = child.pid
            self.status = child.wait()


class BesideTest(unittest.TestCase):
    def test_a_signal_reaches_it_as_soon_as_it_is_a_process(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number):
                sleeper = Sleeper()

                with running(sleeper.run) as command:
                    command.signal(number)

                self.assertEqual(sleeper.status, -number)
                self.assertFalse(command.is_running)

    def test_one_that_has_ended_gets_no_signal(self) -> None:
        with running(lambda told: None) as command:
            command.end()
            command.signal(signal.SIGKILL)

        self.assertFalse(command.is_running)

    def test_waiting_ends_with_the_moment(self) -> None:
        sleeper = Sleeper()
        looks = iter([False, False, True])
        with running(sleeper.run) as command:
            command.wait_for(lambda: next(looks))
            self.assertTrue(command.is_running)
            command.signal(signal.SIGKILL)

        self.assertIsNone(next(looks, None))

    def test_waiting_ends_with_the_command(self) -> None:
        with running(lambda told: None) as command:
            command.wait_for(lambda: False)

            self.assertFalse(command.is_running)

    def test_waiting_has_an_end(self) -> None:
        sleeper = Sleeper()
        with running(sleeper.run) as command:
            with self.assertRaisesRegex(SuiteError, "still not: the archive is half there"):
                command.wait_for(lambda: False, what="the archive is half there", timeout=0.01)
            command.signal(signal.SIGKILL)

    def test_its_trouble_is_raised_behind_the_block(self) -> None:
        with self.assertRaisesRegex(SuiteError, "no such command"):  # noqa: SIM117 - that block is the subject
            with running(self.fails):
                reached = True

        self.assertTrue(reached)

    def fails(self, told: Beside) -> None:
        """What cannot be run."""
        raise SuiteError("no such command")


if __name__ == "__main__":
    unittest.main()
