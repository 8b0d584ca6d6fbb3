"""Which test is next for which worker: the longest first, and a class with one worker as long as all are busy."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from pkgsuite.runner.groups import Group

__all__ = ["Schedule", "longest_first"]


class Schedule:
    """The tests that wait, in groups."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self._untouched = deque(group for group in groups if group.tests)
        self._begun: list[Group] = []

    def __len__(self) -> int:
        """How many tests wait."""
        return sum(len(group.tests) for group in (*self._untouched, *self._begun))

    def next(self, held: Group | None) -> tuple[Group, int] | None:
        """The next test for a worker that holds a group, or holds none; None where nothing is left for it."""
        if held is not None and held.tests:
            return held, held.tests.popleft()
        if self._untouched:
            group = self._untouched.popleft()
            self._begun.append(group)
            return group, group.tests.popleft()
        self._begun = [group for group in self._begun if group.tests]
        divisible = [group for group in self._begun if not group.is_whole]
        split = max(divisible, key=lambda group: group.waiting_s, default=None)
        return (split, split.tests.popleft()) if split else None

    def put_back(self, group: Group, number: int) -> None:
        """A test that was given out and not begun is the next of its group."""
        group.tests.appendleft(number)

    def abandon(self, group: Group) -> None:
        """The worker that held *group* is gone; another may take what is left of it."""
        if group.tests and group not in self._untouched:
            self._begun = [each for each in self._begun if each is not group]
            self._untouched.appendleft(group)


def longest_first(groups: Iterable[Group]) -> list[Group]:
    """The groups whose longest piece takes longest first, and in those that may be split the longest test first.

    Where nothing is known of any, the order is as it was.
    """
    ordered = sorted(groups, key=lambda group: (-group.longest_s, -group.waiting_s) if known(group) else (0.0, 0.0))
    for group in ordered:
        if not group.is_whole:
            group.tests = deque(sorted(group.tests, key=lambda number: -group.expected_s(number)))
    return ordered


def known(group: Group) -> bool:
    """Whether anything is known of how long its tests take."""
    return any(group.expected_s(number) for number in group.tests)
