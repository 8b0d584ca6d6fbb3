"""DebTorrent's tests as scenarios: what must come of them, and what fails them."""

from __future__ import annotations

import contextlib
import io
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from pkgsuite.dialects import debtorrent
from pkgsuite.errors import BadValue
from pkgsuite.machine import Machine
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.downloader import Downloader

OFF = ["--disable_http_downloader", "1"]
INSTALL = ["install", "fop-doc"]


class Looking(unittest.TestCase):
    """A look at the numbers of nodes once the queue of a test has run."""

    trackers: dict[int, Node]
    nodes: dict[int, Downloader]
    machines: dict[int, Machine]

    def check_machines(self) -> None:
        """Ports and directories are those of the original."""
        addresses = {each.address for each in (*self.trackers.values(), *self.nodes.values())}
        sources = [machine.read("etc/apt/sources.list").decode() for machine in self.machines.values()]

        self.assertEqual({"127.0.0.1"}, addresses)
        self.assertEqual([1969, 2969], [each.port for each in self.trackers.values()])
        self.assertEqual([1988, 3988], [each.port for each in self.nodes.values()])
        self.assertEqual([11000, 13000], [each.peer_port for each in self.nodes.values()])
        self.assertEqual(["downloader1", "downloader3"], [Path(each.root).name for each in self.machines.values()])
        self.assertRegex(sources[1], r" http://localhost:3988/ftp\.us\.debian\.org/debian/ unstable main\n$")


def run(test: tuple[Any, ...], **options: Any) -> tuple[unittest.TestResult, str]:
    """What came of a test, and what it printed."""
    (kind,) = debtorrent.scenarios({"sample": ("A sample.", {1: []}, *test)}, **options).values()
    result, said = unittest.TestResult(), io.StringIO()
    with contextlib.redirect_stdout(said):
        kind("runTest").run(result)
    return result, said.getvalue()


class DebtorrentTest(unittest.TestCase):
    def assert_held(self, result: unittest.TestResult) -> None:
        """Nothing failed; a machine that cannot do it skips."""
        if result.skipped:
            self.skipTest(result.skipped[0][1])
        self.assertEqual([], [details for _, details in (*result.failures, *result.errors)])

    def assert_fails(self, result: unittest.TestResult, words: str) -> None:
        """One rule is broken, for the reason that is given."""
        if result.skipped:
            self.skipTest(result.skipped[0][1])
        self.assertEqual((1, 0), (len(result.failures), len(result.errors)), result.errors)
        self.assertRegex(result.failures[0][1], words)

    def test_a_queue_runs_and_its_table_of_results_is_printed(self) -> None:
        result, said = run(({1: (1, [])}, [(1, ["update"]), (1, INSTALL)]))

        self.assert_held(result)
        self.assertIn("*** Starting Tracker 1 ***", said)
        self.assertIn("*** apt-get (1) install fop-doc ***", said)
        self.assertRegex(
            said, r'Test Results.*\n1: "apt-get update" took \d+\.\d\d secs \(0\)\n1: "apt-get install fop-doc"'
        )

    def test_a_peer_stands_in_for_http(self) -> None:
        queue = [(1, ["update"]), (1, INSTALL), (2, ["update"]), (2, INSTALL)]

        result, _ = run(({1: (1, []), 2: (1, OFF)}, queue))

        self.assert_held(result)

    def test_without_a_peer_and_without_http_it_fails_and_the_queue_goes_on(self) -> None:
        with mock.patch.object(debtorrent, "GIVE_UP_S", 1.0):
            result, said = run(({1: (1, OFF)}, [(1, ["update"]), (1, INSTALL), (1, ["update"])]))

        self.assert_fails(result, r'1 of 3 apt-gets broke RETCODE=0\n1: "apt-get install fop-doc"')
        self.assertRegex(said, r'"apt-get install fop-doc" took \d+\.\d\d secs \(100\)\n1: "apt-get update" took')

    def test_an_apt_get_that_fails_fails_the_test(self) -> None:
        result, said = run(({1: (1, [])}, [(1, ["update"]), (1, ["no-such-verb"])]))

        self.assert_fails(result, "E: Invalid operation no-such-verb")
        self.assertIn('1: "apt-get no-such-verb" took', said)

    def test_what_was_never_reached_did_not_complete(self) -> None:
        with mock.patch.object(debtorrent.DebtorrentScenario, "run_the_queue", side_effect=OSError("no more")):
            result, said = run(({1: (1, [])}, [(1, ["update"])]))

        if result.skipped:
            self.skipTest(result.skipped[0][1])
        self.assertEqual(1, len(result.errors))
        self.assertIn('1: "apt-get update" did not complete', said)

    def test_a_machine_without_what_it_installed_fails_the_test(self) -> None:
        result, _ = run(({1: (1, [])}, [(1, ["update"]), (1, INSTALL), (1, ["clean"])]))

        self.assert_fails(result, "FILE_EXIST=var/cache/apt/archives/fop-doc_1.0-1_all.deb")

    def test_what_an_earlier_run_left_is_used(self) -> None:
        result, said = run(({1: (1, [], {"clean": False})}, [(1, ["update"]), (1, INSTALL)]))

        self.assert_held(result)
        self.assertIn("Starting Downloader 1 again", said)
        self.assertEqual(2, said.count('1: "apt-get install fop-doc" took'))

    def test_nodes_have_the_ports_of_the_original_on_request(self) -> None:
        table = {"sample": ("A sample.", {1: [], 2: []}, {1: (1, []), 3: (2, [])}, [(1, ["update"]), (3, ["update"])])}
        (kind,) = debtorrent.scenarios(table, numbered=True).values()
        result = unittest.TestResult()

        with contextlib.redirect_stdout(io.StringIO()):
            type("Looking", (Looking, kind), {})("runTest").run(result)

        self.assert_held(result)

    def test_the_line_that_repeats_a_test_names_its_table_and_its_ports(self) -> None:
        test = ({1: (1, [])}, [(1, ["no-such-verb"])])

        result, _ = run(test, numbered=True, file="/my tables/test.py")

        self.assert_fails(result, r"pkgsuite debtorrent --table '/my tables/test.py' --numbered sample")

    def test_a_table_that_is_wrong_makes_no_scenario(self) -> None:
        with self.assertRaisesRegex(BadValue, "tests="):
            debtorrent.scenarios({})
