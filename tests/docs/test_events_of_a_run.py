"""The page on events holds for the events of a run in which everything happens."""

from __future__ import annotations

import json
import textwrap
import time
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

from pkgsuite import events
from pkgsuite.managers.pacman import pacman
from pkgsuite.system import ladder
from tests.checkout import needs_checkout
from tests.command_line import CommandLineTest
from tests.docs.test_events import sections

Told = dict[str, Any]

SAMPLE = """
    import os, sys, unittest
    from pkgsuite import Latency, Package, Scenario, installed, pacman

    class There(Scenario, on=pacman):
        '''Everything that a scenario tells.

        And more that nobody needs.
        '''

        def setUp(self):
            super().setUp()
            self.mirror = self.start_mirror(Package("dummy", files=["usr/bin/dummy"]))
            self.machine = self.start_machine(mirror=self.mirror)

        def test_all(self):
            '''It tells all.'''
            print("printed", file=sys.stderr)
            self.mirror.fault(Latency(2.5))
            self.queue(self.machine, "pacman -Sy")
            self.queue(self.machine, "pacman -S dummy")
            self.run_queue()
            self.check(installed("dummy"), "FILE_EXIST=usr/bin/dummy")
            self.machine.run("pacman -Q")

        def test_broken(self):
            self.machine.refuses("pacman -S nothing", says="target not found")
            self.check(installed("dummy"), installed("other"))

    class Here(unittest.TestCase):
        tags = ("quick", "plain")

        def test_passes(self):
            print("x" * 100_000)

        def test_crashes(self):
            print("last words")
            os._exit(3)

        def test_errs(self):
            raise OSError("no")

        def test_skips(self):
            self.skipTest("not here")

        @unittest.expectedFailure
        def test_fails_as_expected(self):
            self.fail("of course")

        @unittest.expectedFailure
        def test_passes_unexpectedly(self):
            os.write(1, b"\\xff")

    class Leaves(unittest.TestCase):
        @classmethod
        def tearDownClass(cls):
            raise ValueError("in tearDownClass")

        def test_it(self):
            pass
"""

TYPES = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "int | None": (int, type(None)),
    "tuple[str, ...]": list,
    "tuple[Process, ...]": list,
    "dict[str, int]": dict,
}
"""What a field of a type is in JSON."""


