"""What the window shows, as a function of events: apply(event) gives what changed; it knows no tkinter."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pkgsuite import events

from . import estimate, outcomes, telling
from .catalogue import Catalogue
from .scenario import MOST_OUTCOMES, Scenario
from .telling import HEAD, LOG, NODES, RULES, TIMELINE

__all__ = ["Change", "Progress", "State"]

Change: TypeAlias = "tuple[str, str]"
"""Which part of the window, and which row or scenario it is about; the parts are constants of this module."""

TREE, ROW, PROGRESS, NOTES = "tree", "row", "progress", "notes"
EVERY = "every"
"""A change to the rows and details of very many scenarios, which are not told one by one."""

MANY = 100

DETAIL = (HEAD, RULES, TIMELINE, LOG, NODES)

MOST_LOG_LINES = 200_000
"""How many lines the logs of all scenarios may have together; the oldest scenarios' go first."""

MOST_NOTES = 200


@dataclass(slots=True)
class Progress:
    """One run: its tests, how many workers, and how far it is."""

    tests: tuple[str, ...] = ()
    jobs: int = 1
    at: float = 0.0
    is_running: bool = False
    is_stopping: bool = False
    seconds: float = 0.0
    ended: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """How many tests have a result."""
        return len(self.ended)


class State:
    """The scenarios, the run, and what is to be said of it."""

    def __init__(self) -> None:
        self.catalogue = Catalogue()
        self.progress = Progress()
        self.last_run: tuple[str, ...] = ()
        self.notes: list[str] = []
        self._running: set[str] = set()
        self._logged: dict[str, None] = {}
        self._lines = 0

    # What there is

    def take_list(self, entries: Iterable[Mapping[str, Any]]) -> set[Change]:
        """Take what `pkgsuite list --json` says; tests that are known keep what came of them."""
        changed: set[Change] = {(TREE, "")}
        for entry in entries:
            test = str(entry.get("id", ""))
            if test:
                self._describe(self._scenario(test), entry)
        return changed

    def take_past(self, of: Callable[[str, str], Mapping[str, Any]], tests: Iterable[str]) -> set[Change]:
        """Take what is remembered of *tests*, unless they have run since."""
        known: list[str] = []
        for test in tests:
            scenario = self.catalogue.scenarios.get(test)
            told = of(test, scenario.file) if scenario else {}
            if scenario and told and scenario.status == outcomes.IDLE and not scenario.reason:
                self._describe(scenario, told)
                scenario.clear()
                known.append(test)
        return self._rows(known)

    def _describe(self, scenario: Scenario, told: Mapping[str, Any]) -> None:
        scenario.description = str(told.get("description") or scenario.description)
        scenario.file = str(told.get("file") or scenario.file)
        scenario.line = int(told.get("line") or scenario.line)
        scenario.expected_s = float(told.get("expected_s") or scenario.expected_s)
        for name in ("tags", "managers", "outcomes", "named", "durations"):
            value = told.get(name)
            if value:
                setattr(scenario, name, tuple(value))

    def _scenario(self, test: str) -> Scenario:
        found = self.catalogue.scenarios.get(test)
        if found is None:
            found = Scenario(test)
            self.catalogue.add(found)
        return found

    def forget(self) -> None:
        """Know no scenario any longer."""
        self.catalogue.clear()
        self.progress = Progress()
        self._running.clear()
        self._logged.clear()
        self._lines = 0

    def check(self, tests: Iterable[str], is_checked: bool) -> set[Change]:
        """Check or uncheck tests."""
        return {(ROW, key) for key in self.catalogue.check(tests, is_checked)} | {(PROGRESS, "")}

    def toggle(self, key: str, among: set[str] | None = None) -> set[Change]:
        """Turn the box of a row round."""
        return {(ROW, row) for row in self.catalogue.toggle(key, among)} | {(PROGRESS, "")}

    # What may be run

    def checked(self) -> list[str]:
        """The checked tests, in order."""
        return [test for test in self.catalogue.order() if test in self.catalogue.checked]

    def unwell(self) -> list[str]:
        """The tests that failed or ended in error, in order."""
        found = self.catalogue.scenarios
        return [test for test in self.catalogue.order() if found[test].status in outcomes.UNWELL]

    def next_unwell(self, current: str, step: int) -> str:
        """The next failure after *current*, or before it with a negative *step*; nothing where all is well."""
        wanted = set(self.unwell())
        order = self.catalogue.order()
        if not wanted:
            return ""
        tests = self.catalogue.tests_in(current)
        start = order.index(tests[0]) if tests else (-1 if step > 0 else 0)
        if tests and current not in order and step > 0:
            start -= 1
        turned = [order[(start + step * away) % len(order)] for away in range(1, len(order) + 1)]
        return next(test for test in turned if test in wanted)

    # What happens

    def apply(self, event: events.Event) -> set[Change]:
        """Take an event and give what changed."""
        handler: Callable[[State, Any], set[Change]] | None = HANDLERS.get(type(event))
        return handler(self, event) if handler else set()

    def _plan(self, event: events.Plan) -> set[Change]:
        changed: set[Change] = set()
        for test in event.tests:
            if test not in self.catalogue:
                changed.add((TREE, ""))
            scenario = self._scenario(test)
            scenario.clear()
            self.catalogue.set_status(scenario, outcomes.QUEUED)
        self._running.clear()
        self.last_run = event.tests
        self.progress = Progress(event.tests, max(1, event.jobs), event.at or time.time(), is_running=True)
        return changed | self._rows(event.tests) | {(PROGRESS, "")}

    def _planned(self, event: events.Planned) -> set[Change]:
        scenario = self._scenario(event.test)
        told = {name: getattr(event, name) for name in ("description", "file", "line", "expected_s", "tags")}
        self._describe(scenario, {**told, "outcomes": event.outcomes, "named": event.rules})
        if scenario.status == outcomes.QUEUED:
            scenario.clear()
        return parts(event.test, ROW, HEAD, RULES)

    def _started(self, event: events.Started) -> set[Change]:
        scenario = self._scenario(event.test)
        scenario.clear()
        scenario.description = event.description or scenario.description
        scenario.started_at = event.at or time.time()
        scenario.at(scenario.started_at)
        self._running.add(event.test)
        return self._become(scenario, outcomes.RUNNING) | parts(event.test, *DETAIL) | {(PROGRESS, "")}

    def _told(self, event: telling.Told) -> set[Change]:
        scenario = self._scenario(event.test)
        before = len(scenario.log)
        changed = telling.take(scenario, event)
        self._count_lines(scenario, len(scenario.log) - before)
        return parts(event.test, *changed)

    def _note(self, event: events.Note) -> set[Change]:
        if event.test in self.catalogue:
            self.catalogue.scenarios[event.test].notes.append(event.text)
            return parts(event.test, RULES)
        return self.say(event.text)

    def _trouble(self, event: events.Trouble) -> set[Change]:
        return self.say(f"{event.where}: {event.reason}", event.details)

    def _result(self, event: events.Result) -> set[Change]:
        scenario = self._scenario(event.test)
        at = scenario.at(event.at)
        scenario.seconds, scenario.reason, scenario.details = event.seconds, event.reason, event.details
        status = outcomes.of_outcome(event.outcome, event.reason, is_flaky=event.is_flaky)
        if status != outcomes.IDLE:
            scenario.outcome = event.outcome
            scenario.outcomes = (*scenario.outcomes, event.outcome)[-MOST_OUTCOMES:]
            scenario.durations = (*scenario.durations, event.seconds)[-MOST_OUTCOMES:]
            self.progress.ended[event.test] = (scenario.expected_s, event.seconds)
        telling.finish(scenario, at)
        return self._become(scenario, status) | parts(event.test, *DETAIL) | {(PROGRESS, "")}

    def _done(self, event: events.Done) -> set[Change]:
        changed = self._leave(outcomes.IDLE, "")
        self.progress.is_running = self.progress.is_stopping = False
        self.progress.seconds = event.seconds
        return changed | {(PROGRESS, "")}

    # How it ends otherwise

    def begin(self, tests: Sequence[str]) -> set[Change]:
        """A run of *tests* was asked for; its Plan comes in a moment."""
        return self._plan(events.Plan(tuple(tests)))

    def ended(self) -> set[Change]:
        """The runner has ended, and another may start."""
        self.progress.is_running = self.progress.is_stopping = False
        return {(PROGRESS, "")}

    def stopping(self) -> set[Change]:
        """The run was asked to stop."""
        self.progress.is_stopping = True
        return {(PROGRESS, "")}

    def runner_died(self, reason: str) -> set[Change]:
        """The runner ended before it said that it was done: what ran is in error, what waited is idle."""
        if not self.progress.is_running:
            return set()
        changed = self._leave(outcomes.ERROR, reason)
        self.progress.is_running = self.progress.is_stopping = False
        self.progress.seconds = self.elapsed(time.time())
        return changed | self.say(reason) | {(PROGRESS, "")}

    def _leave(self, running: str, reason: str) -> set[Change]:
        """Give what still runs the status *running*, and what waits none."""
        changed: set[Change] = set()
        waited: list[str] = []
        for test in self.progress.tests:
            scenario = self.catalogue.scenarios[test]
            if scenario.status == outcomes.RUNNING:
                scenario.reason = reason
                telling.finish(scenario, scenario.last_at)
                scenario.seconds = max(0.0, scenario.last_at - scenario.started_at)
                changed |= self._become(scenario, running) | parts(test, *DETAIL)
            elif scenario.status == outcomes.QUEUED:
                scenario.claims.clear()
                self.catalogue.set_status(scenario, outcomes.IDLE)
                waited.append(test)
        return changed | self._rows(waited)

    def say(self, text: str, details: str = "") -> set[Change]:
        """Something about the run as a whole."""
        self.notes = [*self.notes, text if not details else f"{text}\n{details}"][-MOST_NOTES:]
        return {(NOTES, "")}

    # How far it is

    def elapsed(self, now: float) -> float:
        """How long the run takes or took, in seconds."""
        return max(0.0, now - self.progress.at) if self.progress.is_running else self.progress.seconds

    def left(self, now: float) -> float | None:
        """How many seconds are left, or None where that is not known."""
        found = self.catalogue.scenarios
        waiting = [found[test].expected_s for test in self.progress.tests if found[test].status == outcomes.QUEUED]
        running = [(found[test].expected_s, max(0.0, now - found[test].started_at)) for test in self._running]
        return estimate.remaining(waiting, running, list(self.progress.ended.values()), self.progress.jobs)

    def shares(self) -> list[tuple[str, int]]:
        """How many tests of the run have each status, in the order of the progress bar."""
        counts = dict.fromkeys((*ENDED_FIRST, outcomes.RUNNING), 0)
        for test in self.progress.tests:
            status = self.catalogue.scenarios[test].status
            if status in counts:
                counts[status] += 1
        return [(status, count) for status, count in counts.items() if count]

    # The small print

    def _become(self, scenario: Scenario, status: str) -> set[Change]:
        self.catalogue.set_status(scenario, status)
        if status != outcomes.RUNNING:
            self._running.discard(scenario.test)
        return {(ROW, scenario.test), *((ROW, group.key) for group in self.catalogue.above(scenario.test))}

    def _rows(self, tests: Sequence[str]) -> set[Change]:
        """Changes to all of these tests and the groups that they lie in."""
        if len(tests) > MANY:
            return {(EVERY, "")}
        groups = {(ROW, group.key) for test in tests for group in self.catalogue.above(test)}
        return groups.union(*(parts(test, ROW, *DETAIL) for test in tests))

    def _count_lines(self, scenario: Scenario, more: int) -> None:
        """Let go of the oldest logs where those of all scenarios together are too long."""
        if not more:
            return
        self._lines += more
        self._logged.setdefault(scenario.test, None)
        while self._lines > MOST_LOG_LINES and len(self._logged) > 1:
            oldest = next(test for test in self._logged if test != scenario.test)
            del self._logged[oldest]
            self._lines -= self.catalogue.scenarios[oldest].log.forget()


ENDED_FIRST: Sequence[str] = (outcomes.PASSED, outcomes.SKIPPED, outcomes.FLAKY, outcomes.ERROR, outcomes.FAILED)

HANDLERS: dict[type[Any], Callable[[State, Any], set[Change]]] = {
    events.Plan: State._plan,
    events.Planned: State._planned,
    events.Started: State._started,
    **dict.fromkeys(telling.KINDS, State._told),
    events.Note: State._note,
    events.Trouble: State._trouble,
    events.Result: State._result,
    events.Done: State._done,
}


def parts(test: str, *names: str) -> set[Change]:
    """Changes to these parts of one scenario."""
    return {(name, test) for name in names}
