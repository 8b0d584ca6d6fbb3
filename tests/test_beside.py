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

    def test_nobody_is_left_to_get_a_signal(self) -> None:
        with running(lambda told: None) as command:
            command.end()
            with self.assertRaisesRegex(SuiteError, "had ended before SIGKILL could be sent"):
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
