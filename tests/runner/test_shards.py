"""Every test is in exactly one shard, the same on every machine."""

from __future__ import annotations

import subprocess
import sys
import unittest
from random import Random

from pkgsuite.errors import SuiteError
from pkgsuite.runner.loading import BrokenModule, SkippedModule
from pkgsuite.runner.shards import Division, Shard, divide
from pkgsuite.runner.times import Times
from tests.checkout import TOP
from tests.runner.samples import load


def classes(count: int, each: int = 1, *, is_whole: bool = False) -> list[unittest.TestCase]:
    """The tests of some classes, those with a fixture where they are *is_whole*."""
    more = {"setUpClass": classmethod(lambda cls: None)} if is_whole else {}
    body = {f"test_{number}": lambda case: None for number in range(each)}
    return load(*(type(f"Case{number}", (unittest.TestCase,), {**body, **more}) for number in range(count)))


def loads(division: Division, count: int, times: Times) -> list[float]:
    """How long each shard takes."""
    found = [0.0] * count
    for name, shard in zip(division.names, division.shards, strict=True):
        found[shard - 1] += times[name]
    return found


class ShardsTest(unittest.TestCase):
    def test_every_test_is_in_exactly_one_shard(self) -> None:
        tests = classes(50, 4)
        known = {test.id(): float(number % 7) for number, test in enumerate(tests) if number % 3}
        for times in (None, {}, known):
            for count in (1, 2, 3, 7, 300):
                with self.subTest(count=count, times=times and len(times)):
                    division = divide(tests, count, times)
                    held = [division.holds(Shard(number, count)) for number in range(1, count + 1)]

                    self.assertEqual([sum(each) for each in zip(*held, strict=True)], [1] * len(tests))

    def test_the_order_of_the_selection_does_not_matter(self) -> None:
        tests = classes(60, 3)
        mixed = list(tests)
        Random(5).shuffle(mixed)
        for times in (None, {test.id(): 1.0 for test in tests}):
            found = [
                {test.id(): shard for test, shard in zip(order, divide(order, 4, times).shards, strict=True)}
                for order in (tests, mixed)
            ]
            self.assertEqual(*found)
            self.assertEqual(divide(tests, 4, times).mark, divide(mixed, 4, times).mark)

    def test_by_name_it_does_not_matter_what_else_there_is(self) -> None:
        """A machine that lacks a module sends all other tests where the others send them."""
        tests = classes(60, 3)
        found = divide(tests, 4).shards

        self.assertEqual(divide(tests[30:], 4).shards, found[30:])

    def test_by_name_it_is_the_same_in_every_process(self) -> None:
        code = (
            "from tests.runner.test_shards import classes, divide; d = divide(classes(40), 5); print(d.shards, d.mark)"
        )
        command = [sys.executable, "-c", code]
        found = {
            subprocess.run(
                command, cwd=TOP, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
            ).stdout
            for seed in ("1", "2")
        }

        self.assertEqual(len(found), 1)

    def test_by_times_shards_take_equally_long(self) -> None:
        """Four shards of 400 tests, few of which take long."""
        tests = classes(400)
        random = Random(3)
        times = {test.id(): random.paretovariate(1.2) for test in tests}
        ideal = max(sum(times.values()) / 4, *times.values())

        self.assertLessEqual(max(loads(divide(tests, 4, times), 4, times)), 1.01 * ideal)

    def test_by_times_what_is_unknown_counts_as_others_do(self) -> None:
        tests = classes(40)
        times = {test.id(): 2.0 for test in tests[:20]}

        self.assertEqual(loads(divide(tests, 4, times), 4, {test.id(): 1.0 for test in tests}), [10.0] * 4)

    def test_classes_with_fixtures_stay_together(self) -> None:
        tests = classes(30, 5, is_whole=True)
        for times in (None, {test.id(): 1.0 for test in tests}):
            shards = divide(tests, 4, times).shards

            self.assertEqual([len({*shards[start : start + 5]}) for start in range(0, 150, 5)], [1] * 30)
            self.assertEqual({*shards}, {1, 2, 3, 4})

    def test_classes_without_may_be_parted(self) -> None:
        self.assertEqual({*divide(classes(1, 60), 4).shards}, {1, 2, 3, 4})

    def test_repeats_of_an_installed_copy_go_where_those_of_the_tree_go(self) -> None:
        """Some machines have the checkout, others have pkgsuite installed."""

        def named(name: str) -> list[unittest.TestCase]:
            body = {"__module__": name, "test": lambda case: None}
            return load(*(type(f"Case{number}", (unittest.TestCase,), dict(body)) for number in range(20)))

        self.assertEqual(divide(named("testcases.a"), 4), divide(named("pkgsuite.testcases.a"), 4))

    def test_a_module_that_cannot_be_loaded_is_told_by_every_shard(self) -> None:
        """Nobody knows which tests are lost with it."""
        tests = [*classes(3), BrokenModule("m", "why", ""), SkippedModule("s", "why", "")]

        for times in (None, {test.id(): 1.0 for test in tests}):
            division = divide(tests, 3, times)
            for number in (1, 2, 3):
                self.assertEqual(division.holds(Shard(number, 3))[-2:], [True, True])

    def test_another_division_has_another_mark(self) -> None:
        tests = classes(20)
        marks = [
            divide(tests, 3).mark,
            divide(tests, 4).mark,
            divide(tests[1:], 3).mark,
            divide(tests, 3, {tests[0].id(): 9.0}).mark,
        ]

        self.assertEqual(len({*marks}), 4)

    def test_what_is_no_shard(self) -> None:
        self.assertEqual((Shard.read("2/4"), str(Shard(2, 4))), (Shard(2, 4), "2/4"))
        for text in ("", "1", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2", "1/", "½/2"):
            with self.subTest(text), self.assertRaisesRegex(SuiteError, "expected I/N"):
                Shard.read(text)
