"""Tests and rules that prove nothing: they hold with a manager that does nothing, or that always fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pkgsuite import events
from pkgsuite.rules.show import printable

__all__ = ["STAND_INS", "Vacuous"]

STAND_INS = {"does nothing": "/bin/true", "always fails": "/bin/false"}
"""Programs in place of the manager, by what is said of it."""

PASSING = ("passed", "xpassed")
MARKS = {True: "holds", False: "-"}


class Vacuous:
    """What held under each stand-in: events go in by `listen`, the report comes out."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self._rules: dict[str, dict[tuple[int, str], set[str]]] = {}
        self._passed: dict[str, set[str]] = {test: set() for test in names}
        self._troubles: dict[str, str] = {}
        self._skipped: dict[str, str] = {}
        self._seen: dict[tuple[str, str], int] = {}

    def listen(self, stand_in: str, event: events.Event) -> None:
        """Take in what happened with a stand-in."""
        if isinstance(event, events.Rule):
            place = self._seen[event.test, stand_in] = self._seen.get((event.test, stand_in), 0) + 1
            held = self._rules.setdefault(event.test, {}).setdefault((place, event.rule), set())
            if event.held:
                held.add(stand_in)
        elif isinstance(event, events.Result):
            if event.outcome in PASSING:
                self._passed[event.test].add(stand_in)
            elif event.outcome in ("error", "crashed"):
                self._troubles[event.test] = event.reason
            elif event.outcome == "skipped":
                self._skipped[event.test] = event.reason

    @property
    def troubles(self) -> int:
        """How many tests could not be tried, but for those that say so themselves."""
        return len(self._troubles)

    def report(self) -> Iterator[str]:
        """The lines of the report."""
        for test, name in self._names.items():
            yield from self._of_test(test, name)
        tests = {name: sum(1 for passed in self._passed.values() if name in passed) for name in STAND_INS}
        held = [stand_ins for rules in self._rules.values() for stand_ins in rules.values()]
        rules = {name: sum(1 for stand_ins in held if name in stand_ins) for name in STAND_INS}
        for name in STAND_INS:
            yield (
                f"with a manager that {name}: {tests[name]} of {len(self._names)} tests pass, "
                f"{rules[name]} of {len(held)} rules hold"
            )

    def _of_test(self, test: str, name: str) -> Iterator[str]:
        if test in self._troubles:
            yield f"{name}: not tried: {printable(self._troubles[test])}"
            return
        if test in self._skipped:
            yield f"{name}: skipped: {printable(self._skipped[test])}"
            return
        passed = [stand_in for stand_in in STAND_INS if stand_in in self._passed[test]]
        yield f"{name}: {'passes with a manager that ' + ' or '.join(passed) if passed else 'proves something'}"
        for (_, rule), held in self._rules.get(test, {}).items():
            if held:
                yield f"    {told(held):29}  {printable(rule)}"


def told(held: Sequence[str] | set[str]) -> str:
    """Under which stand-ins a rule held, in words."""
    return " and ".join(name for name in STAND_INS if name in held)
