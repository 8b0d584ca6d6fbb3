"""Runs joined into one: nothing is lost, nothing looks better than it is."""

from __future__ import annotations

import tempfile
import unittest
from collections import Counter
from pathlib import Path

from pkgsuite import events
from pkgsuite.errors import SuiteError
from pkgsuite.reports.merging import Part, merged
from tests.reports import samples


def run_of(
    *outcomes: str, names: str = "abcdefgh", at: float = 100.0, shard: str = "", others: tuple[str, ...] = ()
) -> list[events.Event]:
    """A run in which tests had these outcomes, on two workers."""
    tests = tuple(names[: len(outcomes)])
    told: list[events.Event] = [events.Plan(tests, 2, None, at, shard, others)]
    for number, (test, outcome) in enumerate(zip(tests, outcomes, strict=True)):
        told += [events.Started(test, at=at, worker=number % 2 + 1), events.Output(test, f"{test} says\n")]
        told.append(events.Result(test, outcome, 1.0, worker=number % 2 + 1))
    return [*told, events.Done(dict(Counter(outcomes)), 10.0)]


class MergingTest(unittest.TestCase):
    """Of files of their own."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name)

    def file(self, name: str, told: list[events.Event], more: str = "") -> Path:
        """A file with these events."""
        path = self.place / name
        path.write_text("".join(f"{events.encode(event)}\n" for event in told) + more)
        return path

    def merge(self, *runs: list[events.Event]) -> list[events.Event]:
        """Several runs as one, which is checked for what holds of every run."""
        parts = [Part.read(self.file(f"{number}.jsonl", told)) for number, told in enumerate(runs, 1)]
        found = list(merged(parts))
        plan, done = found[0], found[-1]
        assert isinstance(plan, events.Plan) and isinstance(done, events.Done)
        results = [event.test for event in found if isinstance(event, events.Result)]
        self.assertEqual(len({*plan.tests}), len(plan.tests))
        self.assertEqual(len({*results}), len(results))
        self.assertEqual(len({*plan.tests} - {*results}), done.not_run)
        self.assertEqual(sum(done.counts.values()), len(results))
        self.assertEqual(sum(isinstance(event, events.Trouble) for event in found), done.troubles)
        return found

    def troubles(self, *runs: list[events.Event]) -> list[str]:
        """What is wrong, in a line each."""
        found = self.merge(*runs)
        return [f"{event.where}: {event.reason}" for event in found if isinstance(event, events.Trouble)]

    # What is right

    def test_shards_are_one_run(self) -> None:
        found = self.merge(
            run_of("passed", "failed", names="ab", shard="1/2", others=("c",)),
            run_of("skipped", names="c", shard="2/2", others=("a", "b"), at=95.0),
        )

        self.assertEqual(found[0], events.Plan(("a", "b", "c"), 4, None, 95.0))
        self.assertEqual(found[-1], events.Done({"passed": 1, "failed": 1, "skipped": 1}, 15.0))
        notes = [event.text.rpartition("/")[2] for event in found[:3] if isinstance(event, events.Note)]
        self.assertEqual(len(notes), 2)
        self.assertRegex(str(found[1]), r"1\.jsonl: 2 tests, shard 1/2 in 10\.0 s")

    def test_every_event_is_there_once_and_in_its_order(self) -> None:
        runs = [list(samples.run(40, seed=seed)) for seed in (1, 2)]

        found = self.merge(*runs)

        inner = [event for told in runs for event in told if not isinstance(event, (events.Plan, events.Done))]
        theirs = [event for event in found[3:-1] if "are in several files" not in getattr(event, "text", "")]
        self.assertEqual([type(event) for event in theirs], [type(event) for event in inner])

    def test_workers_of_different_machines_are_different(self) -> None:
        found = self.merge(run_of("passed", "passed", names="ab"), run_of("passed", "passed", names="cd", at=99.0))

        self.assertEqual(
            {event.test: event.worker for event in found if isinstance(event, events.Result)},
            {"a": 1, "b": 2, "c": 3, "d": 4},
        )

    def test_a_test_that_is_in_several_files_is_numbered(self) -> None:
        found = self.merge(run_of("passed", "passed", names="ab"), run_of("failed", names="a", at=99.0))

        plan = found[0]
        assert isinstance(plan, events.Plan)
        self.assertEqual(plan.tests, ("a #1", "b", "a #2"))
        self.assertEqual([e.test for e in found if isinstance(e, events.Output)], ["a #1", "b", "a #2"])
        self.assertIn("1 tests are in several files, and count each time: a", [getattr(e, "text", "") for e in found])

    def test_repeats_are_numbered_on(self) -> None:
        first, second = run_of("passed", "passed"), run_of("failed", "passed", at=99.0)
        for told in (first, second):
            told[:] = [
                events.decode(events.encode(event).replace('"a"', '"t #1"').replace('"b"', '"t #2"')) for event in told
            ]

        plan = self.merge(first, second)[0]

        assert isinstance(plan, events.Plan)
        self.assertEqual(plan.tests, ("t #1", "t #2", "t #3", "t #4"))

    def test_times_of_runs_one_after_the_other_add_up(self) -> None:
        found = [
            self.merge(run_of("passed", at=at), run_of("passed", names="b", at=0.0))[-1] for at in (50.0, 5.0, 0.0)
        ]

        self.assertEqual([event.seconds for event in found if isinstance(event, events.Done)], [20.0, 15.0, 10.0])

    def test_one_run_stays_as_it_is(self) -> None:
        told = list(samples.run(20))

        found = self.merge(told)

        self.assertEqual(
            [event for event in found if not isinstance(event, events.Note)][1:-1],
            [e for e in told if not isinstance(e, events.Note)][1:-1],
        )

    # What is wrong

    def test_a_run_without_an_end(self) -> None:
        told = run_of("passed", "passed", "passed")
        found = self.troubles(told[:-3], run_of("passed", names="x"))

        self.assertEqual(len(found), 1)
        self.assertRegex(found[0], r"1\.jsonl: the end of the run is missing.* 1 tests have no result")

    def test_a_run_that_broke_off_in_a_line(self) -> None:
        told = run_of("passed", "passed")
        path = self.file("cut", told[:-2], events.encode(told[-2])[:30])

        found = list(merged([Part.read(path)]))

        self.assertEqual((found[-1].not_run, found[-1].troubles), (1, 1))  # type: ignore[union-attr]

    def test_a_shard_that_is_missing(self) -> None:
        first = run_of("passed", names="a", shard="1/3", others=("b", "c", "d"))
        third = run_of("passed", names="d", shard="3/3", others=("a", "b", "c"), at=99.0)

        found = self.merge(first, third)

        self.assertEqual(found[0].tests[-2:], ("b", "c"))  # type: ignore[union-attr]
        self.assertEqual(found[-1].not_run, 2)  # type: ignore[union-attr]
        self.assertEqual(
            self.troubles(first, third),
            ["shards: 2 tests are in no file though a shard left them to others", "shards: no file has 2/3"],
        )

    def test_shards_that_divided_different_tests(self) -> None:
        """Because one machine could not load a module, say."""
        found = self.troubles(
            run_of("passed", names="a", shard="1/2", others=("b",)),
            run_of("passed", "passed", names="bc", shard="2/2", others=("a",), at=99.0),
        )

        self.assertEqual(found, ["shards: they divide different tests: the machines did not select the same ones"])

    def test_shards_of_different_divisions(self) -> None:
        found = self.troubles(
            run_of("passed", names="a", shard="1/2", others=("b",)),
            run_of("passed", names="b", shard="2/3", others=("a",), at=99.0),
        )

        self.assertEqual(found, ["shards: they are of different divisions: 1/2, 2/3"])

    def test_counts_that_do_not_add_up(self) -> None:
        lost = run_of("passed", "failed")
        del lost[-2]
        self.assertEqual(len(self.troubles(lost)), 2)
        better = run_of("failed")
        better[-1] = events.Done({"passed": 1}, 1.0)
        self.assertRegex(self.troubles(better)[0], "it counts 1 passed and holds 1 failed")

    def test_interrupted_and_troubled_parts_make_the_whole_so(self) -> None:
        told = run_of("passed")
        told[-1:] = [events.Trouble("tearDownClass", "wrong"), events.Done({"passed": 1}, 1.0, 0, 1, True)]

        done = self.merge(told, run_of("passed", names="b"))[-1]

        self.assertEqual((done.troubles, done.is_interrupted), (1, True))  # type: ignore[union-attr]

    def test_what_is_no_run_is_refused(self) -> None:
        told = run_of("passed")
        for name, path, words in (
            ("no plan", self.file("a", told[1:]), "first event is no plan"),
            ("two runs", self.file("b", told + told), "holds several runs"),
            ("nothing", self.file("c", []), "holds no events"),
            ("missing", self.place / "d", "cannot be read: No such file"),
            ("directory", self.place, "cannot be read: Is a directory"),
        ):
            with self.subTest(name), self.assertRaisesRegex(SuiteError, words):
                Part.read(path)
        with self.assertRaisesRegex(SuiteError, "hold the same run"):
            list(merged([Part.read(self.file(name, told)) for name in "ef"]))


class SurplusTest(unittest.TestCase):
    def test_a_result_without_a_plan_is_told(self) -> None:
        plan = events.Plan(("a",), at=5.0)
        part = Part(Path("p"), plan, events.Done({"passed": 2}), {"a": "passed", "b": "passed"})

        self.assertEqual([event.reason for event in part.wrong()], ["1 tests have a result and are not planned"])
