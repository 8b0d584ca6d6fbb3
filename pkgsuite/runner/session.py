"""One run: the tests in their order, from the plan to the counts."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
import unittest
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

from pkgsuite import events
from pkgsuite.runner.result import EventResult

__all__ = ["FAILING", "run"]

really_exit = os._exit
os.register_at_fork(after_in_child=lambda: setattr(os, "_exit", really_exit))

STOPPING = "stopping after the test that runs; Ctrl-C again stops at once"

FAILING = ("failed", "error", "xpassed")
"""The outcomes that make a run fail."""

Send = Callable[[events.Event], object]


def run(tests: Sequence[unittest.TestCase], send: Send, *, failfast: bool = False) -> events.Done:
    """Run *tests* and send every event; the first Ctrl-C lets the running test finish, the second stops at once."""
    session = Session(tests, send)
    session.result.failfast = failfast
    send(events.Plan(tuple(test.id() for test in tests)))
    with session.two_interrupts(), session.told_exits():
        unittest.TestSuite(tests).run(session.result)
        session.result.end()
    return session.finish()


class Session:
    """What is counted and remembered while tests run."""

    def __init__(self, tests: Sequence[unittest.TestCase], send: Send) -> None:
        self._planned = len(tests)
        self._send = send
        self._start = time.monotonic()
        self._counts: Counter[str] = Counter()
        self._troubles = 0
        self._is_interrupted = False
        self._is_told = True
        self.result = EventResult(self._count, tests)

    def _count(self, event: events.Event) -> None:
        self._tell_interrupt()
        if isinstance(event, events.Result):
            self._counts[event.outcome] += 1
        self._troubles += isinstance(event, events.Trouble)
        self._send(event)

    def _tell_interrupt(self) -> None:
        if not self._is_told:
            self._send(events.Note(STOPPING))
            self._is_told = True

    def finish(self) -> events.Done:
        """Tell the end of the run and what came of it."""
        self._tell_interrupt()
        left = self.result.not_run
        if left:
            self._send(events.Note(f"stopped: {left} of {self._planned} tests were not run"))
        counts = {name: self._counts[name] for name in events.OUTCOMES if self._counts[name]}
        seconds = time.monotonic() - self._start
        done = events.Done(counts, seconds, left, self._troubles, self._is_interrupted)
        self._send(done)
        return done

    @contextlib.contextmanager
    def two_interrupts(self) -> Iterator[None]:
        """Let the first Ctrl-C ask the run to stop, and the second end it here."""

        def ask(number: int, frame: object) -> None:
            if self._is_interrupted:
                signal.default_int_handler(number, None)
            self._is_interrupted = True
            self._is_told = False
            self.result.stop()
            try:
                self._tell_interrupt()
            except RuntimeError:  # it came while a report was being written
                os.write(2, f"\n! {STOPPING}\n".encode())

        is_main = threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGINT, ask) if is_main else None
        try:
            yield
        except KeyboardInterrupt:
            self._is_interrupted = True
        finally:
            if is_main:
                signal.signal(signal.SIGINT, before)

    @contextlib.contextmanager
    def told_exits(self) -> Iterator[None]:
        """Let nothing that calls os._exit() in this process end the run as if all were well."""

        def tell_and_exit(status: int) -> NoReturn:
            self._tell_exit(status)
            really_exit(1)

        os._exit = tell_and_exit
        try:
            yield
        finally:
            os._exit = really_exit

    def _tell_exit(self, status: int) -> None:
        words = f"os._exit({status}) was called in the process of the run; a test must return or raise"
        if self.result.running is not None:
            test = self.result.running
            self.result.addError(test, (SystemExit, SystemExit(words), None))
            self.result.stopTest(test)
        else:
            self._count(events.Trouble("run", words))
        self.finish()
