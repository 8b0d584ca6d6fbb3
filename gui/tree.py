"""The tree of scenarios: one picture of box and glyph a row, only changed rows painted, long lists built bit by bit."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Iterable, Iterator
from tkinter import ttk

from . import outcomes
from .catalogue import Catalogue
from .estimate import seconds_in_words
from .names import groups_of
from .text import elide
from .theme import Theme
from .tooltips import Tips

__all__ = ["Tree"]

LAST = 5
GOOD = frozenset(("passed", "xfailed"))

INDENT, CHEVRON = 17, 19
"""How far each depth is moved to the right, and the room that the arrow of a group takes."""


class Tree(ttk.Frame):
    """Shows a catalogue; says what was selected and which box was clicked."""

    def __init__(self, parent: tk.Misc, theme: Theme, catalogue: Catalogue, tips: Tips) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._theme, self._catalogue = theme, catalogue
        self.view = ttk.Treeview(self, columns=("last", "time"), selectmode="browse", show="tree headings")
        bar = ttk.Scrollbar(self, command=self.view.yview)
        self.view.configure(yscrollcommand=bar.set)
        self.view.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns", padx=(theme.px(2), 0))
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self._made: set[str] = set()
        self._shown: dict[str, list[str]] = {}
        self._work: Iterator[None] = iter(())
        self.is_building = False
        self.painted = 0
        self._wide = theme.px(200)
        self._stale: dict[str, None] = {}
        self.on_select: Callable[[str], object] = lambda key: None
        self.on_toggle: Callable[[str], object] = lambda key: None
        self.on_type: Callable[[str], object] = lambda text: None
        self._columns()
        self._bind()
        tips.parts(self.view, self._tip)
        theme.watch(self._recolour)
        self._recolour()

    def _columns(self) -> None:
        px, body = self._theme.px, self._theme.body
        self.view.heading("#0", text="Scenario", anchor="w")
        self.view.heading("last", text=f"Last {LAST}", anchor="e")
        self.view.heading("time", text="Time", anchor="e")
        self.view.column("#0", width=px(200), minwidth=px(120), stretch=True)
        self.view.column("last", width=body.measure("Last 5") + px(18), stretch=False, anchor="e")
        self.view.column("time", width=body.measure("000/000") + px(16), stretch=False, anchor="e")

    def narrow(self, is_narrow: bool) -> None:
        """Leave the column of the last runs out where there is little room."""
        self.view.configure(displaycolumns=("time",) if is_narrow else ("last", "time"))
        self.after_idle(self._resized)

    def _recolour(self) -> None:
        palette = self._theme.palette
        self.view.tag_configure("group", font=self._theme.bold)
        self.view.tag_configure(outcomes.FAILED, foreground=palette.red)
        self.view.tag_configure(outcomes.ERROR, foreground=palette.purple)
        for plain in (outcomes.SKIPPED, outcomes.IDLE):
            self.view.tag_configure(plain, foreground=palette.text)
        self.repaint()

    def _bind(self) -> None:
        view = self.view
        view.bind("<<TreeviewSelect>>", lambda _: self.on_select(self.selected))
        view.bind("<Button-1>", self._click)
        view.bind("<Double-Button-1>", self._click_twice)
        view.bind("<space>", lambda _: self._toggle_selected())
        view.bind("<Key>", self._type)
        view.bind("<Configure>", lambda _: self.after_idle(self._resized))
        view.bind("<ButtonRelease-1>", lambda _: self._resized())

    # Building

    def rebuild(self, shown: set[str] | None) -> None:
        """Show the catalogue as it is now, of it what is *shown*; the work is done bit by bit."""
        self._work = self._build(shown)
        self.is_building = True

    def clear(self) -> None:
        """Show nothing."""
        self.view.delete(*[key for key in self._made if self.view.exists(key)])
        self._made.clear()
        self._shown.clear()
        self._stale.clear()
        self._work, self.is_building = iter(()), False

    def work(self, seconds: float) -> None:
        """Go on building, and then painting, for about that long."""
        end = time.monotonic() + seconds
        while self.is_building and time.monotonic() < end:
            self.is_building = next(self._work, self) is None
        while self._stale and not self.is_building and time.monotonic() < end:
            self.paint([self._stale.popitem()[0] for _ in range(min(8, len(self._stale)))])

    @property
    def has_work(self) -> bool:
        """Whether there is anything to build or to paint."""
        return self.is_building or bool(self._stale)

    def repaint(self) -> None:
        """Paint every row anew, bit by bit, what is seen first."""
        top = self.view.identify_row(self._theme.row_height + 2)
        seen = [top]
        while seen[-1] and len(seen) < 100:
            seen.append(self.below(seen[-1]))
        self._stale = dict.fromkeys([*self._made, *reversed([key for key in seen if key])])

    def below(self, key: str) -> str:
        """The row under another, as far as groups are open; nothing under the last."""
        view = self.view
        children = view.get_children(key) if view.item(key, "open") else ()
        while not children and key:
            following = view.next(key)
            if following:
                return following
            key = view.parent(key)
        return children[0] if children else ""

    def _build(self, shown: set[str] | None) -> Iterator[None]:
        for key in list(self._catalogue.groups):
            if key not in self._made:
                self._insert(key)
                yield
        for number, key in enumerate(list(self._catalogue.scenarios)):
            if key not in self._made:
                self._insert(key)
                if number % 8 == 0:
                    yield
        wanted = self._catalogue.visible(shown)
        yield
        for key in ("", *self._catalogue.groups):
            children = list(wanted.get(key, ()))
            if self._shown.get(key) != children:
                self._shown[key] = children
                self.view.set_children(key, *children)
                yield

    def _insert(self, key: str) -> None:
        catalogue = self._catalogue
        group = catalogue.groups.get(key)
        above = group.parent if group else next((each.key for each in reversed(list(catalogue.above(key)))), "")
        image, text, values, tags = self._look(key)
        self.view.insert(above, "end", iid=key, text=text, image=image, values=values, tags=tags)
        self._made.add(key)
        self._shown.setdefault(above, []).append(key)

    # Painting

    def paint(self, keys: Iterable[str]) -> None:
        """Paint these rows anew."""
        for key in keys:
            if key in self._made:
                image, text, values, tags = self._look(key)
                self.view.item(key, image=image, text=text, values=values, tags=tags)
                self.painted += 1

    def _look(self, key: str) -> tuple[tk.PhotoImage, str, tuple[str, ...], tuple[str, ...]]:
        box = self._catalogue.box(key)
        group = self._catalogue.groups.get(key)
        if group is not None:
            share, image = f"{group.ended}/{len(group.tests)}", self._theme.row(box, group.status)
            text = elide(group.label, self._theme.bold, self._room(image, 1 if group.parent else 0))
            return image, text, ("", share), ("group",)
        scenario = self._catalogue.scenarios[key]
        image = self._theme.row(box, scenario.status)
        text = elide(scenario.label, self._theme.body, self._room(image, len(groups_of(key))))
        last = [each for each in scenario.outcomes if each != "skipped"][-LAST:]
        lately = f"{sum(each in GOOD for each in last)}/{len(last)}" if last else ""
        took = seconds_in_words(scenario.seconds) if scenario.status in outcomes.ENDED else ""
        return image, text, (lately, took), (scenario.status,)

    def _room(self, image: tk.PhotoImage, depth: int) -> int:
        """How much room the text of a row has, behind its arrow and its picture."""
        px = self._theme.px
        return self._wide - px(INDENT) * depth - px(CHEVRON) - image.width() - px(4)

    def _resized(self) -> None:
        wide = int(self.view.column("#0", "width"))
        if wide != self._wide:
            self._wide = wide
            self.repaint()

    # What the user does

    @property
    def selected(self) -> str:
        """The row that is selected, or nothing."""
        chosen = self.view.selection()
        return chosen[0] if chosen else ""

    def select(self, key: str) -> None:
        """Select a row and bring it into view; none where *key* is empty."""
        if not key:
            self.view.selection_set()
        elif key in self._made:
            self.view.see(key)
            self.view.selection_set(key)
            self.view.focus(key)

    def is_seen(self, key: str) -> bool:
        """Whether a row is among those that the filter lets through."""
        above = self.view.parent(key) if key in self._made else None
        return above is not None and key in self._shown.get(above, ())

    def first(self) -> str:
        """The first row."""
        return next(iter(self.view.get_children()), "")

    def expanded(self) -> list[str]:
        """The groups that are open."""
        return [key for key in self._catalogue.groups if key in self._made and self.view.item(key, "open")]

    def open(self, keys: Iterable[str], is_open: bool = True) -> None:
        """Open or close groups."""
        for key in keys:
            if key in self._made:
                self.view.item(key, open=is_open)

    def box_at(self, x: int, y: int) -> str:
        """The row whose box is at a point, or nothing: the box is the left end of the row's picture."""
        key = self.view.identify_row(y)
        if not key or self.view.identify_element(x, y) != "image":
            return ""
        left = x
        while left > 0 and self.view.identify_element(left - 1, y) == "image":
            left -= 1
        return key if x - left <= self._theme.px(19) else ""

    def _click(self, event: tk.Event[ttk.Treeview]) -> str | None:
        key = self.box_at(event.x, event.y)
        if not key:
            return None
        self.view.focus_set()
        self.on_toggle(key)
        return "break"

    def _click_twice(self, event: tk.Event[ttk.Treeview]) -> str | None:
        return self._click(event)

    def _toggle_selected(self) -> str:
        if self.selected:
            self.on_toggle(self.selected)
        return "break"

    def _type(self, event: tk.Event[ttk.Treeview]) -> str | None:
        state = event.state if isinstance(event.state, int) else 0
        if event.char and event.char.isprintable() and event.char != " " and not state & 0x4C:
            self.on_type(event.char)
            return "break"
        return None

    def _tip(self) -> str:
        x, y = (
            self.view.winfo_pointerx() - self.view.winfo_rootx(),
            self.view.winfo_pointery() - self.view.winfo_rooty(),
        )
        key = self.view.identify_row(y)
        if not key or self.view.identify_region(x, y) == "heading":
            return ""
        if self.box_at(x, y):
            return "Run this with F5 (Space)"
        scenario = self._catalogue.scenarios.get(key)
        if scenario is None:
            return tell_counts(self._catalogue.groups[key].statuses)
        told = [scenario.label, *filter(None, [scenario.description]), scenario.status]
        return "\n".join([*told, *([scenario.reason] if scenario.reason else [])])


def tell_counts(counts: dict[str, int]) -> str:
    """How many scenarios have each status, in words."""
    return ", ".join(f"{counts[status]} {status}" for status in outcomes.STATUSES if counts.get(status))
