"""A worker as its crew sees it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections import deque
from collections.abc import Sequence

from pkgsuite.runner.groups import Group
from pkgsuite.runner.output import Outlet
from pkgsuite.runner.terms import Home

__all__ = ["Worker"]


class Worker:
    """The crew's side of one worker: its process, its socket, the test it has, since when, and those behind it."""

    def __init__(self, number: int, pid: int, home: Home, peer: socket.socket, outlet: Outlet | None) -> None:
        self.number = number
        self.pid = pid
        self.home = home
        self.end = os.pidfd_open(pid)
        self.socket = peer
        self.outlet = outlet
        self._parts: list[bytes] = []
        self.group: Group | None = None
        self.group_before = ""
        self.test: int | None = None
        self.waiting: deque[int] = deque()
        self.has_begun = self.has_started = self.has_result = self.is_dismissed = self.has_left = False
        self.since = self.condemned_at = 0.0
        self.verdict: tuple[str, str] | None = None
        self.culprit: int | None = None
        self.is_garbled = False

    def give(self, group: Group, tests: Sequence[int]) -> None:
        """Hand out tests of a group, which is the one that it has while any of that are left."""
        if self.group is not group:
            self.group_before = self.group.name if self.group else ""
        self.group = group
        self.waiting.extend(tests)
        if self.test is None:
            self.go_on()
        self._send(b"".join(b"%d %d\n" % (id(group), test) for test in tests))

    def go_on(self) -> None:
        """Have the next test, or none."""
        self.test = self.waiting.popleft() if self.waiting else None
        self.since = time.monotonic()
        self.has_begun = self.has_started = self.has_result = False

    def lines(self, data: bytes) -> list[bytes]:
        """The lines that are whole with the next *data* of what it says."""
        if b"\n" not in data:
            self._parts.append(data)
            return []
        *lines, rest = b"".join((*self._parts, data)).split(b"\n")
        self._parts = [rest]
        return lines

    def condemn(self, verdict: tuple[str, str]) -> None:
        """Note why it is being ended: for the test that it has now."""
        self.verdict, self.culprit, self.condemned_at = verdict, self.test, time.monotonic()

    @property
    def is_innocent(self) -> bool:
        """Whether its test has not begun, and is not what the worker is gone for."""
        was_for_another = self.verdict is not None and self.test != self.culprit
        return self.test is not None and not self.has_begun and (self.has_left or was_for_another)

    def dismiss(self) -> None:
        """Let it end by itself: it tears down what is set up."""
        self.is_dismissed, self.since = True, time.monotonic()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def _send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.socket.sendall(data)

    def close(self) -> str:
        """Bury the process and say how it ended."""
        self.socket.close()
        os.close(self.end)
        if self.outlet is not None:
            self.outlet.close()
        try:
            status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        except ChildProcessError:
            return "is gone"
        finally:
            self.home.close()
        if status >= 0:
            return f"ended itself with status {status}"
        try:
            return f"was ended by {signal.Signals(-status).name}"
        except ValueError:
            return f"was ended by signal {-status}"
