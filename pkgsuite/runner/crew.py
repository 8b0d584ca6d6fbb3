"""A crew: workers that are forked once and run tests as they come; what happens travels as events."""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import selectors
import signal
import socket
import time
import unittest
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import fields, replace

from pkgsuite import events
from pkgsuite.errors import SuiteError, Unsupported
from pkgsuite.runner.groups import Group
from pkgsuite.runner.handle import Worker
from pkgsuite.runner.output import Outlet
from pkgsuite.runner.schedule import Schedule
from pkgsuite.runner.terms import Home, Terms
from pkgsuite.runner.worker import DONE, LEFT, OPEN, Manners, flush, serve
from pkgsuite.system import ladder

__all__ = ["Crew", "run"]

CHUNK_BYTES = 1 << 16
RELUCTANT_S = 5.0
"""How long a warden may take to end everything, before it is ended itself."""

TICK_S = 1.0

LAST_WORDS = 2000
"""How many characters of what a test wrote its result repeats where it did not end by itself."""

SHORT_S = 0.03
MOST_WAITING = 32
"""A worker holds more tests of a class than one as long as those that wait take no longer together, and are no more."""

LEFT_FOR_OTHERS = 8
"""How many tests of a class stay with the crew for each other worker."""


def kill(pid: int) -> None:
    """End a process at once."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


class Crew:
    """The workers and the tests that wait for them; *send* hears what happens, in one thread."""

    def __init__(
        self,
        tests: Sequence[unittest.TestCase],
        schedule: Schedule,
        send: Callable[[events.Event], object],
        terms: Terms,
    ) -> None:
        self._tests = tests
        self._schedule = schedule
        self._send = send
        self._terms = terms
        self._workers: dict[int, Worker] = {}
        self._selector = selectors.DefaultSelector()
        self._takes_no_more = self._is_ended = False
        self._stopped = mmap.mmap(-1, 1)  # its workers look at this too
        self._not_begun: set[int] = set()

    def listen(self, descriptor: int, action: Callable[[], object], kinds: int = selectors.EVENT_READ) -> None:
        """Call *action* whenever there is something to read at *descriptor*, or room to write."""
        self._selector.register(descriptor, kinds, action)

    def stop_listening(self, descriptor: int) -> None:
        """Call nothing for it any more."""
        with contextlib.suppress(KeyError):
            self._selector.unregister(descriptor)

    # The work

    def work(self) -> None:
        """Run all tests; whatever this raises, no worker is left."""
        gc.collect()
        gc.freeze()
        try:
            self._hire_all()
            while self._workers:
                for key, _ in self._selector.select(self._patience_s()):
                    key.data()
                self._end_late_ones()
                if self._terms.tick is not None:
                    self._terms.tick()
        finally:
            gc.unfreeze()
            for worker in list(self._workers.values()):
                worker.home.end(worker.pid)
            for worker in list(self._workers.values()):
                self._forget(worker)
                worker.close()

    def stop(self) -> None:
        """Give out no more tests, and have none begun that workers hold; a signal handler may call this."""
        self._takes_no_more = True
        self._stopped[0] = 1

    def stop_now(self, reason: str) -> None:
        """End every worker; the test that each had is in error for this *reason*."""
        self.stop()
        self._is_ended = True
        for worker in self._workers.values():
            self._end(worker, ("error", reason))

    def _hire_all(self) -> None:
        while len(self._workers) < self._terms.jobs and len(self._schedule) and not self._takes_no_more:
            if not self._hire():
                return

    def _hire(self) -> bool:
        """Fork a worker if there is a test for one."""
        taken = self._schedule.next(None)
        if taken is None:
            return False
        home = self._terms.home
        if taken[0].is_alone and self._terms.apart is not None:
            home = self._terms.apart()
        number = next(each for each in range(1, self._terms.jobs + 1) if each not in self._workers)
        ours, theirs = socket.socketpair()
        outlet, writing = self._outlet()
        flush()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = home.fork()
        if pid == 0:
            try:
                self._leave(ours, outlet)
                mark = outlet.mark if outlet else b""
                serve(self._tests, theirs, self._terms.manners, writing, mark, lambda: bool(self._stopped[0]))
            finally:
                os._exit(1)  # whatever happens, what is above this belongs to the runner
        theirs.close()
        if writing is not None:
            os.close(writing)
        worker = Worker(number, pid, home, ours, outlet)
        self._workers[number] = worker
        self._register(worker)
        worker.give(taken[0], [taken[1], *self._short_ones(worker, taken[0])])
        return True

    def _outlet(self) -> tuple[Outlet, int] | tuple[None, None]:
        """A pipe for what a new worker writes, if that is captured."""
        if self._terms.capture is None:
            return None, None
        reading, writing = os.pipe()
        return Outlet(reading, self._terms.capture()), writing

    def _leave(self, ours: socket.socket, outlet: Outlet | None) -> None:
        """In a new worker: hold nothing of the crew's."""
        self._selector.close()
        ours.close()
        for worker in self._workers.values():
            worker.socket.close()
            os.close(worker.end)
        for each in (outlet, *(worker.outlet for worker in self._workers.values())):
            if each is not None:
                each.close()

    def _register(self, worker: Worker) -> None:
        self._selector.register(worker.socket, selectors.EVENT_READ, lambda: self._hear(worker))
        self._selector.register(worker.end, selectors.EVENT_READ, lambda: self._bury(worker))
        if worker.outlet is not None:
            self._selector.register(worker.outlet.descriptor, selectors.EVENT_READ, lambda: self._read_output(worker))

    def _forget(self, worker: Worker) -> None:
        for each in (worker.socket, worker.end, worker.outlet.descriptor if worker.outlet else None):
            if each is not None:
                with contextlib.suppress(KeyError):
                    self._selector.unregister(each)
        self._workers.pop(worker.number, None)

    def _read_output(self, worker: Worker) -> None:
        """Read once, so that a flood holds up nobody else."""
        if self._workers.get(worker.number) is worker and worker.outlet is not None and worker.outlet.read(once=True):
            self._selector.unregister(worker.outlet.descriptor)

    # Giving and hearing

    def _feed(self, worker: Worker) -> None:
        """Give the worker its next tests, or let it go."""
        if worker.test is None:
            taken = None if self._takes_no_more or self._is_alone(worker) else self._schedule.next(worker.group)
            if taken is not None and taken[0].is_alone:
                self._schedule.put_back(*taken)
                taken = None
            if taken is None:
                worker.dismiss()
            else:
                worker.give(taken[0], [taken[1], *self._short_ones(worker, taken[0])])
        elif worker.group is not None and len(worker.waiting) < MOST_WAITING // 2:
            short = self._short_ones(worker, worker.group)
            if short:
                worker.give(worker.group, short)

    @staticmethod
    def _is_alone(worker: Worker) -> bool:
        """Whether a worker is to run nothing but what it has run."""
        return worker.group is not None and worker.group.is_alone

    def _short_ones(self, worker: Worker, group: Group) -> list[int]:
        """Tests of a group that may wait in a worker, so that it need not ask for each: together they are short.

        Whoever else could take tests of the group finds enough: one that takes longer than ever must not keep what
        waits behind it from workers that have nothing to do.
        """
        found: list[int] = []
        if self._takes_no_more or self._terms.is_cautious:
            return found
        least = 0 if group.is_whole else (self._terms.jobs - 1) * LEFT_FOR_OTHERS
        seconds = sum(map(group.expected_s, worker.waiting))
        while len(worker.waiting) + len(found) < MOST_WAITING and len(group.tests) > least:
            expected_s = group.expected_s(group.tests[0])
            seconds += expected_s
            if not expected_s or seconds > SHORT_S:
                break
            found.append(group.tests.popleft())
        return found

    def _hear(self, worker: Worker) -> None:
        if self._workers.get(worker.number) is not worker or worker.verdict is not None:
            return
        try:
            data = worker.socket.recv(CHUNK_BYTES)
        except OSError:
            data = b""
        if not data:
            self._selector.unregister(worker.socket)  # its end is told by the pidfd
            return
        for line in worker.lines(data):
            if not worker.is_garbled:
                self._take(worker, line)

    def _take(self, worker: Worker, line: bytes) -> None:
        if line == OPEN:
            worker.has_begun, worker.since = True, time.monotonic()
        elif line == DONE:
            worker.go_on()
            self._feed(worker)
        elif line == LEFT:
            worker.has_left = True
        elif line.startswith(b"{"):
            try:
                event = events.decode(line.decode("utf-8", "replace"))
            except SuiteError:
                worker.is_garbled = True
                self._end(worker, ("crashed", "it wrote into the runner's own channel; a test must not do that"))
                return
            if isinstance(event, events.Result):
                self._tell_result(worker, event)
            elif isinstance(event, events.Started):
                self._tell_start(worker, event.description)
            elif isinstance(event, events.Trouble) and worker.outlet is not None:
                worker.outlet.read()
                self._send(replace(event, details=with_last_words(event.details, worker.outlet.tail())))
            else:
                self._send(self._named(worker, event))

    def _tell_start(self, worker: Worker, description: str) -> None:
        """Tell that the test begins, once."""
        if worker.test is not None and not worker.has_started:
            worker.has_started = True
            self._send(events.Started(self._terms.names[worker.test], description, time.time(), worker.number))

    def _named(self, worker: Worker, event: events.Event) -> events.Event:
        """The event with the name that its test has in the plan."""
        told = getattr(event, "test", None)
        if not told or worker.test is None or told == self._terms.names[worker.test]:
            return event
        values = {each.name: getattr(event, each.name) for each in fields(event)}
        return type(event)(**{**values, "test": self._terms.names[worker.test]})

    def _tell_result(self, worker: Worker, result: events.Result) -> None:
        """Tell how the test ended, behind what it wrote."""
        if worker.test is None or worker.has_result:
            return
        if not worker.has_started:
            self._tell_start(worker, self._tests[worker.test].shortDescription() or "")
        worker.has_result = True
        name = self._terms.names[worker.test]
        written = worker.outlet.take(name) if worker.outlet else None
        if written is not None:
            self._send(written)
        details = result.details
        if written is not None and (result.outcome == "crashed" or worker.verdict is not None):
            details = with_last_words(details, written.text)
        self._send(replace(result, test=name, details=details, at=time.time(), worker=worker.number))

    # Ends

    def _patience_s(self) -> float | None:
        """How long nothing is late, nor to be ticked."""
        deadlines = [when for worker in self._workers.values() if (when := self._deadline(worker)) is not None]
        waits = [max(0.0, min(deadlines) - time.monotonic()) + 0.001] if deadlines else []
        return min([*waits, *([TICK_S] if self._terms.tick else [])], default=None)

    def _deadline(self, worker: Worker) -> float | None:
        if worker.verdict is not None:
            return worker.condemned_at + RELUCTANT_S
        return None if self._terms.deadline_s is None else worker.since + self._terms.deadline_s

    def _end_late_ones(self) -> None:
        for worker in list(self._workers.values()):
            when = self._deadline(worker)
            if when is None or time.monotonic() < when:
                continue
            if worker.verdict is not None:
                kill(worker.pid)
            else:
                words = f"it did not end within {self._terms.deadline_s:g} s and was killed"
                self._end(worker, ("error", f"{words} with all that it had started"))

    def _end(self, worker: Worker, verdict: tuple[str, str]) -> None:
        """End the worker with all it started; the rest follows when that is done."""
        if worker.verdict is None:
            worker.condemn(verdict)
            self.stop_listening(worker.socket.fileno())  # what it still says is heard when it is gone
            worker.home.end(worker.pid)

    def _bury(self, worker: Worker) -> None:
        """A worker is gone: tell what became of its test, and fork another if there is work."""
        if self._workers.get(worker.number) is not worker:
            return
        worker.socket.setblocking(False)
        lines: list[bytes] = []
        with contextlib.suppress(OSError):
            while data := worker.socket.recv(CHUNK_BYTES):
                lines += worker.lines(data)
        if worker.verdict is not None and DONE in lines:
            del lines[len(lines) - lines[::-1].index(DONE) :]  # that one is cut short for another, and runs again
        for line in lines:
            if worker.is_garbled:
                break
            if line != DONE:
                self._take(worker, line)
            else:
                worker.go_on()
        if worker.outlet is not None:
            worker.outlet.read()
        self._forget(worker)
        how = worker.close()
        if worker.group is not None:
            for test in reversed(worker.waiting):
                self._schedule.put_back(worker.group, test)
        self._tell_loss(worker, how, time.monotonic() - worker.since)
        if worker.group is not None:
            self._schedule.abandon(worker.group)
        self._hire_all()

    def _tell_loss(self, worker: Worker, how: str, seconds: float) -> None:
        """Tell what a worker that is gone leaves open."""
        outcome, reason = worker.verdict or ("crashed", f"its worker {how}; a test must not end the process")
        said = worker.outlet.tail() if worker.outlet else ""
        is_first_time = worker.test not in self._not_begun
        if worker.is_innocent and worker.test is not None and worker.group is not None:
            self._schedule.put_back(worker.group, worker.test)
        elif worker.test is not None and not worker.has_begun and is_first_time and worker.group is not None:
            self._not_begun.add(worker.test)
            self._schedule.put_back(worker.group, worker.test)
            if worker.verdict is None or not self._is_ended:
                self._tell_fixture(worker.group_before or worker.group.name, reason, said)
        elif worker.test is not None and not worker.has_result:
            name = self._terms.names[worker.test]
            self._tell_result(worker, events.Result(name, outcome, seconds, reason, reason))
        elif worker.is_dismissed and not worker.has_left and worker.group is not None:
            self._tell_fixture(worker.group.name, reason, said)

    def _tell_fixture(self, name: str, reason: str, said: str) -> None:
        """Tell that a worker was lost while it tore something down."""
        words = reason.replace("a test must not", "a fixture must not")
        self._send(events.Trouble(f"tear-down of {name}", words, f"{words}\n{said}".rstrip()))


