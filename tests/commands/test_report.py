"""`pkgsuite report`: what it makes of the events of an earlier run, and what it refuses."""

from __future__ import annotations

import json
import unittest
import xml.etree.ElementTree

from pkgsuite import events
from tests.command_line import CommandLineTest

TEST = "test_a.A.test_one"

RUN = (
    events.Plan((TEST,)),
    events.Started(TEST, "It holds.", 100.0),
    events.Result(TEST, "failed", 1.5, "1 of 1 rules is broken", "RuleBroken: …", 101.5),
    events.Done({"failed": 1}, 1.6),
)


class Report(CommandLineTest):
    """Each test has the events of a run in `run.jsonl`."""

    def setUp(self):
        super().setUp()
        self.write("run.jsonl", "".join(f"{events.encode(event)}\n" for event in RUN))

    def test_several_reports_of_one_run(self):
        done = self.call("report", "run.jsonl", "junit=run.xml", "html=run.html")

        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))
        case = xml.etree.ElementTree.parse(self.place / "run.xml").find(".//testcase")
        self.assertEqual("test_one", case.get("name"))
        self.assertIn("test_one", (self.place / "run.html").read_text())

    def test_events_come_back_as_they_were(self):
        done = self.call("report", "run.jsonl", "jsonl")

        self.assertEqual([events.encode(event) for event in RUN], done.stdout.splitlines())

    def test_from_stdin(self):
        done = self.shell("$pkgsuite report - jsonl < run.jsonl")

        self.assertEqual(len(RUN), len(done.stdout.splitlines()))

    def test_a_run_that_was_cut_short_is_reported_as_far_as_it_came(self):
        self.write("cut.jsonl", "".join(f"{events.encode(event)}\n" for event in RUN[:2]))

        done = self.call("report", "cut.jsonl", "junit=cut.xml")

        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIsNotNone(xml.etree.ElementTree.parse(self.place / "cut.xml").find(".//testcase"))

    def test_wrong_input_is_one_line_that_names_the_place(self):
        self.write("bad.jsonl", events.encode(RUN[0]) + "\nnonsense\n")
        self.write("later.jsonl", json.dumps({"version": 99, "event": "plan", "tests": []}) + "\n")
        self.write("empty.jsonl", "")

        self.assert_refused(self.call("report", "bad.jsonl", "junit=a.xml"), "bad.jsonl:2", "nonsense")
        self.assert_refused(self.call("report", "later.jsonl", "junit=a.xml"), "version 99")
        self.assert_refused(self.call("report", "empty.jsonl", "junit=a.xml"), "empty.jsonl holds no events")
        self.assert_refused(self.call("report", "none.jsonl", "junit=a.xml"), "none.jsonl cannot be read")
        self.assert_refused(self.call("report", "run.jsonl", "nothing=a"), "nothing=a", "html")


if __name__ == "__main__":
    unittest.main()
