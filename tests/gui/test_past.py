"""What the command line remembers, as the window takes it: results of each test, and runs as events."""

from __future__ import annotations

import json
import unittest

from pkgsuite.gui.past import Past, normal
from pkgsuite.gui.state import State

from pkgsuite import events
from tests.command_line import CommandLineTest
from tests.gui.story import MODULE, test_id

TESTS = """\
    import unittest

    class It(unittest.TestCase):
        def test_good(self):
            pass

        def test_bad(self):
            self.fail("bad")
"""

ONE, TWO = test_id("one"), test_id("two")


def record(test, *results, place="", rules=()):
    """What the command says of a test: *results* are run, outcome and seconds."""
    runs, outcomes, seconds = zip(*results, strict=True)
    told = {"runs": runs, "outcomes": outcomes, "seconds": seconds, "usual_s": max(seconds)}
    return {"test": normal(test), "place": place, "rules": rules, **told}


def run(number, at=0.0, **counts):
    """What the command says of a run."""
    return {"number": number, "at": at, "seconds": 3.0, "counts": counts}


class Answers(unittest.TestCase):
    def test_a_test_is_known_by_the_name_that_it_has_when_installed(self):
        past = Past.read({"tests": [record(ONE, (1, "failed", 2.0), (2, "passed", 1.0), rules=["exists a"])]})

        known = {"outcomes": ("failed", "passed"), "durations": (2.0, 1.0), "expected_s": 2.0, "named": ["exists a"]}
        self.assertEqual(known, past.of(ONE))
        self.assertEqual(known, past.of(f"pkgsuite.{ONE}"))
        self.assertEqual({}, past.of(TWO))

    def test_the_same_id_in_other_places_is_another_test(self):
        here, there = (
            record("t.A.test_x", (1, "failed", 2.0), place="/here"),
            record("t.A.test_x", (1, "passed", 2.0), place="/there"),
        )
        past = Past.read({"tests": [here, there]})

        self.assertEqual(("passed",), past.of("t.A.test_x", "/there/t.py")["outcomes"])
        self.assertEqual(("failed",), past.of("t.A.test_x", "/here/t.py")["outcomes"])
        self.assertEqual({}, past.of("t.A.test_x", "/hereafter/t.py"))

    def test_nonsense_is_left_out(self):
        for told in ({}, {"runs": 3, "tests": "x"}, {"runs": [None, {"number": "x"}], "tests": [[]]}):
            with self.subTest(told):
                self.assertEqual(Past([], {}), Past.read(told))

    def test_a_run_in_a_row_of_a_list(self):
        past = Past.read({"runs": [run(1, at=0.0, passed=2, failed=1)]})

        when, tests, told, took = past.cells(past.runs[0])

        self.assertRegex(when, r"^(1970-01-01|1969-12-31) ..:..:..$")
        self.assertEqual(("3", "2 passed, 1 failed (results only)", "0:03"), (tests, told, took))

    def test_a_run_as_events_has_the_results_of_that_run_only(self):
        tests = [record(ONE, (1, "failed", 2.0), (2, "passed", 1.0)), record(TWO, (2, "skipped", 0.1))]
        past = Past.read({"runs": [run(1, 10.0, failed=1), run(2, 20.0, passed=1, skipped=1)], "tests": tests})

        plan, one, two, done = past.events(2, {normal(ONE): ONE, normal(TWO): TWO})

        self.assertEqual(((ONE, TWO), 20.0), (plan.tests, plan.at))
        self.assertEqual(
            [(ONE, "passed", 1.0), (TWO, "skipped", 0.1)],
            [(one.test, one.outcome, one.seconds), (two.test, two.outcome, two.seconds)],
        )
        self.assertEqual(({"passed": 1, "skipped": 1}, 3.0), (done.counts, done.seconds))


class InTheState(unittest.TestCase):
    def setUp(self):
        self.state = State()
        self.state.take_list([{"id": ONE}, {"id": TWO}])
        self.past = Past.read({"tests": [record(ONE, (1, "failed", 2.0), rules=["exists a"])]})

    def test_scenarios_learn_how_they_fared_and_what_they_claim(self):
        changed = self.state.take_past(self.past.of, [ONE, TWO])

        scenario = self.state.catalogue.scenarios[ONE]
        self.assertEqual((("failed",), (2.0,), 2.0), (scenario.outcomes, scenario.durations, scenario.expected_s))
        self.assertEqual([("exists a", "pending")], [(claim.rule, claim.state) for claim in scenario.claims])
        self.assertEqual("idle", scenario.status)
        self.assertLessEqual({("row", ONE), ("row", MODULE)}, changed)
        self.assertNotIn(("row", TWO), changed)

    def test_what_has_run_since_stays_as_it_is(self):
        self.state.apply(events.Plan((ONE,)))
        self.state.apply(events.Result(ONE, "passed", 7.0))

        self.assertEqual(set(), self.state.take_past(self.past.of, [ONE, TWO]))
        self.assertEqual(("passed",), self.state.catalogue.scenarios[ONE].outcomes)


class FromTheCommandLine(CommandLineTest):
    def test_what_it_prints_is_understood(self):
        self.write("test_it.py", TESTS)
        self.call("run", "test_it.py")

        past = Past.read(json.loads(self.call("history", "--json").stdout))

        self.assertEqual(["passed"], list(past.of("test_it.It.test_good", f"{self.place}/test_it.py")["outcomes"]))
        self.assertEqual(["failed"], list(past.of("test_it.It.test_bad", f"{self.place}/test_it.py")["outcomes"]))
        plan, *results, done = past.events(past.runs[-1]["number"], {})
        self.assertEqual({"passed": 1, "failed": 1}, done.counts)
        self.assertEqual(set(plan.tests), {result.test for result in results})


if __name__ == "__main__":
    unittest.main()
