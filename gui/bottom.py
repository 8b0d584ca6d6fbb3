"""The bottom: how far the run is, how many scenarios have which status, and the buttons that run and stop."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk

from . import outcomes
from .actions import ACTIONS
from .theme import Theme
from .tooltips import Tips

__all__ = ["Bottom"]

BAR_HEIGHT = 10
WORDS = {outcomes.ERROR: "error"}


class Bottom(ttk.Frame):
    """Everything below the cards. Widths are fixed, so that no button moves under the pointer."""

    def __init__(self, parent: tk.Misc, theme: Theme, tips: Tips, actions: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shares: Sequence[tuple[str, int]] = ()
        self._planned = 0
        self._is_narrow = False
        px = theme.px
        self.bar = tk.Canvas(self, highlightthickness=0, borderwidth=0, height=px(BAR_HEIGHT), takefocus=False)
        self.words = ttk.Label(self, style="Muted.TLabel", anchor="e")
        self.bar.grid(row=0, column=0, sticky="we", padx=(px(7), px(14)))
        self.words.grid(row=0, column=1, sticky="e", padx=(0, px(9)))
        self.columnconfigure(0, weight=1)
        self.columnconfigure(1, minsize=theme.body.measure("00 of 00  ·  0:00  ·  about 0:00 left"))
        below = ttk.Frame(self)
        below.grid(row=1, column=0, columnspan=2, sticky="we", pady=(px(7), px(8)), padx=(px(7), px(7)))
        below.columnconfigure(0, weight=1)
        chips = ttk.Frame(below)
        chips.grid(row=0, column=0, sticky="w")
        self.on_chip: Callable[[str], object] = lambda status: None
        self.chips = {status: self._chip(chips, status, tips) for status in outcomes.COUNTED}
        self._controls(below, tips, actions)
        self.bar.bind("<Configure>", lambda _: self._draw())
        tips.parts(self.bar, self._tip)
        theme.watch(self._recolour)
        self._recolour()

    def _chip(self, parent: tk.Misc, status: str, tips: Tips) -> ttk.Button:
        chip = ttk.Button(
            parent, style="Chip.TButton", compound="left", command=lambda: self.on_chip(status), text=" 0"
        )
        chip.pack(side="left", padx=(0, self._theme.px(2)))
        tips.plain(chip, f"Show only what is {status}; click again for all")
        return chip

    def _controls(self, parent: ttk.Frame, tips: Tips, actions: Mapping[str, Callable[[], object]]) -> None:
        px, width = self._theme.px, self._theme.body.measure("0")
        jobs = ttk.Label(parent, text="Jobs")
        self.jobs = tk.StringVar(self, "1")
        self.spinner = ttk.Spinbox(
            parent, style="Jobs.TSpinbox", from_=1, to=256, width=3, textvariable=self.jobs, font=self._theme.body
        )
        self.spinner.configure(validate="key", validatecommand=(self.register(may_be_jobs), "%P"))
        self.keeps = tk.BooleanVar(self, True)
        self.keep = ttk.Checkbutton(parent, text="Keep failed", variable=self.keeps)
        tips.plain(self.spinner, "How many scenarios run at the same time")
        tips.plain(self.keep, "Keep the sandboxes of scenarios that fail, for a shell in them")
        jobs.grid(row=0, column=1, padx=(0, px(6)))
        self.spinner.grid(row=0, column=2, padx=(0, px(9)), sticky="ns")
        self.keep.grid(row=0, column=3, padx=(0, px(12)))
        self.buttons: dict[str, ttk.Button] = {}
        for column, (name, style, text, widest) in enumerate(
            (
                ("stop", "Stop", "Stop", "Stopping"),
                ("run_this", "Plain", "Run this", "Run this"),
                ("run_failed", "Plain", "Run failed", "Run 000 failed"),
                ("run_checked", "Primary", "Run all", "Run 0000 checked"),
            ),
            4,
        ):
            button = ttk.Button(parent, text=text, style=f"{style}.TButton", command=actions[name])
            button.configure(width=-1)
            font = self._theme.bold if style == "Primary" else self._theme.body
            parent.columnconfigure(column, minsize=font.measure(widest) + 3 * width + px(4))
            button.grid(row=0, column=column, sticky="nswe", padx=(px(3), px(3)))
            self.buttons[name] = button
        parent.rowconfigure(0, minsize=px(28))
        for name in ("run_this", "run_failed", "run_checked"):
            tips.plain(self.buttons[name], ACTIONS[name].tip)
        tips.plain(
            self.buttons["stop"],
            lambda: (
                f"{ACTIONS['kill'].about} ({ACTIONS['kill'].key})"
                if str(self.buttons["stop"].cget("text")) == "Kill"
                else f"{ACTIONS['stop'].about} (Esc or {ACTIONS['stop'].key})"
            ),
        )

    def narrow(self, is_narrow: bool) -> None:
        """Leave the words of the chips out where there is little room."""
        self._is_narrow = is_narrow
        self._recolour()

    def count(self, counts: Mapping[str, int], chosen: frozenset[str]) -> None:
        """Show how many scenarios have each status, and by which the tree is filtered."""
        for status, chip in self.chips.items():
            number = counts.get(status, 0)
            words = f" {number}" if self._is_narrow else f" {number} {status}"
            if str(chip.cget("text")) != words:
                chip.configure(text=words, width=-(3 if self._is_narrow else len(f"0 {status}")))
            chip.state(["selected" if status in chosen else "!selected"])

    def progress(self, shares: Sequence[tuple[str, int]], planned: int, words: str) -> None:
        """Show how far the run is."""
        if str(self.words.cget("text")) != words:
            self.words.configure(text=words)
        if (shares, planned) != (self._shares, self._planned):
            self._shares, self._planned = shares, planned
            self._draw()

    def enable(self, name: str, text: str, is_enabled: bool) -> None:
        """Give a button its words, and let it be pressed or not."""
        button = self.buttons[name]
        if str(button.cget("text")) != text:
            button.configure(text=text)
        if button.instate(["disabled"]) == is_enabled:
            button.state(["!disabled" if is_enabled else "disabled"])

    def lock(self, is_locked: bool) -> None:
        """Let jobs and keeping be changed only while nothing runs."""
        for widget in (self.spinner, self.keep):
            if widget.instate(["disabled"]) != is_locked:
                widget.state(["disabled" if is_locked else "!disabled"])

    def _recolour(self) -> None:
        for status, chip in self.chips.items():
            chip.configure(image=self._theme.glyph(status))
        self._draw()

    def _draw(self) -> None:
        palette, px, bar = self._theme.palette, self._theme.px, self.bar
        bar.configure(background=palette.ground)
        bar.delete("all")
        wide, high = bar.winfo_width(), px(BAR_HEIGHT)
        self._pill(0, wide, palette.trough)
        done, left = 0, 0
        for status, count in self._shares:
            done += count
            right = round(wide * done / max(1, self._planned))
            colour = palette.of_status(status)
            if left == 0 or right >= wide:
                self._pill(left, right, colour, is_first=left == 0, is_last=right >= wide)
            else:
                bar.create_rectangle(left, 0, right, high, fill=colour, width=0)
            if left:
                bar.create_line(left, 0, left, high, fill=palette.ground, width=px(1))
            left = right

    def _pill(self, left: int, right: int, colour: str, *, is_first: bool = True, is_last: bool = True) -> None:
        """A part of the bar, round where the bar ends."""
        high = self._theme.px(BAR_HEIGHT)
        radius = high // 2
        if right - left < high:
            self.bar.create_rectangle(left, 0, right, high, fill=colour, width=0)
            return
        start, end = left + (radius if is_first else 0), right - (radius if is_last else 0)
        self.bar.create_rectangle(start, 0, end, high, fill=colour, width=0)
        if is_first:
            self.bar.create_arc(left, 0, left + high, high - 1, start=90, extent=180, fill=colour, outline=colour)
        if is_last:
            self.bar.create_arc(right - high - 1, 0, right - 1, high - 1, start=270, extent=180, fill=colour,
                                outline=colour)  # fmt: skip

    def _tip(self) -> str:
        return ", ".join(f"{count} {status}" for status, count in self._shares)


def may_be_jobs(text: str) -> bool:
    """Whether *text* may stand in the field of jobs while it is written."""
    return text == "" or (text.isdecimal() and len(text) <= 3)
