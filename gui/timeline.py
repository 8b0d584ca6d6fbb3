"""The tab of time: for each machine and node what it did when, and the moments at which rules were judged."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from dataclasses import dataclass
from tkinter import ttk

from .estimate import seconds_in_words
from .scenario import BROKEN, PENDING, Bar, Claim, Peer, Scenario
from .text import elide, room_for, size_in_words
from .theme import Theme
from .tooltips import Tips

__all__ = ["Timeline", "ticks"]

TOP, ROW, BAR, RIGHT = 34, 60, 44, 22
"""The margins and heights of the picture, in units of a display with 96 dots an inch."""

NARROWEST, WIDEST = 76, 170
"""How wide the names at the left are."""

HINT = "Solid: finished.  Dashed: running.  Thick with ✗: ended badly.  Hover for the full command."


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is shown, and where it lies on the canvas."""

    start: float
    end: float
    left: int
    right: int

    def x(self, at: float) -> int:
        """Where a moment is."""
        share = (at - self.start) / max(1e-9, self.end - self.start)
        return round(self.left + min(1.0, max(0.0, share)) * (self.right - self.left))


class Timeline(ttk.Frame):
    """A canvas that is drawn anew when its scenario has changed."""

    def __init__(self, parent: tk.Misc, theme: Theme, tips: Tips) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._theme = theme
        self._scenario: Scenario | None = None
        self._now = 0.0
        self._told: dict[int, str] = {}
        self.canvas = tk.Canvas(self, highlightthickness=1, borderwidth=0, takefocus=True)
        bar = ttk.Scrollbar(self, command=self.canvas.yview)
        self.canvas.configure(yscrollcommand=bar.set)
        self.canvas.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns", padx=(theme.px(2), 0))
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.canvas.bind("<Configure>", lambda _: self.draw())
        scrollable(self.canvas)
        tips.parts(self.canvas, self._tip)
        theme.watch(self.draw)

    def show(self, scenario: Scenario | None, now: float) -> None:
        """Show a scenario, one that runs until *now*."""
        self._scenario, self._now = scenario, now
        self.draw()

    def draw(self) -> None:
        """Draw what is known now."""
        palette, canvas = self._theme.palette, self.canvas
        canvas.configure(background=palette.card, highlightbackground=palette.card, highlightcolor=palette.accent)
        canvas.delete("all")
        self._told.clear()
        scenario = self._scenario
        if scenario is None or not (scenario.peers or scenario.bars):
            self._say(scenario)
            return
        span = self._span(scenario)
        px = self._theme.px
        rows = list(scenario.peers.values())
        bottom = px(TOP) + len(rows) * px(ROW)
        self._axis(span, bottom + px(ROW))
        for number, peer in enumerate(rows):
            self._row(scenario, peer, number, span)
        self._judged(scenario, span, bottom)
        if scenario.status == "running":
            x = span.x(self._now)
            canvas.create_line(x, px(TOP) - px(6), x, bottom + px(ROW), fill=palette.blue, width=px(2))
        y = bottom + px(ROW) + px(12)
        hint = elide(HINT, self._theme.small, canvas.winfo_width() - span.left)
        canvas.create_text(span.left, y, text=hint, anchor="w", fill=palette.muted, font=self._theme.small)
        canvas.configure(scrollregion=(0, 0, canvas.winfo_width(), y + px(16)))

    def _say(self, scenario: Scenario | None) -> None:
        text = "Here is shown when each machine and node did what, once it has run."
        if scenario is None:
            text = "Choose a scenario to see when its machines and nodes did what."
        elif scenario.outcome:
            text = "It ran no commands and had no nodes."
        place = (self._theme.px(8), self._theme.px(16))
        self.canvas.create_text(*place, text=text, anchor="nw", fill=self._theme.palette.muted, font=self._theme.body)
        self.canvas.configure(scrollregion=(0, 0, 1, 1))

    def _names(self, scenario: Scenario) -> int:
        """How wide the names are that stand at the left."""
        px, theme = self._theme.px, self._theme
        peers = scenario.peers.values()
        names = room_for((peer.name for peer in peers), theme.bold, px(NARROWEST), px(WIDEST))
        return max(names, room_for(map(self._kind, peers), theme.small, px(NARROWEST), px(WIDEST)))

    def _span(self, scenario: Scenario) -> Span:
        start = min(
            [at for at in (scenario.started_at, *(peer.started_at for peer in scenario.peers.values())) if at],
            default=0.0,
        )
        end = max(scenario.last_at, start + scenario.seconds, self._now if scenario.status == "running" else 0.0)
        left = self._names(scenario) + self._theme.px(24)
        right = max(left + 50, self.canvas.winfo_width() - self._theme.px(RIGHT))
        return Span(start, max(end, start + 0.05), left, right)

    def _axis(self, span: Span, bottom: int) -> None:
        palette, px = self._theme.palette, self._theme.px
        for seconds in ticks(span.end - span.start, (span.right - span.left) // px(84)):
            x = span.x(span.start + seconds)
            self.canvas.create_line(x, px(TOP) - px(6), x, bottom, fill=palette.grid)
            label = f"{seconds:g} s"
            self.canvas.create_text(x, px(14), text=label, fill=palette.muted, font=self._theme.small)

    def _row(self, scenario: Scenario, peer: Peer, number: int, span: Span) -> None:
        palette, px, canvas = self._theme.palette, self._theme.px, self.canvas
        top = px(TOP) + number * px(ROW)
        middle, half = top + px(ROW) // 2, px(BAR) // 2
        canvas.create_line(0, top + px(ROW), span.right, top + px(ROW), fill=palette.grid)
        colour = palette.of_peer(number)
        canvas.create_rectangle(px(2), middle - half, px(5), middle + half, fill=colour, width=0)
        room = span.left - px(20)
        for words, font, fill, shift in (
            (peer.name, self._theme.bold, palette.text, -8),
            (self._kind(peer), self._theme.small, palette.muted, 8),
        ):
            text = elide(words, font, room)
            canvas.create_text(px(13), middle + px(shift), text=text, anchor="w", font=font, fill=fill)
        bars = [bar for bar in scenario.bars if bar.machine == peer.name]
        if peer.kind != "machine" or (not bars and peer.started_at):
            self._life(peer, span, middle, min((span.x(bar.at) for bar in bars), default=span.right))
        for bar in bars:
            self._bar(bar, span, middle - half, middle + half)

    @staticmethod
    def _kind(peer: Peer) -> str:
        return f"{peer.kind}, {peer.waiting} waiting" if peer.waiting else peer.kind

    def _life(self, peer: Peer, span: Span, middle: int, first: int) -> None:
        """A node serves from its start to its end; its words end where its *first* command begins."""
        palette, px = self._theme.palette, self._theme.px
        is_over = peer.ended_at > 0
        left, right = span.x(peer.started_at), span.x(peer.ended_at or span.end)
        words = peer.url or peer.kind
        told = f"{peer.name}: {words}\n" + (
            f"served for {seconds_in_words(peer.ended_at - peer.started_at)}" if is_over else "serves"
        )
        self._box(
            (left, middle - px(13), max(right, left + px(3)), middle + px(13)),
            words,
            told,
            (palette.sunk, palette.border if is_over else palette.blue, palette.muted),
            dashed=not is_over,
            until=first,
        )

    def _bar(self, bar: Bar, span: Span, top: int, bottom: int) -> None:
        palette, px = self._theme.palette, self._theme.px
        runs = bar.seconds is None
        left = span.x(bar.at)
        right = max(left + px(3), span.x(span.end if bar.seconds is None else bar.at + bar.seconds))
        if runs:
            colours = (palette.blue_ground, palette.blue, palette.text)
        elif bar.has_failed:
            colours = (palette.red_ground, palette.red, palette.red)
        else:
            colours = (palette.green_ground, palette.green, palette.text)
        words = f"✗ {bar.command}" if bar.has_failed else bar.command
        self._box((left, top, right, bottom), words, tell(bar), colours, dashed=runs, thick=bar.has_failed)

    def _box(
        self,
        place: tuple[int, int, int, int],
        words: str,
        told: str,
        colours: tuple[str, str, str],
        *,
        dashed: bool = False,
        thick: bool = False,
        until: int = 1 << 30,
    ) -> None:
        left, top, right, bottom = place
        px, canvas, small = self._theme.px, self.canvas, self._theme.small
        fill, edge, ink = colours
        item = canvas.create_rectangle(left, top, right, bottom, fill=fill, outline=edge, width=px(2 if thick else 1))
        if dashed:
            canvas.itemconfigure(item, dash=(4, 3))
        self._told[item] = told
        shown = elide(words.partition("\n")[0], small, min(right, until) - left - px(12))
        if shown:
            y = (top + bottom) // 2
            self._told[canvas.create_text(left + px(6), y, text=shown, anchor="w", font=small, fill=ink)] = told

    def _judged(self, scenario: Scenario, span: Span, top: int) -> None:
        palette, px, canvas = self._theme.palette, self._theme.px, self.canvas
        canvas.create_line(0, top, span.right, top, fill=palette.border)
        middle = top + px(ROW) // 2
        canvas.create_text(px(13), middle, text="rules", anchor="w", font=self._theme.bold, fill=palette.text)
        end = 0
        for x, claims in self._moments(scenario, span):
            broken = [claim for claim in claims if claim.state == BROKEN]
            told = "\n".join(f"{'✗' if claim.state == BROKEN else '✓'} {claim.rule}" for claim in claims[:30])
            x = max(x, end)
            image = self._theme.claim((broken or claims)[0].state)
            self._told[canvas.create_image(x, middle, image=image)] = told
            end = x + px(24)
            if len(claims) > 1:
                count = f"{len(claims) - len(broken)} of {len(claims)}" if broken else f"{len(claims)}"
                room = self._theme.small.measure(count)
                is_left = x + room + px(14) < canvas.winfo_width()
                self._told[
                    canvas.create_text(
                        x + px(10 if is_left else -14),
                        middle,
                        text=count,
                        anchor="w" if is_left else "e",
                        font=self._theme.small,
                        fill=palette.muted,
                    )
                ] = told
                end += room + px(4)

    def _moments(self, scenario: Scenario, span: Span) -> Iterator[tuple[int, list[Claim]]]:
        """Claims that were judged so close to each other that they share a place."""
        near: list[Claim] = []
        for claim in sorted((each for each in scenario.claims if each.state != PENDING), key=lambda each: each.at):
            if near and span.x(claim.at) - span.x(near[0].at) > self._theme.px(12):
                yield span.x(near[0].at), near
                near = []
            near.append(claim)
        if near:
            yield span.x(near[0].at), near

    def _tip(self) -> str:
        found = self.canvas.find_withtag("current")
        return self._told.get(found[0], "") if found else ""


def tell(bar: Bar) -> str:
    """All of a command."""
    if bar.seconds is None:
        return f"{bar.command}\nruns on {bar.machine}"
    ending = f"{bar.status} after {seconds_in_words(bar.seconds)}"
    peak = f", at most {size_in_words(bar.peak_rss_bytes)} of memory" if bar.peak_rss_bytes else ""
    return f"{bar.command}\n{ending} on {bar.machine}{peak}"


def ticks(length: float, most: int) -> list[float]:
    """Round numbers from 0 to *length*, about as many as there is room for."""
    step = 0.001
    factors = (2.0, 2.5, 2.0)
    turn = 0
    while length / step > max(1, most):
        step *= factors[turn % 3]
        turn += 1
    return [round(number * step, 6) for number in range(int(length / step + 1e-9) + 1)]


def scrollable(canvas: tk.Canvas) -> None:
    """Let the wheel and the keys move a canvas that is higher than its place."""

    def move(lines: int) -> None:
        first, last = canvas.yview()
        if (first, last) != (0.0, 1.0):
            canvas.yview_scroll(lines, "units")

    canvas.configure(yscrollincrement=20)
    for sequence, lines in (("<Button-4>", -3), ("<Button-5>", 3), ("<Up>", -1), ("<Down>", 1)):
        canvas.bind(sequence, lambda _, lines=lines: move(lines))  # type: ignore[misc]
    for sequence, lines in (("<Prior>", -12), ("<Next>", 12)):
        canvas.bind(sequence, lambda _, lines=lines: move(lines))  # type: ignore[misc]
    canvas.bind("<Button-1>", lambda _: canvas.focus_set())
