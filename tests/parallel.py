"""Tests on several processes: groups of tests with common fixtures, each in the next process that is free.

What a group writes to its descriptors 1 and 2 is shown when it has ended. A process that ends too early fails its
group, and another takes its place. Nothing here is of `pkgsuite run`, since that is what it tests.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import tempfile
import time
import unittest
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TypeAlias

from pkgsuite.system.namespaces import die_with_parent
from tests.tally import TallyResult

__all__ = ["Pool", "groups"]

FIXTURES = ("setUpModule", "tearDownModule")
DETAILS = ("errors", "failures", "skipped", "expectedFailures")

Groups: TypeAlias = "dict[str, unittest.TestSuite]"


@dataclass(frozen=True, slots=True)
class Told:
    """A test of another process."""

    name: str
    text: str

    def __str__(self) -> str:
        return self.text

    def id(self) -> str:
        """The id that it has there."""
        return self.name

    def shortDescription(self) -> None:
        """Nothing: it is part of the text already."""


def groups(suite: unittest.TestSuite) -> Groups:
    """The tests of each class, or of each module where that has fixtures, in the order in which each first comes up."""
    found: Groups = {}
    for test in flat(suite):
        kind = type(test)
        module = sys.modules.get(kind.__module__)
        is_whole = any(hasattr(module, name) for name in FIXTURES)
        name = kind.__module__ if is_whole else f"{kind.__module__}.{kind.__qualname__}"
        found.setdefault(name, unittest.TestSuite()).addTest(test)
    return found


def flat(suite: Iterable[Any]) -> Iterator[unittest.TestCase]:
    """The single tests."""
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            yield from flat(each)
        else:
            yield each


class Pool:
    """Processes that run *groups* and tell *result* all; *make_result* gives each its own, which writes to stdout."""

    def __init__(self, groups: Groups, result: TallyResult, make_result: Callable[[], TallyResult]) -> None:
        self.groups = groups
        self.result = result
        self.make_result = make_result
        self.seconds: Counter[str] = Counter()
        self._workers: dict[Connection, Worker] = {}

    def run(self, jobs: int) -> None:
        """Run all with so many processes at once."""
        left = [*self.groups]
        with tempfile.TemporaryDirectory(prefix="tests-") as place:
            try:
                for number in range(min(jobs, len(left))):
                    self._start(Path(place, str(number)))
                while True:
                    for worker in self._workers.values():
                        if not worker.group and left and not self.result.shouldStop:
                            worker.give(left.pop(0))
                    busy = [pipe for pipe, worker in self._workers.items() if worker.group]
                    if not busy:
                        break
                    for pipe in wait(busy):
                        self._take(self._workers[pipe])
            finally:
                for worker in self._workers.values():
                    worker.end()

    def _start(self, output: Path) -> None:
        ours, theirs = Pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                die_with_parent()
                for pipe in (ours, *self._workers):
                    pipe.close()
                status = self._serve(theirs, output)
            except SystemExit as end:
                status = int(end.code or 0)
            finally:
                atexit._run_exitfuncs()
                os._exit(status)
        theirs.close()
        self._workers[ours] = Worker(pid, ours, output)

    def _serve(self, pipe: Connection, output: Path) -> int:
        while True:
            try:
                name = pipe.recv()
            except (EOFError, KeyboardInterrupt):
                return 0
            with output.open("wb") as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            result = self.make_result()
            self.groups[name].run(result)
            sys.stdout.flush()
            sys.stderr.flush()
            found = {detail: [in_words(result, *each) for each in getattr(result, detail)] for detail in DETAILS}
            found["unexpectedSuccesses"] = [in_words(result, test, "") for test in result.unexpectedSuccesses]
            pipe.send((result.testsRun, result.counts, found, result.shouldStop))

    def _take(self, worker: Worker) -> None:
        """What a worker says of its group, or that it said nothing."""
        result, name, worker.group = self.result, worker.group, ""
        try:
            run, counts, found, should_stop = worker.pipe.recv()
        except (EOFError, OSError):
            status = worker.end()
            del self._workers[worker.pipe]
            self._start(worker.output)
            run, counts, should_stop = 0, {"failed": 1}, False
            text = (
                f"it ended the process of the tests (status {status}); its output ends with\n{worker.said()[-2000:]}\n"
            )
            found = {"errors": [(name, name, text)]}
        self.seconds[name] = time.monotonic() - worker.began
        result.testsRun += run
        result.counts.update(counts)
        result.shouldStop |= should_stop
        unexpected = found.pop("unexpectedSuccesses", [])
        result.unexpectedSuccesses.extend(Told(test, description) for test, description, _ in unexpected)
        for detail, tests in found.items():
            getattr(result, detail).extend((Told(test, description), text) for test, description, text in tests)
        sys.stdout.write(worker.said())
        sys.stdout.flush()


@dataclass(slots=True)
class Worker:
    """A process, the pipe to it, the file that it writes to, and the group that it has worked on since a time."""

    pid: int
    pipe: Connection
    output: Path
    group: str = ""
    began: float = 0.0

    def give(self, group: str) -> None:
        """Let it run a group."""
        self.group, self.began = group, time.monotonic()
        with contextlib.suppress(BrokenPipeError):
            self.pipe.send(group)

    def said(self) -> str:
        """What its group wrote."""
        try:
            return self.output.read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def end(self) -> int:
        """Let it end; gives its status, or the negative number of the signal that ended it."""
        self.pipe.close()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def in_words(result: TallyResult, test: Any, text: str) -> tuple[str, str, str]:
    """A test's id and description, and what is said of it."""
    return test.id(), result.getDescription(test), text
