"""A run as its events tell it, test by test: what a report is made from that is written at the end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import field, replace
from typing import Any

from pkgsuite import events
from pkgsuite.reports.readable import capped
from pkgsuite.reports.repeated import test_of
from pkgsuite.values import dataclass

__all__ = ["BROKEN", "NOT_RUN", "STATES", "UNFINISHED", "Attempt", "Curve", "Run", "Test"]

UNFINISHED, NOT_RUN = "unfinished", "not run"
"""The states of a test that began and has no result, and of one that never began."""

STATES = ("crashed", "error", "failed", "xpassed", UNFINISHED, "passed", "xfailed", "skipped", NOT_RUN)
"""What may have become of a test; where it ran several times, the first of these that came up counts."""

BROKEN = ("crashed", "error", "failed", "xpassed", UNFINISHED)
"""The states that somebody has to look at."""

DOTTED = re.compile(r"(?P<module>\w+(\.\w+)*)\.\w+\.\w+(?![\w.])")
"""The start of an id as unittest makes them: a module, a class and a method."""

MOST_TEXT = 64 * 1024
MOST_COMMANDS = 1_000
MOST_RULES = 5_000
MOST_PATHS = 2_000
MOST_SAMPLES = 600
"""How much of each thing is kept: a report has to be opened, and the runner has to stay small."""


@dataclass(slots=True)
class Curve:
    """The samples of one machine or node; thinned out by halves where they are too many."""

    samples: list[events.Usage] = field(default_factory=list)
    every: int = 1
    seen: int = 0

    def add(self, usage: events.Usage) -> None:
        """Keep *usage*, or leave it out; only the newest keeps its processes."""
        if self.samples and self.samples[-1].processes:
            self.samples[-1] = replace(self.samples[-1], processes=())
        if self.seen % self.every and self.samples:
            self.samples[-1] = usage
        else:
            self.samples.append(usage)
        self.seen += 1
        if len(self.samples) > MOST_SAMPLES:
            self.samples = self.samples[::2]
            self.every *= 2


@dataclass(slots=True)
class Attempt:
    """One time that a test ran, under a *name* of the plan, with all it told; *left_out* counts what was too much."""

    name: str
    at: float = 0.0
    worker: int = 0
    result: events.Result | None = None
    commands: dict[int, events.Command | events.Launched] = field(default_factory=dict)
    rules: list[events.Rule] = field(default_factory=list)
    announced: list[tuple[str, str]] = field(default_factory=list)
    queues: list[events.Queue] = field(default_factory=list)
    changes: list[events.Changed] = field(default_factory=list)
    kept: list[events.Kept] = field(default_factory=list)
    nodes: list[events.Node] = field(default_factory=list)
    curves: dict[str, Curve] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    output: events.Output | None = None
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def state(self) -> str:
        """One of STATES."""
        return self.result.outcome if self.result else UNFINISHED

    @property
    def is_flaky(self) -> bool:
        """Whether its result says so."""
        return self.result is not None and self.result.is_flaky

    def pending(self) -> list[tuple[str, str]]:
        """The rules that were to be judged and were not, each with its machine."""
        judged = Counter((rule.machine, rule.rule) for rule in self.rules)
        return list((Counter(self.announced) - judged).elements())


@dataclass(slots=True)
class Test:
    """A test of the plan with all its attempts, the first one first."""

    id: str
    planned: events.Planned | None = None
    description: str = ""
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def worst(self) -> Attempt | None:
        """The attempt that decides, or None."""
        return min(self.attempts, key=lambda attempt: STATES.index(attempt.state), default=None)

    @property
    def state(self) -> str:
        """One of STATES."""
        return self.worst.state if self.worst else NOT_RUN

    @property
    def is_flaky(self) -> bool:
        """Whether its history or its attempts disagree with each other."""
        ends = {attempt.state in BROKEN for attempt in self.attempts}
        return len(ends) > 1 or any(attempt.is_flaky for attempt in self.attempts)

    @property
    def seconds(self) -> float:
        """How long all its attempts took."""
        return sum(attempt.result.seconds for attempt in self.attempts if attempt.result)

    @property
    def reason(self) -> str:
        """Why it is in its state, in a line, or nothing."""
        return self.worst.result.reason if self.worst and self.worst.result else ""

    @property
    def past(self) -> tuple[str, ...]:
        """How its last runs before this one ended, the newest last."""
        return self.planned.outcomes if self.planned else ()

    @property
    def is_new(self) -> bool:
        """Whether it is broken now and was not the last time."""
        return self.state in BROKEN and bool(self.past) and self.past[-1] not in BROKEN

    @property
    def group(self) -> str:
        """The module it is in."""
        return self._parts[0]

    @property
    def name(self) -> str:
        """Its class and method."""
        return self._parts[1]

    @property
    def _parts(self) -> tuple[str, str]:
        found = DOTTED.match(self.id)
        if found:
            return found["module"], self.id[len(found["module"]) + 1 :]
        above, _, name = self.id.rpartition("/")
        return above, name


class Run:
    """A run, gathered event by event."""

    def __init__(self) -> None:
        self.plan: events.Plan | None = None
        self._test_of: dict[str, str] = {}
        self.done: events.Done | None = None
        self.tests: dict[str, Test] = {}
        self.notes: list[str] = []
        self.troubles: list[events.Trouble] = []

    @property
    def at(self) -> float:
        """When it began, in seconds since the epoch, or 0 where nothing tells."""
        told = [attempt.at for test in self.tests.values() for attempt in test.attempts if attempt.at]
        return (self.plan.at if self.plan else 0.0) or min(told, default=0.0)

    @property
    def seconds(self) -> float:
        """How long it took, or how long its tests did where the end is missing."""
        return self.done.seconds if self.done else sum(test.seconds for test in self.tests.values())

    @property
    def is_whole(self) -> bool:
        """Whether the run came to its own end."""
        return self.done is not None and not self.done.is_interrupted

    def counts(self) -> dict[str, int]:
        """How many tests are in each of STATES, without those that none is in."""
        found = Counter(test.state for test in self.tests.values())
        return {state: found[state] for state in STATES if found[state]}

    def take(self, event: events.Event) -> None:
        """Take in one event."""
        taken = TAKERS.get(type(event))
        if taken:
            taken(self, event)

    def _plan(self, event: events.Plan) -> None:
        self.plan = event
        self._test_of |= test_of(event.tests)
        for test in event.tests:
            self._test(test)

    def _planned(self, event: events.Planned) -> None:
        test = self._test(event.test)
        test.planned = replace(event, test=test.id)
        test.description = test.description or event.description

    def _started(self, event: events.Started) -> None:
        test = self._test(event.test)
        test.description = event.description or test.description
        test.attempts.append(Attempt(event.test, event.at, event.worker))

    def _result(self, event: events.Result) -> None:
        attempt = self._attempt(event.test)
        attempt.worker = event.worker or attempt.worker
        attempt.at = attempt.at or (event.at - event.seconds if event.at else 0.0)
        attempt.result = replace(
            event, reason=capped(event.reason, MOST_TEXT // 16), details=capped(event.details, MOST_TEXT)
        )

    def _command(self, event: events.Command | events.Launched) -> None:
        commands, left_out = self._attempt(event.test).commands, self._attempt(event.test).left_out
        number = event.number or len(commands) + 1
        if number not in commands and len(commands) >= MOST_COMMANDS:
            left_out["commands"] += 1
        elif isinstance(event, events.Command):
            commands[number] = replace(event, output=capped(event.output, MOST_TEXT))
        else:
            commands.setdefault(number, event)

    def _judging(self, event: events.Judging) -> None:
        announced = self._attempt(event.test).announced
        announced += [(event.machine, rule) for rule in event.rules[: MOST_RULES - len(announced)]]

    def _rule(self, event: events.Rule) -> None:
        attempt = self._attempt(event.test)
        if len(attempt.rules) < MOST_RULES:
            short = replace(event, expected=capped(event.expected, MOST_TEXT), seen=capped(event.seen, MOST_TEXT))
            attempt.rules.append(short)
        else:
            attempt.left_out["rules"] += 1

    def _changed(self, event: events.Changed) -> None:
        attempt = self._attempt(event.test)
        paths = {name: getattr(event, name) for name in ("created", "modified", "deleted")}
        attempt.left_out["paths"] += sum(max(0, len(each) - MOST_PATHS) for each in paths.values())
        attempt.changes.append(replace(event, **{name: each[:MOST_PATHS] for name, each in paths.items()}))

    def _node(self, event: events.Node) -> None:
        self._attempt(event.test).nodes.append(replace(event, log=capped(event.log, MOST_TEXT)))

    def _usage(self, event: events.Usage) -> None:
        self._attempt(event.test).curves.setdefault(event.source, Curve()).add(event)

    def _log(self, event: events.Log) -> None:
        logs = self._attempt(event.test).logs
        logs[event.source] = (logs.get(event.source, "") + event.text[-MOST_TEXT:])[-MOST_TEXT:]

    def _output(self, event: events.Output) -> None:
        self._attempt(event.test).output = replace(event, text=capped(event.text, MOST_TEXT))

    def _note(self, event: events.Note) -> None:
        (self._attempt(event.test).notes if event.test else self.notes).append(capped(event.text, MOST_TEXT))

    def _trouble(self, event: events.Trouble) -> None:
        self.troubles.append(replace(event, details=capped(event.details, MOST_TEXT)))

    def _done(self, event: events.Done) -> None:
        self.done = event

    def _test(self, name: str) -> Test:
        """The test that a name of the plan stands for."""
        test = self._test_of.get(name, name)
        return self.tests.setdefault(test, Test(test))

    def _attempt(self, name: str) -> Attempt:
        """The attempt that an event belongs to: the last one of its name."""
        test = self._test(name)
        found = next((attempt for attempt in reversed(test.attempts) if attempt.name == name), None)
        if found is None:
            found = Attempt(name)
            test.attempts.append(found)
        return found


TAKERS: dict[type, Callable[[Run, Any], None]] = {
    events.Plan: Run._plan,
    events.Planned: Run._planned,
    events.Started: Run._started,
    events.Result: Run._result,
    events.Launched: Run._command,
    events.Command: Run._command,
    events.Judging: Run._judging,
    events.Rule: Run._rule,
    events.Queue: lambda run, event: run._attempt(event.test).queues.append(event),
    events.Changed: Run._changed,
    events.Kept: lambda run, event: run._attempt(event.test).kept.append(event),
    events.Node: Run._node,
    events.Usage: Run._usage,
    events.Log: Run._log,
    events.Output: Run._output,
    events.Note: Run._note,
    events.Trouble: Run._trouble,
    events.Done: Run._done,
}
