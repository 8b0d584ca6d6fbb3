"""What `pkgsuite history --json` says: how each test fared, and which runs there were."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pkgsuite import events

from .estimate import clock

__all__ = ["Past", "normal"]

INSTALLED = "pkgsuite.testcases"
IN_THE_TREE = "testcases"


def normal(test: str) -> str:
    """The id under which a test is remembered, wherever it ran."""
    top, dot, rest = test.partition(".")
    return f"{INSTALLED}{dot}{rest}" if top == IN_THE_TREE else test


@dataclass(frozen=True, slots=True)
class Past:
    """The answer of the command."""

    runs: Sequence[Mapping[str, Any]]
    tests: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Past:
        """What the command printed; what is not as expected is left out."""
        runs = [each for each in listed(told, "runs") if isinstance(each.get("number"), int)]
        return cls(runs, {str(each.get("test", "")): each for each in listed(told, "tests")})

    def of(self, test: str) -> dict[str, Any]:
        """What is known of a test, as the list of scenarios would say it."""
        found = self.tests.get(normal(test), {})
        names = {"outcomes": "outcomes", "durations": "seconds", "expected_s": "usual_s"}
        return {name: found[told] for name, told in names.items() if found.get(told)}

    def cells(self, run: Mapping[str, Any]) -> tuple[str, str, str, str]:
        """What a list says of a run."""
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(run.get("at") or 0.0)))
        counts = run.get("counts") or {}
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        return when, str(sum(counts.values())), f"{told} (results only)", clock(float(run.get("seconds") or 0.0))

    def events(self, number: int, names: Mapping[str, str]) -> Iterator[events.Event]:
        """A run as the events of its results; *names* gives the ids that tests have here for those remembered."""
        results = [
            events.Result(names.get(test, test), str(outcome), float(seconds))
            for test, record in self.tests.items()
            for run, outcome, seconds in zip(
                record.get("runs", ()), record.get("outcomes", ()), record.get("seconds", ()), strict=False
            )
            if run == number
        ]
        run = next((each for each in self.runs if each["number"] == number), {})
        yield events.Plan(tuple(result.test for result in results), at=float(run.get("at") or 0.0))
        yield from results
        yield events.Done(dict(run.get("counts") or {}), float(run.get("seconds") or 0.0))


def listed(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in a list of that name."""
    found = told.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
