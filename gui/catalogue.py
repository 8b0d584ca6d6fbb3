"""The scenarios there are, the groups they lie in, and which are checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from . import outcomes
from .filters import Match
from .names import groups_of, label_of_group
from .scenario import Scenario

__all__ = ["ALL", "NONE", "SOME", "Catalogue", "Group"]

NONE, SOME, ALL = "none", "some", "all"
"""The states of a box."""


@dataclass(slots=True)
class Group:
    """A module or class: what lies directly in it, and counts of all tests below."""

    key: str
    parent: str
    label: str
    children: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    checked: int = 0

    @property
    def status(self) -> str:
        """That of the test below which most needs to be seen."""
        return outcomes.of_group(status for status, count in self.statuses.items() if count)

    @property
    def ended(self) -> int:
        """How many tests below have a result."""
        return sum(self.statuses[status] for status in outcomes.ENDED)

    @property
    def box(self) -> str:
        """The state of its box."""
        return NONE if not self.checked else ALL if self.checked == len(self.tests) else SOME


class Catalogue:
    """Scenarios in their order, in groups whose counts are always true."""

    def __init__(self) -> None:
        self.scenarios: dict[str, Scenario] = {}
        self.groups: dict[str, Group] = {}
        self.top: list[str] = []
        self.statuses: Counter[str] = Counter()
        self.checked: set[str] = set()

    def __len__(self) -> int:
        return len(self.scenarios)

    def __contains__(self, test: object) -> bool:
        return test in self.scenarios

    def clear(self) -> None:
        """Forget everything."""
        for each in (self.scenarios, self.groups, self.top, self.statuses, self.checked):
            each.clear()

    def add(self, scenario: Scenario, *, is_checked: bool = True) -> None:
        """Take a scenario that is not there yet."""
        test = scenario.test
        self.scenarios[test] = scenario
        above = ""
        for depth, key in enumerate(groups_of(test)):
            if key not in self.groups:
                self.groups[key] = Group(key, above, label_of_group(key, is_class=depth > 0))
                self._children_of(above).append(key)
            above = key
        self._children_of(above).append(test)
        self.statuses[scenario.status] += 1
        for group in self.above(test):
            group.tests.append(test)
            group.statuses[scenario.status] += 1
        if is_checked:
            self.check([test], True)

    def _children_of(self, group: str) -> list[str]:
        return self.groups[group].children if group else self.top

    def above(self, test: str) -> Iterator[Group]:
        """The groups that a test lies in."""
        return (self.groups[key] for key in groups_of(test))

    def set_status(self, scenario: Scenario, status: str) -> None:
        """Give a scenario another status and keep the counts true."""
        before, scenario.status = scenario.status, status
        for counts in (self.statuses, *(group.statuses for group in self.above(scenario.test))):
            counts[before] -= 1
            counts[status] += 1

    def tests_in(self, key: str) -> list[str]:
        """The tests that a row stands for."""
        if key in self.groups:
            return list(self.groups[key].tests)
        return [key] if key in self.scenarios else []

    def box(self, key: str) -> str:
        """The state of the box of a row."""
        if key in self.groups:
            return self.groups[key].box
        return ALL if key in self.checked else NONE

    def check(self, tests: Iterable[str], is_checked: bool) -> set[str]:
        """Check or uncheck *tests*; gives the rows that changed."""
        changed: set[str] = set()
        for test in tests:
            if (test in self.checked) == is_checked or test not in self.scenarios:
                continue
            (self.checked.add if is_checked else self.checked.discard)(test)
            changed.add(test)
            for group in self.above(test):
                group.checked += 1 if is_checked else -1
                changed.add(group.key)
        return changed

    def toggle(self, key: str, among: set[str] | None = None) -> set[str]:
        """Turn the box of a row round: all of its tests *among* those that are seen; gives the rows that changed."""
        tests = [test for test in self.tests_in(key) if among is None or test in among]
        return self.check(tests, not all(test in self.checked for test in tests))

    def matching(self, match: Match | None) -> set[str] | None:
        """The tests that a filter lets through; None where it lets all."""
        return None if match is None else {test for test, each in self.scenarios.items() if match(each)}

    def visible(self, shown: set[str] | None) -> Mapping[str, Sequence[str]]:
        """The children of each group that has any to show, the top as the empty name."""
        if shown is None:
            return {"": self.top, **{key: group.children for key, group in self.groups.items()}}
        kept = {key: [test for test in group.tests if test in shown] for key, group in self.groups.items()}
        full = {key for key, tests in kept.items() if tests} | shown
        found = {
            key: [child for child in group.children if child in full]
            for key, group in self.groups.items()
            if key in full
        }
        return {"": [key for key in self.top if key in full], **found}

    def order(self) -> list[str]:
        """All tests, as they stand in the tree."""
        tests: list[str] = []
        for key in self.top:
            tests += self._below(key)
        return tests

    def _below(self, key: str) -> list[str]:
        if key not in self.groups:
            return [key]
        return [test for child in self.groups[key].children for test in self._below(child)]

    def fewest_names(self, tests: Sequence[str]) -> list[str]:
        """*tests* as names for the command line: modules and classes of which all are wanted, and single tests."""
        wanted = set(tests)
        whole = {key for key, group in self.groups.items() if wanted.issuperset(group.tests)}
        found = (next((group.key for group in self.above(test) if group.key in whole), test) for test in tests)
        return list(dict.fromkeys(found))
