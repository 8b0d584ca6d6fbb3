"""A worker's life: it runs the tests that the crew names, and tells what happens."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import signal
import socket
import sys
import unittest
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

from pkgsuite import events
from pkgsuite.runner.result import EventResult
from pkgsuite.system.generation import generation

__all__ = ["DONE", "OPEN", "Manners", "flush", "serve"]

__unittest = True

OPEN, DONE = b"open", b"done"
"""What a worker says before its test begins, when the group before has been torn down, and when it has ended."""

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
    tests: Sequence[unittest.TestCase], crew: socket.socket, manners: Manners, output: int | None = None
) -> NoReturn:
    """Run the tests whose groups and numbers come from *crew*, until there are no more."""
    own = generation()

    def send(event: events.Event) -> None:
        if generation() == own:
            crew.sendall(events.encode(event).encode() + b"\n")

    status = 1
    result = EventResult(send)
    try:
        settle(manners, output)
        manners.prepare()
        lines = Lines(crew)
        while lines.peek() is not None:
            Given(tests, lines, result, lambda word: crew.sendall(word + b"\n")).run(result)
            result.forget_fixtures()
            if generation() != own:
                break
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
        if generation() == own:
            flush()
        os._exit(status)


def settle(manners: Manners, output: int | None) -> None:
    """Take the place of a process that runs tests: streams, signals, terminal."""
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


class Lines:
    """What the crew says: pairs of the numbers of a group and of a test."""

    def __init__(self, crew: socket.socket) -> None:
        self._file = crew.makefile("rb")
        self._next: tuple[int, int] | None = None

    def peek(self) -> tuple[int, int] | None:
        """The pair that `take` will give; None at the end. Waits for it."""
        if self._next is None and (line := self._file.readline()):
            group, test = line.split()
            self._next = int(group), int(test)
        return self._next

    def take(self) -> int:
        """The number of the test that `peek` found."""
        assert self._next is not None
        (_, test), self._next = self._next, None
        return test


class Given(unittest.TestSuite):
    """The tests of a group as the crew names them: unittest asks for the next one when the last has ended.

    So class and module fixtures are set up and torn down by unittest itself, at the edges of the group.
    """

    def __init__(
        self,
        tests: Sequence[unittest.TestCase],
        lines: Lines,
        result: EventResult,
        say: Callable[[bytes], object],
    ) -> None:
        super().__init__()
        self._all = tests
        self._lines = lines
        self._result = result
        self._say = say
        self._generation = generation()

    def __iter__(self) -> Iterator[unittest.TestCase]:
        first = self._lines.peek()
        while (pair := self._lines.peek()) is not None and first is not None and pair[0] == first[0]:
            test = self._all[self._lines.take()]
            self._say(OPEN)
            self._result.expect(test)
            yield test
            if generation() != self._generation:
                return  # a test forked and its child came back from the test: it has no business here
            self._result.end()
            flush()
            self._say(DONE)

    def _removeTestAtIndex(self, index: int) -> None:
        """Keep the tests: they are the crew's."""
