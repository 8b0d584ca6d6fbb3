"""Fonts at the display's scale, and pictures in the colours of a palette."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import font as tkfont

from . import icons
from .drawing import Picture
from .palette import PALETTES, Palette

__all__ = ["Look", "has_fonts"]

POINTS_PER_INCH, PIXELS_PER_INCH = 72, 96


def has_fonts(root: tk.Misc) -> bool:
    """Whether there is any font with letters: without one Tk shows boxes, or nothing."""
    try:
        sizes = [tkfont.Font(root=root, family="sans", size=size).measure("pkgsuite") for size in (8, 32)]
    except tk.TclError:
        return False
    return bool(tkfont.families(root)) and sizes[1] > 2 * sizes[0] > 0


class Look:
    """Fonts, and colours and pictures that a theme may change."""

    def __init__(self, root: tk.Tk) -> None:
        self.root = root
        self.scale = display_scale(root)
        self._fonts()
        self._pictures: dict[tuple[object, ...], tk.PhotoImage] = {}
        self.palette: Palette = PALETTES["light"]

    def _fonts(self) -> None:
        base = tkfont.nametofont("TkDefaultFont", root=self.root).actual()
        family, size = base["family"], 10
        self.body = tkfont.Font(self.root, family=family, size=size)
        self.bold = tkfont.Font(self.root, family=family, size=size, weight="bold")
        self.title = tkfont.Font(self.root, family=family, size=14, weight="bold")
        self.small = tkfont.Font(self.root, family=family, size=9)
        mono = tkfont.nametofont("TkFixedFont", root=self.root).actual()["family"]
        self.mono = tkfont.Font(self.root, family=mono, size=9)
        for name in ("TkDefaultFont", "TkTextFont", "TkMenuFont", "TkHeadingFont", "TkTooltipFont"):
            tkfont.nametofont(name, root=self.root).configure(family=family, size=size, weight="normal")

    def px(self, units: float) -> int:
        """*units* of a display with 96 dots an inch as pixels of this one."""
        pixels = round(units * self.scale)
        return max(1, pixels) if units > 0 else pixels

    @property
    def row_height(self) -> int:
        """How high a row of a tree is: as its font asks for."""
        return max(self.body.metrics("linespace") + self.px(8), self.px(icons.SIZE + 6))

    def picture(self, key: tuple[object, ...], draw: Callable[[], Picture]) -> tk.PhotoImage:
        """The picture of that key in these colours, drawn when it is first asked for."""
        whole = (self.palette.name, *key)
        if whole not in self._pictures:
            self._pictures[whole] = tk.PhotoImage(master=self.root, data=draw().png(), format="png")
        return self._pictures[whole]

    def glyph(self, status: str) -> tk.PhotoImage:
        """The glyph of a status."""
        return self.picture(("status", status), lambda: icons.status(status, self.palette, self.scale))

    def row(self, box: str, status: str) -> tk.PhotoImage:
        """Box and glyph of a row of the tree, side by side."""

        def draw() -> Picture:
            left = icons.box(box, self.palette, self.scale)
            return left.beside(icons.status(status, self.palette, self.scale), self.px(6)).padded(0, self.px(5))

        return self.picture(("row", box, status), draw)

    def claim(self, state: str) -> tk.PhotoImage:
        """The glyph of a rule, with room to the text."""
        return self.picture(
            ("claim", state), lambda: icons.claim(state, self.palette, self.scale).padded(self.px(2), self.px(5))
        )

    def logo(self, units: int = 64) -> tk.PhotoImage:
        """The mark of pkgsuite."""
        return self.picture(("logo", units), lambda: icons.logo(self.palette, self.scale, units))

    def patch(self, fill: str, edge: str, radius: float = 6) -> tk.PhotoImage:
        """A rounded rectangle whose middle may be stretched: large, since ttk lays it like tiles."""
        key = ("patch", fill, edge, radius)
        return self.picture(key, lambda: icons.plate(96, 40, radius, fill, edge, self.scale))


def display_scale(root: tk.Misc) -> float:
    """How much larger than at 96 dots an inch text is on this display: `Xft.dpi` scales fonts and nothing else."""
    points = tkfont.Font(root=root, family="sans", size=POINTS_PER_INCH)
    pixels = tkfont.Font(root=root, family="sans", size=-PIXELS_PER_INCH)
    scale = points.measure("m" * 20) / max(1, pixels.measure("m" * 20))
    return min(4.0, max(0.75, round(scale * 8) / 8))
