"""TAP as Perl's own parser reads it, which is the one that prove has."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import tempfile
import unittest
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pkgsuite import events
from pkgsuite.reports.tap import Tap
from tests.reports import samples

SCRIPT = Path(__file__).with_name("tap.pl")
LINE = re.compile(r"TAP version 13|1\.\.\d+|(not )?ok \d+ - .*|  (---|\.\.\.|[a-z_]+: .*)|    .*|# .*|Bail out! .*|")


def written(*told: events.Event) -> str:
    """The stream of a run."""
    target = io.StringIO()
    report = Tap(target)
    for event in told:
        report.event(event)
    return target.getvalue()


def can_parse() -> bool:
    """Whether Perl is here with its parser."""
    modules = ["-MTAP::Parser", "-MJSON::PP", "-e1"]
    return bool(shutil.which("perl")) and not subprocess.run(["perl", *modules], capture_output=True).returncode


@unittest.skipUnless(can_parse(), "Perl has no TAP::Parser; get it with: apt-get install perl")
class ParserTest(unittest.TestCase):
    def parsed(self, told: Iterable[events.Event]) -> dict[str, Any]:
        """What the parser makes of a run."""
        with tempfile.NamedTemporaryFile("w", suffix=".tap", encoding="utf-8") as file:
            file.write(written(*told))
            file.flush()
            done = subprocess.run(["perl", SCRIPT, file.name], capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        self.assertEqual(found["unknown"], [])
        return found

    def test_a_run_with_every_end_and_hostile_words(self) -> None:
        told = list(samples.run(300))
        results = [event for event in told if isinstance(event, events.Result)]
        troubles = [event for event in told if isinstance(event, events.Trouble)]

        found = self.parsed(told)

        self.assertEqual((found["errors"], found["version"]), ([], 13))
        self.assertEqual(len(found["tests"]), len(results) + len(troubles))
        for result, test in zip(results, found["tests"], strict=False):
            self.assertEqual(test["yaml"]["outcome"], result.outcome)
            self.assertEqual(bool(test["is_ok"]), result.outcome in ("passed", "skipped", "xfailed"))
            self.assertEqual(test["directive"], {"skipped": "SKIP", "xfailed": "TODO"}.get(result.outcome, ""))

    def test_it_fails_exactly_when_the_run_does(self) -> None:
        for outcome, is_good in (
            ("passed", True),
            ("skipped", True),
            ("xfailed", True),
            ("failed", False),
            ("error", False),
            ("crashed", False),
            ("xpassed", False),
        ):
            with self.subTest(outcome):
                self.assertEqual(self.parsed([events.Result("t", outcome), events.Done()])["is_good"], is_good)
        trouble = events.Trouble("tearDownClass (m.C)", "wrong", "all of it")
        self.assertFalse(self.parsed([events.Result("t", "passed"), trouble, events.Done(troubles=1)])["is_good"])

    def test_a_run_that_was_cut_short_is_not_good(self) -> None:
        passed = events.Result("t", "passed")
        for told, words in (
            ([passed], "No plan found"),
            ([passed, events.Done({"passed": 1}, 1.0, 2)], "planned 3 tests but ran 1"),
            ([passed, events.Done({"passed": 1}, 1.0, 2, 0, True)], "planned 3 tests but ran 1"),
        ):
            with self.subTest(words):
                found = self.parsed(told)

                self.assertFalse(found["is_good"])
                self.assertIn(words, " ".join(found["errors"]))

    def test_a_run_of_no_test_has_a_plan_of_none(self) -> None:
        self.assertTrue(written(events.Plan(()), events.Done()).endswith("\n1..0\n"))
        self.assertEqual(self.parsed([events.Plan(()), events.Done()])["errors"], [])

    def test_words_in_names_are_no_directives(self) -> None:
        for name in ("t # TODO", "t #skip it", "t \\# ToDo", "t #2", "2", "ok 5 - t", "t\nnot ok 7", ""):
            with self.subTest(name):
                found = self.parsed([events.Result(name, "failed", 0, "# TODO", "# SKIP"), events.Done()])

                self.assertEqual([(each["directive"], each["is_ok"]) for each in found["tests"]], [("", "")])
                self.assertFalse(found["is_good"])

    def test_details_come_back_as_they_were(self) -> None:
        for details in ("one", "two\nlines", "a: b\n  - c\n\n    d", "...\n---\n# TODO", "'quoted\" \\n", "ok 1\n1..7"):
            with self.subTest(details):
                result = events.Result("t", "failed", 1.5, "say \"x\" \\ 'y': #", details, is_flaky=True)
                (test,) = self.parsed([result, events.Done()])["tests"]

                self.assertEqual(test["yaml"]["details"].rstrip("\n"), details)
                self.assertEqual(test["yaml"]["message"], "say \"x\" \\ 'y': #")
                self.assertEqual((test["yaml"]["duration_ms"], test["yaml"]["flaky"]), ("1500.000", "true"))


class StreamTest(unittest.TestCase):
    """What is seen without a parser."""

    def test_every_line_is_one_of_the_format(self) -> None:
        for line in written(*samples.run(300)).removesuffix("\n").split("\n"):
            self.assertTrue(LINE.fullmatch(line), line)

    def test_each_test_is_written_when_it_has_ended(self) -> None:
        target = io.StringIO()
        report = Tap(target)
        report.event(events.Plan(("a", "b")))
        report.event(events.Result("a", "passed"))

        self.assertEqual(target.getvalue().splitlines()[:2], ["TAP version 13", "ok 1 - a"])

    def test_a_flood_is_capped(self) -> None:
        self.assertLess(len(written(events.Result("t", "failed", 0, "x" * 99_999, "y\n" * 99_999))), 80_000)

    def test_who_interrupts_is_told_so(self) -> None:
        text = written(events.Result("a", "passed"), events.Done({"passed": 1}, 1.0, 2, 0, True))

        self.assertTrue(text.endswith("Bail out! interrupted, 2 tests were not run\n1..3\n"), text)
