"""The tab of the log: what machines and nodes say while they say it, of all of them or of one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator, Sequence
from itertools import groupby
from tkinter import ttk

from .differences import Piece
from .logbook import MOST_LINES, Line
from .prose import Prose
from .scenario import Scenario
from .theme import Theme
from .tooltips import Tips

__all__ = ["Log"]

EVERYONE = "everyone"
AT_ONCE = 1000
"""How many lines are written at a time; of more only the last are seen, since nobody could read them."""


class Log(ttk.Frame):
    """A choice of who is heard, and a sheet that follows what they say."""

    def __init__(self, parent: tk.Misc, theme: Theme, tips: Tips) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._theme = theme
        self._scenario: Scenario | None = None
        self._book: object = None
        self._seen = 0
        self._sources: list[str] = []
        px = theme.px
        head = ttk.Frame(self, style="Card.TFrame")
        self.who = ttk.Combobox(head, state="readonly", values=[EVERYONE], width=22, font=theme.small)
        self.who.set(EVERYONE)
        self.follows = tk.BooleanVar(self, True)
        self.follow = ttk.Checkbutton(
            head, text="Follow", variable=self.follows, style="Card.TCheckbutton", command=self._follow
        )
        self.count = ttk.Label(head, style="CardMuted.TLabel", font=theme.small)
        self.who.pack(side="left")
        self.follow.pack(side="left", padx=(px(12), 0))
        self.count.pack(side="right", padx=(0, px(4)))
        self.sheet = Prose(self, theme)
        head.grid(row=0, column=0, sticky="we", pady=(0, px(6)))
        self.sheet.grid(row=1, column=0, sticky="nsew")
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        self.who.bind("<<ComboboxSelected>>", lambda _: self._again())
        tips.plain(self.who, "Who is heard: all, or one machine or node")
        tips.plain(self.follow, "Always show the last line")
        theme.watch(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        palette = self._theme.palette
        popdown = self.tk.call("ttk::combobox::PopdownWindow", self.who)
        colours = ("-background", palette.card, "-foreground", palette.text, "-selectbackground", palette.selected)
        self.tk.call(f"{popdown}.f.l", "configure", *colours, "-selectforeground", palette.text)
        for number in range(len(self._sources)):
            self.sheet.text.tag_configure(tag_of(number), foreground=self._theme.palette.of_peer(number))

    def show(self, scenario: Scenario | None) -> None:
        """Show what is new in a scenario's log; all that is kept of it if the scenario is another."""
        if scenario is not self._scenario or (scenario and scenario.log is not self._book):
            self._scenario = scenario
            self._book = scenario.log if scenario else None
            self._sources = []
            self._again()
        elif scenario is not None:
            self._more(scenario)

    def _again(self) -> None:
        self._seen = 0
        self.sheet.say()
        if self._scenario is not None:
            self._more(self._scenario)
        if not self.sheet.shown:
            self._hint()

    def _hint(self) -> None:
        scenario = self._scenario
        words = "Nothing was said." if scenario is not None and scenario.outcome else "Nothing was said yet."
        self.sheet.say((words, "muted"))
        self._seen = 0

    def _more(self, scenario: Scenario) -> None:
        log = scenario.log
        self._list(log.sources() if log.total != self._seen or not self._sources else self._sources)
        if log.total == self._seen:
            return
        if self._seen == 0:
            self.sheet.say()
        lines = log.since(self._seen)
        skipped = max(log.let_go - self._seen, 0)
        if self._seen and len(lines) > AT_ONCE:
            skipped += len(lines) - AT_ONCE
            lines = lines[-AT_ONCE:]
        if skipped:
            self.sheet.add((f"… {skipped} lines are left out here\n", "muted"))
        self.sheet.add(*self._pieces(lines))
        self._seen = log.total
        self._trim()
        self.count.configure(text=f"{log.total} lines" if log.total != 1 else "1 line")
        if self.follows.get():
            self.sheet.text.see("end")

    def _pieces(self, lines: Sequence[Line]) -> Iterator[Piece]:
        wanted = self.who.get()
        if wanted != EVERYONE:
            yield "".join(f"{line}\n" for source, line in lines if source == wanted), ""
            return
        width = max(map(len, self._sources), default=0)
        if len(self._sources) < 2:
            yield "".join(f"{line}\n" for _, line in lines), ""
            return
        for source, said in groupby(lines, key=lambda each: each[0]):
            margin = f"{source:>{width}} │ "
            tag = tag_of(self._sources.index(source))
            for _, line in said:
                yield margin, tag
                yield f"{line}\n", ""

    def _list(self, sources: list[str]) -> None:
        if sources == self._sources:
            return
        was_single = len(self._sources) == 1
        self._sources = list(dict.fromkeys([*self._sources, *sources]))
        self.who.configure(values=[EVERYONE, *self._sources])
        if self.who.get() not in (EVERYONE, *self._sources):
            self.who.set(EVERYONE)
        self._recolour()
        if was_single and self._seen:
            self._seen = 0

    def _trim(self) -> None:
        extra = int(self.sheet.text.index("end-1c").partition(".")[0]) - MOST_LINES
        if extra > 0:
            self.sheet.cut_before(extra + 1)

    def _follow(self) -> None:
        if self.follows.get():
            self.sheet.text.see("end")


def tag_of(number: int) -> str:
    """The tag of the margin of the *number*th source; in one with blanks Tk would see several."""
    return f"source{number}"
