"""The window: menus, the tree on the left, the detail on the right, the bottom; it draws, and decides nothing."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from tkinter import ttk

from .bottom import Bottom
from .card import Card
from .detail import Detail
from .filterbar import FilterBar
from .menus import Menus, bind_keys, first_in_line
from .state import State
from .theme import Theme
from .toast import Toast
from .tooltips import Tips
from .tree import Tree

__all__ = ["Window"]

NARROW = 1200
SMALLEST = (1000, 600)
USUAL = (1280, 800)
MENU = 26
"""The height of the menu bar, which is no part of the geometry."""
LEFT_SHARE = 0.37


class Window:
    """All that is seen; *actions* are what menus, keys and buttons do."""

    def __init__(
        self, root: tk.Tk, theme: Theme, state: State, actions: Mapping[str, Callable[[], object]], geometry: str = ""
    ) -> None:
        self.root, self.theme, self.state = root, theme, state
        self.tips = Tips(theme)
        self._is_narrow: bool | None = None
        self._sash = 0
        root.title("pkgsuite")
        root.iconphoto(True, theme.logo(64), theme.logo(32))
        px = theme.px
        root.minsize(min(px(SMALLEST[0]), root.winfo_screenwidth()), min(px(SMALLEST[1]), root.winfo_screenheight()))
        root.geometry(on_screen(root, geometry) or usual(root, theme))
        self.menus = Menus(root, theme, actions)
        self.panes = ttk.Panedwindow(root, orient="horizontal")
        left, right = Card(self.panes, theme), Card(self.panes, theme)
        self.panes.add(left, weight=1)
        self.panes.add(right, weight=2)
        self.filter = FilterBar(left.inside, theme, self.tips)
        self.tree = Tree(left.inside, theme, state.catalogue, self.tips)
        self.filter.pack(fill="x", padx=px(1), pady=px(1))
        self.tree.pack(fill="both", expand=True, pady=(px(4), 0))
        self.detail = Detail(right.inside, theme, self.tips, state.catalogue, actions)
        self.detail.pack(fill="both", expand=True)
        self.bottom = Bottom(root, theme, self.tips, actions)
        self.bottom.pack(side="bottom", fill="x")
        self.panes.pack(fill="both", expand=True, padx=px(8), pady=(px(8), px(10)))
        self.toast = Toast(root, theme)
        bind_keys(root, actions)
        first_in_line([root])
        root.bind("<Configure>", self._resized, add="+")

    def _resized(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is not self.root:
            return
        is_narrow = event.width < self.theme.px(NARROW)
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self.tree.narrow(is_narrow)
            self.detail.head.narrow(is_narrow)
            self.bottom.narrow(is_narrow)
            self.root.event_generate("<<Narrowed>>")
        self.root.after_idle(self._place_sash, event.width)

    def _place_sash(self, width: int) -> None:
        """Keep the share that the tree has of the window's width."""
        if width == self._sash or width <= 1:
            return
        share = self.left_share if self._sash else self._wanted
        self._sash = width
        self.panes.update_idletasks()
        self._sash_at(round(share * width))

    def _sash_at(self, place: int | None = None) -> int:
        """Where the line between the cards is; with *place* it goes there."""
        found: int = self.panes.tk.call(self.panes, "sashpos", 0, *([] if place is None else [place]))
        return found

    _wanted = LEFT_SHARE

    @property
    def left_share(self) -> float:
        """How much of the width is the tree's."""
        return min(0.7, max(0.15, self._sash_at() / max(1, self._sash or self.root.winfo_width())))

    def want_share(self, share: float) -> None:
        """Give the tree that share of the width, at first."""
        if 0.15 <= share <= 0.7:
            self._wanted = share


def on_screen(root: tk.Misc, geometry: str) -> str:
    """A remembered geometry, if the window can be seen there."""
    try:
        size, x, y = geometry.replace("-", "+-").split("+", 2)
        wide, high = map(int, size.split("x"))
        left, top = int(x), int(y.lstrip("+"))
    except ValueError:
        return ""
    is_seen = 0 <= left < root.winfo_screenwidth() - 100 and 0 <= top < root.winfo_screenheight() - 100
    fits = wide <= root.winfo_screenwidth() and high <= root.winfo_screenheight()
    return f"{wide}x{high}+{left}+{top}" if is_seen and fits and wide > 200 and high > 200 else ""


def usual(root: tk.Misc, theme: Theme) -> str:
    """The size at the first start."""
    wide = min(theme.px(USUAL[0]), root.winfo_screenwidth())
    high = min(theme.px(USUAL[1]), root.winfo_screenheight()) - theme.px(MENU)
    return f"{wide}x{high}"
