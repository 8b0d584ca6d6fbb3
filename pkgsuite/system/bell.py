"""What wakes a process that waits when a signal comes."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Iterator

__all__ = ["bell_of_signals"]

SOME = 1 << 12


class Bell:
    """Can be waited for, until somebody hears it."""

    def __init__(self, rings: socket.socket) -> None:
        self._rings = rings

    def fileno(self) -> int:
        """For selectors."""
        return self._rings.fileno()

    def hear(self) -> set[int]:
        """The numbers of the signals that rang it; it is silent again."""
        with contextlib.suppress(BlockingIOError):
            return set(self._rings.recv(SOME))
        return set()


@contextlib.contextmanager
def bell_of_signals() -> Iterator[Bell]:
    """A bell that rings with each signal that has a handler, in the main thread; elsewhere it never does.

    Python acts on a signal in that thread once it runs: one that came just before it waits, or to another thread, does
    not end the wait (signal.set_wakeup_fd).
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.setblocking(False)
        if threading.current_thread() is not threading.main_thread():
            yield Bell(ours)
            return
        before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        try:
            yield Bell(ours)
        finally:
            signal.set_wakeup_fd(before)
