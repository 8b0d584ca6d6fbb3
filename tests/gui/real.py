"""Windows that run the real pkgsuite, on scenarios for the real pacman and apt, with a real mouse and keyboard."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import unittest
from typing import Any
from unittest import mock

from tests.checkout import TOP
from tests.gui.windows import WindowTest

__all__ = ["RealTest", "needs_managers"]

needs_managers = unittest.skipUnless(
    shutil.which("pacman") and shutil.which("apt-get"),
    "no pacman or no apt-get; get them with: apt-get install pacman-package-manager apt",
)

SCENARIOS = '''
    """Scenarios to click on."""

    from pkgsuite import Package, Scenario, apt, installed, pacman

    LONG = "i=0; while [ $i -lt 1000000000 ]; do i=$((i+1)); done"


    class Install(Scenario, on=(apt, pacman)):
        """What installs, and what does not."""

        def test_one(self):
            """A package is installed."""
            machine = self.start_machine()
            machine.install(Package("dummy"))
            self.check(installed("dummy"))

        def test_too_much(self):
            """Nobody installs what was not asked for."""
            machine = self.start_machine(mirror=self.start_mirror(Package("dummy")))
            machine.refresh()
            machine.install("dummy")
            self.check(installed("dummy"), installed("other"))

        def test_unending(self):
            """A script that does not end."""
            machine = self.start_machine()
            machine.install(Package("dummy", install={"post_install": LONG}))
'''

MODULE = "test_clicked"

BROWSER = """#!/bin/sh
echo "$1" >"$0d.part" && mv "$0d.part" "$0d"
"""
"""Writes down which page it was given."""


class RealTest(WindowTest):
    """Opens the window on `test_clicked.py`; `at` tells where to click."""

    def setUp(self) -> None:
        super().setUp()
        scenarios = self.place / f"{MODULE}.py"
        scenarios.write_text(textwrap.dedent(SCENARIOS))
        browser = self.place / "browser"
        browser.write_text(BROWSER)
        browser.chmod(0o755)
        paths = os.pathsep.join(filter(None, [str(TOP), os.environ.get("PYTHONPATH", "")]))
        changed = mock.patch.dict(os.environ, {"BROWSER": str(browser), "PYTHONPATH": paths})
        changed.start()
        self.addCleanup(changed.stop)
        self.open([str(scenarios)], [sys.executable, "-m", "pkgsuite"])
        self.view = self.app.window.tree.view

    def scenario_id(self, name: str) -> str:
        """The id of a scenario."""
        return f"{MODULE}.Install.test_{name}"

    # Where things are on the screen

    def settle(self) -> None:
        """Let all that was clicked or pressed be done, and what the window asked of the display too."""
        self.turn()
        self.root.winfo_pointerxy()
        self.turn()

    def click(self, x: int, y: int) -> None:
        """A click of the left button."""
        self.display.xdotool("mousemove", x, y)
        self.settle()
        self.display.xdotool("click", 1)
        self.settle()

    def click_on(self, widget: Any) -> None:
        """A click into the middle of a widget."""
        x = widget.winfo_rootx() + widget.winfo_width() // 2
        self.click(x, widget.winfo_rooty() + widget.winfo_height() // 2)

    def spot(self, key: str, what: str) -> tuple[int, int]:
        """Where the `box` or the `name` of a row is."""
        self.view.see(key)
        self.update()
        left, top, wide, high = self.view.bbox(key, "#0")
        y = top + high // 2
        wanted = "image" if what == "box" else "text"
        x = next(x for x in range(left, left + wide) if self.view.identify_element(x, y) == wanted)
        return self.view.winfo_rootx() + x + 5, self.view.winfo_rooty() + y

    def page(self) -> str:
        """The report that the browser was given."""
        path = self.place / "browserd"
        self.until(path.exists, "the browser is given a page")
        with open(path.read_text().strip(), encoding="utf-8") as file:
            return file.read()
