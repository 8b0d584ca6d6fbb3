"""A crew: workers forked into one world that run tests as they come; what happens travels as events."""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import time
import unittest
import warnings
from collections.abc import Callable, Sequence
from typing import NoReturn

from pkgsuite import events
from pkgsuite.errors import Unsupported
from pkgsuite.runner.result import EventResult
from pkgsuite.system import ladder

__all__ = ["run"]

DONE = b"done\n"

MOST_GARBAGE = 50_000
"""How many objects a worker makes before it looks for garbage: tests make few that live."""


def run(
    tests: Sequence[unittest.TestCase],
    send: Callable[[events.Event], object],
    *,
    jobs: int,
    deadline_s: float | None,
    at_terminal: bool = False,
    prepare: Callable[[], object] = int,
) -> None:
    """Run *tests* in their order by *jobs* workers, each of which calls *prepare* first, and *send* their events.

    A test that takes longer than *deadline_s* is ended with its worker. Workers *at_terminal* keep the input and the
    session of this process. When this process is interrupted, everything is ended at once.
    """
    try:
        world = ladder.the_world()
    except Unsupported as reason:
        for test in tests:
            send(events.Result(test.id(), "skipped", 0.0, str(reason)))
        return
    crew = Crew(tests, send, world, deadline_s, lambda peer: serve(tests, peer, at_terminal, prepare))
    try:
        crew.work(max(1, min(jobs, len(tests))))
    finally:
        world.close()


class Worker:
    """The crew's side of one worker: its process, its socket, the test it has, and since when."""

    def __init__(self, pid: int, peer: socket.socket) -> None:
        self.pid = pid
        self.socket = peer
        self.buffer = b""
        self.test: int | None = None
        self.since = 0.0
        self.has_result = False

    def give(self, number: int) -> None:
        """Hand out a test."""
        self.test, self.since, self.has_result = number, time.monotonic(), False
        with contextlib.suppress(OSError):
            self.socket.sendall(b"%d\n" % number)

    def end(self) -> str:
        """End the process and say how it ended."""
        self.socket.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            if status >= 0:
                return f"ended itself with status {status}"
            return f"was ended by {signal.Signals(-status).name}"
        return "is gone"


class Crew:
    """The workers and the tests that wait for them."""

    def __init__(
        self,
        tests: Sequence[unittest.TestCase],
        send: Callable[[events.Event], object],
        world: ladder.Isolation,
        deadline_s: float | None,
        serve: Callable[[socket.socket], NoReturn],
    ) -> None:
        self._tests = tests
        self._send = send
        self._world = world
        self._deadline_s = deadline_s
        self._serve = serve
        self._next = 0
        self._workers: dict[int, Worker] = {}
        self._poll = select.poll()

    def work(self, jobs: int) -> None:
        """Run all tests."""
        gc.collect()
        gc.freeze()
        for _ in range(jobs):
            self._hire()
        while self._workers:
            for descriptor, _ in self._poll.poll(self._patience_ms()):
                worker = self._workers[descriptor]
                self._hear(worker)
            self._end_late_ones()

    def _hire(self) -> None:
        ours, theirs = socket.socketpair()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = self._world.fork()
        if pid == 0:
            ours.close()
            for worker in self._workers.values():
                worker.socket.close()
            self._serve(theirs)
        theirs.close()
        worker = Worker(pid, ours)
        self._workers[ours.fileno()] = worker
        self._poll.register(ours, select.POLLIN)
        self._feed(worker)

    def _feed(self, worker: Worker) -> None:
        """Give the worker its next test, or let it go."""
        if self._next < len(self._tests):
            worker.give(self._next)
            self._next += 1
        else:
            self._dismiss(worker)

    def _dismiss(self, worker: Worker) -> str:
        self._poll.unregister(worker.socket)
        del self._workers[worker.socket.fileno()]
        return worker.end()

    def _patience_ms(self) -> float | None:
        if self._deadline_s is None:
            return None
        first = min(worker.since for worker in self._workers.values())
        return max(0.0, first + self._deadline_s - time.monotonic()) * 1000 + 1

    def _hear(self, worker: Worker) -> None:
        try:
            data = worker.socket.recv(1 << 20)
        except OSError:
            data = b""
        if not data:
            self._replace(worker, f"its worker {self._dismiss(worker)}; a test must not end the process")
            return
        worker.buffer += data
        *lines, worker.buffer = worker.buffer.split(b"\n")
        for line in lines:
            if line + b"\n" == DONE:
                self._feed(worker)
            else:
                event = events.decode(line.decode("utf-8", "replace"))
                worker.has_result = worker.has_result or isinstance(event, events.Result)
                self._send(event)

    def _end_late_ones(self) -> None:
        if self._deadline_s is None:
            return
        for worker in list(self._workers.values()):
            if time.monotonic() - worker.since > self._deadline_s:
                self._dismiss(worker)
                self._replace(worker, f"it did not end within {self._deadline_s:g} s and was killed")

    def _replace(self, worker: Worker, reason: str) -> None:
        """Tell what became of the test of a lost worker, and fork another if there is work."""
        if worker.test is not None and not worker.has_result:
            took = time.monotonic() - worker.since
            self._send(events.Result(self._tests[worker.test].id(), "error", took, reason, reason))
        if self._next < len(self._tests):
            self._hire()


def serve(
    tests: Sequence[unittest.TestCase], crew: socket.socket, at_terminal: bool, prepare: Callable[[], object]
) -> NoReturn:
    """A worker's life: run the tests that the crew names, until it has no more."""
    pid = os.getpid()

    def send(event: events.Event) -> None:
        if os.getpid() == pid:
            crew.sendall(events.encode(event).encode() + b"\n")

    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        if not at_terminal:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            with contextlib.suppress(PermissionError):
                os.setsid()
            null = os.open(os.devnull, os.O_RDONLY)
            os.dup2(null, 0)
            os.close(null)
        gc.set_threshold(MOST_GARBAGE)
        prepare()
        result = EventResult(send)
        for line in crew.makefile("rb"):
            tests[int(line)].run(result)
            crew.sendall(DONE)
        status = 0
    except (BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        pass
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(2, f"pkgsuite: {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(status)
