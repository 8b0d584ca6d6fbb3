"""A worker's life: it runs the tests that the crew names, and tells what happens."""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import os
import signal
import socket
import sys
import unittest
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import NoReturn

from pkgsuite import events
from pkgsuite.runner.result import EventResult
from pkgsuite.system import pulse
from pkgsuite.system.generation import generation
from pkgsuite.values import dataclass

__all__ = ["DONE", "LEFT", "OPEN", "Manners", "flush", "serve"]

__unittest = True

OPEN, DONE, LEFT = b"open", b"done", b"left"
"""What a worker says before its test begins, when the group before has been torn down; when the test has ended; and
when all is torn down and it goes.
"""

CAN_WAIT = (
    events.Launched,
    events.Command,
    events.Judging,
    events.Rule,
    events.Changed,
    events.Kept,
    events.Result,
)
PATIENCE_S = 0.05
"""What may wait for the next test, if the crew heard anything no longer than so many seconds ago."""

CHUNK_BYTES = 1 << 16

MOST_GARBAGE = 50_000
"""How many objects a worker makes before it looks for garbage: tests make few that live."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a worker behaves: it calls *prepare* first.

    One that is *at_terminal* keeps input and session of its parent. *output* is where what tests write goes; where it
    is None, all of it goes to stderr.
    """

    prepare: Callable[[], object] = int
    at_terminal: bool = False


def serve(
    tests: Sequence[unittest.TestCase],
    crew: socket.socket,
    manners: Manners,
    output: int | None = None,
    mark: bytes = b"",
    is_stopped: Callable[[], bool] = bool,
) -> NoReturn:
    """Run the tests whose groups and numbers come from *crew*, until there are no more or the crew *is stopped*.

    What they write goes to *output*, with *mark* between any two; or to stderr where that is None.
    """
    own = generation()
    voice = Voice(crew, output, mark)
    status = 1
    result = EventResult(voice.event, forward=voice.forward)
    try:
        settle(manners, output)
        manners.prepare()
        lines = Lines(crew, is_stopped)
        with pulse.every(PATIENCE_S, voice.flush):
            while lines.peek() is not None:
                Given(tests, lines, result, voice).run(result)
                result.forget_fixtures()
                if generation() != own:
                    break
        if generation() == own:
            atexit._run_exitfuncs()
        flush()
        voice.say(LEFT, at_once=True)
        status = 0
    except (BrokenPipeError, ConnectionResetError):
        pass
    except KeyboardInterrupt:
        if generation() == own:
            with contextlib.suppress(OSError):
                result.end()
                status = 0
    except BaseException as error:
        if generation() == own:
            with contextlib.suppress(OSError):
                result.fall(error)
    finally:
        try:
            if generation() == own:
                flush()
                voice.flush()
        finally:
            os._exit(status)


