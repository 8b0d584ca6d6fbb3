"""Tabs: words with a line below the chosen one, which keep their places while their numbers change."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from .theme import Theme
from .tooltips import Tips

__all__ = ["Tabs"]


class Tabs(ttk.Frame):
    """A row of words above the pages; only the chosen page is seen."""

    def __init__(self, parent: tk.Misc, theme: Theme, tips: Tips, titles: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._theme = theme
        self._row = ttk.Frame(self, style="Card.TFrame")
        self._row.grid(row=0, column=0, sticky="we")
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        self._titles = [title for title, _ in titles]
        self._pages: list[tk.Widget] = []
        self.current = 0
        self.on_change: Callable[[int], object] = lambda number: None
        self.buttons: list[ttk.Button] = []
        self._lines: list[tk.Frame] = []
        for number, (title, tip) in enumerate(titles):
            button = ttk.Button(
                self._row,
                text=title,
                style="Tab.TButton",
                command=lambda number=number: self.choose(number),  # type: ignore[misc]
            )
            button.grid(row=0, column=number, sticky="we", padx=(0, theme.px(10)))
            line = tk.Frame(self._row, height=theme.px(3), borderwidth=0)
            line.grid(row=1, column=number, sticky="we", padx=(0, theme.px(10)))
            room = theme.body.measure(f"{title}  000/000" if number == 0 else f"{title}  00" if number == 3 else title)
            self._row.columnconfigure(number, minsize=room + theme.px(24))
            button.bind("<Left>", lambda _: self._step(-1))
            button.bind("<Right>", lambda _: self._step(1))
            tips.plain(button, tip)
            self.buttons.append(button)
            self._lines.append(line)
        theme.watch(self._recolour)
        self._recolour()

    def add(self, page: tk.Widget) -> None:
        """Take the next page."""
        self._pages.append(page)
        if len(self._pages) == 1:
            page.grid(in_=self, row=1, column=0, sticky="nsew", pady=(self._theme.px(8), 0))

    def choose(self, number: int) -> None:
        """Show a page."""
        if number != self.current:
            self._pages[self.current].grid_remove()
            self.current = number
            self._pages[number].grid(in_=self, row=1, column=0, sticky="nsew", pady=(self._theme.px(8), 0))
            self._recolour()
            self.on_change(number)

    def _step(self, step: int) -> str:
        number = (self.current + step) % len(self.buttons)
        self.choose(number)
        self.buttons[number].focus_set()
        return "break"

    def count(self, number: int, words: str) -> None:
        """Say how many there are on a page."""
        text = f"{self._titles[number]}  {words}" if words else self._titles[number]
        if str(self.buttons[number].cget("text")) != text:
            self.buttons[number].configure(text=text)

    def _recolour(self) -> None:
        palette = self._theme.palette
        for number, (button, line) in enumerate(zip(self.buttons, self._lines, strict=True)):
            is_current = number == self.current
            button.state(["selected" if is_current else "!selected"])
            line.configure(background=palette.accent if is_current else palette.card)
