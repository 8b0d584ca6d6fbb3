"""A run gathered from its events."""

from __future__ import annotations

import itertools
import unittest
from collections.abc import Iterable

from pkgsuite import events
from pkgsuite.reports import gathering
from pkgsuite.reports.gathering import Run
from tests.reports import samples
from tests.test_events import SAMPLES


def gathered(*told: events.Event) -> Run:
    """A run of these events."""
    return gathered_from(told)


def gathered_from(told: Iterable[events.Event]) -> Run:
    """A run of all of these."""
    run = Run()
    for event in told:
        run.take(event)
    return run


class RunTest(unittest.TestCase):
    """All tests of a run."""

    def test_every_kind_of_event_is_taken(self) -> None:
        self.assertEqual(set(gathering.TAKERS), set(events.KINDS.values()))
        gathered(*SAMPLES)

    def test_what_was_planned_and_never_began_is_not_lost(self) -> None:
        run = gathered(events.Plan(("m.C.a", "m.C.b", "m.C.c")), events.Started("m.C.a"), events.Started("m.C.b"))
        run.take(events.Result("m.C.a", "passed"))

        self.assertEqual(run.counts(), {"unfinished": 1, "passed": 1, "not run": 1})
        self.assertFalse(run.is_whole)

    def test_counts_are_those_of_the_run_itself(self) -> None:
        told = list(samples.run(300))
        done = told[-1]
        assert isinstance(done, events.Done)

        self.assertEqual(
            gathered_from(told).counts(), {name: done.counts[name] for name in gathered_from(told).counts()}
        )
        self.assertEqual(sum(gathered_from(told).counts().values()), 300)


class TestTest(unittest.TestCase):
    """One test of a run."""

    def test_of_several_attempts_the_worst_counts(self) -> None:
        told = [
            each for end in ("passed", "failed", "passed") for each in (events.Started("a"), events.Result("a", end, 2))
        ]

        test = gathered(*told).tests["a"]

        self.assertEqual((test.state, len(test.attempts), test.seconds), ("failed", 3, 6))
        self.assertTrue(test.is_flaky)

    def test_attempts_that_run_side_by_side_are_not_mixed_up(self) -> None:
        names = ("a #1", "a #2", "a #3")
        run = gathered(
            events.Plan(names, 2),
            *(events.Planned(name, "what it does", expected_s=2) for name in names),
            events.Started("a #1", worker=1),
            events.Started("a #2", worker=2),
            events.Output("a #1", "one"),
            events.Output("a #2", "two"),
            events.Rule("a #1", "machine", "RETCODE=0", held=False, expected="0", seen="1"),
            events.Result("a #2", "passed"),
            events.Started("a #3", worker=2),
            events.Result("a #1", "failed"),
            events.Result("a #3", "passed"),
        )

        (test,) = run.tests.values()
        self.assertEqual((test.id, test.description, test.state, test.is_flaky), ("a", "what it does", "failed", True))
        told = [(each.name, each.state, each.output.text if each.output else "") for each in test.attempts]
        self.assertEqual(told, [("a #1", "failed", "one"), ("a #2", "passed", "two"), ("a #3", "passed", "")])
        self.assertEqual([len(each.rules) for each in test.attempts], [1, 0, 0])
        self.assertEqual(test.planned, events.Planned("a", "what it does", expected_s=2))

    def test_a_number_that_is_part_of_an_id_stays(self) -> None:
        run = gathered(events.Plan(("bug #7", "bug #7 #1", "bug #7 #2", "other #1")))

        self.assertEqual(list(run.tests), ["bug #7", "other #1"])

    def test_attempts_that_agree_are_not_flaky(self) -> None:
        told = [each for _ in range(2) for each in (events.Started("a"), events.Result("a", "failed"))]

        self.assertFalse(gathered(*told).tests["a"].is_flaky)

    def test_history_makes_a_passed_test_flaky(self) -> None:
        self.assertTrue(gathered(events.Result("a", "passed", is_flaky=True)).tests["a"].is_flaky)

    def test_new_is_what_was_well_the_last_time(self) -> None:
        for past, is_new in ((("failed", "passed"), True), (("passed", "failed"), False), ((), False)):
            with self.subTest(past):
                run = gathered(events.Planned("a", outcomes=past), events.Result("a", "error"))
                self.assertEqual(run.tests["a"].is_new, is_new)

    def test_ids_fall_into_a_module_and_a_name(self) -> None:
        for name, parts in (
            ("pkg.mod.Class.test", ("pkg.mod", "Class.test")),
            ("mod.Class.test", ("mod", "Class.test")),
            ("mod.Class.test (x=1.5)", ("mod", "Class.test (x=1.5)")),
            ("mod.Class.test_</b>.x", ("mod", "Class.test_</b>.x")),
            ("/srv/pactest/tests/sync001.py", ("/srv/pactest/tests", "sync001.py")),
            ("sync001", ("", "sync001")),
            ("", ("", "")),
        ):
            with self.subTest(name):
                test = gathering.Test(name)
                self.assertEqual((test.group, test.name), parts)


