"""Which tests share fixtures, and so a worker."""

from __future__ import annotations

import inspect
import sys
import unittest
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from itertools import chain
from random import Random

from pkgsuite.values import dataclass

__all__ = ["Expected", "Group", "in_groups", "shuffled"]

Expected = Callable[[int], float]
"""How long the test with a number takes, in seconds; 0 where nobody knows."""

OF_CLASSES = ("setUpClass", "tearDownClass")
OF_MODULES = ("setUpModule", "tearDownModule")


@dataclass(slots=True)
class Group:
    """Tests, by their numbers in the plan, of the class or module *name*; one that *is_whole* is not split.

    *tests* are those that wait, *expected_s* what each of the plan takes. One that *is_alone* has a worker that runs
    nothing else.
    """

    name: str
    tests: deque[int]
    is_whole: bool
    expected_s: Expected = field(default=lambda number: 0.0)
    is_alone: bool = False

    @property
    def waiting_s(self) -> float:
        """How long those that wait take, one after the other; at least a little each."""
        return sum(self.expected_s(number) for number in self.tests) + len(self.tests) * 1e-6

    @property
    def longest_s(self) -> float:
        """The longest time for which one worker is busy with it."""
        return self.waiting_s if self.is_whole else max(map(self.expected_s, self.tests), default=0.0)


def in_groups(tests: Sequence[unittest.TestCase], expected_s: Expected = lambda number: 0.0) -> list[Group]:
    """The groups of *tests*, in the order in which each first comes up."""
    groups: dict[object, Group] = {}
    for number, test in enumerate(tests):
        key, name, is_whole = belonging(type(test))
        group = groups.setdefault(key, Group(name, deque(), is_whole, expected_s))
        group.tests.append(number)
    for group in groups.values():
        group.tests = deque(chain.from_iterable(by_class(group.tests, tests)))
    return list(groups.values())


def by_class(numbers: Iterable[int], tests: Sequence[unittest.TestCase]) -> list[list[int]]:
    """The *numbers* of some tests, those of a class together: so that its fixtures run once."""
    found: dict[type, list[int]] = {}
    for number in numbers:
        found.setdefault(type(tests[number]), []).append(number)
    return list(found.values())


def belonging(kind: type[unittest.TestCase]) -> tuple[object, str, bool]:
    """What stands for the group of a class, its name, and whether it must not be split."""
    module = sys.modules.get(kind.__module__)
    if module is not None and any(callable(getattr(module, name, None)) for name in OF_MODULES):
        return kind.__module__, kind.__module__, True
    return kind, f"{kind.__module__}.{kind.__qualname__}", has_fixtures(kind)


def has_fixtures(kind: type[unittest.TestCase]) -> bool:
    """Whether class fixtures do something; those that do nothing may say `is_idle`."""
    return any(is_at_work(vars(each).get(name)) for each in above(kind) for name in OF_CLASSES)


def above(kind: type) -> Iterable[type]:
    """The class and its bases, unittest's own left out."""
    return (each for each in inspect.getmro(kind) if each is not unittest.TestCase and each is not object)


def is_at_work(fixture: object) -> bool:
    """Whether what a class has under the name of a fixture does something."""
    return fixture is not None and not getattr(getattr(fixture, "__func__", fixture), "is_idle", False)


def shuffled(groups: Sequence[Group], seed: int, tests: Sequence[unittest.TestCase]) -> list[Group]:
    """The groups, the classes in each, and the tests in those, in a random order that *seed* says."""
    random = Random(seed)
    mixed = list(groups)
    random.shuffle(mixed)
    for group in mixed:
        classes = by_class(group.tests, tests)
        random.shuffle(classes)
        for each in classes:
            random.shuffle(each)
        group.tests = deque(chain.from_iterable(classes))
    return mixed
