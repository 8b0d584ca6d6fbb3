"""`pkgsuite merge`: real shards of a real run, some of which were killed."""

from __future__ import annotations

import unittest
import xml.etree.ElementTree

from pkgsuite import events
from tests.command_line import CommandLineTest

SAMPLE = """
    import os, signal, unittest
    class Case(unittest.TestCase):
        pass
    for number in range(30):
        def test(self, number=number):
            self.assertNotEqual(7, number)
        setattr(Case, f"test_{number}", test)
"""


class MergeTest(CommandLineTest):
    """Three shards of 30 tests, of which one fails."""

    def setUp(self) -> None:
        super().setUp()
        self.write("test_sample.py", SAMPLE)
        for number in (1, 2, 3):
            self.call("run", "test_sample", "--shard", f"{number}/3", "--report", f"jsonl={number}.jsonl")

    def test_all_shards_are_one_run(self) -> None:
        done = self.call("merge", "1.jsonl", "2.jsonl", "3.jsonl", "-o", "run.jsonl", "--report", "junit=run.xml")

        self.assertEqual((1, ""), (done.returncode, done.stderr))
        self.assertIn("✗ test_sample.Case.test_7: 7 == 7", done.stdout)
        self.assertRegex(done.stdout, r"✓ 29 passed, ✗ 1 failed in \d+\.\d s\n$")
        root = xml.etree.ElementTree.parse(self.place / "run.xml").getroot()
        self.assertEqual(("30", "1", "0"), tuple(root.get(name) for name in ("tests", "failures", "errors")))
        told = [events.decode(line) for line in (self.place / "run.jsonl").read_text().splitlines()]
        self.assertEqual({f"test_sample.Case.test_{number}" for number in range(30)}, {*told[0].tests})
        self.assertEqual(0, self.call("report", "run.jsonl", "html=run.html").returncode)

    def test_a_report_on_stdout_has_it_alone(self) -> None:
        done = self.call("merge", "3.jsonl", "1.jsonl", "2.jsonl", "--report", "tap")

        self.assertTrue(done.stdout.startswith("TAP version 13\n") and done.stdout.endswith("\n1..30\n"), done.stdout)
        self.assertIn("1 failed", done.stderr)

    def test_a_shard_that_was_killed_is_an_error(self) -> None:
        path = self.place / "2.jsonl"
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])

        done = self.call("merge", "1.jsonl", "2.jsonl", "3.jsonl", "--report", "junit=run.xml")

        self.assertEqual(1, done.returncode)
        self.assertIn("2.jsonl: the end of the run is missing: it was killed, or still runs", done.stdout)
        self.assertRegex(done.stdout, r"1 beside the tests, \d+ not run")
        cases = [case.get("name") for case in xml.etree.ElementTree.parse(self.place / "run.xml").iter("testcase")]
        self.assertLessEqual({f"test_{number}" for number in range(30)}, {*cases})

    def test_a_shard_that_is_missing_is_an_error(self) -> None:
        done = self.call("merge", "1.jsonl", "3.jsonl")

        self.assertEqual(1, done.returncode)
        self.assertIn("no file has 2/3", done.stdout)
        self.assertRegex(done.stdout, r"\d+ tests are in no file though a shard left them to others")

    def test_wrong_words(self) -> None:
        self.write("late.jsonl", '{"version": 99, "event": "plan", "tests": []}\n')
        same = (self.place / "1.jsonl").read_bytes()

        self.assert_refused(self.call("merge", "late.jsonl"), "late.jsonl:1", "version 99")
        self.assert_refused(self.call("merge", "none.jsonl"), "none.jsonl cannot be read")
        self.assert_refused(self.call("merge", "1.jsonl", "./1.jsonl"), "hold the same run")
        self.assert_refused(self.call("merge", "1.jsonl", "-o", "./1.jsonl"), "./1.jsonl is read and would be written")
        self.assert_refused(self.call("merge", "1.jsonl", "--report", "html=1.jsonl"), "1.jsonl is read")
        self.assertEqual(same, (self.place / "1.jsonl").read_bytes())


if __name__ == "__main__":
    unittest.main()
