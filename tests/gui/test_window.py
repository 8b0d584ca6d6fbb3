"""The window on a display: what is shown, what is run, what a click or a key does, and how it ends."""

from __future__ import annotations

import contextlib
import io
import json
import os
import unittest
from itertools import chain, repeat
from pathlib import Path
from unittest import mock

from pkgsuite.gui.actions import ALL

from pkgsuite import events
from tests.gui.display import needs_display
from tests.gui.story import MODULE, command, passed, plan, result, started, test_id
from tests.gui.windows import WindowTest

ONE, TWO, THREE = test_id("one"), test_id("two"), test_id("three")
CLASS = f"{MODULE}.Upgrade"


def finished(*named: str) -> tuple[events.Event, ...]:
    """A run in which all pass."""
    return (plan(*named), *(event for name in named for event in passed(name)), events.Done({"passed": len(named)}))


@needs_display
class Shown(WindowTest):
    def test_modules_classes_and_tests_in_words(self):
        self.there_are([ONE, TWO, "testcases.apt.test_pins.WhoWins.test_by_date"])
        self.open()

        self.assertEqual(
            ["pacman.upgrade", "Upgrade", "one", "two", "apt.pins", "Who wins", "by date"],
            self.rows(),
        )

    def test_nothing_runs_by_itself(self):
        self.there_are([ONE])
        self.open()
        self.app.window.filter.entry.focus_force()
        self.press("<Return>", self.app.window.filter.entry)

        self.assertEqual([], [words for words in self.heard if words.startswith("called run")])

    def test_an_empty_machine_is_told_what_it_lacks(self):
        manager = {"name": "pacman", "is_there": False, "detail": "not found", "remedy": "apt-get install pacman"}
        (self.place / "doctor.json").write_text(json.dumps({"can_run": False, "managers": [manager]}))
        (self.place / "list.status").write_text("2")
        self.open()

        shown = self.app.window.detail.rules.sheet.shown
        self.assertIn("→ apt-get install pacman", shown)
        self.assertIn("No scenario can run here", shown)

    def test_scenarios_that_cannot_run_here_are_listed_beside_what_is_lacking(self):
        isolation = {"name": "namespaces", "is_there": False, "detail": "refused", "remedy": "apt-get install uidmap"}
        (self.place / "doctor.json").write_text(json.dumps({"can_run": False, "isolation": [isolation]}))
        self.there_are([ONE, TWO])
        self.open()

        self.assertEqual("", self.app.window.tree.selected)
        self.assertIn("→ apt-get install uidmap", self.app.window.detail.rules.sheet.shown)

        self.app.window.tree.select(ONE)
        self.turn()
        self.assertIn("It has not run yet", self.app.window.detail.rules.sheet.shown)

    def test_a_list_that_comes_late_is_not_that_of_what_was_opened_since(self):
        self.there_are([ONE])
        self.open()
        with mock.patch.object(self.app.conductor, "ask", return_value="") as ask:
            self.app.show_sources(["first"])
            self.app.show_sources(["second"])
        first, second = (call.args[1] for call in ask.call_args_list if call.args[0][0] == "list")

        second(0, json.dumps([{"id": TWO}]), "")
        first(0, json.dumps([{"id": THREE}]), "")
        self.until(lambda: not self.app.is_busy, "all is taken")

        self.assertEqual([TWO], list(self.app.state.catalogue.scenarios))

    def test_every_key_does_its_action(self):
        self.there_are([ONE])
        self.open()
        told = []
        from pkgsuite.gui.menus import bind_keys

        bind_keys(self.root, {action.name: lambda name=action.name: told.append(name) for action in ALL})
        for action in ALL:
            self.press(action.sequences[0], self.app.window.tree.view)

        self.assertEqual([action.name for action in ALL], told)

    def test_the_filter_lets_matching_rows_through_and_opens_them(self):
        self.there_are([ONE, TWO, "testcases.apt.test_pins.WhoWins.test_by_date"])
        self.open()

        self.app.window.filter.text = "pins"
        self.until(lambda: self.rows() == ["apt.pins", "Who wins", "by date"], "the filter is used")

        self.app.window.filter.text = ""
        self.until(lambda: len(self.rows()) == 7, "all rows are back in their order")
        self.assertEqual(["pacman.upgrade", "apt.pins"], [self.rows()[0], self.rows()[4]])

    def test_a_chip_is_a_filter(self):
        self.there_are([ONE, TWO])
        self.will_happen(plan("one", "two"), *passed("one"), result("two", "failed"), events.Done())
        self.open()
        self.app.run_all()
        self.until(self.is_over, "the run is over")

        self.app.window.bottom.chips["failed"].invoke()
        self.until(lambda: self.rows()[2:] == ["two"], "only the failure is shown")
        self.assertEqual("status:failed", self.app.window.filter.text)

        self.app.window.bottom.chips["failed"].invoke()
        self.until(lambda: len(self.rows()) == 4, "all are shown again")

    def test_only_rows_that_changed_are_painted(self):
        names = [f"n{number}" for number in range(400)]
        self.there_are([test_id(name) for name in names])
        self.will_happen(*finished("n1", "n2"))
        self.open()
        before = self.app.window.tree.painted

        self.app._run([test_id("n1"), test_id("n2")])
        self.until(self.is_over, "the run is over")

        self.turn()
        self.assertLess(self.app.window.tree.painted - before, 60)

    def test_what_does_not_fit_is_seen_to_be_cut(self):
        self.there_are([test_id("a_very_long_name_" * 9)])
        self.open()

        self.assertRegex(self.rows()[2], r"^a very long name a very.*…$")

    def test_rules_fit_into_their_columns(self):
        rule = events.Rule(ONE, "a_downloader", "FILE_CONTENTS=" + "x" * 99, False, "e" * 99, "s" * 99)
        self.will_happen(plan("one"), started("one"), rule, result("one", "failed"), events.Done())
        self.there_are([ONE])
        self.open()
        self.root.geometry("100x100")
        self.app.window.tree.select(ONE)
        self.app.run_all()
        self.until(self.is_over, "the run is over")
        self.turn()

        view = self.app.window.detail.rules.view
        width = sum(view.column(name, "width") for name in ("#0", "node", "expected", "actual"))
        self.assertLessEqual(width, view.winfo_width())
        self.assertEqual("a_downloader", view.item("0", "values")[0])
        self.assertTrue(all(text.endswith("…") for text in (view.item("0", "text"), *view.item("0", "values")[1:])))

    def test_little_room_leaves_words_out(self):
        self.there_are([ONE])
        self.open()
        self.root.geometry("100x100")
        self.until(lambda: self.app.window.bottom.chips["passed"].cget("text") == " 0", "the chips are short")
        self.turn()

        self.assertEqual(("time",), tuple(self.app.window.tree.view.cget("displaycolumns")))
        chips, buttons = self.app.window.bottom.chips, self.app.window.bottom.buttons
        for widget in (*buttons.values(), *chips.values(), *self.app.window.detail.head.links.values()):
            right = widget.winfo_rootx() + widget.winfo_width()
            self.assertLessEqual(right, self.root.winfo_rootx() + self.root.winfo_width())
            self.assertGreaterEqual(widget.winfo_width(), widget.winfo_reqwidth())


