"""Windows under test: an App on a display of its own, with a pkgsuite that plays what the test wrote down."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import unittest
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from pkgsuite import events
from tests.gui import puppet
from tests.gui.display import Display, shared

__all__ = ["PATIENCE_S", "WindowTest", "many_scenarios"]

PATIENCE_S = 120.0
"""How long anything may take on a machine that does much else."""


def many_scenarios(count: int) -> list[dict[str, object]]:
    """So many entries of a list, in modules of 100 with ten classes each."""
    return [
        {
            "id": f"testcases.many.test_module{number // 100:02}.Class{number // 10 % 10}.test_number_{number:04}",
            "description": f"What number {number} shows.",
            "file": f"/nowhere/test_module{number // 100:02}.py",
            "line": number % 100 + 1,
            "tags": ["pacman", "slow" if number % 7 == 0 else "quick"],
        }
        for number in range(count)
    ]


class WindowTest(unittest.TestCase):
    """Each test has an empty home; `open` shows the window, `until` turns its loop."""

    SIZE = (1280, 800)
    display: Display

    @classmethod
    def setUpClass(cls) -> None:
        cls.display = shared(*cls.SIZE)

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="pkgsuite-window-")
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name).resolve()
        home = {"XDG_CONFIG_HOME": f"{self.place}/config", "XDG_STATE_HOME": f"{self.place}/state"}
        changed = mock.patch.dict(os.environ, {**home, "DISPLAY": self.display.name})
        changed.start()
        self.addCleanup(changed.stop)
        self.app: Any = None
        self.surprises: list[BaseException] = []
        self.addCleanup(self.shut)

    # The pkgsuite that is played

    def there_are(self, tests: Iterable[str | dict[str, object]]) -> None:
        """What `list --json` says."""
        entries = [each if isinstance(each, dict) else {"id": each} for each in tests]
        (self.place / "list.json").write_text(json.dumps(entries))

    def will_happen(self, *told: events.Event | str) -> None:
        """What `run` sends; strings are orders of puppet.py."""
        lines = [each if isinstance(each, str) else events.encode(each) for each in told]
        (self.place / "events").write_text("\n".join(lines))

    @property
    def heard(self) -> list[str]:
        """What the played pkgsuite was called with, and what it heard."""
        path = self.place / "heard"
        return path.read_text().splitlines() if path.exists() else []

    # The window

    def open(self, sources: Sequence[str] = (), pkgsuite: Sequence[str] | None = None) -> Any:
        """Show the window and wait until what it asks at the start is answered and all is painted."""
        self.begin(sources, pkgsuite)
        self.settled()
        return self.app

    def begin(self, sources: Sequence[str] = (), pkgsuite: Sequence[str] | None = None) -> None:
        """Make the window, and wait for nothing."""
        import tkinter

        from pkgsuite.gui.app import App

        played = [sys.executable, "-S", puppet.__file__, str(self.place)]
        self.root = tkinter.Tk(className="pkgsuite")
        self.root.report_callback_exception = lambda kind, error, trace: self.surprises.append(error)
        self.app = App(self.root, sources, pkgsuite or played)

    def settled(self) -> None:
        """Wait until what the window asks at the start is answered and all is painted."""
        self.until(lambda: not self.app.is_busy, "the questions at the start are answered, and all is shown")
        self.turn()

    @property
    def is_open(self) -> bool:
        """Whether there is a window."""
        import tkinter

        try:
            return bool(self.root.winfo_exists())
        except (AttributeError, tkinter.TclError):
            return False

    def update(self) -> None:
        """Let Tk do what waits, if there is a window; what goes wrong in a callback is raised here."""
        if self.is_open:
            self.root.update()
        if self.surprises:
            raise self.surprises.pop(0)

    def turn(self) -> None:
        """Let the window do what it has to do now, and paint."""
        self.app._paint()
        self.until(lambda: not self.app.window.tree.has_work, "all rows are there and painted")
        self.app._paint()
        self.update()

    def until(self, is_true: Callable[[], object], what: str) -> None:
        """Turn the window's loop until something is true."""
        deadline = time.monotonic() + PATIENCE_S
        self.update()
        while not is_true():
            if time.monotonic() > deadline:
                notes = self.app.state.notes if self.app else []
                self.fail(f"waited {PATIENCE_S:g} s in vain: {what}; notes: {notes}")
            time.sleep(0.002)
            self.update()

    def shut(self) -> None:
        """Close the window, whatever the test left."""
        app, self.app = self.app, None
        if self.is_open:
            try:
                if app is not None:
                    app._leave()
            finally:
                if self.is_open:
                    self.root.destroy()
        elif app is not None:
            app.conductor.close()
        if self.surprises:
            raise self.surprises.pop(0)

    # Short ways

    def status(self, test: str) -> str:
        """The status of a scenario."""
        found: str = self.app.state.catalogue.scenarios[test].status
        return found

    def is_over(self) -> bool:
        """Whether nothing runs."""
        return not self.app.conductor.is_running

    def rows(self, parent: str = "") -> list[str]:
        """The texts of the rows that are shown below *parent*, with all below them."""
        view = self.app.window.tree.view
        return [text for key in view.get_children(parent) for text in [view.item(key, "text"), *self.rows(key)]]

    def press(self, sequence: str, widget: Any = None) -> None:
        """A key, as Tk sees it."""
        target = widget or self.root
        target.focus_force()
        self.update()
        target.event_generate(sequence)
        self.update()
