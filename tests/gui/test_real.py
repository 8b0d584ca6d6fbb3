"""The window over the real pkgsuite: runners that are killed, windows that are closed, other files that are opened."""

from __future__ import annotations

import json
import os
import signal
import unittest
from unittest import mock

import psutil

from tests.gui.display import needs_display
from tests.gui.real import RealTest, needs_managers

PACTEST = """\
self.description = "Install a package from a sync db"

sp = pmpkg("dummy")
sp.files = ["bin/dummy"]
self.addpkg2db("sync", sp)

self.args = "-S %s" % sp.name

self.addrule("PACMAN_RETCODE=0")
self.addrule("PKG_EXIST=dummy")
"""


@needs_display
@needs_managers
class Ends(RealTest):
    def start(self, name):
        """Run a scenario until a command of it runs; gives the processes of the run."""
        test = self.scenario_id(name)
        self.app.window.tree.select(test)
        self.update()
        self.app.run_this()
        scenario = self.app.state.catalogue.scenarios[test]
        self.until(lambda: any(bar.seconds is None for bar in scenario.bars), "its command runs")
        runner = psutil.Process(self.app.conductor.run.pid)
        return [runner, *runner.children(recursive=True)]

    def are_gone(self, processes):
        """Whether none of them runs."""
        return all(not each.is_running() or each.status() == psutil.STATUS_ZOMBIE for each in processes)

    def test_a_runner_that_is_killed_is_shown_its_nodes_end_and_a_new_run_works(self):
        processes = self.start("unending_on_apt")
        test, other = self.scenario_id("unending_on_apt"), self.scenario_id("one_on_apt")

        os.kill(processes[0].pid, signal.SIGKILL)
        self.until(self.is_over, "the run is over")
        self.turn()

        self.assertEqual("error", self.status(test))
        self.assertIn("The runner was killed by SIGKILL", self.app.window.toast.label.cget("text"))
        self.until(lambda: self.are_gone(processes), "all that it had started has ended")
        self.app.window.tree.select(other)
        self.update()
        self.app.run_this()
        self.until(self.is_over, "the new run is over")
        self.assertEqual("passed", self.status(other))

    def test_closing_the_window_ends_nodes_and_commands(self):
        processes = self.start("unending_on_apt")
        self.assertGreater(len(processes), 2)

        self.app.quit()
        self.until(lambda: not self.is_open, "the window is closed")

        self.until(lambda: self.are_gone(processes), "all that it had started has ended")

    def test_killing_the_window_ends_them_too(self):
        """Nobody closes the runner's stdin then but the kernel."""
        processes = self.start("unending_on_apt")

        self.app.conductor.run._stdin.close()

        self.until(lambda: self.are_gone(processes), "all that it had started has ended")


@needs_display
@needs_managers
class Opens(RealTest):
    def labels(self):
        """What the tests in the tree are called."""
        return [scenario.label for scenario in self.app.state.catalogue.scenarios.values()]

    def show(self, dialog, chosen, action):
        """Open what is chosen in a dialog."""
        with mock.patch(f"tkinter.filedialog.{dialog}", return_value=str(chosen)):
            action()
        self.until(lambda: not self.app.is_busy, "it is shown")

    def test_a_test_file_of_pacman_is_listed_run_and_judged(self):
        path = self.place / "sync001.py"
        path.write_text(PACTEST)

        self.show("askopenfilename", path, self.app.errands.open_file)
        (test,) = self.app.state.catalogue.scenarios
        self.app.run_all()
        self.until(self.is_over, "the run is over")

        self.assertEqual("passed", self.status(test))
        claims = [claim.rule for claim in self.app.state.catalogue.scenarios[test].claims]
        self.assertLessEqual({"PACMAN_RETCODE=0", "PKG_EXIST=dummy"}, set(claims))

    def test_a_directory_of_them_is_opened_at_once(self):
        place = self.place / "pactests"
        place.mkdir()
        for name in ("sync001", "sync002"):
            (place / f"{name}.py").write_text(PACTEST)

        self.show("askdirectory", place, self.app.errands.open_directory)

        self.assertEqual(2, len(self.labels()))

    def test_a_run_is_exported_in_every_format_and_its_events_are_opened_again(self):
        test = self.scenario_id("one_on_apt")
        self.app.window.tree.select(test)
        self.update()
        self.app.run_this()
        self.until(self.is_over, "the run is over")
        for name, words in (("r.html", "<html"), ("r.xml", "<testsuite"), ("r.tap", "ok 1"), ("r.jsonl", '"done"')):
            with self.subTest(name):
                self.show("asksaveasfilename", self.place / name, self.app.errands.export)
                self.assertIn(words, (self.place / name).read_text())

        self.app.show_sources([str(self.place / "r.jsonl")])
        self.until(lambda: not self.app.is_busy, "there is nothing in it that can be listed")
        self.show("askopenfilename", self.place / "r.jsonl", self.app.errands.open_events)

        self.assertEqual([test], list(self.app.state.catalogue.scenarios))
        self.assertEqual("passed", self.status(test))

    def test_a_run_of_the_command_line_is_among_the_earlier_ones(self):
        told = json.dumps({"runs": [{"number": 1, "at": 1.0, "seconds": 2.0, "counts": {"passed": 3}}], "tests": []})
        with mock.patch("pkgsuite.gui.errands.dialogs.choose") as choose:
            self.app.errands._choose_run(told)

        rows = choose.call_args.args[2]
        self.assertEqual(["3 passed (results only)"], [cells[2] for _, cells in rows])


if __name__ == "__main__":
    unittest.main()
