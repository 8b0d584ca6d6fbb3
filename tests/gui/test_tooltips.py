"""Tooltips: tkinter-tooltip for whole widgets where it is installed, our own for the rest and without it."""

from __future__ import annotations

import importlib.util
import sys
import unittest
from unittest import mock

from tests.gui.display import needs_clicks, needs_display
from tests.gui.story import test_id
from tests.gui.windows import WindowTest

ONE = test_id("one")

needs_tktooltip = unittest.skipUnless(
    importlib.util.find_spec("tktooltip"), "no tkinter-tooltip; get it with: python3 -m pip install tkinter-tooltip"
)


@needs_display
class Tooltips(WindowTest):
    def setUp(self):
        super().setUp()
        self.there_are([{"id": ONE, "description": "It holds."}])

    def own(self, words, **options):
        """A tip of our own on a label."""
        import tkinter

        from pkgsuite.gui.tooltips import Tip

        label = tkinter.Label(self.root, text="here")
        label.place(x=0, y=0)
        self.update()
        return label, Tip(label, words, theme=self.app.theme, **options)

    def hover(self, widget):
        widget.event_generate("<Enter>", x=2, y=2)
        self.update()

    def test_ours_shows_after_a_moment_and_hides(self):
        self.open()
        label, tip = self.own("what it means", delay=0.01)

        self.hover(label)
        self.until(lambda: tip.is_shown, "it is shown")
        label.event_generate("<Leave>")
        self.update()

        self.assertFalse(tip.is_shown)

    def test_ours_shows_nothing_where_there_is_nothing_to_say(self):
        self.open()
        _, tip = self.own(lambda: "")

        tip.show()

        self.assertFalse(tip.is_shown)

    def test_ours_stays_on_the_screen(self):
        self.open()
        _, tip = self.own("a long text " * 30)
        for x, y in ((0, 0), (1279, 0), (0, 799), (1279, 799)):
            with self.subTest(corner=(x, y)):
                tip._widget.winfo_pointerxy = lambda place=(x, y): place
                tip.show()
                self.update()
                window = tip._window
                self.assertGreaterEqual(window.winfo_x(), 0)
                self.assertGreaterEqual(window.winfo_y(), 0)
                self.assertLessEqual(window.winfo_x() + window.winfo_width(), self.root.winfo_screenwidth())
                self.assertLessEqual(window.winfo_y() + window.winfo_height(), self.root.winfo_screenheight())
                tip.hide()

    def test_ours_goes_with_its_widget(self):
        self.open()
        label, tip = self.own("what it means", delay=0.01)
        self.hover(label)
        self.until(lambda: tip.is_shown, "it is shown")

        label.destroy()
        self.update()

        self.assertFalse(tip.is_shown)

    def test_a_row_tells_its_docstring(self):
        self.open()
        tree = self.app.window.tree
        tree.view.see(ONE)
        self.update()
        left, top, _, high = tree.view.bbox(ONE)
        x = next(x for x in range(left, left + 200) if tree.view.identify_element(x, top + high // 2) == "text")
        tree.view.winfo_pointerx = lambda: tree.view.winfo_rootx() + x
        tree.view.winfo_pointery = lambda: tree.view.winfo_rooty() + top + high // 2

        self.assertIn("It holds.", tree._tip())

    def test_without_theirs_every_widget_has_ours(self):
        with mock.patch.dict(sys.modules, {"tktooltip": None}):
            self.open()

        self.assertFalse(self.app.window.tips.are_theirs)

    @needs_tktooltip
    def test_theirs_shows_what_a_button_means_and_its_key(self):
        self.open()
        self.assertTrue(self.app.window.tips.are_theirs)
        button = self.app.window.bottom.buttons["run_checked"]
        tip = next(each for each in self.toplevels() if "F5" in str(each.msg))

        self.hover(button)
        self.until(lambda: tip.winfo_viewable(), "it is shown")

        self.assertIn("Run the checked scenarios (F5)", tip.message_widget.cget("text") or tip.msg_var.get())
        self.assertLessEqual(tip.winfo_x() + tip.winfo_width(), self.root.winfo_screenwidth())
        self.assertLessEqual(tip.winfo_y() + tip.winfo_height(), self.root.winfo_screenheight())

    @needs_tktooltip
    @needs_clicks
    def test_theirs_is_above_the_pointer_where_there_is_no_room_below(self):
        self.open()
        self.root.geometry(f"1280x{self.root.winfo_screenheight() - self.root.winfo_rooty()}+0+0")
        self.turn()
        button = self.app.window.bottom.buttons["run_checked"]
        tip = next(each for each in self.toplevels() if "F5" in str(each.msg))
        self.display.xdotool("mousemove", 10, 10)
        self.turn()

        x, y = button.winfo_rootx() + 20, button.winfo_rooty() + button.winfo_height() - 4
        self.display.xdotool("mousemove", x, y)
        self.until(lambda: tip.winfo_viewable() and tip.winfo_y() + tip.winfo_height() < y, "it is shown above")
        for _ in range(20):
            self.update()
            self.root.winfo_pointerxy()

        self.assertTrue(tip.winfo_viewable())

    @needs_tktooltip
    def test_theirs_goes_with_its_widget(self):
        import tkinter

        self.open()
        label = tkinter.Label(self.root, text="here")
        tip = self.app.window.tips.plain(label, "what it means")

        label.destroy()
        self.update()

        self.assertFalse(tip.winfo_exists())

    def toplevels(self):
        import tktooltip

        return [each for each in self.root.winfo_children() if isinstance(each, tktooltip.ToolTip)]


if __name__ == "__main__":
    unittest.main()