@needs_display
class Boxes(WindowTest):
    def setUp(self):
        super().setUp()
        self.there_are([ONE, TWO])
        self.open()
        self.tree = self.app.window.tree
        self.tree.view.see(TWO)
        self.update()

    def click(self, key, into):
        left, top, _, high = self.tree.view.bbox(key)
        y = top + high // 2
        columns = range(left, left + 200)
        picture = [x for x in columns if self.tree.view.identify_element(x, y) == "image"]
        self.tree.view.event_generate("<Button-1>", x=picture[into], y=y)
        self.tree.view.event_generate("<ButtonRelease-1>", x=picture[into], y=y)
        self.update()

    def test_a_click_on_the_box_unchecks_and_its_group_is_half_checked(self):
        self.click(ONE, 4)

        boxes = [self.app.state.catalogue.box(key) for key in (ONE, CLASS, MODULE)]
        self.assertEqual(["none", "some", "some"], boxes)
        self.assertEqual("Run 1 checked", self.app.window.bottom.buttons["run_checked"].cget("text"))

    def test_a_click_on_the_glyph_beside_it_does_not(self):
        self.click(ONE, -3)

        self.assertEqual("all", self.app.state.catalogue.box(ONE))
        self.assertEqual(ONE, self.tree.selected)

    def test_a_click_on_the_box_of_a_group_checks_and_unchecks_all_of_it(self):
        self.click(MODULE, 4)
        self.assertEqual([], self.app.state.checked())

        self.click(MODULE, 4)
        self.assertEqual([ONE, TWO], self.app.state.checked())

    def test_space_does_it_too(self):
        self.tree.select(TWO)
        self.press("<space>", self.tree.view)

        self.assertEqual([ONE], self.app.state.checked())

    def test_under_a_filter_only_what_is_seen_changes(self):
        self.app.window.filter.text = "two"
        self.until(lambda: "one" not in self.rows(), "the filter is used")

        self.click(MODULE, 4)

        self.assertEqual([ONE], self.app.state.checked())

    def test_letters_go_to_the_filter(self):
        self.tree.view.focus_force()
        self.update()
        self.tree.view.event_generate("<Key>", keysym="t")
        self.until(lambda: self.app.window.filter.text == "t", "the letter is in the filter")

        self.assertIs(self.root.focus_get(), self.app.window.filter.entry)


