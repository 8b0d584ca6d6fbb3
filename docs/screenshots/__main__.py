"""`python3 -m docs.screenshots`: take the pictures of the window anew, of real runs on displays of their own.

It needs Xvfb, apt, pacman and a font. Each picture that it writes is to be looked at before it is committed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import tkinter
from collections.abc import Callable
from pathlib import Path

from pkgsuite.gui.app import App

from docs.screenshots.pictures import png_of
from pkgsuite.gui import settings
from tests.gui.display import Display, shared

HERE = Path(__file__).parent
SOURCES = (
    "docs/screenshots/test_release.py",
    *("testcases.pacman.test_upgrade", "testcases.pacman.test_ignore", "testcases.pacman.test_lock"),
    *("testcases.apt.test_pins", "testcases.apt.test_triggers", "testcases.common.test_scripts_and_trust"),
)
UPGRADE = "test_release.ThroughPeers.test_an_upgrade_keeps_what_the_user_changed"
OPEN = ("test_release", "testcases.pacman", "testcases.apt.test_pins")
PATIENCE_S = 600.0


class Window:
    """A window that fills a display, and what is done with it by hand."""

    def __init__(self, width: int, height: int, dots: int = 96, theme: str = "light") -> None:
        self.display: Display = shared(width, height, dots)
        os.environ["DISPLAY"] = self.display.name
        settings.save(settings.Settings(theme=theme), settings.config_path())
        self.root = tkinter.Tk(className="pkgsuite")
        self.app = App(self.root, SOURCES)
        self.until(lambda: not self.app.is_busy)
        self.root.configure(cursor="none")
        self.display.xdotool("mousemove", width, height)
        self.root.geometry(f"{width}x{height - self.root.winfo_rooty()}+0+0")
        tree = self.app.window.tree
        self.until(lambda: not tree.has_work)
        tree.open(self.app.state.catalogue.groups, False)
        tree.open(key for key in self.app.state.catalogue.groups if key.startswith(OPEN))
        self.select(UPGRADE)

    def until(self, is_true: Callable[[], object]) -> None:
        """Let the window go on until something is true."""
        deadline = time.monotonic() + PATIENCE_S
        while not is_true():
            if time.monotonic() > deadline:
                raise TimeoutError("the window does not come so far; is the machine too busy?")
            time.sleep(0.005)
            self.root.update()

    def select(self, key: str) -> None:
        """Select a row, with the first row on top where there is room."""
        self.app.window.tree.select(key)
        self.root.update()
        self.app.window.tree.view.yview_moveto(0)
        self.app.window.tree.view.see(key)

    def run(self) -> None:
        """Run everything; gives at once."""
        self.app.run_all()

    def wait(self) -> None:
        """Until nothing runs."""
        self.until(lambda: not self.app.is_busy)

    def show(self, tab: int) -> None:
        """Show one of the tabs."""
        self.app.window.detail.tabs.choose(tab)

    def take(self, name: str) -> None:
        """Write what is on the screen."""
        self.app.window.toast.hide()
        self.until(lambda: not self.app.window.tree.has_work)
        for _ in range(3):
            self.app._paint()
            self.root.update()
            self.root.winfo_pointerxy()
        path = HERE / f"{name}.png"
        path.write_bytes(png_of(self.display.screen))
        print(f"{path.stat().st_size:8}  {path}")

    def close(self) -> None:
        """Close it."""
        self.app.quit()
        self.app._leave()


def main() -> int:
    """Run the scenarios as often as it takes, and take the pictures."""
    with tempfile.TemporaryDirectory(prefix="pkgsuite-screenshots-") as place:
        os.environ |= {"XDG_CONFIG_HOME": f"{place}/config", "XDG_STATE_HOME": f"{place}/state"}
        for day in ("long ago", "yesterday"):
            run_before(day)
        record = large_and_light(Path(place))
        small_and_dark()
        twice_as_fine(record)
    return 0


def run_before(day: str) -> None:
    """A run of the command line, which the history remembers."""
    words = [sys.executable, "-m", "pkgsuite", "run", "--keep", "failed", *SOURCES]
    environment = {**os.environ, "PICTURED_DAY": day}
    subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def large_and_light(place: Path) -> Path:
    """The usual window, while it runs and after; gives the events of the run."""
    window = Window(1280, 800)
    window.run()
    window.show(1)
    scenario = window.app.state.catalogue.scenarios[UPGRADE]
    window.until(lambda: sum(bar.seconds is not None for bar in scenario.bars) > 5)
    window.take("timeline")
    window.wait()
    window.show(0)
    window.take("window")
    window.app.dark()
    window.show(2)
    window.take("log")
    record = place / "run.jsonl"
    record.write_bytes(window.app.conductor.record.read_bytes())
    window.close()
    return record


def small_and_dark() -> None:
    """The window on a small screen, while it runs and after."""
    window = Window(1024, 768, theme="dark")
    window.run()
    window.show(3)
    scenario = window.app.state.catalogue.scenarios[UPGRADE]
    window.until(lambda: any(len(peer.samples) > 5 for peer in scenario.peers.values()))
    window.take("nodes")
    window.wait()
    window.show(0)
    window.app.dark()
    window.take("small")
    window.close()


def twice_as_fine(record: Path) -> None:
    """The window on a screen with twice the dots."""
    window = Window(2560, 1600, 192)
    window.app.show_run(record)
    window.wait()
    window.show(1)
    window.take("fine")
    window.close()


if __name__ == "__main__":
    sys.exit(main())
