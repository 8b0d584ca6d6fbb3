"""A command that runs beside the test, which may send it signals meanwhile."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from pkgsuite.system.wait import wait_until

__all__ = ["Beside", "Started", "running"]

__unittest = True

PATIENCE_S = 60.0
"""How long a test waits for a moment in the life of a command."""


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

    def wait_for(self, condition: Callable[[], object], *, what: str = "", timeout: float = PATIENCE_S) -> None:
        """Wait until *condition* is true, or the command has ended, which rules may find out.

        Raises SuiteError after *timeout* seconds, saying *what* was waited for.
        """
        wait_until(
            lambda: not self.is_running or condition(),
            timeout=timeout,
            what=what or "the moment that the test waits for comes, or the command ends",
        )

    def signal(self, number: int = signal.SIGTERM) -> None:
        """Send a signal to it, not to what it has started; one that has ended gets none."""
        self.wait_for(lambda: self._pid, what="the command runs")
        if self.is_running and self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, number)

    @property
    def _pid(self) -> int:
        return self._started.pid if self._started is not None else 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """Wait for its end; raises what running it has raised."""
        self._thread.join()
        if self._trouble is not None:
            raise self._trouble


@contextlib.contextmanager
def running(run: Callable[[Beside], object]) -> Iterator[Beside]:
    """Let *run* go on beside the block, and wait for its end behind it; what it raises is raised there."""
    beside = Beside(run)
    beside.start()
    try:
        yield beside
    finally:
        beside.end()
