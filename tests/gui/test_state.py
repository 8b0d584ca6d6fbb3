"""The window's state: what each event changes, and what remains when a runner dies."""

from __future__ import annotations

import unittest

from pkgsuite.gui.scenario import BROKEN, HELD, PENDING
from pkgsuite.gui.state import State

from pkgsuite import events
from pkgsuite.gui import state as parts
from tests.gui.story import MODULE, command, passed, plan, result, started, test_id

GROUP = f"{MODULE}.Upgrade"


class StateTest(unittest.TestCase):
    """Each test tells a state events, and looks."""

    def setUp(self):
        self.state = State()

    def tell(self, *told):
        """Apply events; gives what the last of them changed."""
        changed = set()
        for event in told:
            changed = self.state.apply(event)
        return changed

    def scenario(self, name):
        return self.state.catalogue.scenarios[test_id(name)]

    def status(self, name):
        return self.scenario(name).status


class WhatIsRun(StateTest):
    def test_planned_tests_are_queued_and_the_tree_learns_of_new_ones(self):
        changed = self.tell(plan("one", "two"))

        self.assertEqual(["queued", "queued"], [self.status("one"), self.status("two")])
        self.assertIn((parts.TREE, ""), changed)

    def test_tests_of_the_list_are_known_already(self):
        self.state.take_list([{"id": test_id("one"), "description": "It does.", "tags": ["slow"], "line": 7}])

        changed = self.tell(plan("one"))

        self.assertNotIn((parts.TREE, ""), changed)
        self.assertEqual(("It does.", ("slow",), 7), self.told("one"))

    def told(self, name):
        scenario = self.scenario(name)
        return scenario.description, scenario.tags, scenario.line

    def test_planned_says_where_a_test_is_what_it_names_and_how_it_fared(self):
        planned = events.Planned(test_id("one"), "It does.", "t.py", 3, ("slow",), 2.5, ("exists a",), ("failed",))

        self.tell(plan("one"), planned)

        scenario = self.scenario("one")
        self.assertEqual(("t.py:3", 2.5, ("failed",)), (scenario.place, scenario.expected_s, scenario.outcomes))
        self.assertEqual([("exists a", PENDING)], [(claim.rule, claim.state) for claim in scenario.claims])

    def test_a_test_runs_from_its_start_to_its_result(self):
        self.tell(plan("one"), started("one"))
        self.assertEqual("running", self.status("one"))

        changed = self.tell(result("one", "passed", 1.5))

        self.assertEqual(("passed", 1.5), (self.status("one"), self.scenario("one").seconds))
        self.assertIn((parts.ROW, GROUP), changed)
        self.assertIn((parts.ROW, MODULE), changed)

    def test_one_that_somebody_stopped_has_neither_failed_nor_passed(self):
        self.tell(plan("one"), started("one"), result("one", "error", reason="interrupted"))

        self.assertEqual(("idle", "stopped"), (self.status("one"), self.scenario("one").word))
        self.assertEqual((), self.scenario("one").outcomes)
        self.assertEqual([], self.state.unwell())

    def test_each_outcome_has_a_status(self):
        for outcome, status in {
            "passed": "passed",
            "xfailed": "passed",
            "failed": "failed",
            "xpassed": "failed",
            "error": "error",
            "crashed": "error",
            "skipped": "skipped",
            "what comes later": "error",
        }.items():
            with self.subTest(outcome):
                self.tell(plan("one"), started("one"), result("one", outcome))

                self.assertEqual(status, self.status("one"))

    def test_flaky_is_what_passed_and_did_not_always(self):
        self.tell(plan("one", "two"))
        self.tell(events.Result(test_id("one"), "passed", is_flaky=True))
        self.tell(events.Result(test_id("two"), "failed", is_flaky=True))

        self.assertEqual(["flaky", "failed"], [self.status("one"), self.status("two")])

    def test_only_what_changed_is_named(self):
        self.tell(plan("one", "two"), started("one"))

        changed = self.tell(events.Log(test_id("one"), "machine1", "words\n"))

        self.assertEqual({(parts.LOG, test_id("one"))}, changed)

    def test_a_new_run_forgets_what_came_of_a_test_and_keeps_what_is_known_of_it(self):
        self.state.take_list([{"id": test_id("one"), "tags": ["slow"]}])
        self.tell(plan("one"), started("one"), command("one"), result("one", "failed", reason="no"))

        self.tell(plan("one"))

        scenario = self.scenario("one")
        self.assertEqual(("", [], {}, 0), (scenario.reason, scenario.bars, scenario.peers, len(scenario.log)))
        self.assertEqual((("slow",), ("failed",)), (scenario.tags, scenario.outcomes))

    def test_results_of_tests_that_do_not_run_again_stay(self):
        self.tell(plan("one", "two"), *passed("one"), *passed("two"))

        self.tell(plan("two"))

        self.assertEqual(["passed", "queued"], [self.status("one"), self.status("two")])

    def test_what_was_not_run_is_idle_in_the_end(self):
        self.tell(plan("one", "two"), *passed("one"))

        changed = self.tell(events.Done({"passed": 1}, 2.0, not_run=1))

        self.assertEqual(["passed", "idle"], [self.status("one"), self.status("two")])
        self.assertIn((parts.ROW, test_id("two")), changed)
        self.assertFalse(self.state.progress.is_running)

    def test_events_of_no_known_test_make_one(self):
        self.tell(events.Result("other.Test.test_a", "passed"))

        self.assertEqual("passed", self.state.catalogue.scenarios["other.Test.test_a"].status)

    def test_notes_and_troubles_are_kept_apart_from_results(self):
        self.tell(plan("one"), events.Note("slow disk"), events.Trouble("tearDownClass (a.B)", "no", "all of it"))
        self.tell(events.Note("only here", test_id("one")))

        self.assertEqual(["slow disk", "tearDownClass (a.B): no\nall of it"], self.state.notes)
        self.assertEqual(["only here"], self.scenario("one").notes)


