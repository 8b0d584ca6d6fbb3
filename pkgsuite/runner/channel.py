"""How another process follows a run and steers it: events on a descriptor, commands on the standard input."""

from __future__ import annotations

import contextlib
import os
import select
import selectors
from collections import deque
from collections.abc import Callable

from pkgsuite import events
from pkgsuite.errors import SuiteError
from pkgsuite.runner.team import Team

__all__ = ["Channel"]

MOST_WAITING_BYTES = 8 << 20
"""How much waits for a reader that is slow; beyond that, what can be missed is left out."""

CAN_BE_MISSED = (events.Log, events.Usage, events.Output)

PATIENCE_S = 10.0
"""How long the end of a run waits for a reader that reads nothing."""

CHUNK_BYTES = 4096


class Channel:
    """Writes events to *descriptor* and never waits for its reader while tests run.

    *commands* are lines: `stop` lets what runs finish, `force` ends it; the end of the input ends everything too.
    """

    def __init__(self, descriptor: int, commands: int = 0) -> None:
        try:
            os.set_blocking(descriptor, False)
            os.write(descriptor, b"")
            os.set_inheritable(descriptor, False)
        except OSError as error:
            raise SuiteError(f"--events-fd {descriptor}: it cannot be written: {error.strerror}") from error
        self._descriptor = descriptor
        self._commands = commands
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._missed = 0
        self._is_broken = self._is_listened = False
        self._crew: Team | None = None
        self._buffer = b""
        self._stop: Callable[[], object] = int
        self._force: Callable[[], object] = int

    # Events

    def event(self, event: events.Event) -> None:
        """Write one event, now or when there is room."""
        if self._is_broken:
            return
        if self._size > MOST_WAITING_BYTES and isinstance(event, CAN_BE_MISSED):
            self._missed += 1
            return
        if self._missed:
            self._put(events.Note(f"{self._missed} events were left out for a reader that is slow"))
            self._missed = 0
        self._put(event)
        self._write()

    def _put(self, event: events.Event) -> None:
        line = events.encode(event).encode() + b"\n"
        self._waiting.append(line)
        self._size += len(line)

    def _write(self) -> None:
        """Write what there is room for, and ask to be called again if that was not all."""
        try:
            while self._waiting:
                line = self._waiting[0]
                written = os.write(self._descriptor, line)
                self._size -= written
                if written < len(line):
                    self._waiting[0] = line[written:]
                else:
                    self._waiting.popleft()
        except BlockingIOError:
            pass
        except OSError:
            self._break()
        self._ask_for_room(bool(self._waiting))

    def _ask_for_room(self, wanted: bool) -> None:
        if self._crew is None or wanted == self._is_listened:
            return
        self._is_listened = wanted
        if wanted:
            self._crew.listen(self._descriptor, self._write, selectors.EVENT_WRITE)
        else:
            self._crew.stop_listening(self._descriptor)

    def _break(self) -> None:
        """The reader is gone: whoever wanted this run is."""
        self._is_broken = True
        self._waiting.clear()
        self._force()

    def close(self) -> None:
        """Write the rest, as long as the reader reads."""
        self._ask_for_room(False)
        self._crew = None
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        while self._waiting and poll.poll(PATIENCE_S * 1000):
            self._write()

    # Commands

    def attach(self, crew: Team, stop: Callable[[], object], force: Callable[[], object]) -> None:
        """Listen with *crew*; call *stop* and *force* when that is asked for."""
        self._crew, self._stop, self._force = crew, stop, force
        if self._is_broken:
            force()
        with contextlib.suppress(OSError):  # a file, which nobody can write commands to
            crew.listen(self._commands, self._obey)
        self._ask_for_room(bool(self._waiting))

    def _obey(self) -> None:
        try:
            data = os.read(self._commands, CHUNK_BYTES)
        except OSError:
            data = b""
        if not data and self._crew is not None:
            self._crew.stop_listening(self._commands)
            self._force()
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            {b"stop": self._stop, b"force": self._force}.get(line.strip(), int)()