@needs_checkout
class EventsOfARunTest(CommandLineTest):
    """One run for all tests."""

    status: ClassVar[int | None] = None
    told: ClassVar[list[Told]]
    began: ClassVar[float]

    @classmethod
    def setUpClass(cls) -> None:
        ladder.the_world()
        pacman.find()

    def setUp(self) -> None:
        super().setUp()
        kind = type(self)
        if kind.status is None:
            self.write("test_sample.py", SAMPLE)
            kind.began = time.time()
            words = ("--jobs=2", "--repeat=2", "--seed=7", "--keep=failed", f"--keep-dir={self.state}")
            done = self.call("run", *words, "--report=jsonl", "test_sample")
            kind.told = [json.loads(line) for line in done.stdout.splitlines()]
            kind.status = done.returncode

    def of(self, kind: str, test: str = "") -> list[Told]:
        """The events of a kind, of one test if that is given."""
        return [event for event in self.told if event["event"] == kind and test in (event.get("test"), "")]

    @property
    def tests(self) -> list[str]:
        """The tests of the plan."""
        return list(self.told[0]["tests"])

    def test_every_kind_comes_up(self) -> None:
        """So that whatever the page says of one is looked at."""
        self.assertEqual({event["event"] for event in self.told}, set(events.KINDS))
        self.assertEqual({event["outcome"] for event in self.of("result")}, set(events.OUTCOMES))
        self.assertEqual(self.status, 1)

    def test_every_field_is_there_and_of_its_type(self) -> None:
        """As the page names them, and nothing else; each line has its version and kind."""
        for event in self.told:
            kind = events.KINDS[event["event"]]
            self.assertEqual(event["version"], events.VERSION)
            self.assertEqual([*event][:2], ["version", "event"])
            self.assertEqual({*event} - {"version", "event"}, {*kind.__annotations__}, event)
            for name, annotation in kind.__annotations__.items():
                self.assertIn(f"`{name}`", sections()[event["event"]])
                self.assertIsInstance(event[name], TYPES[annotation], (name, event))
                self.assertEqual(isinstance(event[name], bool), annotation == "bool", (name, event))

    def test_times(self) -> None:
        """`at` is seconds since 1970, `seconds` and `…_s` are durations."""
        for event in self.told:
            if event.get("at"):
                self.assertTrue(self.began - 1 <= event["at"] <= time.time() + 1, event)
            for name, value in event.items():
                if name == "seconds" or name.endswith("_s"):
                    self.assertTrue(0 <= value < 600, event)

    def test_their_order(self) -> None:
        """plan, a planned for each test, …, done; of a test started first and result last, and one of each."""
        kinds = [event["event"] for event in self.told if event["event"] != "note"]
        self.assertEqual(kinds[: 1 + len(self.tests)], ["plan", *["planned"] * len(self.tests)])
        self.assertEqual([event["test"] for event in self.of("planned")], self.tests)
        self.assertEqual(self.told[-1]["event"], "done")
        for test in self.tests:
            own = [each["event"] for each in self.told if each.get("test") == test and each["event"] != "planned"]
            self.assertEqual((own[0], own[-1]), ("started", "result"), test)
            self.assertEqual((own.count("started"), own.count("result")), (1, 1), test)

    def test_plan(self) -> None:
        """Every test, with ` #1` and ` #2` behind the ids of those that come up twice."""
        plan = self.told[0]
        self.assertEqual((plan["jobs"], plan["seed"]), (2, 7))
        self.assertEqual(len(set(self.tests)), len(self.tests))
        ids = Counter(name.rpartition(" #")[0] for name in self.tests)
        self.assertEqual(set(ids.values()), {2})
        self.assertIn("test_sample.There.test_all", ids)

    def test_planned(self) -> None:
        """The first line of the docstring, where the test begins, and its tags and managers."""
        (planned,) = self.of("planned", "test_sample.There.test_all #1")
        self.assertEqual(planned["description"], "It tells all.")
        self.assertEqual(planned["tags"], ["pacman"])
        self.assertEqual(Path(planned["file"]).name, "test_sample.py")
        self.assertIn("def test_all(", textwrap.dedent(SAMPLE).splitlines()[planned["line"] - 1])
        (plain,) = self.of("planned", "test_sample.Here.test_passes #2")
        self.assertEqual((plain["tags"], plain["expected_s"], plain["outcomes"]), (["plain", "quick"], 0, []))

    def test_workers(self) -> None:
        """Their numbers count from 1, and a result has that of its start."""
        for test in self.tests:
            (started,), (result,) = self.of("started", test), self.of("result", test)
            self.assertEqual(started["worker"], result["worker"])
            self.assertIn(started["worker"], (1, 2))

    def test_commands(self) -> None:
        """They are launched in the order of their queue, numbered from 1, and each ends as what it began as."""
        test = "test_sample.There.test_all #1"
        launched, ended = self.of("launched", test), self.of("command", test)
        (queue,) = self.of("queue", test)
        self.assertEqual([each["number"] for each in launched], list(range(1, len(launched) + 1)))
        self.assertEqual([each["command"] for each in launched][-3:-1], queue["commands"])
        for one, other in zip(launched, ended, strict=True):
            for name in ("test", "machine", "number", "command", "argv", "at"):
                self.assertEqual(one[name], other[name])
        self.assertEqual((ended[-1]["returncode"], ended[-1]["output"]), (0, "dummy 1.0-1"))
        self.assertGreater(max(each["peak_rss_bytes"] for each in ended), 1 << 20)
        self.assertEqual(self.of("command", "test_sample.There.test_broken #1")[-1]["returncode"], 1)

    def test_rules(self) -> None:
        """Those that are about to be judged are; one that does not hold says what was expected and seen."""
        test = "test_sample.There.test_broken #2"
        announced = [rule for event in self.of("judging", test) for rule in event["rules"]]
        judged = self.of("rule", test)
        self.assertEqual(sorted(announced), sorted(each["rule"] for each in judged))
        broken = [each for each in judged if not each["held"]]
        self.assertEqual(len(broken), 2)
        self.assertTrue(all(each["expected"] and each["seen"] for each in broken), broken)

    def test_changed_and_kept(self) -> None:
        """Absolute paths of the machine; a tar of a test that failed."""
        (changed,) = self.of("changed", "test_sample.There.test_all #2")
        self.assertIn("/usr/bin/dummy", changed["created"])
        kept = self.of("kept")
        self.assertEqual({each["test"].rpartition(".")[2] for each in kept}, {"test_broken #1", "test_broken #2"})

    def test_nodes(self) -> None:
        """Each starts with an address and ends with a log."""
        for test in (name for name in self.tests if "There" in name):
            nodes = self.of("node", test)
            self.assertEqual(
                [(each["kind"], each["state"]) for each in nodes], [("mirror", "started"), ("mirror", "ended")]
            )
            self.assertTrue(nodes[0]["url"].startswith("http://127."), nodes)

    def test_usage_and_logs(self) -> None:
        """CPU time only grows, processes have their five fields; logs are no longer than is said."""
        used: dict[tuple[str, str], float] = {}
        for event in self.of("usage"):
            key = event["test"], event["source"]
            self.assertGreaterEqual(event["cpu_s"], used.get(key, 0))
            used[key] = event["cpu_s"]
            for process in event["processes"]:
                self.assertEqual(set(process), set(events.Process.__annotations__))
        for event in self.of("log"):
            self.assertLess(len(event["text"]), (64 << 10) + 200)

    def test_output(self) -> None:
        """Right before the result; its end, all of it in a file where it is much, bytes that are no text escaped."""
        for at, event in enumerate(self.told):
            if event["event"] == "output":
                behind = next(each for each in self.told[at + 1 :] if each.get("test") == event["test"])
                self.assertEqual(behind["event"], "result")
        (flood,) = self.of("output", "test_sample.Here.test_passes #1")
        self.assertEqual((len(flood["text"]), flood["size_bytes"]), (64 << 10, 100_001))
        self.assertTrue(flood["log"])
        (odd,) = self.of("output", "test_sample.Here.test_passes_unexpectedly #1")
        self.assertEqual((odd["text"], odd["size_bytes"], odd["log"]), ("\\xff", 1, ""))
        (there,) = self.of("output", "test_sample.There.test_all #1")
        self.assertTrue(there["text"].startswith("printed\n"), there)

    def test_results(self) -> None:
        """The reason is one line and stands in the details; what passed has neither."""
        for event in self.of("result"):
            self.assertNotIn("\n", event["reason"])
            if event["outcome"] == "passed":
                self.assertEqual((event["reason"], event["details"]), ("", ""))
            elif event["outcome"] in ("failed", "error", "crashed"):
                self.assertIn(event["reason"], event["details"])

    def test_troubles_and_the_end(self) -> None:
        """The counts are those of the results, and what failed beside the tests is counted too."""
        done = self.told[-1]
        self.assertEqual(done["counts"], dict(Counter(event["outcome"] for event in self.of("result"))))
        self.assertEqual((done["not_run"], done["is_interrupted"]), (0, False))
        self.assertEqual(done["troubles"], len(self.of("trouble")))
        self.assertEqual({each["where"] for each in self.of("trouble")}, {"tearDownClass (test_sample.Leaves)"})