class RunnersThatDie(StateTest):
    def test_running_becomes_an_error_and_queued_idle(self):
        self.tell(plan("one", "two", "three"), *passed("one"), started("two"))

        changed = self.state.runner_died("The runner was killed by SIGKILL")

        self.assertEqual(["passed", "error", "idle"], [self.status(name) for name in ("one", "two", "three")])
        self.assertEqual("The runner was killed by SIGKILL", self.scenario("two").reason)
        self.assertIn("The runner was killed by SIGKILL", self.state.notes)
        rows = {(parts.ROW, key) for key in (test_id("two"), test_id("three"), GROUP)}
        self.assertLessEqual(rows, changed)

    def test_commands_and_nodes_of_what_ran_have_ended_too(self):
        self.tell(
            plan("one"), started("one"), events.Node(test_id("one"), "mirror1", "mirror", "", "started", at=101.0)
        )
        self.tell(events.Launched(test_id("one"), "machine1", 1, "pacman -Syu", (), 102.0))

        self.state.runner_died("gone")

        scenario = self.scenario("one")
        self.assertEqual([("did not end", True)], [(bar.status, bar.has_failed) for bar in scenario.bars])
        self.assertEqual([102.0, 102.0], [peer.ended_at for peer in scenario.peers.values()])

    def test_one_that_dies_after_it_was_done_changes_nothing(self):
        self.tell(plan("one"), *passed("one"), events.Done({"passed": 1}))

        self.assertEqual(set(), self.state.runner_died("gone"))
        self.assertEqual("passed", self.status("one"))

    def test_the_next_run_works(self):
        self.tell(plan("one"), started("one"))
        self.state.runner_died("gone")

        self.tell(plan("one"), *passed("one"), events.Done({"passed": 1}))

        self.assertEqual(("passed", ""), (self.status("one"), self.scenario("one").reason))


class Rules(StateTest):
    def setUp(self):
        super().setUp()
        self.tell(plan("one"), started("one"))
        self.test = test_id("one")

    def states(self):
        return [(claim.rule, claim.machine, claim.state) for claim in self.scenario("one").claims]

    def rule(self, text, held, machine="machine1"):
        return events.Rule(self.test, machine, text, held, "this", "that")

    def test_they_are_pending_and_then_held_or_broken(self):
        self.tell(events.Judging(self.test, "machine1", ("a", "b")))
        self.assertEqual([("a", "machine1", PENDING), ("b", "machine1", PENDING)], self.states())

        self.tell(self.rule("a", True), self.rule("b", False))

        self.assertEqual([("a", "machine1", HELD), ("b", "machine1", BROKEN)], self.states())

    def test_what_is_broken_knows_what_was_expected_and_seen(self):
        self.tell(self.rule("a", False))

        claim = self.scenario("one").claims[0]
        self.assertEqual(("this", "that"), (claim.expected, claim.seen))

    def test_a_rule_named_before_the_run_finds_its_machine(self):
        self.tell(plan("one"), events.Planned(self.test, rules=("a",)), started("one"))
        self.assertEqual([("a", "", PENDING)], self.states())

        self.tell(events.Judging(self.test, "machine2", ("a",)), self.rule("a", True, "machine2"))

        self.assertEqual([("a", "machine2", HELD)], self.states())

    def test_the_same_rule_on_two_machines_is_two(self):
        self.tell(events.Judging(self.test, "machine1", ("a",)), events.Judging(self.test, "machine2", ("a",)))

        self.tell(self.rule("a", False, "machine2"))

        self.assertEqual([("a", "machine1", PENDING), ("a", "machine2", BROKEN)], self.states())

    def test_the_same_rule_judged_again_is_another(self):
        self.tell(self.rule("a", True), self.rule("a", False))

        self.assertEqual([HELD, BROKEN], [state for _, _, state in self.states()])

    def test_rules_that_no_machine_was_judged_by_go_with_the_end(self):
        self.tell(plan("one"), events.Planned(self.test, rules=("never",)), started("one"), self.rule("a", True))

        self.tell(result("one", "passed"))

        self.assertEqual([("a", "machine1", HELD)], self.states())


