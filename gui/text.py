"""Text that fits: cut at its end with an ellipsis, as its font asks for."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterable
from tkinter import font as tkfont
from tkinter import ttk

__all__ = ["Elided", "elide", "room_for", "size_in_words"]

ELLIPSIS = "…"


def elide(text: str, font: tkfont.Font, width: int) -> str:
    """As much of *text* as fits into *width* pixels."""
    if font.measure(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if font.measure(text[:middle].rstrip() + ELLIPSIS) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS if low else ""


def room_for(texts: Iterable[str], font: tkfont.Font, least: int, most: int) -> int:
    """How many pixels the longest of *texts* takes, within bounds."""
    return min(most, max([least, *map(font.measure, texts)]))


def size_in_words(size_bytes: float) -> str:
    """A number of bytes, such as `29.2 MiB`."""
    for unit in ("B", "KiB", "MiB"):
        if size_bytes < 1024:
            return f"{size_bytes:.0f} {unit}" if unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:.1f} GiB"


class Elided(ttk.Label):
    """A label that is cut where there is no room for all of it, and never asks for more room."""

    def __init__(self, parent: tk.Misc, font: tkfont.Font, style: str) -> None:
        super().__init__(parent, style=style, font=font, width=1)
        self._font = font
        self.whole = ""
        self.bind("<Configure>", lambda _: self._fit())

    def say(self, text: str) -> None:
        """Show *text*."""
        if text != self.whole:
            self.whole = text
            self._fit()

    def _fit(self) -> None:
        shown = elide(self.whole, self._font, self.winfo_width())
        if str(self.cget("text")) != shown:
            self.configure(text=shown)
