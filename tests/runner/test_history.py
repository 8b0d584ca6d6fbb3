"""What a run learns from those before it, and leaves to those after it."""

from __future__ import annotations

import importlib
import sys
import tempfile
import unittest
from pathlib import Path

from pkgsuite import events
from pkgsuite.runner.history import History
from pkgsuite.runner.record import Record
from tests.checkout import needs_checkout


class HistoryTest(unittest.TestCase):
    """Of tests in files of their own."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name).resolve()
        self.file = self.place / "test_x.py"
        self.file.write_text("one")

    def run_once(self, *outcomes: str, test: str = "test_x.C.test", seconds: float = 1.0) -> list[bool]:
        """A run in which a test had these outcomes, one after the other; gives which were called flaky."""
        history = History(self.place / "state")
        planned = history.recall(events.Planned(test, file=str(self.file)))
        history.event(events.Plan((test,), at=7.0))
        found = []
        for outcome in outcomes:
            history.event(events.Rule(planned.test, "machine", "RULE=x", True, "", ""))
            result = events.Result(planned.test, outcome, seconds, "why")
            found.append(history.is_flaky(result))
            history.event(result)
        history.event(events.Done({}, 3.0))
        self.assertEqual("", history.take_note())
        return found

    def records(self) -> list[Record]:
        """What is known now."""
        return History(self.place / "state").records()

    def recalled(self, test: str = "test_x.C.test") -> events.Planned:
        """What the next run is told of a test."""
        return History(self.place / "state").recall(events.Planned(test, file=str(self.file)))

    def test_the_next_run_knows_time_outcomes_and_rules(self) -> None:
        for outcome, seconds in (("passed", 1.0), ("failed", 9.0), ("passed", 2.0)):
            self.run_once(outcome, seconds=seconds)

        planned = self.recalled()

        self.assertEqual((2.0, ("passed", "failed", "passed")), (planned.expected_s, planned.outcomes))
        self.assertEqual(("RULE=x",), planned.rules)

    def test_rules_that_are_known_before_are_not_replaced(self) -> None:
        self.run_once("passed")
        history = History(self.place / "state")

        planned = history.recall(events.Planned("test_x.C.test", file=str(self.file), rules=("OTHER",)))

        self.assertEqual(("OTHER",), planned.rules)

    def test_times_stand_in_where_nothing_is_remembered(self) -> None:
        self.run_once("passed", seconds=2.0)
        history = History(self.place / "state", {"test_x.C.test": 8.0, "test_x.C.other": 9.0})
        found = [history.recall(events.Planned(f"test_x.C.{name}", file=str(self.file))) for name in ("test", "other")]

        self.assertEqual([2.0, 9.0], [planned.expected_s for planned in found])

    # Flaky

    def test_results_of_the_same_code_that_disagree_are_flaky(self) -> None:
        self.assertEqual([False], self.run_once("passed"))
        self.assertEqual([True], self.run_once("failed"))
        self.assertEqual([True], self.run_once("passed"))

    def test_results_of_other_code_are_not(self) -> None:
        self.run_once("passed")
        self.file.write_text("two")
        from pkgsuite.runner import origin

        origin.content.cache_clear()
        origin.digest_of.cache_clear()

        self.assertEqual([False], self.run_once("failed"))

    def test_repeats_within_a_run_count_too(self) -> None:
        self.assertEqual([False, False, True, True], self.run_once("passed", "xfailed", "crashed", "passed"))

    def test_skips_say_nothing(self) -> None:
        self.assertEqual([False, False, False], self.run_once("passed", "skipped", "passed"))

    # Identity

    def test_repeats_are_results_of_one_test(self) -> None:
        self.run_once("passed", test="test_x.C.test #1")
        self.run_once("failed", test="test_x.C.test")

        self.assertEqual([("test_x.C.test", ("passed", "failed"))], [(r.test, r.outcomes) for r in self.records()])

    def test_the_same_id_elsewhere_is_another_test(self) -> None:
        """Two projects may both have tests.test_main."""
        self.run_once("failed")
        other = self.place / "other" / "test_x.py"
        other.parent.mkdir()
        other.write_text("one")
        self.file = other

        self.assertEqual((), self.recalled().outcomes)

    @needs_checkout
    def test_our_own_scenarios_are_the_same_in_the_tree_and_installed(self) -> None:
        self.addCleanup(sys.modules.pop, "testcases", None) if "testcases" not in sys.modules else None
        importlib.import_module("testcases")
        self.run_once("failed", test="testcases.pacman.test_a.A.test")

        planned = self.recalled("pkgsuite.testcases.pacman.test_a.A.test")

        self.assertEqual(("failed",), planned.outcomes)
        self.assertEqual([("pkgsuite.testcases.pacman.test_a.A.test", "")], [(r.test, r.place) for r in self.records()])

    def test_any_id_and_any_reason_can_be_kept(self) -> None:
        for test in ("m.C.test \udcff\x00\u202e", "m.C.'; DROP TABLE test; --", "m" * 100_000):
            self.run_once("failed", test=test)

        self.assertEqual(3, len(self.records()))

    # Failed

    def test_failed_are_those_whose_last_result_was_none_of_a_test_that_passes(self) -> None:
        for name, outcomes in (
            ("passes", ("failed", "passed")),
            ("fails", ("passed", "failed")),
            ("crashes", ("crashed",)),
            ("skips_now", ("error", "skipped")),
            ("as_expected", ("xfailed",)),
            ("unexpectedly", ("xpassed",)),
        ):
            for outcome in outcomes:
                self.run_once(outcome, test=f"test_x.C.{name}")
        tests = [
            events.Planned(f"test_x.C.{name}", file=str(self.file))
            for name in ("passes", "fails", "crashes", "skips_now", "as_expected", "unexpectedly", "never_ran")
        ]

        found = History(self.place / "state").failed_last(tests)

        self.assertEqual({f"test_x.C.{name}" for name in ("fails", "crashes", "skips_now", "unexpectedly")}, found)

    def test_one_failure_of_several_in_a_run_counts(self) -> None:
        self.run_once("failed", "passed", test="test_x.C.once")
        self.run_once("failed", test="test_x.C.mended")
        self.run_once("passed", "passed", test="test_x.C.mended")

        self.assertEqual({"test_x.C.once"}, self.failed_last("once", "mended"))

    def test_what_is_in_a_module_that_could_not_be_imported_failed(self) -> None:
        self.run_once("passed", test="test_x.C.before")
        self.run_once("error", test="test_x")
        self.run_once("passed", test="test_x.C.since")

        self.assertEqual({"test_x.C.before", "test_x.C.new"}, self.failed_last("before", "since", "new"))

    def failed_last(self, *names: str) -> set[str]:
        """Which tests of the class failed the last time."""
        tests = [events.Planned(f"test_x.C.{name}", file=str(self.file)) for name in names]
        return History(self.place / "state").failed_last(tests)

    def test_who_was_interrupted_did_not_fail(self) -> None:
        self.run_once("passed")
        history = History(self.place / "state")
        history.recall(events.Planned("test_x.C.test", file=str(self.file)))
        history.event(events.Plan(("test_x.C.test",), at=7.0))
        result = events.Result("test_x.C.test", "error", 1.0, events.INTERRUPTED)

        self.assertFalse(history.is_flaky(result))
        history.event(result)
        history.event(events.Done({}, 3.0))
        self.assertEqual(("passed",), self.recalled().outcomes)

    # Without a history

    def test_a_run_without_a_directory_knows_itself_alone(self) -> None:
        history = History(None)
        history.event(events.Plan(("t",)))
        history.event(events.Result("t", "passed"))

        self.assertTrue(history.is_flaky(events.Result("t", "failed")))
        history.event(events.Done())
        self.assertEqual(([], [], ""), (history.records(), history.runs(), history.take_note()))