class CommandsAndNodes(StateTest):
    def setUp(self):
        super().setUp()
        self.tell(plan("one"), started("one"))
        self.test = test_id("one")

    def test_a_command_runs_until_its_end_is_told(self):
        self.tell(events.Launched(self.test, "machine1", 1, "pacman -Syu", ("pacman", "-Syu"), 100.2))
        (bar,) = self.scenario("one").bars
        self.assertIsNone(bar.seconds)

        self.tell(command("one", returncode=1))

        self.assertEqual([bar], self.scenario("one").bars)
        self.assertEqual((0.5, True), (bar.seconds, bar.has_failed))

    def test_a_command_whose_beginning_nobody_told_is_there_too(self):
        self.tell(command("one", number=0))

        self.assertEqual([("pacman -Syu", 0.5)], [(bar.command, bar.seconds) for bar in self.scenario("one").bars])

    def test_waiting_commands_are_counted_down(self):
        self.tell(events.Queue(self.test, "machine1", ("a", "b")))
        self.tell(events.Launched(self.test, "machine1", 1, "a", ("a",), 100.2))

        self.assertEqual(1, self.scenario("one").peers["machine1"].waiting)

    def test_a_node_lives_from_started_to_ended(self):
        self.tell(events.Node(self.test, "mirror1", "mirror", "http://127.0.0.2:80", "started", at=100.1))
        self.tell(events.Node(self.test, "mirror1", "mirror", "", "ended", "GET /\n", at=104.0))

        peer = self.scenario("one").peers["mirror1"]
        self.assertEqual(
            ("mirror", "http://127.0.0.2:80", 100.1, 104.0), (peer.kind, peer.url, peer.started_at, peer.ended_at)
        )
        self.assertEqual([("mirror1", "GET /")], self.scenario("one").log.since(0))

    def test_cpu_time_becomes_a_share_of_a_core(self):
        process = events.Process(7, 1, "pacman", 0.1, 4096)
        self.tell(events.Usage(self.test, "machine1", 101.0, 1.0, 1000, (process,)))
        later = events.Process(7, 1, "pacman", 0.4, 8192)

        self.tell(events.Usage(self.test, "machine1", 103.0, 2.0, 2000, (later,)))

        peer = self.scenario("one").peers["machine1"]
        self.assertEqual([(0.0, 1000), (50.0, 2000)], [(each.cpu_percent, each.rss_bytes) for each in peer.samples])
        self.assertEqual([(later, 15.0)], [(process, round(cpu, 6)) for process, cpu in peer.processes])

    def test_a_downloader_and_its_machine_have_one_curve_that_is_the_sum(self):
        def usage(at, pid, cpu_s, rss):
            return events.Usage(self.test, "downloader", at, cpu_s, rss, (events.Process(pid, 0, "x", cpu_s, rss),))

        self.tell(usage(101.0, 15, 1.0, 1000), usage(102.0, 15, 1.2, 1000), usage(102.001, 111, 0.5, 300))
        self.tell(usage(103.0, 111, 0.9, 400), usage(103.001, 15, 1.3, 1100))

        peer = self.scenario("one").peers["downloader"]
        samples = [(each.at, round(each.cpu_percent), each.rss_bytes) for each in peer.samples]
        self.assertEqual([(102.0, 70, 1300), (103.0, 50, 1500)], samples[1:])
        self.assertEqual([111, 15], [process.pid for process, _ in peer.processes])

    def test_what_changed_and_what_was_kept_is_known(self):
        changed = events.Changed(self.test, "machine1", ("/a",))
        self.tell(changed, events.Kept(self.test, "machine1", "/kept/a.tar.gz"))

        self.assertEqual({"machine1": changed}, self.scenario("one").changed)
        self.assertEqual({"machine1": "/kept/a.tar.gz"}, self.scenario("one").kept)


