"""How the window starts where it cannot: one clear line and exit status 1; and where it can."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pkgsuite.system.wait import wait_until
from tests.checkout import TOP, needs_checkout
from tests.gui.display import needs_clicks, needs_display, shared

PATIENCE_S = 120

NO_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/nonexistent</dir><cachedir>{place}</cachedir></fontconfig>
"""

BLOCKED = """
import sys
class NoTkinter:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("tkinter", "_tkinter"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, NoTkinter())
"""


class Start(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name)

    def environment(self, **variables):
        known = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        home = {
            "XDG_CONFIG_HOME": f"{self.place}/config",
            "XDG_STATE_HOME": f"{self.place}/state",
            "PYTHONPATH": str(TOP),
        }
        return {**known, **home, **variables}

    def call(self, *words, **variables):
        return subprocess.run(
            [sys.executable, *words],
            cwd=TOP,
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def assert_told(self, done, *words):
        """It is one line on stderr that holds *words*, and exit status 1."""
        self.assertEqual((1, ""), (done.returncode, done.stdout), done.stderr)
        self.assertRegex(done.stderr, r"\Apkgsuite: [^\n]+\n\Z")
        for word in words:
            self.assertIn(word, done.stderr)


class WithoutTkinter(Start):
    def test_it_says_which_package_has_it(self):
        (self.place / "sitecustomize.py").write_text(BLOCKED)

        done = self.call("-m", "pkgsuite", "gui", PYTHONPATH=f"{self.place}:{TOP}")

        self.assert_told(done, "tkinter", "apt-get install python3-tk")

    def test_the_command_line_does_not_need_it(self):
        (self.place / "sitecustomize.py").write_text(BLOCKED)

        done = self.call("-m", "pkgsuite", "gui", "--help", PYTHONPATH=f"{self.place}:{TOP}")

        self.assertEqual(0, done.returncode, done.stderr)

    def test_wrong_usage_is_told_as_everywhere(self):
        done = self.call("-m", "pkgsuite", "gui", "--no-such-option")

        self.assertEqual(2, done.returncode)
        self.assertIn("--no-such-option", done.stderr)


@needs_display
class WithoutADisplay(Start):
    def test_none_is_set(self):
        for words in (("-m", "pkgsuite", "gui"), ("-m", "pkgsuite.gui")):
            with self.subTest(words):
                done = self.call(*words)

                self.assert_told(done, "DISPLAY is not set", "python3 -m pkgsuite run", "ssh -X", "xvfb-run -a")

    def test_the_one_that_is_set_does_not_answer(self):
        self.assert_told(self.call("-m", "pkgsuite", "gui", DISPLAY=":4711"), ":4711")

    @needs_checkout
    def test_in_the_tree_by_its_short_name(self):
        self.assert_told(self.call("-m", "gui"), "DISPLAY is not set")


@needs_display
class OnADisplay(Start):
    def test_without_any_font_it_says_which_package_has_some(self):
        fonts = self.place / "fonts.conf"
        fonts.write_text(NO_FONTS.format(place=self.place))

        done = self.call("-m", "pkgsuite", "gui", DISPLAY=shared().name, FONTCONFIG_FILE=str(fonts))

        self.assert_told(done, "font", "apt-get install fonts-dejavu-core")

    @needs_clicks
    def test_it_stays_open_until_a_signal_ends_it_and_nothing_is_left(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                window, log = self.shown("testcases.pacman.test_lock")

                window.send_signal(number)

                self.assertEqual(0, window.wait(PATIENCE_S), log.read_text())
                self.assertEqual("", log.read_text())
                self.assertEqual([], list(self.place.glob("pkgsuite-gui-*")))

    @needs_clicks
    def test_what_a_killed_window_left_is_deleted_by_the_next(self):
        killed, _ = self.shown("testcases.pacman.test_lock")
        (left,) = self.place.glob("pkgsuite-gui-*")
        killed.kill()
        killed.wait()
        self.assertTrue(left.exists())

        self.shown("testcases.pacman.test_lock")

        wait_until(lambda: not left.exists(), timeout=PATIENCE_S, what="what is left is deleted")

    @needs_clicks
    def test_without_a_home_it_works_and_makes_none(self):
        nowhere = {"HOME": f"{self.place}/nowhere", "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": ""}
        window, log = self.shown("testcases.pacman.test_lock", **nowhere)

        window.send_signal(signal.SIGTERM)

        self.assertEqual((0, ""), (window.wait(PATIENCE_S), log.read_text()))
        self.assertFalse((self.place / "nowhere").exists())

    @needs_clicks
    def test_corrupt_settings_do_not_hinder_it(self):
        names = ("config/pkgsuite/gui.json", "state/pkgsuite/gui.json", "state/pkgsuite/history.sqlite")
        for path in (self.place / name for name in names):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"\x00{not ours")
        window, log = self.shown("testcases.pacman.test_lock")

        window.send_signal(signal.SIGTERM)

        self.assertEqual((0, ""), (window.wait(PATIENCE_S), log.read_text()))
        self.assertEqual("light", json.loads((self.place / names[0]).read_text())["theme"])

    def shown(self, *names, **variables):
        """A window that is on the screen, and what it says."""
        log = self.place / "log"
        with log.open("wb") as file:
            window = subprocess.Popen(
                [sys.executable, "-m", "pkgsuite", "gui", *names],
                cwd=TOP,
                env=self.environment(DISPLAY=shared().name, TMPDIR=str(self.place), **variables),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )
        self.addCleanup(window.wait)
        self.addCleanup(window.kill)
        search = ["xdotool", "search", "--onlyvisible", "--class", "^pkgsuite$"]
        wait_until(
            lambda: window.poll() is not None or subprocess.run(search, env=self.environment(DISPLAY=shared().name),
                                                                stdout=subprocess.DEVNULL, check=False).returncode == 0,
            timeout=PATIENCE_S,
            what="the window is on the screen",
        )  # fmt: skip
        self.assertIsNone(window.poll(), log.read_text())
        return window, log


if __name__ == "__main__":
    unittest.main()
