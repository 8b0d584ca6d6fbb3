"""The pulse of a window: how late its loop is, and how much a turn of it has to do."""

from __future__ import annotations

import time
import tkinter

__all__ = ["Pulse"]

INTERVAL_MS = 2


class Pulse:
    """Beats in the loop of *root*: how late a beat was at most, and how much was computed between two, in seconds."""

    def __init__(self, root: tkinter.Misc) -> None:
        self._root = root
        self.late_s = self.busy_s = 0.0
        self._next()

    def _next(self) -> None:
        self._due, self._used = time.monotonic() + INTERVAL_MS / 1000, time.thread_time()
        self._job = self._root.after(INTERVAL_MS, self._beat)

    def _beat(self) -> None:
        self.late_s = max(self.late_s, time.monotonic() - self._due)
        self.busy_s = max(self.busy_s, time.thread_time() - self._used)
        self._next()

    def stop(self) -> None:
        """Beat no more."""
        self._root.after_cancel(self._job)