@needs_display
class Runs(WindowTest):
    def setUp(self):
        super().setUp()
        self.there_are([ONE, TWO, THREE])

    def run_and_wait(self, start):
        start()
        self.until(self.is_over, "the run is over")
        self.turn()

    def calls(self):
        return [words.split()[4:] for words in self.heard if words.startswith("called run")]

    def test_all_checked_failed_this_and_last(self):
        self.will_happen(plan("one", "two", "three"), *passed("one"), result("two", "failed"), result("three", "error"))
        self.open()
        self.run_and_wait(self.app.run_all)
        self.run_and_wait(self.app.run_failed)
        self.app._toggle(TWO)
        self.run_and_wait(self.app.run_checked)
        self.app.window.tree.select(ONE)
        self.update()
        self.run_and_wait(self.app.run_this)
        self.run_and_wait(self.app.run_last)

        asked = [[word for word in words if word.startswith("testcases")] for words in self.calls()]
        self.assertEqual([[], [TWO, THREE], [ONE, THREE], [ONE]], asked[:4])

    def test_jobs_and_keeping_are_passed_on(self):
        self.will_happen(*finished("one", "two", "three"))
        self.open()
        self.app.window.bottom.jobs.set("7")
        self.run_and_wait(self.app.run_all)
        self.app.window.bottom.keeps.set(False)
        self.run_and_wait(self.app.run_all)

        self.assertEqual([["--jobs", "7", "--keep", "failed"], ["--jobs", "7"]], self.calls())

    def test_progress_tells_how_far_it_is_and_the_button_how_many_failed(self):
        self.will_happen(
            plan("one", "two", "three"), *passed("one"), result("two", "failed"), started("three"), "!stay"
        )
        self.open()
        self.app.run_all()
        self.until(lambda: self.status(THREE) == "running", "the last one runs")
        self.turn()

        self.assertRegex(self.app.window.bottom.words.cget("text"), r"^2 of 3  ·  \d+:\d\d")
        self.assertEqual([("passed", 1), ("failed", 1), ("running", 1)], self.app.state.shares())
        self.assertEqual("Run 1 failed", self.app.window.bottom.buttons["run_failed"].cget("text"))

    def test_a_broken_rule_is_shown_with_what_was_expected_and_seen(self):
        rule = events.Rule(ONE, "machine1", "PKG_VERSION=a|2", False, "version 2", "version 1")
        self.will_happen(plan("one"), started("one"), command("one"), rule, result("one", "failed"), events.Done())
        self.open()
        self.run_and_wait(self.app.run_all)
        self.app.window.tree.select(ONE)
        self.turn()

        rules = self.app.window.detail.rules
        self.assertEqual(("machine1", "version 2", "version 1"), rules.view.item("0", "values"))
        self.assertIn("expected │ version 2\n  actual │ version 1\n", rules.sheet.shown)
        self.assertEqual("Rules  0/1", self.app.window.detail.tabs.buttons[0].cget("text"))

    def test_open_groups_stay_open_over_a_run(self):
        self.will_happen(*finished("one", "two", "three"))
        self.open()
        self.app.window.tree.open([CLASS], False)
        self.run_and_wait(self.app.run_all)

        self.assertEqual([MODULE], self.app.window.tree.expanded())

    def test_stop_is_soft_first_and_then_kills(self):
        self.will_happen(plan("one"), started("one"), "!wait", "!wait", events.Done(is_interrupted=True))
        self.open()
        self.app.run_all()
        self.until(lambda: self.status(ONE) == "running", "it runs")
        button = self.app.window.bottom.buttons["stop"]
        button.invoke()
        self.until(lambda: button.cget("text") == "Kill", "the button kills now")
        self.until(lambda: "heard stop" in self.heard, "the runner heard stop")
        button.invoke()
        self.until(self.is_over, "the run is over")

        self.assertEqual(["heard stop", "heard force"], [words for words in self.heard if words.startswith("heard")])
        self.assertEqual("idle", self.status(ONE))

    def test_a_runner_that_is_killed_is_shown_as_such_and_the_next_run_works(self):
        self.will_happen(plan("one", "two"), started("one"), "!say a last word", "!kill")
        self.open()
        self.run_and_wait(self.app.run_all)

        reason = "The runner was killed by SIGKILL before the run was over: a last word"
        self.assertEqual(("error", "idle"), (self.status(ONE), self.status(TWO)))
        self.assertEqual(reason, self.app.state.catalogue.scenarios[ONE].reason)
        self.assertEqual(reason, self.app.window.toast.label.cget("text"))

        self.will_happen(*finished("one", "two", "three"))
        self.run_and_wait(self.app.run_all)
        self.assertEqual("passed", self.status(ONE))

    def test_a_runner_that_was_called_wrongly_says_why(self):
        self.will_happen("!say pkgsuite: there is no such test")
        self.open()
        self.run_and_wait(self.app.run_all)

        self.assertIn("there is no such test", self.app.window.toast.label.cget("text"))
        self.assertEqual("idle", self.status(ONE))

    def test_a_pkgsuite_that_cannot_be_started_is_a_note(self):
        self.open(pkgsuite=[f"{self.place}/none"])

        self.assertIn(f"{self.place}/none cannot be started: No such file or directory", self.app.state.notes)

    def test_next_failure_goes_from_one_to_the_other(self):
        self.will_happen(plan("one", "two", "three"), *passed("one"), result("two", "failed"), result("three", "error"))
        self.open()
        self.run_and_wait(self.app.run_all)
        seen = []
        for key in ("<F8>", "<F8>", "<Shift-F8>"):
            self.press(key, self.app.window.tree.view)
            seen.append(self.app.window.detail.key)

        self.assertEqual([TWO, THREE, TWO], seen)

    def test_log_lines_are_shown_as_they_come_and_bounded(self):
        many = events.Log(ONE, "machine1", "".join(f"line {number}\n" for number in range(20000)))
        self.will_happen(plan("one"), started("one"), many, "!stay")
        self.open()
        self.app.window.tree.select(ONE)
        self.app.tab_3()
        self.app.run_all()
        log = self.app.window.detail.log
        self.until(lambda: "line 19999" in log.sheet.shown, "the last line is shown")

        self.assertLessEqual(log.sheet.shown.count("\n"), 5001)
        self.assertLessEqual(len(self.app.state.catalogue.scenarios[ONE].log), 5000)

    def test_each_source_of_the_log_has_its_own_colour(self):
        told = (events.Log(ONE, "tracker: journal", "GET /\n"), events.Log(ONE, "machine one", "apt\n"))
        self.will_happen(plan("one"), started("one"), *told, "!stay")
        self.open()
        self.app.window.tree.select(ONE)
        self.app.tab_3()
        self.app.run_all()
        text = self.app.window.detail.log.sheet.text
        self.until(lambda: "apt" in text.get("1.0", "end"), "both are heard")

        self.assertEqual("tracker: journal │ GET /\n     machine one │ apt\n", self.app.window.detail.log.sheet.shown)
        palette = self.app.theme.palette
        colours = [text.tag_cget(text.tag_names(f"{line}.0")[0], "foreground") for line in (1, 2)]
        self.assertEqual([palette.of_peer(0), palette.of_peer(1)], colours)

    def test_an_earlier_run_is_shown_from_its_events(self):
        path = self.place / "earlier.jsonl"
        other = "other.Test.test_elsewhere"
        told = (
            events.Plan((ONE, other)),
            *passed("one"),
            events.Result(other, "failed", reason="far away"),
            events.Done(),
        )
        path.write_text("".join(f"{events.encode(event)}\n" for event in told))
        self.open()
        self.app.show_run(path)
        self.until(lambda: not self.app.is_busy, "all is read")
        self.turn()

        self.assertEqual(("passed", "failed"), (self.status(ONE), self.status(other)))
        self.assertIn("elsewhere", self.rows())

    def test_a_file_without_events_is_refused_in_words(self):
        path = self.place / "no.jsonl"
        path.write_text("{}\n")
        self.open()
        self.app.show_run(path)

        self.assertRegex(self.app.state.notes[-1], "no.jsonl holds no events of a run")

    def test_a_file_that_is_not_there_is_told_as_that(self):
        self.open()
        self.app.show_run(self.place / "none.jsonl")

        self.assertEqual(
            f"{self.place}/none.jsonl cannot be opened: No such file or directory", self.app.state.notes[-1]
        )