def settle(manners: Manners, output: int | None) -> None:
    """Take the place of a process that runs tests: streams, signals, terminal."""
    signal.set_wakeup_fd(-1)
    atexit._clear()  # what the runner has left for its own end
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    flush()
    os.dup2(2 if output is None else output, 1)
    os.dup2(1, 2)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
        stream = io.TextIOWrapper(raw, "utf-8", "backslashreplace", line_buffering=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    if not manners.at_terminal:
        with contextlib.suppress(PermissionError):
            os.setsid()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
    gc.set_threshold(MOST_GARBAGE)


def flush() -> None:
    """Write what waits in the buffers."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            stream.flush()  # type: ignore[union-attr]  # one that is closed is None


class Voice:
    """The worker's way to the crew; what comes of a test may wait for the next, since each sending wakes the crew."""

    def __init__(self, crew: socket.socket, output: int | None, mark: bytes) -> None:
        self._crew = crew
        self._output = output
        self._pipe = identity(output)
        self._mark = mark
        self._generation = generation()
        self._waiting: list[bytes] = []
        self._told_at = 0.0

    def event(self, event: events.Event) -> None:
        """Tell what happens, and all that waits; what is in CAN_WAIT waits for a while."""
        if isinstance(event, (events.Result, events.Trouble)):
            flush()  # what was written comes before what came of it
        self._waiting.append(events.encode(event).encode())
        if not isinstance(event, CAN_WAIT) or self._is_late:
            self.flush()

    def forward(self, lines: str, may_wait: bool) -> None:
        """Tell what happened in another process, given as lines."""
        self._waiting.append(lines.encode())
        if not may_wait or self._is_late:
            self.flush()

    @property
    def _is_late(self) -> bool:
        return monotonic() - self._told_at > PATIENCE_S

    def say(self, word: bytes, *, at_once: bool) -> None:
        """Say one of the words OPEN, DONE and LEFT."""
        self._waiting.append(word)
        if at_once:
            self.flush()

    def mark(self) -> None:
        """Mark where the next test begins in what tests write, unless a test has closed that."""
        if self._output is not None and identity(self._output) == self._pipe:
            with contextlib.suppress(OSError):
                os.write(self._output, self._mark)

    def flush(self) -> None:
        """Send what waits; a process that a test forked says nothing."""
        if self._waiting and generation() == self._generation:
            self._crew.sendall(b"\n".join(self._waiting) + b"\n")
            self._told_at = monotonic()
        self._waiting.clear()


def identity(descriptor: int | None) -> tuple[int, int] | None:
    """What tells the file behind a descriptor from others; None where it is closed."""
    try:
        status = os.fstat(-1 if descriptor is None else descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino


class Lines:
    """What the crew says: pairs of the numbers of a group and of a test; nothing more once it *is stopped*."""

    def __init__(self, crew: socket.socket, is_stopped: Callable[[], bool]) -> None:
        self._crew = crew
        self._is_stopped = is_stopped
        self._rest = b""
        self._known: deque[tuple[int, int]] = deque()

    def peek(self) -> tuple[int, int] | None:
        """The pair that `take` will give; None at the end. Waits for it."""
        while not self._known:
            data = self._crew.recv(CHUNK_BYTES)
            if not data:
                return None
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                group, test = line.split()
                self._known.append((int(group), int(test)))
        return self.known()

    def known(self) -> tuple[int, int] | None:
        """The pair that `take` will give, if it is known by now."""
        return self._known[0] if self._known and not self._is_stopped() else None

    def take(self) -> int:
        """The number of the test that `peek` found."""
        return self._known.popleft()[1]


class Given(unittest.TestSuite):
    """The tests of a group as the crew names them: unittest asks for the next one when the last has ended.

    So class and module fixtures are set up and torn down by unittest itself, at the edges of the group.
    """

    def __init__(
        self,
        tests: Sequence[unittest.TestCase],
        lines: Lines,
        result: EventResult,
        voice: Voice,
    ) -> None:
        super().__init__()
        self._all = tests
        self._lines = lines
        self._result = result
        self._voice = voice
        self._generation = generation()

    def __iter__(self) -> Iterator[unittest.TestCase]:
        first = self._lines.peek()
        before: type | None = None
        while (pair := self._lines.peek()) is not None and first is not None and pair[0] == first[0]:
            test = self._all[self._lines.take()]
            self._voice.say(OPEN, at_once=type(test) is not before)
            self._result.expect(test)
            yield test
            if generation() != self._generation:
                os._exit(0)  # a test forked and its child came back from the test: no fixture is its business
            before = type(test)
            self._result.end()
            flush()
            self._voice.mark()
            self._voice.say(DONE, at_once=not self._goes_on(first[0], before))

    def _goes_on(self, group: int, kind: type) -> bool:
        """Whether a test of the same class follows at once, so that no fixture comes between."""
        following = self._lines.known()
        return following is not None and following[0] == group and type(self._all[following[1]]) is kind

    def _removeTestAtIndex(self, index: int) -> None:
        """Keep the tests: they are the crew's."""
