"""The tab of rules: each pending, held or broken; and below, how what was seen differs from what was expected."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from . import icons
from .catalogue import Catalogue, Group
from .differences import Piece, in_brief, of_claim, of_group, of_scenario, one_line
from .prose import Prose
from .scenario import BROKEN, Claim, Scenario
from .text import Elided, elide, room_for
from .theme import Theme
from .tooltips import Tips

__all__ = ["Rules"]

COLUMNS = (("node", "Node"), ("expected", "Expected"), ("actual", "Actual"))
NODE_LEAST, NODE_MOST = 44, 130
RULE_SHARE = 0.46
"""How much of what names of nodes leave is for the rule itself."""
PADDING = 14
MOST_ROWS, FEWEST_ROWS = 9, 2


class Rules(ttk.Frame):
    """A table of rules and a sheet of text."""

    def __init__(self, parent: tk.Misc, theme: Theme, tips: Tips) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._theme = theme
        self._claims: list[Claim] = []
        self._scenario: Scenario | None = None
        self._painted: dict[str, tuple[object, ...]] = {}
        self._widths: dict[str, int] = {}
        self.view = ttk.Treeview(
            self,
            columns=[name for name, *_ in COLUMNS],
            style="Flat.Treeview",
            selectmode="browse",
            height=FEWEST_ROWS,
        )
        self._bar = ttk.Scrollbar(self, command=self.view.yview)
        self.view.configure(yscrollcommand=self._bar.set)
        self._columns()
        self.about = Elided(self, theme.body, "CardMuted.TLabel")
        self.sheet = Prose(self, theme)
        px = theme.px
        self.view.grid(row=0, column=0, sticky="nsew")
        self._bar.grid(row=0, column=1, sticky="ns", padx=(px(2), 0))
        self.about.grid(row=1, column=0, columnspan=2, sticky="we", pady=(px(10), px(6)), padx=(px(4), 0))
        self.sheet.grid(row=2, column=0, columnspan=2, sticky="nsew")
        self.rowconfigure(2, weight=1)
        self.columnconfigure(0, weight=1)
        self.view.bind("<Configure>", lambda _: self._fit())
        self.view.bind("<<TreeviewSelect>>", lambda _: self._explain())
        tips.parts(self.view, self._tip)
        theme.watch(self._recolour)
        self._recolour()

    def _columns(self) -> None:
        self.view.heading("#0", text="Rule", anchor="w")
        for name, title in COLUMNS:
            self.view.heading(name, text=title, anchor="w")
            self.view.column(name, stretch=False, anchor="w")

    def _fit(self) -> None:
        """Give the columns what there is, and cut what does not fit where it can be seen that it was cut."""
        px, body = self._theme.px, self._theme.body
        names = (claim.machine for claim in self._claims)
        node = room_for(names, body, px(NODE_LEAST), px(NODE_MOST)) + px(PADDING)
        left = max(self.view.winfo_width() - node, px(300))
        rule = round(RULE_SHARE * left)
        side = (left - rule) // 2
        self._widths = {"#0": rule, "node": node, "expected": side, "actual": left - rule - side}
        for name, width in self._widths.items():
            self.view.column(name, width=width)
        for number, claim in enumerate(self._claims):
            self._row(str(number), claim)

    def _recolour(self) -> None:
        self.view.tag_configure(BROKEN, foreground=self._theme.palette.red)
        for number, claim in enumerate(self._claims):
            if self.view.exists(str(number)):
                self.view.item(str(number), image=self._theme.claim(claim.state))

    def show(self, scenario: Scenario | None, group: Group | None, catalogue: Catalogue) -> None:
        """Show the rules of a scenario, or what there is to say of a group."""
        is_new = self._scenario is not scenario or scenario is None
        self._scenario = scenario
        self._claims = list(scenario.claims) if scenario else []
        self._fit()
        self.view.delete(*[row for row in self.view.get_children() if int(row) >= len(self._claims)])
        self.view.configure(height=min(MOST_ROWS, max(FEWEST_ROWS, len(self._claims))))
        self._show_table(scenario is not None)
        if is_new:
            self.view.selection_set()
            self.sheet.text.yview_moveto(0)
        if scenario is not None:
            self._choose_broken()
            self._explain()
        else:
            self.about.say("")
            self._sheet(of_group(group, catalogue) if group else [])

    def _show_table(self, is_shown: bool) -> None:
        for widget in (self.view, self._bar, self.about):
            if is_shown:
                widget.grid()
            else:
                widget.grid_remove()

    def tell(self, pieces: list[Piece]) -> None:
        """Say something that is about no scenario."""
        self._show_table(False)
        self.sheet.text.configure(wrap="word")
        self._sheet(pieces)

    def _row(self, row: str, claim: Claim) -> None:
        look = (claim.rule, claim.machine, claim.state, claim.expected, claim.seen, *self._widths.values())
        if self._painted.get(row) == look and self.view.exists(row):
            return
        self._painted[row] = look
        px, body = self._theme.px, self._theme.body
        told = zip(("node", "expected", "actual"), (claim.machine, *in_brief(claim)), strict=True)
        values = tuple(elide(text, body, self._widths[name] - px(PADDING)) for name, text in told)
        text = elide(one_line(claim.rule), body, self._widths["#0"] - px(PADDING + icons.SIZE + 10))
        options = {"image": self._theme.claim(claim.state), "text": text, "values": values}
        if self.view.exists(row):
            self.view.item(row, tags=(claim.state,), **options)  # type: ignore[call-overload]
        else:
            self.view.insert("", "end", iid=row, tags=(claim.state,), **options)  # type: ignore[arg-type]

    def _choose_broken(self) -> None:
        """Select the first broken rule, so that the reason is seen at once; what was chosen stays chosen."""
        broken = [str(number) for number, claim in enumerate(self._claims) if claim.state == BROKEN]
        if broken and not self.view.selection():
            self.view.selection_set(broken[0])
            self.view.see(broken[0])

    def _explain(self) -> None:
        if self._scenario is None:
            return
        chosen = self.view.selection()
        claim = self._claims[int(chosen[0])] if chosen and int(chosen[0]) < len(self._claims) else None
        if claim is None:
            self.about.say("What came of it" if self._scenario.outcome else "")
            self._sheet(of_scenario(self._scenario))
            return
        self.about.say("   ·   ".join(filter(None, (one_line(claim.rule), claim.machine))))
        more = of_scenario(self._scenario, has_rules=False) if claim.state == BROKEN else []
        self._sheet([*of_claim(claim), *([("\n", ""), ("All of it\n", "strong"), *more] if more else [])])

    def _sheet(self, pieces: list[Piece]) -> None:
        if "".join(words for words, _ in pieces) != self.sheet.shown:
            self.sheet.say(*pieces)

    def _tip(self) -> str:
        y = self.view.winfo_pointery() - self.view.winfo_rooty()
        row = self.view.identify_row(y)
        if not row or int(row) >= len(self._claims):
            return ""
        claim = self._claims[int(row)]
        told = f"{claim.rule}\n{claim.state}" + (f" on {claim.machine}" if claim.machine else "")
        return told if claim.state != BROKEN else f"{told}\nexpected {claim.expected}\nseen {claim.seen}"