class AttemptTest(unittest.TestCase):
    """What is told of one attempt, and how much of it is kept."""

    def test_a_rule_that_was_announced_and_not_judged_is_pending(self) -> None:
        run = gathered(
            events.Judging("a", "m", ("x", "x", "y")),
            events.Rule("a", "m", "x", True, "", ""),
        )

        self.assertEqual(run.tests["a"].attempts[0].pending(), [("m", "x"), ("m", "y")])

    def test_a_command_takes_the_place_of_its_launch(self) -> None:
        launched = [events.Launched("a", "m", number, "true", ("true",)) for number in (1, 2)]
        ended = events.Command("a", "m", "true", ("true",), "exit 0", 0, 1, 1, 1, 1, number=1)

        commands = gathered(*launched, ended).tests["a"].attempts[0].commands

        self.assertEqual(list(commands.values()), [ended, launched[1]])

    def test_too_much_is_cut_and_counted(self) -> None:
        big = "x" * (1 << 20)
        ended = [events.Command("a", "m", "c", (), "exit 0", 0, 1, 1, 1, 1, big, n) for n in range(1, 1_011)]
        rules = [events.Rule("a", "m", "r", False, big, big)] * (gathering.MOST_RULES + 5)
        logs = [events.Log("a", "n", big)] * 3
        changed = events.Changed("a", "m", ("/x",) * (gathering.MOST_PATHS + 7))

        attempt = gathered(*ended, *rules, *logs, changed, events.Output("a", big)).tests["a"].attempts[0]

        self.assertEqual(attempt.left_out, {"commands": 10, "rules": 5, "paths": 7})
        self.assertLess(max(len(each.output) for each in attempt.commands.values()), 70_000)  # type: ignore[union-attr]
        self.assertLess(len(attempt.logs["n"]), 70_000)
        self.assertLess(len(attempt.rules[0].seen), 70_000)

    def test_curves_are_thinned_out_evenly(self) -> None:
        usages = [
            events.Usage("a", "m", float(n), n / 2, n, (events.Process(1, 0, "p", 0, 0),)) for n in range(1, 10_001)
        ]

        curve = gathered(*usages).tests["a"].attempts[0].curves["m"]

        times = [sample.at for sample in curve.samples]
        self.assertLessEqual(len(times), gathering.MOST_SAMPLES)
        self.assertEqual((times[0], times[-1]), (1.0, 10_000.0))
        gaps = [after - before for before, after in itertools.pairwise(times)]
        self.assertLessEqual(max(gaps), 4 * min(gaps[:-1]))
        self.assertEqual([bool(sample.processes) for sample in curve.samples].count(True), 1)
        self.assertTrue(curve.samples[-1].processes)
