"""Tests share a worker where they share fixtures, and nowhere else."""

from __future__ import annotations

import sys
import types
import unittest
from typing import Any

from pkgsuite import Scenario, pacman
from pkgsuite.runner.groups import in_groups, shuffled
from pkgsuite.runner.schedule import Schedule, longest_first


def tests_of(*kinds: type[unittest.TestCase]) -> list[unittest.TestCase]:
    """The tests of classes."""
    return [kind(name) for kind in kinds for name in ("test_1", "test_2")]


def case(name: str, base: type = unittest.TestCase, module: str = __name__, **more: Any) -> Any:
    """A class with two tests."""
    return type(name, (base,), {"test_1": lambda self: None, "test_2": lambda self: None, "__module__": module, **more})


class GroupsTest(unittest.TestCase):
    """in_groups."""

    def test_classes_without_fixtures_may_be_split(self) -> None:
        """Plain ones, and scenarios, whose own fixtures do nothing."""

        class Install(Scenario, on=pacman):
            def test_1(self) -> None: ...

            def test_2(self) -> None: ...

        for kind in (case("Plain"), Install, case("Async", unittest.IsolatedAsyncioTestCase)):
            with self.subTest(kind):
                (group,) = in_groups(tests_of(kind))
                self.assertFalse(group.is_whole)

    def test_classes_with_fixtures_are_whole(self) -> None:
        """Their own ones, inherited ones, and those of scenarios."""
        fixture = classmethod(lambda cls: None)

        class Base(Scenario, on=pacman):
            @classmethod
            def setUpClass(cls) -> None:
                super().setUpClass()

        class Heir(Base, on=pacman):
            def test_1(self) -> None: ...

            def test_2(self) -> None: ...

        plain = case("Plain", setUpClass=fixture)
        for kind in (plain, case("Torn", tearDownClass=fixture), case("Below", plain), Heir):
            with self.subTest(kind):
                (group,) = in_groups(tests_of(kind))
                self.assertTrue(group.is_whole)

    def test_a_module_with_fixtures_is_whole(self) -> None:
        """All its classes are one group; another module's are not."""
        module = types.ModuleType("a_module_with_fixtures")
        module.setUpModule = lambda: None  # type: ignore[attr-defined]
        sys.modules[module.__name__] = module
        self.addCleanup(sys.modules.pop, module.__name__)

        first, second = (case(name, module=module.__name__) for name in ("First", "Second"))
        groups = in_groups(tests_of(first, case("Other"), second))

        self.assertEqual([list(group.tests) for group in groups], [[0, 1, 4, 5], [2, 3]])
        self.assertEqual([group.is_whole for group in groups], [True, False])

    def test_classes_of_the_same_name_are_not_the_same(self) -> None:
        """What is made in a loop has its own fixtures."""
        self.assertEqual(len(in_groups(tests_of(case("Same"), case("Same")))), 2)

    def test_a_random_order_is_the_same_for_the_same_seed(self) -> None:
        """And another for another; no test is lost."""
        kinds = [case(f"C{number}") for number in range(20)]

        orders = [
            [
                number
                for group in shuffled(in_groups(tests_of(*kinds)), seed, tests_of(*kinds))
                for number in group.tests
            ]
            for seed in (1, 1, 2)
        ]

        self.assertEqual(orders[0], orders[1])
        self.assertNotEqual(orders[0], orders[2])
        self.assertEqual(sorted(orders[0]), list(range(40)))


class ScheduleTest(unittest.TestCase):
    """Who gets what."""

    def drain(self, schedule: Schedule, workers: int) -> list[list[int]]:
        """What each of so many workers gets that take turns."""
        held: list[Any] = [None] * workers
        got: list[list[int]] = [[] for _ in held]
        while any(taken := [schedule.next(group) for group in held]):
            for number, each in enumerate(taken):
                if each is not None:
                    held[number] = each[0]
                    got[number].append(each[1])
        return got

    def test_workers_stay_with_their_class_and_share_the_last(self) -> None:
        """A class is split when nothing untouched is left."""
        schedule = Schedule(in_groups(tests_of(case("A"), case("B"), case("C"))))

        self.assertEqual(self.drain(schedule, 2), [[0, 1, 4], [2, 3, 5]])

    def test_whole_groups_are_never_split(self) -> None:
        """The second worker has nothing to do."""
        schedule = Schedule(in_groups(tests_of(case("A", setUpClass=classmethod(lambda cls: None)))))

        self.assertEqual(self.drain(schedule, 2), [[0, 1], []])

    def test_what_is_left_of_a_lost_workers_group_is_given_out_again(self) -> None:
        """A whole group too, and a test that was not begun first."""
        schedule = Schedule(in_groups(tests_of(case("A", setUpClass=classmethod(lambda cls: None)))))
        taken = schedule.next(None)
        assert taken is not None

        schedule.put_back(*taken)
        schedule.abandon(taken[0])

        self.assertEqual(len(schedule), 2)
        self.assertEqual(self.drain(schedule, 1), [[0, 1]])

    def test_a_group_of_which_all_was_given_out_is_known_again_when_some_comes_back(self) -> None:
        """Though it was left out meanwhile, as a group of which nothing waits."""
        schedule = Schedule(in_groups(tests_of(case("A"))))
        taken = [schedule.next(None), schedule.next(None)]
        self.assertIsNone(schedule.next(None))
        group, number = taken[1] or self.fail("the second test was not given out")

        schedule.put_back(group, number)
        schedule.abandon(group)

        self.assertEqual(self.drain(schedule, 1), [[1]])

    def test_longest_first(self) -> None:
        """By the longest piece: a whole group counts as one."""
        times = {0: 1.0, 1: 2.0, 2: 0.1, 3: 5.0, 4: 2.0, 5: 2.0}
        whole = case("C", setUpClass=classmethod(lambda cls: None))

        groups = longest_first(in_groups(tests_of(case("A"), case("B"), whole), lambda number: times[number]))

        self.assertEqual([list(group.tests) for group in groups], [[3, 2], [4, 5], [1, 0]])

    def test_an_order_of_which_nothing_is_known_stays(self) -> None:
        """As the author wrote it."""
        groups = longest_first(in_groups(tests_of(*(case(f"C{number}") for number in range(9)))))

        self.assertEqual([number for group in groups for number in group.tests], list(range(18)))
