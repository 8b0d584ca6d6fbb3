"""The right side: the head of what is selected and its four tabs, of which only the one that is seen is painted."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from tkinter import ttk

from . import telling
from .actions import ACTIONS
from .catalogue import Catalogue
from .differences import Piece
from .head import Head
from .log import Log
from .nodes import Nodes
from .rules import Rules
from .tabs import Tabs
from .theme import Theme
from .timeline import Timeline
from .tooltips import Tips

__all__ = ["Detail"]

PAGES = (telling.RULES, telling.TIMELINE, telling.LOG, telling.NODES)


class Detail(ttk.Frame):
    """Shows what is selected in the tree."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        tips: Tips,
        catalogue: Catalogue,
        actions: Mapping[str, Callable[[], object]],
    ) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._catalogue = catalogue
        self.key = ""
        self._stale: set[str] = set()
        self._instead: list[Piece] = []
        self._can_run = True
        px = theme.px
        self.head = Head(self, theme, tips, actions)
        self.tabs = Tabs(self, theme, tips, [(ACTIONS[f"tab_{n}"].words, ACTIONS[f"tab_{n}"].tip) for n in range(1, 5)])
        self.rules = Rules(self, theme, tips)
        self.timeline = Timeline(self, theme, tips)
        self.log = Log(self, theme, tips)
        self.nodes = Nodes(self, theme, tips)
        for page in (self.rules, self.timeline, self.log, self.nodes):
            self.tabs.add(page)
        self.head.pack(fill="x", padx=px(4), pady=(px(4), 0))
        self.tabs.pack(fill="both", expand=True, padx=(px(6), px(2)), pady=(px(4), px(2)))
        self.tabs.on_change = lambda number: self.freshen()
        self._now: Callable[[], float] = lambda: 0.0

    def use_clock(self, now: Callable[[], float]) -> None:
        """Ask *now* what time it is, in seconds since the epoch."""
        self._now = now

    def select(self, key: str) -> None:
        """Show another row of the tree."""
        if key != self.key:
            self.key = key
            self.mark((telling.HEAD, *PAGES))
            self.freshen()

    def explain(self, pieces: list[Piece], *, can_run: bool = True) -> None:
        """Tell this wherever no row of the tree is selected; with no *pieces* that nothing is."""
        self._instead, self._can_run = pieces, can_run
        if not self.key:
            self.mark((telling.HEAD, telling.RULES))
            self.freshen()

    def mark(self, parts: tuple[str, ...] | set[str]) -> None:
        """These parts are to be shown anew."""
        self._stale.update(parts)

    def freshen(self) -> None:
        """Paint what is stale and seen."""
        scenario = self._catalogue.scenarios.get(self.key)
        group = self._catalogue.groups.get(self.key)
        if telling.HEAD in self._stale:
            self._stale.discard(telling.HEAD)
            self.head.show(scenario, group, self._now())
            self.tabs.count(0, f"{scenario.held}/{len(scenario.claims)}" if scenario and scenario.claims else "")
            self.tabs.count(3, str(len(scenario.peers)) if scenario and scenario.peers else "")
            if not self.key and self._instead:
                self.head.welcome(can_run=self._can_run)
        page = PAGES[self.tabs.current]
        if page not in self._stale:
            return
        self._stale.discard(page)
        if page == telling.RULES and not self.key and self._instead:
            self.rules.tell(self._instead)
        elif page == telling.RULES:
            self.rules.show(scenario, group, self._catalogue)
        elif page == telling.TIMELINE:
            self.timeline.show(scenario, self._now())
        elif page == telling.LOG:
            self.log.show(scenario)
        else:
            self.nodes.show(scenario)
