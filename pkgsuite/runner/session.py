"""One run: the tests in their order, from the plan to the counts."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
import unittest
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from typing import Protocol

from pkgsuite import events
from pkgsuite.runner import plan
from pkgsuite.runner.crew import Crew
from pkgsuite.runner.groups import Group, in_groups, shuffled
from pkgsuite.runner.output import Capture, Logs
from pkgsuite.runner.schedule import Schedule, longest_first
from pkgsuite.runner.team import Gather, Team
from pkgsuite.runner.terms import Terms
from pkgsuite.system.bell import bell_of_signals
from pkgsuite.values import dataclass

__all__ = ["FAILING", "Memory", "Options", "Remote", "run"]

STOPPING = "stopping after the test that runs; Ctrl-C again stops at once"
FORGOTTEN = "it was planned and not run, and nothing says why"

FAILING = ("failed", "error", "xpassed", "crashed")
"""The outcomes that make a run fail."""

Send = Callable[[events.Event], object]


class Memory(Protocol):
    """What is remembered of earlier runs."""

    def recall(self, planned: events.Planned) -> events.Planned:
        """The same with what is known of the test's last runs."""

    def is_flaky(self, result: events.Result) -> bool:
        """Whether this result and the last ones, of the same code, disagree."""


class Remote(Protocol):
    """Whoever steers the run from another process."""

    def attach(self, crew: Team, stop: Callable[[], object], force: Callable[[], object]) -> None:
        """Listen with *crew*; call *stop* and *force* when that is asked for."""


@dataclass(frozen=True, slots=True)
class Options:
    """How tests are run.

    *echo* gets what tests write at once, *tick* is called about once a second; *logs* holds what is too long for
    events. *seed* is that of a random order.
    A *shard* leaves the *others* to other runs. *gather* makes the team that runs them.
    """

    jobs: int = 1
    failfast: bool = False
    timeout: float | None = None
    seed: int | None = None
    memory: Memory | None = None
    logs: Logs = field(default_factory=Logs)
    echo: Callable[[bytes], object] | None = None
    tick: Callable[[], object] | None = None
    remote: Remote | None = None
    shard: str = ""
    others: tuple[str, ...] = ()
    gather: Gather = Crew


def run(tests: Sequence[unittest.TestCase], send: Send, options: Options | None = None) -> events.Done:
    """Run *tests* and send every event; the first Ctrl-C lets the running tests finish, the second stops at once."""
    return Session(tests, send, options or Options()).run()


class Session:
    """What is counted and remembered while tests run."""

    def __init__(self, tests: Sequence[unittest.TestCase], send: Send, options: Options) -> None:
        self._names = plan.names_of(tests)
        self._tests = tests
        self._send = send
        self._options = options
        self._start = time.monotonic()
        self._counts: Counter[str] = Counter()
        self._had_result: set[str] = set()
        self._troubles = 0
        self._interrupts = self._heard_interrupts = 0
        self._is_stopped = False
        planned = [plan.about(name, test) for name, test in zip(self._names, tests, strict=True)]
        memory = options.memory
        self._planned = [memory.recall(each) for each in planned] if memory else planned
        self._groups = self._in_order()
        jobs = max(1, min(options.jobs, len(tests)))
        terms = Terms(
            self._names,
            jobs,
            options.timeout,
            lambda: Capture(options.logs, options.echo),
            is_cautious=options.failfast,
            tick=options.tick,
        )
        self._crew = options.gather(tests, Schedule(self._groups), self._hear, terms)

    def _in_order(self) -> list[Group]:
        groups = in_groups(self._tests, lambda number: self._planned[number].expected_s)
        if self._options.seed is not None:
            return shuffled(groups, self._options.seed, self._tests)
        return longest_first(groups) if self._options.jobs > 1 else groups

    def run(self) -> events.Done:
        """Run all of it."""
        order = [number for group in self._groups for number in group.tests]
        names = tuple(self._names[number] for number in order)
        options = self._options
        self._send(events.Plan(names, options.jobs, options.seed, time.time(), options.shard, options.others))
        if self._options.seed is not None:
            self._send(events.Note(f"random order: --seed {self._options.seed}"))
        for number in order:
            self._send(self._planned[number])
        if self._options.remote is not None:
            self._options.remote.attach(self._crew, self._stop_soon, self._stop_now)
        with self._two_interrupts():
            self._crew.work()
        return self._finish()

    # Events

    def _hear(self, event: events.Event) -> None:
        if isinstance(event, events.Result):
            event = self._count(event)
        self._troubles += isinstance(event, events.Trouble)
        self._send(event)
        if self._options.failfast and (
            isinstance(event, events.Trouble) or (isinstance(event, events.Result) and event.outcome in FAILING)
        ):
            self._is_stopped = True
            self._crew.stop()

    def _count(self, result: events.Result) -> events.Result:
        self._had_result.add(result.test)
        self._counts[result.outcome] += 1
        memory = self._options.memory
        return replace(result, is_flaky=True) if memory is not None and memory.is_flaky(result) else result

    def _finish(self) -> events.Done:
        """Tell the end of the run and what came of it."""
        left = [name for name in self._names if name not in self._had_result]
        if left and not self._is_stopped:
            for name in left:
                self._send(events.Started(name, "", time.time()))
                self._hear(events.Result(name, "error", 0.0, FORGOTTEN, at=time.time()))
            left = []
        if left:
            self._send(events.Note(f"stopped: {len(left)} of {len(self._names)} tests were not run"))
        counts = {name: self._counts[name] for name in events.OUTCOMES if self._counts[name]}
        seconds = time.monotonic() - self._start
        done = events.Done(counts, seconds, len(left), self._troubles, self._heard_interrupts > 0)
        self._send(done)
        return done

    # Stopping

    def _stop_soon(self) -> None:
        """Let what runs finish, and run no more."""
        self._heard_interrupts += 1
        self._is_stopped = True
        self._send(events.Note(STOPPING))
        self._crew.stop()

    def _stop_now(self) -> None:
        """End all that runs."""
        self._heard_interrupts += 1
        self._is_stopped = True
        self._crew.stop_now(events.INTERRUPTED)

    @contextlib.contextmanager
    def _two_interrupts(self) -> Iterator[None]:
        """Let the first Ctrl-C ask the run to stop, and the second, or a SIGTERM, end what runs."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def ask(number: int, frame: object) -> None:
            self._interrupts += 2 if number == signal.SIGTERM else 1
            self._is_stopped = True
            self._crew.stop()

        obeyed = 0

        def obey() -> None:
            nonlocal obeyed
            bell.hear()
            if obeyed < self._interrupts:
                obeyed = self._interrupts
                (self._stop_soon if obeyed == 1 else self._stop_now)()

        before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
        with bell_of_signals() as bell:
            self._crew.listen(bell.fileno(), obey)
            try:
                yield
                if self._interrupts and not self._heard_interrupts:
                    obey()
            finally:
                self._crew.stop_listening(bell.fileno())
                for number, handler in before.items():
                    signal.signal(number, handler)
