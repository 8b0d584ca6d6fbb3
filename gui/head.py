"""The head of the right side: which scenario this is, what came of it, how it fared before, and what to do with it."""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable, Mapping
from statistics import median
from tkinter import ttk

from . import outcomes
from .actions import ACTIONS
from .catalogue import Group
from .estimate import seconds_in_words
from .scenario import Scenario
from .text import Elided
from .theme import Theme
from .tooltips import Tips

__all__ = ["Head"]

LINKS = (("source", "Source", "Source"), ("copy", "Copy command", "Copy"), ("shell", "Shell", "Shell"))
BARS, BAR_WIDTH, BAR_GAP, BAR_HEIGHT = 10, 9, 2, 20


class Head(ttk.Frame):
    """A glyph, a title, three links, two lines and small bars of the last runs."""

    def __init__(self, parent: tk.Misc, theme: Theme, tips: Tips, actions: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._theme = theme
        self._status, self._test = outcomes.IDLE, ""
        self._history: list[tuple[str, float]] = []
        px = theme.px
        self._glyph = ttk.Label(self, style="Card.TLabel")
        self.title = Elided(self, theme.title, "Title.TLabel")
        self.about = Elided(self, theme.body, "Card.TLabel")
        self.facts = Elided(self, theme.body, "CardMuted.TLabel")
        links = ttk.Frame(self, style="Card.TFrame")
        self.links = {
            name: ttk.Button(links, text=words, style="Link.TButton", command=actions[name]) for name, words, _ in LINKS
        }
        for name, button in self.links.items():
            button.pack(side="left", padx=(px(4), 0))
            tips.plain(button, ACTIONS[name].tip)
        high = px(BAR_HEIGHT) + 2
        self._bars = tk.Canvas(self, highlightthickness=0, borderwidth=0, width=1, height=high, takefocus=False)
        self._glyph.grid(row=0, column=0, padx=(px(4), px(10)))
        self.title.grid(row=0, column=1, sticky="we")
        links.grid(row=0, column=2, columnspan=2, sticky="e")
        self.about.grid(row=1, column=1, columnspan=3, sticky="we", pady=(px(3), 0))
        self.facts.grid(row=2, column=1, columnspan=2, sticky="we", pady=(px(3), 0))
        self._bars.grid(row=2, column=3, sticky="e", padx=(px(8), px(6)))
        self.columnconfigure(1, weight=1)
        self.rowconfigure(2, minsize=high)
        tips.plain(self.title, lambda: self._test or "Nothing is selected")
        tips.plain(self.about, lambda: self.about.whole or "No description")
        tips.plain(self.facts, lambda: self.facts.whole or "Nothing is known yet")
        tips.parts(self._bars, self._tip)
        theme.watch(self._recolour)
        self._recolour()

    def narrow(self, is_narrow: bool) -> None:
        """Use short words where there is little room."""
        for name, words, short in LINKS:
            self.links[name].configure(text=short if is_narrow else words)

    def show(self, scenario: Scenario | None, group: Group | None, now: float) -> None:
        """Show a scenario, or a group, or that there is none."""
        self._test = scenario.test if scenario else group.key if group else ""
        if scenario is not None:
            self._show_scenario(scenario, now)
        elif group is not None:
            self._show_group(group)
        else:
            self._status, self._history = outcomes.IDLE, []
            self.title.say("No scenario is selected")
            self.about.say("Choose one on the left.")
            self.facts.say("")
        can = {
            "source": bool(scenario and scenario.file),
            "copy": scenario is not None or group is not None,
            "shell": bool(scenario and scenario.kept),
        }
        for name, button in self.links.items():
            button.state(["!disabled" if can[name] else "disabled"])
        self._recolour()

    def welcome(self, *, can_run: bool) -> None:
        """There is nothing to select: below is said why."""
        if can_run:
            self.title.say("There are no scenarios here")
            self.about.say("Ctrl+O opens a test file, Ctrl+Shift+O a directory. Below is what this machine has.")
        else:
            self.title.say("Welcome to pkgsuite")
            self.about.say("No scenario can run here yet. Below is what this machine has and what it lacks.")
        self.facts.say("The same in a terminal: python3 -m pkgsuite doctor")

    def _show_scenario(self, scenario: Scenario, now: float) -> None:
        self._status = scenario.status
        self.title.say(scenario.label[:1].upper() + scenario.label[1:])
        self.about.say(scenario.description)
        took = now - scenario.started_at if scenario.status == outcomes.RUNNING else scenario.seconds
        facts = [scenario.word]
        usual = median(scenario.durations) if scenario.durations else scenario.expected_s
        if took or scenario.outcome:
            facts.append(seconds_in_words(max(0.0, took)) + (f" (median {seconds_in_words(usual)})" if usual else ""))
        elif usual:
            facts.append(f"takes about {seconds_in_words(usual)}")
        facts += [nearby(scenario.place)] if scenario.place else []
        facts += [f"{len(scenario.peers)} nodes" if len(scenario.peers) != 1 else "1 node"] if scenario.peers else []
        facts += [", ".join(scenario.tags)] if scenario.tags else []
        self.facts.say("  ·  ".join(facts))
        known = scenario.outcomes[-BARS:]
        times = [0.0] * len(known) + list(scenario.durations)
        self._history = list(zip(known, times[len(times) - len(known) :], strict=True))

    def _show_group(self, group: Group) -> None:
        self._status, self._history = group.status, []
        self.title.say(group.label)
        number = len(group.tests)
        self.about.say(f"{number} scenarios" if number != 1 else "1 scenario")
        counts = [f"{group.statuses[status]} {status}" for status in outcomes.STATUSES if group.statuses[status]]
        self.facts.say("  ·  ".join(counts))

    def _recolour(self) -> None:
        self._glyph.configure(image=self._theme.glyph(self._status))
        palette, px, canvas = self._theme.palette, self._theme.px, self._bars
        canvas.delete("all")
        step = px(BAR_WIDTH) + px(BAR_GAP)
        canvas.configure(background=palette.card, width=max(1, step * len(self._history)))
        longest = max((seconds for _, seconds in self._history), default=0.0)
        bottom = px(BAR_HEIGHT) + 1
        for number, (outcome, seconds) in enumerate(self._history):
            share = seconds / longest if longest and seconds else 0.6
            status = outcomes.of_outcome(outcome)
            left, top = number * step, bottom - max(px(8), round(share * px(BAR_HEIGHT)))
            right = left + px(BAR_WIDTH)
            canvas.create_rectangle(left, top, right, bottom, fill=palette.of_status(status), width=0)
            if status in outcomes.UNWELL:
                x, y, arm = (left + right) / 2, bottom - px(4), px(1.6)
                for one, two in (((x - arm, y - arm), (x + arm, y + arm)), ((x - arm, y + arm), (x + arm, y - arm))):
                    canvas.create_line(one, two, fill=palette.card, width=px(1.2))

    def _tip(self) -> str:
        if not self._history:
            return ""
        told = [f"{each}{f' after {seconds_in_words(took)}' if took else ''}" for each, took in self._history]
        return "The last runs, the newest last:\n" + "\n".join(told)


def nearby(place: str) -> str:
    """The place of a file as seen from here, if it lies below."""
    return place.removeprefix(f"{os.getcwd()}{os.sep}")