def with_last_words(details: str, written: str) -> str:
    """*details* and the end of what was written last, which alone may tell why."""
    if not written:
        return details
    last = written[-LAST_WORDS:]
    return f"{details.rstrip()}\nit wrote last:\n{'… ' if last != written else ''}{last}"


def run(
    tests: Sequence[unittest.TestCase],
    send: Callable[[events.Event], object],
    *,
    jobs: int,
    deadline_s: float | None,
    manners: Manners,
    is_alone: Callable[[unittest.TestCase], bool] = lambda test: False,
) -> None:
    """Run *tests* in their order, each on its own, by *jobs* workers that live in one world, and *send* their events.

    Those that *is_alone* tells are first, each in a world of its own. A test that takes longer than *deadline_s* is
    ended with its worker. When this process is interrupted, everything is ended at once.
    """
    try:
        world = ladder.the_world()
    except Unsupported as reason:
        for test in tests:
            send(events.Result(test.id(), "skipped", 0.0, str(reason)))
        return
    names = [test.id() for test in tests]
    home = Home(world.fork, kill)
    terms = Terms(names, max(1, min(jobs, len(tests))), deadline_s, None, manners, home, apart=apart)
    others, groups = deque[int](), list[Group]()
    for number, test in enumerate(tests):
        if is_alone(test):
            groups.append(Group("", deque([number]), is_whole=False, is_alone=True))
        else:
            others.append(number)
    groups.append(Group("", others, is_whole=False, expected_s=lambda number: SHORT_S))  # one waits in each worker
    try:
        Crew(tests, Schedule(groups), send, terms).work()
    finally:
        world.close()


def apart() -> Home:
    """A world for one worker."""
    world = ladder.another_world()
    return Home(world.fork, kill, world.close)
