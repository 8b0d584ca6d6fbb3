"""The tab of nodes: for each machine and node a curve of its CPU and one of its memory, and its processes."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from pkgsuite import events

from .estimate import seconds_in_words
from .scenario import Peer, Scenario
from .text import elide, room_for, size_in_words
from .theme import Theme
from .timeline import scrollable, tell
from .tooltips import Tips

__all__ = ["Nodes", "depths"]

ROW, CHART, GAP = 90, 80, 10
NARROWEST, WIDEST = 76, 150
COLUMNS = (("pid", "PID", 60), ("cpu", "CPU", 60), ("memory", "Memory", 84))
WINDOW_S = 60.0
"""A curve shows at most the last minute."""

MIB = 1024 * 1024


class Nodes(ttk.Frame):
    """Curves above, processes below."""

    def __init__(self, parent: tk.Misc, theme: Theme, tips: Tips) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._theme = theme
        self._scenario: Scenario | None = None
        self._told: dict[str, str] = {}
        self.canvas = tk.Canvas(self, highlightthickness=1, borderwidth=0, takefocus=True)
        bar = ttk.Scrollbar(self, command=self.canvas.yview)
        self.canvas.configure(yscrollcommand=bar.set)
        self.view = ttk.Treeview(
            self, columns=[name for name, *_ in COLUMNS], style="Flat.Treeview", selectmode="browse", height=6
        )
        under = ttk.Scrollbar(self, command=self.view.yview)
        self.view.configure(yscrollcommand=under.set)
        px = theme.px
        self.canvas.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns", padx=(px(2), 0))
        self.view.grid(row=1, column=0, sticky="nsew", pady=(px(8), 0))
        under.grid(row=1, column=1, sticky="ns", padx=(px(2), 0), pady=(px(8), 0))
        self.rowconfigure(0, weight=3)
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        self._columns()
        self.canvas.bind("<Configure>", lambda _: self.draw())
        scrollable(self.canvas)
        tips.parts(self.view, self._tip)
        theme.watch(self.draw)

    def _columns(self) -> None:
        px = self._theme.px
        self.view.heading("#0", text="Process", anchor="w")
        self.view.column("#0", width=px(300), minwidth=px(140), stretch=True)
        for name, title, width in COLUMNS:
            self.view.heading(name, text=title, anchor="e")
            self.view.column(name, width=px(width), stretch=False, anchor="e")

    def show(self, scenario: Scenario | None) -> None:
        """Show the machines and nodes of a scenario."""
        self._scenario = scenario
        self.draw()

    def draw(self) -> None:
        """Draw what is known now."""
        palette, canvas, px = self._theme.palette, self.canvas, self._theme.px
        canvas.configure(background=palette.card, highlightbackground=palette.card, highlightcolor=palette.accent)
        canvas.delete("all")
        peers = list(self._scenario.peers.values()) if self._scenario else []
        if not peers:
            text = "It has no machines and no nodes yet." if self._scenario else "Choose a scenario to see its nodes."
            place = (px(8), px(16))
            canvas.create_text(*place, text=text, anchor="nw", fill=palette.muted, font=self._theme.body)
        names = room_for((peer.name for peer in peers), self._theme.bold, px(NARROWEST), px(WIDEST))
        facts = [words for peer in peers for words in (peer.kind, address_of(peer))]
        names = max(names, room_for(facts, self._theme.small, px(NARROWEST), px(WIDEST)))
        for number, peer in enumerate(peers):
            self._peer(peer, number, names)
        canvas.configure(scrollregion=(0, 0, canvas.winfo_width(), len(peers) * px(ROW)))
        self._processes()

    def _peer(self, peer: Peer, number: int, names: int) -> None:
        palette, canvas, px = self._theme.palette, self.canvas, self._theme.px
        top = number * px(ROW) + px(4)
        bottom = top + px(CHART)
        canvas.create_rectangle(px(2), top, px(5), bottom, fill=palette.of_peer(number), width=0)
        for line, (words, font, fill) in enumerate(
            (
                (peer.name, self._theme.bold, palette.text),
                (peer.kind, self._theme.small, palette.muted),
                (address_of(peer), self._theme.small, palette.muted),
            )
        ):
            text = elide(words, font, names)
            place = (px(13), top + px(8) + line * px(16))
            canvas.create_text(*place, text=text, anchor="w", font=font, fill=fill)
        left = names + px(26)
        room = canvas.winfo_width() - left - px(2)
        wide = (room - px(GAP)) // 2
        cpu = [(each.at, each.cpu_percent) for each in peer.samples]
        memory = [(each.at, each.rss_bytes / MIB) for each in peer.samples]
        self._chart((left, top, left + wide, bottom), "CPU", "%", cpu, (palette.blue, palette.blue_ground))
        left += wide + px(GAP)
        colours = (palette.amber, palette.amber_ground)
        self._chart((left, top, left + wide, bottom), "RSS", "MiB", memory, colours)

    def _chart(
        self,
        place: tuple[int, int, int, int],
        title: str,
        unit: str,
        samples: Sequence[tuple[float, float]],
        colours: tuple[str, str],
    ) -> None:
        palette, canvas, px = self._theme.palette, self.canvas, self._theme.px
        left, top, right, bottom = place
        canvas.create_rectangle(left, top, right, bottom, fill=palette.sunk, outline=palette.grid)
        samples = [each for each in samples if each[0] >= samples[-1][0] - WINDOW_S]
        most = ceiling(max((value for _, value in samples), default=0.0), 50.0)
        floor, height = bottom - 1, bottom - top - px(22)
        canvas.create_line(left + 1, floor - height // 2, right, floor - height // 2, fill=palette.grid)
        if samples:
            begin, end = samples[0][0], max(samples[-1][0], samples[0][0] + 1.0)
            points = [
                (left + 1 + (at - begin) / (end - begin) * (right - left - 2), floor - value / most * height)
                for at, value in samples
            ]
            points = [points[0], (right - 1, points[0][1])] if len(points) == 1 else points
            ground = [(points[0][0], floor), *points, (points[-1][0], floor)]
            canvas.create_polygon(ground, fill=colours[1], width=0)
            canvas.create_line(points, fill=colours[0], width=px(1.5))
            now = f"{samples[-1][1]:.1f}" if unit == "MiB" else f"{samples[-1][1]:.0f}"
            words = f"{title}  {now} {unit}"
        else:
            words = f"{title}  not sampled"
        y = top + px(10)
        canvas.create_text(left + px(6), y, text=words, anchor="w", font=self._theme.small, fill=palette.text)
        scale = f"max {most:g} {unit}"
        if samples and self._theme.small.measure(words + scale) + px(24) < right - left:
            canvas.create_text(right - px(6), y, text=scale, anchor="e", font=self._theme.small, fill=palette.muted)

    def _processes(self) -> None:
        """The processes of the last sample; of a scenario that has ended, its commands with what they took at most."""
        rows: list[tuple[str, tuple[str, str, str], str]] = []
        scenario = self._scenario
        if scenario is not None and scenario.status == "running":
            for peer in scenario.peers.values():
                for (process, cpu), depth in depths(peer.processes):
                    values = (str(process.pid), f"{cpu:.0f} %", size_in_words(process.rss_bytes))
                    rows.append((f"{peer.name}  {'   ' * depth}{process.name}", values, process.name))
        elif scenario is not None:
            for bar in scenario.bars:
                took = seconds_in_words(bar.seconds or 0.0)
                rows.append((f"{bar.machine}  {bar.command}", ("", took, size_in_words(bar.peak_rss_bytes)), tell(bar)))
        is_over = scenario is not None and scenario.status != "running"
        self.view.heading("#0", text="Command" if is_over else "Process")
        self.view.heading("cpu", text="Time" if is_over else "CPU")
        self.view.heading("memory", text="Peak" if is_over else "Memory")
        self._told = {str(number): told for number, (_, _, told) in enumerate(rows)}
        for number, (text, values, _) in enumerate(rows):
            row = str(number)
            if self.view.exists(row):
                self.view.item(row, text=f" {text}", values=values)
            else:
                self.view.insert("", "end", iid=row, text=f" {text}", values=values)
        self.view.delete(*[row for row in self.view.get_children() if row not in self._told])

    def _tip(self) -> str:
        return self._told.get(self.view.identify_row(self.view.winfo_pointery() - self.view.winfo_rooty()), "")


def address_of(peer: Peer) -> str:
    """Where a node answers, without what is the same for all."""
    return peer.url.partition("//")[2].partition("/")[0] or peer.url


def depths(
    processes: Sequence[tuple[events.Process, float]],
) -> list[tuple[tuple[events.Process, float], int]]:
    """Processes below their parents, each with how deep it lies."""
    known = {process.pid for process, _ in processes}
    children: dict[int, list[tuple[events.Process, float]]] = {}
    for each in processes:
        parent = each[0].parent if each[0].parent in known and each[0].parent != each[0].pid else 0
        children.setdefault(parent, []).append(each)
    found: list[tuple[tuple[events.Process, float], int]] = []
    waiting = [(each, 0) for each in reversed(children.get(0, []))]
    while waiting:
        each, depth = waiting.pop()
        found.append((each, depth))
        waiting += [(child, depth + 1) for child in reversed(children.pop(each[0].pid, []))]
    return found


def ceiling(value: float, least: float) -> float:
    """The round number that a curve's scale ends at."""
    most = least
    while most < value:
        most *= 2
    return most
