"""Text that is read and not written: with a scroll bar, keys that move, and nothing that changes it."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from .theme import Theme

__all__ = ["Prose"]

REMEDY = 18
"""How far in the further lines of a remedy begin, in characters."""


class Prose(ttk.Frame):
    """A sunk sheet of text in a fixed width."""

    def __init__(self, parent: tk.Misc, theme: Theme, *, wrap: str = "none") -> None:
        super().__init__(parent, style="Card.TFrame")
        self._theme = theme
        self.text = tk.Text(
            self,
            wrap="word" if wrap == "word" else "none",
            width=1,
            height=1,
            font=theme.mono,
            state="disabled",
            relief="flat",
            borderwidth=0,
            highlightthickness=1,
            padx=theme.px(8),
            pady=theme.px(6),
            spacing1=theme.px(1),
            spacing3=theme.px(1),
            cursor="xterm",
        )
        self._bar = ttk.Scrollbar(self, command=self.text.yview)
        self.text.configure(yscrollcommand=self._bar.set)
        self.text.grid(row=0, column=0, sticky="nsew")
        self._bar.grid(row=0, column=1, sticky="ns", padx=(theme.px(2), 0))
        if wrap != "word":
            along = ttk.Scrollbar(self, orient="horizontal", command=self.text.xview)
            self.text.configure(xscrollcommand=along.set)
            along.grid(row=1, column=0, sticky="we", pady=(theme.px(2), 0))
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        for sequence, back in (("<Tab>", False), ("<Shift-Tab>", True), ("<ISO_Left_Tab>", True)):
            self.text.bind(sequence, lambda _, back=back: self._leave(back))  # type: ignore[misc]
        self.text.bind("<Button-1>", lambda _: self.text.focus_set(), add="+")
        theme.watch(self._recolour)
        self._recolour()

    def _leave(self, back: bool) -> str:
        target = self.text.tk_focusPrev() if back else self.text.tk_focusNext()
        if target is not None:
            target.focus_set()
        return "break"

    def _recolour(self) -> None:
        palette = self._theme.palette
        self.text.configure(
            background=palette.sunk,
            foreground=palette.text,
            selectbackground=palette.selected,
            selectforeground=palette.text,
            inactiveselectbackground=palette.selected,
            highlightbackground=palette.border,
            highlightcolor=palette.accent,
        )
        self.text.tag_configure("muted", foreground=palette.muted)
        self.text.tag_configure("apart", foreground=palette.muted, background=palette.hover)
        self.text.tag_configure("strong", font=self._theme.bold, foreground=palette.text)
        self.text.tag_configure("expected", foreground=palette.green, background=palette.green_ground)
        self.text.tag_configure("actual", foreground=palette.red, background=palette.red_ground)
        self.text.tag_configure("bad", foreground=palette.red)
        self.text.tag_configure("good", foreground=palette.green)
        self.text.tag_configure("remedy", foreground=palette.red, lmargin2=self._theme.mono.measure(" " * REMEDY))
        self.text.tag_raise("sel")

    def say(self, *pieces: tuple[str, str]) -> None:
        """Show these pieces, each with its tag, in place of what was there; it stays where it was scrolled to."""
        at = self.text.yview()[0]
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        self.add(*pieces)
        self.text.yview_moveto(at)

    def add(self, *pieces: tuple[str, str]) -> None:
        """Show more at the end."""
        self.text.configure(state="normal")
        for words, tag in pieces:
            self.text.insert("end", words, tag)
        self.text.configure(state="disabled")

    def cut_before(self, line: int) -> None:
        """Let go of the lines before *line*, counted from 1."""
        self.text.configure(state="normal")
        self.text.delete("1.0", f"{line}.0")
        self.text.configure(state="disabled")

    @property
    def shown(self) -> str:
        """All the text."""
        return self.text.get("1.0", "end-1c")
