"""Tooltips: those of tkinter-tooltip where it is installed, and our own for the rest.

Ours take the same arguments. Rows of trees and parts of canvases have ours everywhere, since theirs know whole widgets
only.
"""

from __future__ import annotations

import contextlib
import importlib
import tkinter as tk
from collections.abc import Callable
from typing import Any, TypeAlias

from .theme import Theme

__all__ = ["Tip", "Tips", "find_tktooltip"]

Words: TypeAlias = "str | Callable[[], str]"

DELAY_S = 0.6
WIDEST = 460
MARGIN = 4
ABOVE = 8
"""How far above the pointer a tooltip is where there is no room below."""


def find_tktooltip() -> Any:
    """The class of tkinter-tooltip, or None where that is not installed, or broken."""
    try:
        return importlib.import_module("tktooltip").ToolTip
    except Exception:
        return None


class Tip:
    """A tooltip of our own: stays on the screen, shows nothing where there is nothing to say, goes with its widget."""

    def __init__(
        self,
        widget: tk.Misc,
        msg: Words,
        delay: float = DELAY_S,
        follow: bool = False,
        theme: Theme | None = None,
    ) -> None:
        self._widget, self._msg, self._delay_ms, self._theme = widget, msg, round(delay * 1000), theme
        self._follow = follow
        self._window: tk.Toplevel | None = None
        self._job = ""
        self._shown = ""
        for sequence, react in (
            ("<Enter>", self._arm),
            ("<Motion>", self._move),
            ("<Leave>", self._leave),
            ("<ButtonPress>", self._leave),
            ("<Key>", self._leave),
            ("<MouseWheel>", self._leave),
            ("<Destroy>", self._leave),
        ):
            widget.bind(sequence, react, add="+")

    @property
    def text(self) -> str:
        """What there is to say now."""
        return self._msg() if callable(self._msg) else self._msg

    @property
    def is_shown(self) -> bool:
        """Whether it is on the screen."""
        return self._window is not None

    def _arm(self, event: Any) -> None:
        self._cancel()
        self._job = self._widget.after(self._delay_ms, self.show)

    def _move(self, event: Any) -> None:
        if not self.is_shown or self.text != self._shown:
            self.hide()
            self._arm(event)

    def _leave(self, event: Any) -> None:
        self._cancel()
        self.hide()

    def _cancel(self) -> None:
        if self._job:
            with contextlib.suppress(tk.TclError):
                self._widget.after_cancel(self._job)
            self._job = ""

    def show(self) -> None:
        """Put it on the screen, unless there is nothing to say."""
        self._job = ""
        self.hide()
        self._shown = self.text
        if not self._shown:
            return
        self._window = window = tk.Toplevel(self._widget)
        window.withdraw()
        window.overrideredirect(True)
        with contextlib.suppress(tk.TclError):
            window.attributes("-type", "tooltip")
        label = tk.Label(window, text=self._shown, justify="left", **look(self._theme))
        label.pack()
        window.update_idletasks()
        x, y = self._widget.winfo_pointerxy()
        place(window, x, y)
        window.deiconify()

    def hide(self) -> None:
        """Take it off the screen."""
        if self._window is not None:
            with contextlib.suppress(tk.TclError):
                self._window.destroy()
            self._window = None


class Tips:
    """Gives widgets their tooltips, in the colours of a theme."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._theirs = find_tktooltip()

    @property
    def are_theirs(self) -> bool:
        """Whether tkinter-tooltip is used for plain widgets."""
        return self._theirs is not None

    def plain(self, widget: tk.Misc, msg: Words) -> Any:
        """The tooltip of a whole widget."""
        if self._theirs is None:
            return Tip(widget, msg, theme=self._theme)
        options = look(self._theme)
        options["width"] = options.pop("wraplength")
        # Left to itself it would be a child of whichever root was made first.
        parent = {"master": widget.winfo_toplevel(), "bd": 0}
        tip = self._theirs(widget, msg, delay=DELAY_S, follow=False, parent_kwargs=parent, **options)
        tip.bind("<Configure>", lambda event: keep_on_screen(event.widget), add="+")
        widget.bind("<Destroy>", lambda _: tip.destroy(), add="+")
        self._theme.watch(lambda: restyle(tip, self._theme))
        return tip

    def parts(self, widget: tk.Misc, msg: Words) -> Tip:
        """A tooltip whose words depend on where the pointer is in the widget."""
        return Tip(widget, msg, theme=self._theme)


def look(theme: Theme | None) -> dict[str, Any]:
    """The options of the label of a tooltip."""
    if theme is None:
        return {"wraplength": WIDEST}
    return {
        "background": theme.palette.tip,
        "foreground": theme.palette.tip_text,
        "font": theme.small,
        "padx": theme.px(8),
        "pady": theme.px(5),
        "wraplength": theme.px(WIDEST),
        "borderwidth": 0,
    }


def restyle(tip: Any, theme: Theme) -> None:
    """Show a tooltip of theirs in the colours that hold now."""
    with contextlib.suppress(tk.TclError, AttributeError):
        tip.message_widget.configure(background=theme.palette.tip, foreground=theme.palette.tip_text)


def place(window: tk.Toplevel, x: int, y: int) -> None:
    """Put a tooltip below the pointer, or above it where the screen ends."""
    wide, high = window.winfo_reqwidth(), window.winfo_reqheight()
    left = min(x + 12, window.winfo_screenwidth() - wide - MARGIN)
    top = y + 18
    if top + high > window.winfo_screenheight() - MARGIN:
        top = y - high - ABOVE
    window.geometry(f"+{max(MARGIN, left)}+{max(MARGIN, top)}")


def keep_on_screen(window: tk.Misc) -> None:
    """Move a tooltip that runs off the edge of the screen; never below the pointer, which would seem to leave."""
    top = window.winfo_toplevel()
    if not isinstance(top, tk.Toplevel):
        return
    x, y, wide, high = top.winfo_x(), top.winfo_y(), top.winfo_width(), top.winfo_height()
    left = max(0, min(x, top.winfo_screenwidth() - wide - MARGIN))
    above = y
    if y + high > top.winfo_screenheight() - MARGIN:
        above = max(0, min(y, top.winfo_pointery()) - high - ABOVE)
    if (left, above) != (x, y):
        top.geometry(f"+{left}+{above}")
