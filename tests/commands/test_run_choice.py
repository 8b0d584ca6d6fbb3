"""Which tests `pkgsuite run` takes: --only, --shard, --times."""

from __future__ import annotations

import json
import os
import unittest
from collections import Counter

from pkgsuite import events
from tests.command_line import CommandLineTest

SAMPLE = """
    import time, unittest
    class Plain(unittest.TestCase):
        def test_1(self): time.sleep(0.3)
        def test_2(self): pass
        def test_3(self): pass
        def test_4(self): pass
    class Whole(unittest.TestCase):
        @classmethod
        def setUpClass(cls): pass
        def test_5(self): pass
        def test_6(self): pass
"""
ALL = ("Plain.test_1", "Plain.test_2", "Plain.test_3", "Plain.test_4", "Whole.test_5", "Whole.test_6")
ALL = tuple(f"test_sample.{name}" for name in ALL)


class ChoiceTest(CommandLineTest):
    """Of six tests, two of which share a fixture."""

    def setUp(self) -> None:
        super().setUp()
        self.write("test_sample.py", SAMPLE)

    def plan(self, *words: object, **variables: str | None) -> tuple[events.Plan, list[str]]:
        """The plan of a run that is good, and its notes."""
        status, told = self.told("test_sample", *words, **variables)
        self.assertEqual(status, 0)
        return told[0], [event.text for event in told if isinstance(event, events.Note)]

    def test_only(self) -> None:
        self.write("ids", f"{ALL[4]}\n\n  {ALL[0]}\n")

        self.assertEqual(sorted(self.plan("--only", "ids")[0].tests), sorted([ALL[0], ALL[4]]))

    def test_failed_and_broken(self) -> None:
        """A module that cannot be imported any more is among what failed."""
        self.write("test_sample.py", "import unittest\nclass A(unittest.TestCase):\n    def test(self): self.fail()\n")
        self.assertEqual(1, self.call("run", ".").returncode)
        self.write("test_sample.py", "import nothing_of_that_name\n")

        done = self.call("run", ".", "--failed")

        self.assertEqual(1, done.returncode, done.stdout)
        self.assertIn("test_sample cannot be imported", done.stdout)

    def test_only_what_is_there(self) -> None:
        self.write("unknown", f"{ALL[0]}\ntest_sample.Plain.test_9\n")
        self.write("empty", "\n")

        for name, words in (
            ("unknown", "no test 'test_sample.Plain.test_9'"),
            ("empty", "holds no id"),
            ("none", "No such file"),
        ):
            self.assert_refused(self.call("run", "test_sample", "--only", name), "--only", words)

    def test_shards(self) -> None:
        """Machines that remember different things, and one that remembers nothing, run each test once."""
        self.plan()
        self.plan("-k", "Plain", XDG_STATE_HOME=str(self.place / "state"))
        homes = (str(self.state), str(self.place / "state"), os.devnull)
        plans = [
            self.plan("--shard", f"{number}/3", "--repeat", 2, XDG_STATE_HOME=home)
            for number, home in enumerate(homes, 1)
        ]

        names = {f"{test} #{number}" for test in ALL for number in (1, 2)}
        self.assertEqual(Counter(test for plan, _ in plans for test in plan.tests), Counter(names))
        for number, (plan, _) in enumerate(plans, 1):
            self.assertEqual((plan.shard, {*plan.tests, *plan.others}), (f"{number}/3", names))
        self.assertEqual(len({notes[0].rpartition(": ")[2] for _, notes in plans}), 1)
        self.assertRegex(plans[0][1][0], r"^shard 1/3: \d of 6 tests, divided by their names: [0-9a-f]{8}$")

    def test_shards_that_take_equally_long(self) -> None:
        """By what one machine remembers, or by the events of a run."""
        self.call("run", "test_sample", "--report", "jsonl=run.jsonl")
        self.write("history.json", self.call("history", "--json").stdout)
        for name in ("history.json", "run.jsonl"):
            plans = [self.plan("--shard", f"{number}/2", "--times", name)[0].tests for number in (1, 2)]

            self.assertEqual({*plans[0]}, {ALL[0]})
            self.assertEqual({*plans[1]}, {*ALL[1:]})

    def test_a_shard_without_tests_is_told_and_good(self) -> None:
        found = [
            self.plan("-k", "test_1", "--shard", f"{number}/5", "--report", "junit=x")[0] for number in range(1, 6)
        ]

        self.assertEqual(sorted(len(plan.tests) for plan in found), [0, 0, 0, 0, 1])
        self.assertTrue((self.place / "x").exists())

    def test_times_of_other_tests(self) -> None:
        self.write("times", json.dumps({"tests": [{"test": "other", "usual_s": 1}]}))

        self.assertIn(
            "times knows none of these tests; each counts the same", self.plan("--shard=1/2", "--times=times")[1]
        )

    def test_times_make_an_order_too(self) -> None:
        self.write("times", json.dumps({"tests": [{"test": ALL[5], "usual_s": 9}, {"test": ALL[2], "usual_s": 5}]}))

        plan, _ = self.plan("-j2", "--times", "times", "--no-history")

        self.assertEqual([name for name in plan.tests if name in (ALL[2], ALL[4])], [ALL[4], ALL[2]])

    def test_a_broken_module_is_in_every_shard(self) -> None:
        self.write("test_broken.py", "import nothing_of_that_name")

        for number in (1, 2):
            status, told = self.told("test_sample", "test_broken", "--shard", f"{number}/2")

            self.assertEqual((status, told[-1].counts["error"]), (1, 1))

    def test_wrong_words(self) -> None:
        self.assert_refused(self.call("run", "test_sample", "--failed", "--shard=1/2"), "--failed", "--shard")
        self.assert_refused(self.call("run", "test_sample", "--shard=1/2", "--times=none"), "none cannot be read")
        self.assertIn("expected I/N", self.call("run", "test_sample", "--shard=3/2").stderr)


if __name__ == "__main__":
    unittest.main()
