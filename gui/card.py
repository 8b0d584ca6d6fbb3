"""A card: a frame with round corners on the ground of the window."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from . import icons
from .theme import Theme

__all__ = ["Card"]

RADIUS = 7
PADDING = 6


class Card(tk.Canvas):
    """What stands in `inside` is framed; only the corners are pictures, since large ones are slow."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, highlightthickness=0, borderwidth=0, takefocus=False)
        self._theme = theme
        self.inside = ttk.Frame(self, style="Card.TFrame")
        self._window = self.create_window(0, 0, window=self.inside, anchor="nw")
        self.bind("<Configure>", lambda _: self._draw())
        theme.watch(self._draw)
        self._draw()

    def _corner(self, right: int, bottom: int) -> tk.PhotoImage:
        theme, palette = self._theme, self._theme.palette
        side = theme.px(RADIUS)

        def draw() -> icons.Picture:
            plate = icons.plate(2 * RADIUS, 2 * RADIUS, RADIUS, palette.card, palette.border, theme.scale)
            return plate.part(side if right else 0, side if bottom else 0, side, side)

        return theme.picture(("corner", right, bottom), draw)

    def _draw(self) -> None:
        palette, px = self._theme.palette, self._theme.px
        wide, high, side = self.winfo_width(), self.winfo_height(), px(RADIUS)
        self.configure(background=palette.ground)
        self.delete("frame")
        rim = px(1)
        for left, top, right, bottom, colour in (
            (side, 0, wide - side, high, palette.border),
            (0, side, wide, high - side, palette.border),
            (side, rim, wide - side, high - rim, palette.card),
            (rim, side, wide - rim, high - side, palette.card),
        ):
            self.create_rectangle(left, top, right, bottom, fill=colour, width=0, tags="frame")
        for right in (0, 1):
            for bottom in (0, 1):
                place = (wide - side if right else 0, high - side if bottom else 0)
                self.create_image(*place, image=self._corner(right, bottom), anchor="nw", tags="frame")
        self.tag_lower("frame")
        gap = px(PADDING)
        self.coords(self._window, gap, gap)
        self.itemconfigure(self._window, width=max(1, wide - 2 * gap), height=max(1, high - 2 * gap))
