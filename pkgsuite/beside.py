"""A command that runs beside the test, which may send it signals meanwhile."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from pkgsuite.errors import SuiteError
from pkgsuite.system.wait import wait_until

__all__ = ["Beside", "Started", "running"]

__unittest = True

START_S = 20.0
"""How long a command may take until it is a process."""


class Started(Protocol):
    """A command that was begun; its *pid* is 0 until it is a process."""

    pid: int


class Beside:
    """A command that runs in a thread of its own."""

    def __init__(self, run: Callable[[Beside], object]) -> None:
        self._run = run
        self._started: Started | None = None
        self._trouble: Exception | None = None
        self._thread = threading.Thread(target=self._live)

    def _live(self) -> None:
        try:
            self._run(self)
        except Exception as trouble:
            self._trouble = trouble

    def follow(self, started: Started) -> None:
        """Hear of the command as soon as it is begun."""
        self._started = started

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._thread.is_alive()

    def signal(self, number: int = signal.SIGTERM) -> None:
        """Send it a signal, and nothing that it has started; raises SuiteError where it has ended already."""
        pid = 0

        def is_process() -> bool:
            nonlocal pid
            pid = self._started.pid if self._started is not None else 0
            return pid != 0 or not self.is_running

        wait_until(is_process, timeout=START_S, what="the command that is to get a signal runs")
        if not self.is_running:
            raise SuiteError(f"the command had ended before {signal.Signals(number).name} could be sent")
        os.kill(pid, number)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """Wait for its end; raises what running it has raised."""
        self._thread.join()
        if self._trouble is not None:
            raise self._trouble


@contextmanager
def running(run: Callable[[Beside], object]) -> Iterator[Beside]:
    """Let *run* go on beside the block, and wait for its end behind it; what it raises is raised there."""
    beside = Beside(run)
    beside.start()
    try:
        yield beside
    finally:
        beside.end()