@needs_display
class Ends(WindowTest):
    def test_closing_ends_the_run_through_the_runners_stdin(self):
        self.there_are([ONE])
        self.will_happen(plan("one"), started("one"), "!stay")
        self.open()
        self.app.run_all()
        self.until(lambda: self.status(ONE) == "running", "it runs")
        pid = self.app.conductor.run.pid

        self.app.quit()
        self.until(lambda: "heard the end" in self.heard, "the runner heard the end")
        self.until(lambda: not Path(f"/proc/{pid}").exists(), "the runner is gone")

    def test_what_was_done_is_remembered(self):
        self.there_are([ONE, TWO])
        self.open()
        self.app._toggle(ONE)
        self.app.dark()
        self.app.window.bottom.jobs.set("9")
        self.app.window.tree.open([CLASS], False)
        self.app.quit()
        self.app._leave()

        self.open()

        self.assertEqual([TWO], self.app.state.checked())
        self.assertEqual(("dark", "9"), (self.app.theme.palette.name, self.app.window.bottom.jobs.get()))
        self.assertEqual([MODULE], self.app.window.tree.expanded())

    def test_corrupt_settings_are_ignored_with_a_warning(self):
        for path in (self.place / "config/pkgsuite/gui.json", self.place / "state/pkgsuite/gui.json"):
            path.parent.mkdir(parents=True)
            path.write_text('{"theme": ')
        self.there_are([ONE])
        self.open()

        self.assertEqual(2, sum("is ignored" in note for note in self.app.state.notes))

    def test_a_job_of_any_widget_may_wait_when_it_closes(self):
        self.there_are([ONE])
        self.open()
        self.app.window.filter.entry.after(60_000, print)

        self.shut()

        self.assertFalse(self.is_open)

    def test_a_surprise_in_the_window_is_told_once_and_the_window_goes_on(self):
        self.there_are([ONE])
        self.open()
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            for _ in range(2):
                self.app.surprise(KeyError, KeyError("lost"), None)
        self.turn()

        self.assertEqual(1, said.getvalue().count("KeyError"))
        self.assertIn("Something went wrong in the window: KeyError: 'lost'", self.app.window.toast.label.cget("text"))

    def test_the_loop_goes_on_after_a_turn_that_failed(self):
        self.there_are([ONE])
        self.open()
        with mock.patch.object(self.app, "_turn", side_effect=chain([KeyError("lost")], repeat(None))) as turned:
            with self.assertRaisesRegex(KeyError, "lost"):
                self.until(lambda: False, "the turn that fails")
            self.until(lambda: turned.call_count > 1, "another turn")

    def test_nothing_of_it_stays_in_tmp(self):
        self.there_are([ONE])
        self.open()
        place = self.app.conductor.record.parent
        self.assertTrue(place.is_dir())

        self.shut()

        self.assertFalse(os.path.exists(place))


if __name__ == "__main__":
    unittest.main()
