"""The window with a real mouse: scenarios are picked, run on the real pacman and apt, stopped, run again, reported."""

from __future__ import annotations

import unittest

from tests.gui.display import needs_clicks, needs_display
from tests.gui.real import MODULE, RealTest, needs_managers


@needs_display
@needs_clicks
@needs_managers
class Clicks(RealTest):
    def test_pick_run_stop_rerun_and_report(self):
        good, bad, third = map(self.scenario_id, ("one_on_pacman", "too_much_on_apt", "unending_on_pacman"))
        buttons = self.app.window.bottom.buttons

        self.click(*self.spot(MODULE, "box"))
        self.assertEqual([], self.app.state.checked())
        self.click(*self.spot(good, "box"))
        self.click(*self.spot(bad, "box"))
        self.assertEqual([good, bad], self.app.state.checked())

        self.click_on(buttons["run_checked"])
        self.until(lambda: self.status(good) == "passed" and self.status(bad) == "failed", "both have ended")
        self.until(self.is_over, "the run is over")
        self.settle()

        self.click(*self.spot(bad, "name"))
        broken = [claim for claim in self.app.state.catalogue.scenarios[bad].claims if claim.state == "broken"]
        self.assertEqual(["PKG_EXIST=other"], [claim.rule for claim in broken])
        self.assertIn("expected │ installed", self.app.window.detail.rules.sheet.shown)

        self.click(*self.spot(third, "name"))
        self.click_on(buttons["run_this"])
        scenario = self.app.state.catalogue.scenarios[third]
        self.until(lambda: any(bar.seconds is None for bar in scenario.bars), "its command runs")
        self.settle()
        self.click_on(buttons["stop"])
        self.until(lambda: buttons["stop"].cget("text") == "Kill" or self.is_over(), "it was heard")
        if not self.is_over():
            self.click_on(buttons["stop"])
        self.until(self.is_over, "the run was stopped")
        self.settle()
        self.assertEqual(("idle", "stopped"), (self.status(third), self.app.state.catalogue.scenarios[third].word))

        before = len(self.app.state.catalogue.scenarios[bad].outcomes)
        self.assertEqual("Run 1 failed", buttons["run_failed"].cget("text"))
        self.click_on(buttons["run_failed"])
        self.until(self.is_over, "it has run again")
        self.assertEqual(before + 1, len(self.app.state.catalogue.scenarios[bad].outcomes))
        self.settle()

        self.choose_from_menu("File", "Open report")
        page = self.page()
        self.assertIn("too_much_on_apt", page)
        self.assertNotIn("unending", page)

    def choose_from_menu(self, title, words):
        bar = next(self.mapped_menus())
        place = next(n for n in range(9) if self.entry_of(bar, n) == title)
        x = next(x for x in range(0, 400, 2) if int(self.tk("index", bar, f"@{x},8")) == place)
        self.click(
            int(self.root.tk.call("winfo", "rootx", bar)) + x + 6, int(self.root.tk.call("winfo", "rooty", bar)) + 8
        )
        self.until(lambda: len(list(self.mapped_menus())) > 1, "the menu is open")
        menu = list(self.mapped_menus())[1]
        number = next(n for n in range(30) if words in self.entry_of(menu, n))
        y = int(self.tk("yposition", menu, number)) + 8
        self.click(
            int(self.root.tk.call("winfo", "rootx", menu)) + 40, int(self.root.tk.call("winfo", "rooty", menu)) + y
        )

    def tk(self, command, menu, *words):
        return self.root.tk.call(menu, command, *words)

    def entry_of(self, menu, number):
        """The words of an entry; a line across has none."""
        return str(self.tk("entrycget", menu, number, "-label")) if self.tk("type", menu, number) != "separator" else ""

    def mapped_menus(self, above="."):
        """The menus on the screen, which are copies that Tk makes; the bar comes first."""
        for child in map(str, self.root.tk.splitlist(self.root.tk.call("winfo", "children", above))):
            is_menu = self.root.tk.call("winfo", "class", child) == "Menu"
            if is_menu and self.root.tk.getboolean(self.root.tk.call("winfo", "ismapped", child)):
                yield child
            yield from self.mapped_menus(child)


