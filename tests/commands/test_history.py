"""`pkgsuite history`, and what `pkgsuite run` makes of it: order, marks, --failed."""

from __future__ import annotations

import json
import sqlite3
import unittest
from typing import Any

from pkgsuite import events
from tests.command_line import CommandLineTest

SAMPLE = """
    import os, unittest
    class Case(unittest.TestCase):
        def test_fails(self):
            self.assertNotIn("fails", os.environ.get("WANTED", ""))
        def test_passes(self):
            pass
        @unittest.skipIf("skips" in os.environ.get("WANTED", ""), "not today")
        def test_skips(self):
            self.assertNotIn("skips", os.environ.get("WANTED", ""))
"""


class HistoryCommandTest(CommandLineTest):
    """Of runs of three tests, of which those fail or are skipped that WANTED names."""

    def setUp(self) -> None:
        super().setUp()
        self.write("test_sample.py", SAMPLE)

    def run_them(self, wanted: str = "", *words: object, **variables: str | None) -> list[events.Event]:
        """The events of a run."""
        return self.told("test_sample", *words, WANTED=wanted, **variables)[1]

    def history(self, *words: str, **variables: str | None) -> str:
        """What the command prints."""
        done = self.call("history", *words, **variables)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return done.stdout

    def as_json(self) -> Any:
        """What it prints for programs."""
        return json.loads(self.history("--json"))

    # The page

    def test_before_the_first_run(self) -> None:
        self.assertEqual("nothing is remembered yet: python3 -m pkgsuite run\n", self.history())
        self.assertEqual({"runs": [], "tests": []}, self.as_json())
        self.assertEqual([], list(self.state.iterdir()))

    def test_the_page(self) -> None:
        for wanted in ("", "fails", "", "fails"):
            self.run_them(wanted)

        sections = {text.partition("\n")[0]: text for text in self.history().rstrip().split("\n\n")}

        self.assertEqual(["the last runs", "slowest", "flakiest", "newly failing", "still failing: none"], [*sections])
        self.assertEqual(2, sections["the last runs"].count(" 1 failed"))
        self.assertRegex(sections["flakiest"], r"\n +\d\.\d\d s  \.F\.F +test_sample.Case.test_fails: 'fails'")
        self.assertNotIn("test_passes", sections["flakiest"] + sections["newly failing"])
        self.assertIn("test_fails", sections["newly failing"])

    def test_what_fails_again_is_still_failing(self) -> None:
        self.run_them("fails")
        self.run_them("fails")

        self.assertRegex(self.history(), r"newly failing: none\n\nstill failing\n.*FF +test_sample.Case.test_fails")

    def test_patterns_and_numbers_narrow_it_down(self) -> None:
        self.run_them()

        self.assertNotIn("test_passes", self.history("-k", "fails"))
        self.assertNotIn("test_passes", self.history("-k", "*.test_[fs]*"))
        self.assertEqual(1, self.history("-n", "1").count("test_sample.Case"))
        self.assertEqual(2, self.call("history", "-n", "0").returncode)

    def test_for_programs(self) -> None:
        self.run_them()
        self.run_them("fails")

        told = self.as_json()

        self.assertEqual([{"passed": 3}, {"passed": 2, "failed": 1}], [run["counts"] for run in told["runs"]])
        test = {each["test"]: each for each in told["tests"]}["test_sample.Case.test_fails"]
        self.assertEqual((["passed", "failed"], [1, 2], 1), (test["outcomes"], test["runs"], test["flips"]))
        self.assertEqual((True, str(self.place)), (test["is_newly_failing"], test["place"]))
        self.assertEqual(2, len(test["seconds"]))

    def test_hostile_words_move_no_terminal(self) -> None:
        self.write(
            "test_hostile.py",
            r"""
            import unittest
            class Case(unittest.TestCase):
                def test_it(self): self.fail("\x1b[2J\x1b]0;taken\x07 \u202e\nsecond")
            setattr(Case, "test_\x1b[31m", Case.test_it)
            """,
        )
        self.call("run", "test_hostile")

        self.assertNotRegex(self.history(), "[\x1b\x07\u202e]")

    # In a run

    def test_flaky_tests_are_marked_and_still_fail(self) -> None:
        self.run_them()
        status, told = self.told("test_sample", WANTED="fails")
        found = {event.test: event for event in told if isinstance(event, events.Result)}

        self.assertEqual(1, status)
        self.assertEqual(
            {"test_fails": ("failed", True), "test_passes": ("passed", False), "test_skips": ("passed", False)},
            {name.rpartition(".")[2]: (event.outcome, event.is_flaky) for name, event in found.items()},
        )
        shown = self.call("run", "test_sample").stdout
        self.assertRegex(shown, r"test_fails  \(flaky\)")
        self.assertIn("! flaky, its last runs disagree: test_sample.Case.test_fails", shown)

    def test_the_longest_goes_first(self) -> None:
        self.write(
            "test_long.py",
            """
            import time, unittest
            class A(unittest.TestCase):
                def test_short(self): pass
            class B(unittest.TestCase):
                def test_long(self): time.sleep(0.3)
            """,
        )
        orders = [self.told("-j2", "test_long")[1][0].tests for _ in range(2)]

        self.assertEqual("test_long.A.test_short", orders[0][0])
        self.assertEqual("test_long.B.test_long", orders[1][0])

    def test_failed(self) -> None:
        self.run_them("fails skips")
        self.assertEqual(("test_sample.Case.test_fails",), self.run_them("", "--failed")[0].tests)

        status, told = self.told("test_sample", "--failed")

        self.assertEqual((0, ()), (status, told[0].tests))
        self.assertEqual(["none of these tests failed the last time"], [e.text for e in told if "Note" in str(type(e))])

    def test_failed_asks_within_the_selection(self) -> None:
        self.run_them("fails")

        self.assertEqual((), self.run_them("", "--failed", "-k", "passes")[0].tests)
        self.assertEqual(1, len(self.run_them("", "--failed", "-k", "fails")[0].tests))

    def test_a_failure_of_another_project_is_not_ours(self) -> None:
        self.run_them("fails")
        self.write("other/test_sample.py", SAMPLE)

        done = self.call("run", "--failed", "test_sample", cwd=self.place / "other")

        self.assertIn("none of these tests failed the last time", done.stdout)

    def test_without_a_history(self) -> None:
        self.run_them("fails", "--no-history")

        self.assertEqual([], list(self.state.iterdir()))
        done = self.call("run", "test_sample", "--no-history", HOME="/nonexistent", XDG_STATE_HOME=None)
        self.assertNotIn("history", done.stdout)

    # In trouble

    def test_a_home_that_is_not_there(self) -> None:
        done = self.call("run", "test_sample", HOME="/nonexistent", XDG_STATE_HOME=None)

        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertIn("! no history is kept: no directory is fit for it; set XDG_STATE_HOME\n", done.stdout)
        self.assertIn("nothing is remembered", self.history(HOME="/nonexistent", XDG_STATE_HOME=None))

    def test_a_damaged_history(self) -> None:
        self.run_them()
        (path,) = self.state.rglob("history.sqlite")
        path.write_bytes(b"nonsense" * 999)

        done = self.call("history", "--json")
        self.assertEqual({"runs": [], "tests": []}, json.loads(done.stdout))
        self.assertRegex(done.stderr, "^! the history was damaged")
        path.write_bytes(b"nonsense" * 999)
        shown = self.call("run", "test_sample")

        self.assertEqual(0, shown.returncode)
        self.assertRegex(shown.stdout, "^! the history was damaged .*; a new one is begun")
        self.assertEqual(3, len(self.as_json()["tests"]))

    def test_a_history_that_cannot_be_written_is_said_before_the_summary(self) -> None:
        self.run_them()
        (path,) = self.state.rglob("history.sqlite")
        base = sqlite3.connect(path, isolation_level=None)
        self.addCleanup(base.close)
        base.execute("BEGIN IMMEDIATE")

        shown = self.call("run", "test_sample").stdout

        self.assertRegex(shown, r"! this run is not remembered: .*locked\n(.*\n)*✓ 3 passed")

    def test_a_python_without_sqlite(self) -> None:
        self.write("sqlite3.py", "raise ImportError('no libsqlite3.so.0')")

        shown = self.call("run", "test_sample", PYTHONPATH=f"{self.place}:{self.environment()['PYTHONPATH']}")

        self.assertEqual(0, shown.returncode, shown.stderr)
        self.assertIn("comes without sqlite3", shown.stdout)


if __name__ == "__main__":
    unittest.main()
