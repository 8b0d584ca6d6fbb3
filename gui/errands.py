"""Errands outside of the window: files that are opened, reports that are written, editors, shells and browsers."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping, Sequence
from pathlib import Path
from tkinter import filedialog
from typing import Any, Protocol

from . import dialogs, programs, records, settings
from .conductor import Conductor, findings
from .past import Past, normal
from .runner import PKGSUITE
from .state import State
from .theme import Theme

__all__ = ["Desk", "Errands"]

FORMATS = {".html": "html", ".htm": "html", ".xml": "junit", ".tap": "tap", ".jsonl": "jsonl"}
"""Which report a file's name asks for."""

NUMBER = "run "
"""What the key of a run of the command line begins with."""

SAME_S = 0.01
"""How far the beginnings of a run may differ in two places, since numbers are rounded."""

KINDS = (
    ("HTML page", "*.html"),
    ("JUnit XML", "*.xml"),
    ("TAP", "*.tap"),
    ("Events", "*.jsonl"),
)


class Desk(Protocol):
    """What errands need to know of the window, and tell it."""

    root: tk.Tk
    theme: Theme
    state: State
    settings: settings.Settings
    conductor: Conductor

    @property
    def selected(self) -> str:
        """The key of what is selected."""

    def say(self, words: str) -> None:
        """Tell something that is about no scenario."""

    def show_sources(self, sources: Sequence[str]) -> None:
        """Show other scenarios than before."""

    def show_run(self, path: Path) -> None:
        """Show the run whose events *path* holds."""


class Errands:
    """Each method is an action that leads out of the window of *app*."""

    def __init__(self, app: Desk) -> None:
        self._app = app

    # Opening

    def open_file(self) -> None:
        """Ask for a test file and show what is in it."""
        name = filedialog.askopenfilename(
            parent=self._app.root, title="Open a test file", filetypes=[("Tests", "*.py"), ("All files", "*")]
        )
        if name:
            self._app.show_sources([name])

    def open_directory(self) -> None:
        """Ask for a directory and show the tests below it."""
        name = filedialog.askdirectory(parent=self._app.root, title="Open a directory of tests", mustexist=True)
        if name:
            self._app.show_sources([name])

    def open_events(self) -> None:
        """Ask for a file of events and show the run."""
        name = filedialog.askopenfilename(
            parent=self._app.root, title="Open the events of a run", filetypes=[("Events", "*.jsonl"), ("All", "*")]
        )
        if name:
            self._app.show_run(Path(name))

    def history(self) -> None:
        """Ask which of the last runs to see: those of the window in full, those of the command line as results."""
        self._app.conductor.ask(["history", "--json"], lambda status, output, trouble: self._choose_run(output))

    def _choose_run(self, output: str) -> None:
        own = records.earlier(settings.runs_path())
        past = Past.read(findings(output))
        others = [run for run in past.runs if not any(is_same(run, each) for each in own)]
        rows = [
            *((str(each.path), each.cells()) for each in own),
            *((f"{NUMBER}{run['number']}", past.cells(run)) for run in others),
        ]
        if not rows:
            self._app.say("There are no earlier runs yet.")
            return
        rows.sort(key=lambda row: row[1][0], reverse=True)
        columns = ("When", "Tests", "What came of it", "Took")

        def take(key: str) -> None:
            if key.startswith(NUMBER):
                names = {normal(test): test for test in self._app.state.catalogue.scenarios}
                trouble = self._app.conductor.recall(past.events(int(key.removeprefix(NUMBER)), names))
                self._app.say(trouble) if trouble else None
            else:
                self._app.show_run(Path(key))

        dialogs.choose(self._app.theme, "Earlier runs", rows, columns, take)

    # Reports

    def export(self) -> None:
        """Ask where to, and write a report of the run."""
        name = filedialog.asksaveasfilename(
            parent=self._app.root, title="Export report", filetypes=KINDS, defaultextension=".html"
        )
        if name:
            self.write_report(Path(name))

    def write_report(self, path: Path, then: str = "") -> None:
        """Write the report that the name asks for; *then* `show` opens it."""
        kind = FORMATS.get(path.suffix.lower())
        if kind is None:
            self._app.say(f"{path.name}: expected a name that ends with {', '.join(FORMATS)}")
            return

        def take(status: int, output: str, trouble: str) -> None:
            if status:
                self._app.say(trouble or f"{path} could not be written")
            elif then == "show":
                self._browse(path)
            else:
                self._app.say(f"{path} is written.")

        record = str(self._app.conductor.record)
        self._app.say(self._app.conductor.ask(["report", record, f"{kind}={path}"], take) or f"Writing {path} …")

    def open_report(self) -> None:
        """Show the run as a page in the browser."""
        if self._app.conductor.record.exists() and not self._app.conductor.is_running:
            self.write_report(self._app.conductor.record.with_name("report.html"), "show")

    def _browse(self, page: Path) -> None:
        self._start(programs.browser_command(str(page)), f"no browser is found; the page is {page}; set BROWSER")

    # Programs

    def source(self) -> None:
        """Open the source of the selected scenario in an editor."""
        scenario = self._app.state.catalogue.scenarios.get(self._app.selected)
        if scenario is not None and scenario.file:
            chosen = self._app.settings
            words = programs.editor_command(scenario.file, scenario.line, chosen.editor, terminal=chosen.terminal)
            self._start(words, "no editor is found; set VISUAL, such as VISUAL=gedit")

    def shell(self) -> None:
        """Open a terminal with a shell in the kept sandbox of the selected scenario."""
        scenario = self._app.state.catalogue.scenarios.get(self._app.selected)
        if scenario is None or not scenario.kept:
            self._app.say("Its sandbox was not kept; run it with Keep failed checked.")
            return
        machines = sorted(scenario.kept)
        if len(machines) == 1:
            self._open_shell(scenario.kept[machines[0]])
            return
        rows = [(scenario.kept[machine], (machine, scenario.kept[machine])) for machine in machines]
        dialogs.choose(self._app.theme, "A shell in which sandbox?", rows, ("Machine", "Kept as"), self._open_shell)

    def _open_shell(self, path: str) -> None:
        words = programs.terminal_command([*PKGSUITE, "shell", path], self._app.settings.terminal)
        self._start(words, "no terminal is found; install xterm, or set TERMINAL")

    def _start(self, words: Sequence[str], missing: str) -> None:
        trouble = programs.start(words) if words else missing
        if trouble:
            self._app.say(trouble)

    def output(self) -> None:
        """Show what the runner and the tests printed."""
        run = self._app.conductor.run
        lines = list(run.output) if run else self._app.conductor.output
        notes = self._app.state.notes
        pieces = [(f"{note}\n", "strong") for note in notes] + [("\n".join(lines) or "Nothing was printed.", "")]
        dialogs.sheet(self._app.theme, "Output of the runner", pieces)


def is_same(run: Mapping[str, Any], own: records.Earlier) -> bool:
    """Whether a run that the command line remembers is one of the window's."""
    return abs(float(run.get("at") or 0.0) - own.at) < SAME_S
