"""Which scenarios notice which mutant: the scenarios are run with each in the manager's place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from pathlib import Path

from pkgsuite import events
from pkgsuite.errors import RuleBroken, SuiteError
from pkgsuite.managers.base import Manager
from pkgsuite.mutants import program, registry
from pkgsuite.values import dataclass

__all__ = ["STAND_INS", "Candidate", "Chosen", "Column", "candidates", "columns", "faithful", "run_with"]

STAND_INS = {
    "true": "It does nothing and says that all is well.",
    "false": "It does nothing and says that something is wrong.",
}
"""Programs that no scenario may take for the manager."""

BROKEN = f"{RuleBroken.__module__}.{RuleBroken.__qualname__}"
MOST_COMPLAINT = 2000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A program for the manager's place, or a directory of programs; nothing leaves the manager that there is.

    *is_stand_in* tells that every scenario must notice it.
    """

    name: str
    description: str
    program: str
    is_stand_in: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """Some *tests*, and the *words* of `pkgsuite run` that select them and perhaps more."""

    tests: Sequence[str]
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Column:
    """What the scenarios made of a candidate: the broken rules of those that noticed, and the outcomes of all others.

    Only a test that failed by RuleBroken has noticed; *others* are the outcomes and reasons of the rest.
    """

    candidate: Candidate
    noticed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def passed(self) -> list[str]:
        """The tests that did not notice."""
        return [test for test, (outcome, _) in self.others.items() if outcome == "passed"]

    @property
    def odd(self) -> dict[str, str]:
        """The tests that neither noticed nor passed, each with its outcome and reason."""
        return {test: f"{word}: {reason}" for test, (word, reason) in self.others.items() if word != "passed"}

    @property
    def not_passed(self) -> dict[str, str]:
        """The tests that did not pass, each with why."""
        return {test: f"broken: {', '.join(rules)}" for test, rules in self.noticed.items()} | self.odd

    @property
    def is_good(self) -> bool:
        """Whether enough tests noticed: all of them for a stand-in, one for a mutant."""
        return not self.others if self.candidate.is_stand_in else bool(self.noticed)


def candidates(directory: Path, manager: Manager, names: Sequence[str] = ()) -> list[Candidate]:
    """The mutants and stand-ins that are called *names*, or all, written to *directory*; raises SuiteError."""
    mutants = registry.mutants_of(manager.name)
    unknown = [name for name in names if name not in mutants and name not in STAND_INS]
    if unknown:
        raise SuiteError(f"unknown: {', '.join(unknown)}; expected some of {', '.join([*mutants, *STAND_INS])}")
    found = [
        Candidate(name, registry.description_of(mutant), str(program.write(directory, manager, name)))
        for name, mutant in mutants.items()
        if not names or name in names
    ]
    for name, description in STAND_INS.items():
        if not names or name in names:
            found.append(Candidate(name, description, shutil.which(name) or f"/bin/{name}", is_stand_in=True))
    return found


def faithful(directory: Path, manager: Manager) -> Candidate:
    """What stands in the manager's place as mutants do and has no fault, written to *directory*."""
    name = registry.FAITHFUL
    return Candidate(name, "Nothing is wrong with it.", str(program.write(directory, manager, name)))


def columns(
    manager: Manager, every: Chosen, fit: Chosen, some: Sequence[Candidate], jobs: int, *, failfast: bool = False
) -> Iterator[Column]:
    """What scenarios make of each candidate, *jobs* at a time, in order: *every* one of a stand-in, *fit* ones of a
    mutant.

    With *failfast* a mutant meets them only up to the first that notices.
    """

    def column(candidate: Candidate) -> Column:
        if candidate.is_stand_in:
            return run_with(manager, every, candidate)
        return up_to_the_first(manager, fit, candidate) if failfast else run_with(manager, fit, candidate)

    with ThreadPoolExecutor(jobs) as pool:
        try:
            yield from pool.map(column, some)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def up_to_the_first(manager: Manager, chosen: Chosen, candidate: Candidate) -> Column:
    """What scenarios make of one candidate up to the first that notices.

    Where the words are ids, one of each class goes first, since the tests of a class are about one thing, and behind an
    error it goes on with those that are left. With other words it begins anew with all of them then.
    """
    if list(chosen.words) != list(chosen.tests):
        found = run_with(manager, chosen, candidate, failfast=True)
        return found if found.noticed else run_with(manager, chosen, candidate)
    others: dict[str, tuple[str, str]] = {}
    for wave in waves(chosen.tests):
        left = wave
        while left:
            found = run_with(manager, Chosen(left, left), candidate, failfast=True)
            others |= found.others
            if found.noticed:
                return Column(candidate, found.noticed, others)
            left = [test for test in left if test not in others]
    return Column(candidate, {}, others)


def waves(tests: Sequence[str]) -> tuple[list[str], list[str]]:
    """The first test of each class, and the others."""
    firsts = set({test.rpartition(".")[0]: test for test in reversed(tests)}.values())
    return [test for test in tests if test in firsts], [test for test in tests if test not in firsts]


def run_with(manager: Manager, chosen: Chosen, candidate: Candidate, *, failfast: bool = False) -> Column:
    """What scenarios make of one candidate, in a process of their own; raises SuiteError where they do not run.

    With *failfast* they run one by one, and those behind the first that does not pass are not run.
    """
    options = ["--quiet", "--no-history", "--keep=never", "--report=jsonl=-"]
    if failfast:
        options += ["--failfast", "--jobs=1"]
    done = subprocess.run(
        [sys.executable, "-m", "pkgsuite", "run", *options, *chosen.words],
        env={**os.environ, **({manager.variable: candidate.program} if candidate.program else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    told = [events.decode(line) for line in done.stdout.splitlines()]
    results = {event.test: event for event in told if isinstance(event, events.Result)}
    tests = [test for test in chosen.tests if test in results]
    missing = [test for test in chosen.tests if test not in results]
    if missing and not (failfast and results):
        raise SuiteError(f"{candidate.name}: {missing[0]} did not run:\n{done.stderr.strip()[-MOST_COMPLAINT:]}")
    rules: dict[str, dict[str, None]] = {}
    for event in told:
        if isinstance(event, events.Rule) and not event.held:
            rules.setdefault(event.test, {})[event.rule] = None
    noticed = {test: tuple(rules.get(test, ())) for test in tests if has_noticed(results[test])}
    others = {test: (results[test].outcome, results[test].reason) for test in tests if test not in noticed}
    return Column(candidate, noticed, others)


def has_noticed(result: events.Result) -> bool:
    """Whether a test failed because of a rule."""
    return result.outcome == "failed" and BROKEN in result.details
