"""The field above the tree: words that scenarios must match; empty it says what it is for."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from .actions import ACTIONS
from .theme import Theme
from .tooltips import Tips

__all__ = ["FilterBar"]

HINT = f"Filter scenarios   {ACTIONS['find'].key}"
PAUSE_MS = 60
"""How long to wait for the next letter before the tree is filtered."""


class FilterBar(ttk.Frame):
    """An entry with a hint; tells its text when it has changed."""

    def __init__(self, parent: tk.Misc, theme: Theme, tips: Tips) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._theme = theme
        self._text = tk.StringVar(self)
        self._job = ""
        self._told = ""
        self.on_change: Callable[[str], object] = lambda text: None
        self.entry = ttk.Entry(self, style="Field.TEntry", textvariable=self._text, font=theme.body)
        self.entry.pack(fill="x")
        self._hint = tk.Label(self, text=HINT, font=theme.body, borderwidth=0, padx=0, pady=0, cursor="xterm")
        self._hint.bind("<Button-1>", lambda _: self.entry.focus_set())
        self._text.trace_add("write", lambda *_: self._changed())
        tips.plain(self.entry, ACTIONS["find"].tip)
        theme.watch(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        palette = self._theme.palette
        self._hint.configure(background=palette.card, foreground=palette.muted)
        self._show_hint()

    def _show_hint(self) -> None:
        if self.text:
            self._hint.place_forget()
        else:
            self._hint.place(x=self._theme.px(11), rely=0.5, anchor="w")

    @property
    def text(self) -> str:
        """What is filtered by."""
        return self._text.get()

    @text.setter
    def text(self, words: str) -> None:
        self._text.set(words)
        self.entry.icursor("end")

    def type(self, letter: str) -> None:
        """Go on writing here."""
        self.entry.focus_set()
        self.entry.selection_clear()
        self.entry.insert("end", letter)
        self.entry.icursor("end")

    def _changed(self) -> None:
        self._show_hint()
        self.cancel()
        self._job = self.after(PAUSE_MS, self._tell)

    def _tell(self) -> None:
        self._job = ""
        if self.text != self._told:
            self._told = self.text
            self.on_change(self.text)

    def has_told(self, words: str) -> bool:
        """Whether the tree is filtered by these words now."""
        return self._told == words and not self._job

    def cancel(self) -> None:
        """Wait for nothing."""
        if self._job:
            self.after_cancel(self._job)
            self._job = ""
