"""What wakes a process that waits when a signal comes."""

from __future__ import annotations

import os
import select
import signal
import threading
import unittest

from pkgsuite.system.bell import Bell, bell_of_signals


def rings(bell: Bell) -> bool:
    return bool(select.select([bell], [], [], 0)[0])


class BellTest(unittest.TestCase):
    def setUp(self) -> None:
        self.heard: list[int] = []
        before = signal.signal(signal.SIGUSR1, lambda number, frame: self.heard.append(number))
        self.addCleanup(signal.signal, signal.SIGUSR1, before)

    def test_it_rings_with_a_signal_until_it_is_heard(self) -> None:
        with bell_of_signals() as bell:
            self.assertFalse(rings(bell))
            os.kill(os.getpid(), signal.SIGUSR1)
            os.kill(os.getpid(), signal.SIGUSR1)

            self.assertTrue(rings(bell))
            bell.hear()
            self.assertFalse(rings(bell))
            bell.hear()
        self.assertEqual([signal.SIGUSR1] * 2, self.heard)

    def test_what_was_woken_before_is_again(self) -> None:
        with bell_of_signals() as first:
            with bell_of_signals() as second:
                os.kill(os.getpid(), signal.SIGUSR1)
                self.assertEqual((False, True), (rings(first), rings(second)))
            os.kill(os.getpid(), signal.SIGUSR1)
            self.assertTrue(rings(first))
        self.assertEqual(-1, signal.set_wakeup_fd(-1))

    def test_in_another_thread_it_is_silent(self) -> None:
        seen: list[bool] = []

        def listen() -> None:
            with bell_of_signals() as bell:
                os.kill(os.getpid(), signal.SIGUSR1)
                seen.append(rings(bell))

        thread = threading.Thread(target=listen)
        thread.start()
        thread.join()
        self.assertEqual([False], seen)


if __name__ == "__main__":
    unittest.main()
