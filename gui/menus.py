"""The menu bar, and the keys of all actions; keys come before what a field would do with them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Mapping

from .actions import ACTIONS, ALL, LINE, MENUS
from .theme import Theme

__all__ = ["KEYS_TAG", "Menus", "bind_keys"]

KEYS_TAG = "PkgsuiteKeys"
"""The bind tag that stands before all others of each widget."""


class Menus:
    """A menu bar of our own making, which looks as the theme does."""

    def __init__(self, root: tk.Tk, theme: Theme, actions: Mapping[str, Callable[[], object]]) -> None:
        self._theme = theme
        self.bar = tk.Menu(root, tearoff=False, borderwidth=0, activeborderwidth=0, relief="flat")
        self._menus: dict[str, tk.Menu] = {}
        self._places: dict[str, tuple[tk.Menu, int]] = {}
        for title, names in MENUS.items():
            menu = tk.Menu(self.bar, tearoff=False, borderwidth=1, activeborderwidth=theme.px(2), relief="solid")
            for number, name in enumerate(names):
                if name == LINE:
                    menu.add_separator()
                    continue
                action = ACTIONS[name]
                menu.add_command(label=f"  {action.words}  ", accelerator=f"{action.key} ", command=actions[name])
                self._places[name] = (menu, number)
            self.bar.add_cascade(label=title, menu=menu, underline=0)
            self._menus[title] = menu
        root.configure(menu=self.bar)
        theme.watch(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        palette = self._theme.palette
        for menu in (self.bar, *self._menus.values()):
            is_bar = menu is self.bar
            menu.configure(
                background=palette.ground if is_bar else palette.card,
                foreground=palette.text,
                activebackground=palette.selected,
                activeforeground=palette.text,
                disabledforeground=palette.faint,
                selectcolor=palette.accent,
                font=self._theme.body,
            )

    def enable(self, name: str, is_enabled: bool) -> None:
        """Let an action be chosen, or not."""
        menu, number = self._places[name]
        menu.entryconfigure(number, state="normal" if is_enabled else "disabled")


def bind_keys(root: tk.Misc, actions: Mapping[str, Callable[[], object]]) -> None:
    """Let the keys of all actions do them."""

    def react(act: Callable[[], object]) -> Callable[[object], str]:
        def handler(event: object) -> str:
            act()
            return "break"

        return handler

    for action in ALL:
        for sequence in action.sequences:
            try:
                root.bind_class(KEYS_TAG, sequence, react(actions[action.name]))
            except tk.TclError:  # a keyboard without that key
                continue


def first_in_line(widgets: Iterable[tk.Misc]) -> None:
    """Let *widgets* and all inside of them ask our keys first."""
    for widget in widgets:
        tags = widget.bindtags()
        if KEYS_TAG not in tags:
            widget.bindtags((KEYS_TAG, *tags))
        first_in_line(widget.winfo_children())
