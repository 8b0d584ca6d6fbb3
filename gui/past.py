"""What `pkgsuite history --json` says: how each test fared, and which runs there were."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pkgsuite import events

from .estimate import clock

__all__ = ["Past", "normal"]

Told: TypeAlias = "Mapping[str, Any]"
"""An object of JSON."""

NAMES = {"outcomes": "outcomes", "durations": "seconds", "expected_s": "usual_s", "named": "rules"}
"""What the window calls that which the command says of a test."""

INSTALLED = "pkgsuite.testcases"
IN_THE_TREE = "testcases"


def normal(test: str) -> str:
    """The id under which a test is remembered, wherever it ran."""
    top, dot, rest = test.partition(".")
    return f"{INSTALLED}{dot}{rest}" if top == IN_THE_TREE else test


@dataclass(frozen=True, slots=True)
class Past:
    """The answer of the command: runs, and for each id the records of the tests that have it, in different places."""

    runs: Sequence[Told] = ()
    tests: Mapping[str, Sequence[Told]] = field(default_factory=dict)

    @classmethod
    def read(cls, told: Told) -> Past:
        """What the command printed; what is not as expected is left out."""
        runs = [each for each in listed(told, "runs") if isinstance(each.get("number"), int)]
        tests: dict[str, list[Told]] = {}
        for each in listed(told, "tests"):
            tests.setdefault(str(each.get("test", "")), []).append(each)
        return cls(runs, tests)

    def of(self, test: str, file: str = "") -> dict[str, Any]:
        """What is known of a test in *file*, as the list of scenarios would say it."""
        known = self.tests.get(normal(test), ())
        found = next((each for each in known if lies_in(file, str(each.get("place") or ""))), {})
        return {name: found[told] for name, told in NAMES.items() if found.get(told)}

    def cells(self, run: Told) -> tuple[str, str, str, str]:
        """What a list says of a run."""
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(run.get("at") or 0.0)))
        counts = run.get("counts") or {}
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        return when, str(sum(counts.values())), f"{told} (results only)", clock(float(run.get("seconds") or 0.0))

    def events(self, number: int, names: Mapping[str, str]) -> Iterator[events.Event]:
        """A run as the events of its results; *names* gives the ids that tests have here for those remembered."""
        results = [
            events.Result(names.get(test, test), str(outcome), float(seconds))
            for test, records in self.tests.items()
            for record in records
            for run, outcome, seconds in zip(
                record.get("runs", ()), record.get("outcomes", ()), record.get("seconds", ()), strict=False
            )
            if run == number
        ]
        run = next((each for each in self.runs if each["number"] == number), {})
        yield events.Plan(tuple(result.test for result in results), at=float(run.get("at") or 0.0))
        yield from results
        yield events.Done(dict(run.get("counts") or {}), float(run.get("seconds") or 0.0))


def lies_in(file: str, place: str) -> bool:
    """Whether a test in *file* may be one that was imported from *place*; where either is not known it may."""
    return not file or not place or file.startswith(place.rstrip(os.sep) + os.sep)


def listed(told: Told, name: str) -> list[Told]:
    """The objects in a list of that name."""
    found = told.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
