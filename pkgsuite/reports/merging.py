"""Several runs joined into one, from their events: shards, machines, or runs that were told to stop.

Whatever is wrong with a part is a Trouble of the joined run, so no report of it can look better than it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, fields, replace
from pathlib import Path
from typing import Any

from pkgsuite import events
from pkgsuite.errors import SuiteError
from pkgsuite.reports.reading import told_by
from pkgsuite.values import dataclass

__all__ = ["Part", "merged"]

NUMBER = re.compile(r" #\d+$")
"""What stands behind the id of a test that comes up several times."""

MOST_NAMES = 20
"""How many tests are named where there are many."""


@dataclass(slots=True)
class Part:
    """One run, of which *results* has the outcomes by the names of tests; *done* is None where the end is missing."""

    path: Path
    plan: events.Plan
    done: events.Done | None = None
    results: dict[str, str] = field(default_factory=dict)
    troubles: int = 0
    workers: int = 0

    @classmethod
    def read(cls, path: Path) -> Part:
        """The run in a file; raises SuiteError where it holds anything else."""
        told = events_in(path)
        first = next(told, None)
        if not isinstance(first, events.Plan):
            raise SuiteError(f"{path}: its first event is no plan; expected what `run --report jsonl` writes, whole")
        part = cls(path, first)
        for event in told:
            part._take(event)
        return part

    def _take(self, event: events.Event) -> None:
        if isinstance(event, events.Plan):
            raise SuiteError(f"{self.path} holds several runs; give each a file of its own")
        self.workers = max(self.workers, getattr(event, "worker", 0))
        if isinstance(event, events.Result):
            self.results[event.test] = event.outcome
        elif isinstance(event, events.Trouble):
            self.troubles += 1
        elif isinstance(event, events.Done):
            self.done = event

    @property
    def seconds(self) -> float:
        """How long it took, as far as that is told."""
        return self.done.seconds if self.done else 0.0

    @property
    def left(self) -> list[str]:
        """The tests of the plan that have no result."""
        return [test for test in self.plan.tests if test not in self.results]

    def wrong(self) -> Iterator[events.Trouble]:
        """What does not add up in it."""
        name, planned, left = str(self.path), set(self.plan.tests), self.left
        if self.done is None:
            words = f"the end of the run is missing: it was killed, or still runs; {len(left)} tests have no result"
            yield events.Trouble(name, words, listed(left))
        elif len(left) != self.done.not_run:
            words = f"{self.done.not_run} tests should have no result, {len(left)} have none"
            yield events.Trouble(name, words, listed(left))
        if self.done is not None and self.done.counts != dict(Counter(self.results.values())):
            words = f"it counts {told(self.done.counts)} and holds {told(Counter(self.results.values()))}"
            yield events.Trouble(name, words)
        if surplus := [test for test in self.results if test not in planned]:
            yield events.Trouble(name, f"{len(surplus)} tests have a result and are not planned", listed(surplus))


def merged(parts: Sequence[Part]) -> Iterator[events.Event]:
    """The events of all *parts* as those of one run; raises SuiteError where one is there twice."""
    check_each_is_another(parts)
    names = names_of(parts)
    missing = missing_from(parts)
    troubles = [*(each for part in parts for each in part.wrong()), *wrong_with_all(parts, missing)]
    yield plan_of(parts, [*(names[at, test] for at, part in enumerate(parts) for test in part.plan.tests), *missing])
    yield from notes_of(parts)
    workers = 0
    for number, part in enumerate(parts):
        for event in events_in(part.path):
            if not isinstance(event, (events.Plan, events.Done)):
                yield renamed(event, names, number, workers)
        workers += part.workers
    yield from troubles
    yield done_of(parts, len(missing), len(troubles))


def plan_of(parts: Sequence[Part], tests: Iterable[str]) -> events.Plan:
    """The plan of all *parts* together, with *tests* in it."""
    seeds = {part.plan.seed for part in parts}
    jobs, at = sum(part.plan.jobs for part in parts), min(part.plan.at for part in parts)
    return events.Plan(tuple(tests), jobs, seeds.pop() if len(seeds) == 1 else None, at)


def notes_of(parts: Sequence[Part]) -> Iterator[events.Note]:
    """What was joined, and which tests are there several times."""
    for part in parts:
        yield events.Note(about(part))
    counts = Counter(test for part in parts for test in part.plan.tests)
    doubles = [test for test, count in counts.items() if count > 1]
    if doubles:
        yield events.Note(f"{len(doubles)} tests are in several files, and count each time: {', '.join(few(doubles))}")


def done_of(parts: Sequence[Part], missing: int, troubles: int) -> events.Done:
    """The end of all *parts*, where so many tests are *missing* and so many *troubles* were found."""
    counts = Counter(outcome for part in parts for outcome in part.results.values())
    return events.Done(
        {name: counts[name] for name in events.OUTCOMES if counts[name]},
        lasted(parts),
        missing + sum(len(part.left) for part in parts),
        troubles + sum(part.troubles for part in parts),
        any(part.done is not None and part.done.is_interrupted for part in parts),
    )


# Files


def events_in(path: Path) -> Iterator[events.Event]:
    """The events in a file; raises SuiteError where it cannot be read."""
    try:
        with path.open("rb") as file:
            yield from told_by(str(path), file)
    except OSError as error:
        raise SuiteError(f"{path} cannot be read: {error.strerror}") from error


def check_each_is_another(parts: Sequence[Part]) -> None:
    """Raise SuiteError where the same run was given twice."""
    known: dict[events.Plan, Path] = {}
    for part in parts:
        if part.plan.at and part.plan in known:
            raise SuiteError(f"{part.path} and {known[part.plan]} hold the same run; give it once")
        known[part.plan] = part.path


# Names


def names_of(parts: Sequence[Part]) -> dict[tuple[int, str], str]:
    """The name in the joined run of each test of each part: a test that comes up several times is numbered anew."""
    told = [
        (number, test) for number, part in enumerate(parts) for test in dict.fromkeys([*part.plan.tests, *part.results])
    ]
    counts = Counter(NUMBER.sub("", test) for _, test in told)
    seen: Counter[str] = Counter()
    found = {}
    for number, test in told:
        name = NUMBER.sub("", test)
        seen[name] += 1
        found[number, test] = f"{name} #{seen[name]}" if counts[name] > 1 else test
    return found


def renamed(event: events.Event, names: dict[tuple[int, str], str], number: int, workers: int) -> events.Event:
    """The event of a part as one of the joined run."""
    values: dict[str, Any] = {}
    known = {each.name for each in fields(event)}
    test = getattr(event, "test", "")
    if test and names.get((number, test), test) != test:
        values["test"] = names[number, test]
    if workers and "worker" in known and getattr(event, "worker", 0):
        values["worker"] = getattr(event, "worker", 0) + workers
    return replace(event, **values) if values else event


# What is wrong with all of them


def missing_from(parts: Sequence[Part]) -> list[str]:
    """The tests that a shard left to others, and none of them planned."""
    here = {test for part in parts for test in part.plan.tests}
    return sorted({test for part in parts for test in part.plan.others} - here)


def wrong_with_all(parts: Sequence[Part], missing: Sequence[str]) -> Iterator[events.Trouble]:
    """What is wrong though each part may be right."""
    shards = [part for part in parts if part.plan.shard]
    if missing:
        words = f"{len(missing)} tests are in no file though a shard left them to others"
        yield events.Trouble("shards", words, listed(missing))
    counts = {part.plan.shard.partition("/")[2] for part in shards}
    if len(counts) > 1:
        yield events.Trouble("shards", f"they are of different divisions: {', '.join(p.plan.shard for p in shards)}")
    elif counts:
        (count,) = counts
        wanted = {f"{number}/{count}" for number in range(1, int(count) + 1)} if count.isdecimal() else set()
        lacking = sorted(wanted - {part.plan.shard for part in shards}, key=lambda shard: int(shard.partition("/")[0]))
        if lacking:
            yield events.Trouble("shards", f"no file has {' or '.join(few(lacking))}")
        if len({frozenset((*part.plan.tests, *part.plan.others)) for part in shards}) > 1:
            yield events.Trouble("shards", "they divide different tests: the machines did not select the same ones")


def lasted(parts: Iterable[Part]) -> float:
    """For how many seconds at least one of the parts ran."""
    seconds = until = 0.0
    for part in sorted(parts, key=lambda part: part.plan.at):
        begin, end = max(part.plan.at, until), part.plan.at + part.seconds
        seconds += max(0.0, end - begin)
        until = max(until, end)
    return seconds


# Words


def about(part: Part) -> str:
    """A part in a line."""
    shard = f", shard {part.plan.shard}" if part.plan.shard else ""
    end = f" in {part.seconds:.1f} s" if part.done else ", without an end"
    return f"{part.path}: {len(part.plan.tests)} tests{shard}{end}"


def listed(names: Sequence[str]) -> str:
    """Names, each in a line."""
    return "\n".join(names)


def few(names: Sequence[str]) -> list[str]:
    """The first of some names, and how many more there are."""
    more = len(names) - MOST_NAMES
    return [*names[:MOST_NAMES], *([f"{more} more"] if more > 0 else [])]


def told(counts: dict[str, int]) -> str:
    """Counts in words."""
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "nothing"