@needs_display
@needs_clicks
@needs_managers
class Keys(RealTest):
    """The same without a mouse."""

    def key(self, *names):
        self.display.xdotool("key", *names)
        self.settle()

    def type(self, words):
        self.display.xdotool("type", "--args", 1, "--delay", 20, words)
        self.settle()

    def filter_by(self, words):
        self.key("ctrl+f")
        self.type(words)
        self.until(lambda: self.app.window.filter.has_told(words), f"{words!r} is filtered by")
        self.settle()

    def test_keys_are_heard_from_the_start(self):
        """Nobody clicks first: arrows go through the tree, and letters go to the filter."""
        self.display.xdotool("mousemove", 700, 400)
        self.settle()
        first = self.app.window.tree.selected

        self.key("Down")
        self.assertNotIn(self.app.window.tree.selected, ("", first))
        self.type("too")

        self.assertEqual("too", self.app.window.filter.text)

    def test_pick_run_stop_rerun_and_report(self):
        good, bad, third = map(self.scenario_id, ("one_on_pacman", "too_much_on_apt", "unending_on_pacman"))
        self.display.xdotool("mousemove", 700, 400)
        self.root.focus_force()
        self.settle()

        self.key("ctrl+shift+n")
        self.assertEqual([], self.app.state.checked())
        for words, test in (("one pacman", good), ("too apt", bad)):
            self.filter_by(words)
            self.key("Return")
            self.key("Down", "Down", "space")
            self.assertIn(test, self.app.state.checked())
            self.key("Escape")
        self.assertEqual([good, bad], self.app.state.checked())
        self.assertEqual("", self.app.window.filter.text)

        self.key("F5")
        self.until(lambda: self.status(good) == "passed" and self.status(bad) == "failed", "both have ended")
        self.until(self.is_over, "the run is over")
        self.settle()

        self.key("F8")
        self.assertEqual(bad, self.app.window.detail.key)
        for key, number in (("alt+2", 1), ("alt+3", 2), ("alt+4", 3), ("alt+1", 0)):
            self.key(key)
            self.assertEqual(number, self.app.window.detail.tabs.current)
        self.assertIn("expected │ installed", self.app.window.detail.rules.sheet.shown)

        self.filter_by("unending pacman")
        self.key("Return", "Down", "Down")
        self.assertEqual(third, self.app.window.detail.key)
        self.key("ctrl+Return")
        scenario = self.app.state.catalogue.scenarios[third]
        self.until(lambda: any(bar.seconds is None for bar in scenario.bars), "its command runs")
        self.key("Escape")
        self.assertEqual("", self.app.window.filter.text)
        self.assertFalse(self.app.state.progress.is_stopping)
        self.key("Escape")
        self.until(lambda: self.app.state.progress.is_stopping or self.is_over(), "it was heard")
        if not self.is_over():
            self.key("Escape")
        self.until(self.is_over, "the run was stopped")
        self.settle()

        before = len(self.app.state.catalogue.scenarios[bad].outcomes)
        self.key("F5")
        self.until(self.is_over, "what is checked has run again")
        self.settle()
        self.key("F6")
        self.until(self.is_over, "what failed has run again")
        self.settle()
        self.assertEqual(before + 2, len(self.app.state.catalogue.scenarios[bad].outcomes))

        self.key("ctrl+shift+c")
        self.assertRegex(self.root.clipboard_get(), r"^python3 -m pkgsuite run ")
        self.key("ctrl+d")
        self.assertEqual("dark", self.app.theme.palette.name)

        self.key("ctrl+shift+r")
        self.assertIn("too_much_on_apt", self.page())


if __name__ == "__main__":
    unittest.main()
