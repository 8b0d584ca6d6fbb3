"""A note that lies over the window for a while and moves nothing."""

from __future__ import annotations

import tkinter as tk

from .theme import Theme

__all__ = ["Toast"]

SHOWN_MS = 9000
ABOVE = 92
"""How far from the lower edge it lies, above the buttons."""


class Toast:
    """One line or a few; a click takes it away, and time does."""

    def __init__(self, root: tk.Tk, theme: Theme) -> None:
        self._root, self._theme = root, theme
        self.label = tk.Label(root, borderwidth=0, justify="left", font=theme.body, cursor="hand2")
        self.label.configure(padx=theme.px(14), pady=theme.px(8))
        self.label.bind("<Button-1>", lambda _: self.hide())
        self._job = ""
        theme.watch(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self.label.configure(background=self._theme.palette.tip, foreground=self._theme.palette.tip_text)

    def say(self, words: str) -> None:
        """Show *words*, of many lines the first."""
        self.hide()
        first = words.partition("\n")[0]
        if not first:
            return
        room = max(200, self._root.winfo_width() - self._theme.px(120))
        self.label.configure(text=first, wraplength=room)
        self.label.place(relx=0.5, rely=1.0, y=-self._theme.px(ABOVE), anchor="s")
        self.label.lift()
        self._job = self._root.after(SHOWN_MS, self.hide)

    def hide(self) -> None:
        """Take it away."""
        if self._job:
            self._root.after_cancel(self._job)
            self._job = ""
        self.label.place_forget()
