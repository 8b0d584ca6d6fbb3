"""The theme of the window: a look in light or dark with its ttk styles, changed while the window is open."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from . import styles
from .look import Look
from .palette import PALETTES

__all__ = ["Theme"]


class Theme(Look):
    """`use` changes the colours; who draws for itself is told."""

    def __init__(self, root: tk.Tk, name: str = "light") -> None:
        super().__init__(root)
        self._style = ttk.Style(root)
        self._watchers: list[Callable[[], object]] = []
        self.use(name if name in PALETTES else "light")

    def watch(self, repaint: Callable[[], object]) -> None:
        """Call *repaint* whenever the colours change, as long as its widget lives."""
        self._watchers.append(repaint)

    def use(self, name: str) -> None:
        """Show the window in the colours of that name."""
        self.palette = PALETTES[name]
        theme = f"pkgsuite-{name}"
        if theme not in self._style.theme_names():
            self._style.theme_create(theme, parent="clam")
            self._style.theme_use(theme)
            styles.make(self, self._style)
        else:
            self._style.theme_use(theme)
        self._options()
        self._watchers = [repaint for repaint in self._watchers if still_lives(repaint)]

    def toggle(self) -> None:
        """From light to dark, and back."""
        self.use("dark" if self.palette.name == "light" else "light")

    def _options(self) -> None:
        """Colours of what is no ttk: menus, and the lists of boxes; those that are open change too."""
        palette = self.palette
        self.root.configure(background=palette.ground)
        for option, value in {
            "*Menu.background": palette.card,
            "*Menu.foreground": palette.text,
            "*Menu.activeBackground": palette.selected,
            "*Menu.activeForeground": palette.text,
            "*Menu.disabledForeground": palette.faint,
            "*Menu.selectColor": palette.accent,
            "*TCombobox*Listbox.background": palette.card,
            "*TCombobox*Listbox.foreground": palette.text,
            "*TCombobox*Listbox.selectBackground": palette.selected,
            "*TCombobox*Listbox.selectForeground": palette.text,
        }.items():
            self.root.option_add(option, value)


def still_lives(repaint: Callable[[], object]) -> bool:
    """Call *repaint*; gives whether its widget still lives."""
    try:
        repaint()
    except tk.TclError:
        return False
    return True