class Logs(StateTest):
    def setUp(self):
        super().setUp()
        self.tell(plan("one", "two"), started("one"))
        self.test = test_id("one")

    def lines(self):
        return [line for _, line in self.scenario("one").log.since(0)]

    def test_what_a_command_wrote_stands_below_it(self):
        self.tell(command("one", output="upgraded\ndummy"))

        self.assertEqual(["$ pacman -Syu", "upgraded", "dummy"], self.lines())

    def test_what_came_while_it_ran_does_not_come_twice(self):
        self.tell(events.Launched(self.test, "machine1", 1, "pacman -Syu", (), 100.2))
        self.tell(events.Log(self.test, "machine1", "upgraded\n"))

        self.tell(command("one", output="upgraded\n", returncode=1))

        self.assertEqual(["$ pacman -Syu", "upgraded", "[exit status 1]"], self.lines())

    def test_all_together_are_bounded_and_the_oldest_goes_first(self):
        self.addCleanup(setattr, parts, "MOST_LOG_LINES", parts.MOST_LOG_LINES)
        parts.MOST_LOG_LINES = 10
        self.tell(events.Log(self.test, "machine1", "a\n" * 8), result("one", "passed"), started("two"))

        self.tell(events.Log(test_id("two"), "machine1", "b\n" * 8))

        self.assertEqual([], self.lines())
        self.assertEqual(8, len(self.scenario("two").log))


class HowFar(StateTest):
    def test_shares_are_those_of_the_run_in_the_order_of_the_bar(self):
        self.tell(plan("a", "b"), *passed("a"), *passed("b"), plan("b", "c", "d"))
        self.tell(result("b", "failed"), result("c", "passed"), started("d"))

        self.assertEqual([("passed", 1), ("failed", 1), ("running", 1)], self.state.shares())
        self.assertEqual(2, self.state.progress.done)

    def test_counts_are_those_of_all_scenarios(self):
        self.tell(plan("a", "b"), *passed("a"), plan("b"), result("b", "failed"))

        statuses = self.state.catalogue.statuses
        self.assertEqual((1, 1, 0), (statuses["passed"], statuses["failed"], statuses["queued"]))

    def test_what_is_left_comes_from_what_tests_took_before(self):
        self.tell(plan("a", "b", jobs=1))
        for name in ("a", "b"):
            self.tell(events.Planned(test_id(name), expected_s=4.0))
        self.tell(started("a", at=100.0))

        self.assertEqual(7.0, self.state.left(101.0))

    def test_nothing_is_said_of_what_is_left_where_nothing_is_known(self):
        self.tell(plan("a", "b"))

        self.assertIsNone(self.state.left(101.0))

    def test_time_stands_still_after_the_end(self):
        self.tell(plan("a", at=100.0))
        self.assertEqual(5.0, self.state.elapsed(105.0))

        self.tell(events.Done({}, 6.0))

        self.assertEqual(6.0, self.state.elapsed(200.0))


class WhatMayBeRun(StateTest):
    def setUp(self):
        super().setUp()
        self.tell(plan("a", "b", "c"), *passed("a"), result("b", "failed"), result("c", "error"), events.Done())

    def test_failures_and_errors_are_what_run_failed_runs(self):
        self.assertEqual([test_id("b"), test_id("c")], self.state.unwell())

    def test_the_last_run_is_remembered(self):
        self.assertEqual((test_id("a"), test_id("b"), test_id("c")), self.state.last_run)

    def test_all_are_checked_until_somebody_unchecks_them(self):
        self.state.toggle(test_id("a"))

        self.assertEqual([test_id("b"), test_id("c")], self.state.checked())

    def test_next_failures_go_round_both_ways(self):
        walk = [test_id("a")]
        for step in (1, 1, 1, -1):
            walk.append(self.state.next_unwell(walk[-1], step))

        self.assertEqual([test_id(name) for name in ("a", "b", "c", "b", "c")], walk)

    def test_the_next_failure_of_a_group_is_in_it(self):
        self.assertEqual(test_id("b"), self.state.next_unwell(GROUP, 1))

    def test_there_is_no_next_failure_where_all_is_well(self):
        self.tell(result("b", "passed"), result("c", "passed"))

        self.assertEqual("", self.state.next_unwell(test_id("a"), 1))


if __name__ == "__main__":
    unittest.main()
