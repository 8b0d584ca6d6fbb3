"""Windows beside the window: keys, about, what the machine can do, output of the runner, and earlier runs."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk
from typing import Any

from .actions import ACTIONS, LINE, MENUS
from .card import Card
from .differences import Piece
from .prose import Prose
from .theme import Theme

__all__ = ["about", "choose", "close_all", "keys", "machine", "sheet"]

LICENCE = "MIT licence: use, copy, change and share it freely; keep the notice; there is no warranty."


def opened(theme: Theme, title: str, width: int, height: int) -> tuple[tk.Toplevel, ttk.Frame]:
    """A window of its own with a card in it, which Escape closes."""
    root = theme.root
    top = tk.Toplevel(root, background=theme.palette.ground)
    top.withdraw()
    top.title(title)
    top.transient(root)
    wide, high = (
        min(theme.px(width), root.winfo_screenwidth() - 40),
        min(theme.px(height), root.winfo_screenheight() - 60),
    )
    left = min(max(0, root.winfo_rootx() + (root.winfo_width() - wide) // 2), root.winfo_screenwidth() - wide)
    above = min(max(0, root.winfo_rooty() + (root.winfo_height() - high) // 3), root.winfo_screenheight() - high)
    top.geometry(f"{wide}x{high}+{left}+{above}")
    card = Card(top, theme)
    card.pack(fill="both", expand=True, padx=theme.px(8), pady=theme.px(8))
    for sequence in ("<Escape>", "<Control-w>"):
        top.bind(sequence, lambda _: top.destroy())
    top.deiconify()
    return top, card.inside


def close_button(theme: Theme, top: tk.Toplevel, inside: ttk.Frame) -> ttk.Button:
    """The button that closes a window."""
    button = ttk.Button(inside, text="Close", style="Plain.TButton", command=top.destroy)
    button.pack(side="bottom", anchor="e", pady=(theme.px(8), theme.px(2)), padx=theme.px(2))
    return button


def sheet(theme: Theme, title: str, pieces: Sequence[Piece], *, wrap: str = "none") -> tk.Toplevel:
    """A window with text to read."""
    top, inside = opened(theme, title, 760, 520)
    close_button(theme, top, inside)
    prose = Prose(inside, theme, wrap=wrap)
    prose.pack(fill="both", expand=True)
    prose.say(*pieces)
    prose.text.focus_set()
    return top


def keys(theme: Theme) -> tk.Toplevel:
    """All keys, menu by menu."""
    pieces: list[Piece] = []
    for title, names in MENUS.items():
        pieces.append((f"{title}\n", "strong"))
        for action in (ACTIONS[name] for name in names if name != LINE):
            pieces += [(f"  {action.key:<14}", "good"), (f"{action.about}\n", "")]
        pieces.append(("\n", ""))
    pieces.append(("In the tree\n", "strong"))
    for key, words in (
        ("Space", "Check or uncheck; Enter opens and closes a group"),
        ("letters", "Filter by them"),
        ("Esc", "Clear the filter; with none, stop the run, and once more kill it"),
        ("Tab", "Go to the next field or button, with Shift back"),
        ("Left, Right", "Close and open a group; between tabs, go to the next"),
    ):
        pieces += [(f"  {key:<14}", "good"), (f"{words}\n", "")]
    return sheet(theme, "Keys", pieces)


def about(theme: Theme, version: str) -> tk.Toplevel:
    """Version and licence."""
    top, inside = opened(theme, "About pkgsuite", 460, 300)
    px = theme.px
    close_button(theme, top, inside).focus_set()
    ttk.Label(inside, image=theme.logo(64), style="Card.TLabel").pack(pady=(px(14), px(8)))
    ttk.Label(inside, text=f"pkgsuite {version}".strip(), style="Title.TLabel").pack()
    ttk.Label(inside, text="End-to-end tests for package managers", style="Card.TLabel").pack(pady=(px(4), 0))
    ttk.Label(inside, text=LICENCE, style="CardMuted.TLabel", wraplength=px(400), justify="center").pack(
        pady=(px(10), 0)
    )
    return top


def machine(theme: Theme, found: Mapping[str, Any]) -> tk.Toplevel:
    """What `pkgsuite doctor --json` found."""
    return sheet(theme, "What this machine can do", of_doctor(found), wrap="word")


def of_doctor(found: Mapping[str, Any]) -> list[Piece]:
    """The findings as text."""
    pieces: list[Piece] = []
    for title, findings in found.items():
        if not isinstance(findings, list):
            continue
        pieces.append((f"{title.capitalize()}\n", "strong"))
        for each in findings:
            is_there = bool(each.get("is_there"))
            pieces += [("  ✓ " if is_there else "  ✗ ", "good" if is_there else "bad")]
            pieces += [(f"{each.get('name', ''):<12}", ""), (f"{each.get('detail', '')}\n", "muted")]
            if each.get("remedy"):
                pieces.append((f"{'':<16}→ {each['remedy']}\n", "remedy"))
        pieces.append(("\n", ""))
    words = "Scenarios can run." if found.get("can_run") else "No scenario can run here before that is mended."
    return [*pieces, (f"{words}\n", "good" if found.get("can_run") else "bad")]


def choose(
    theme: Theme,
    title: str,
    rows: Sequence[tuple[str, Sequence[str]]],
    columns: Sequence[str],
    take: Callable[[str], object],
) -> tk.Toplevel:
    """A list of which one is taken: *rows* are keys with their cells."""
    top, inside = opened(theme, title, 720, 420)
    px = theme.px
    foot = ttk.Frame(inside, style="Card.TFrame")
    foot.pack(side="bottom", fill="x", pady=(px(8), px(2)))
    view = ttk.Treeview(inside, columns=list(columns[1:]), style="Flat.Treeview", selectmode="browse")
    bar = ttk.Scrollbar(inside, command=view.yview)
    view.configure(yscrollcommand=bar.set)
    bar.pack(side="right", fill="y")
    view.pack(side="left", fill="both", expand=True)
    view.heading("#0", text=columns[0], anchor="w")
    view.column("#0", width=px(220), stretch=True)
    for name in columns[1:]:
        view.heading(name, text=name, anchor="w")
        view.column(name, width=px(120), stretch=True, anchor="w")
    for key, cells in rows:
        view.insert("", "end", iid=key, text=f" {cells[0]}", values=tuple(cells[1:]))

    def accept() -> None:
        chosen = view.selection()
        if chosen:
            top.destroy()
            take(chosen[0])

    ttk.Button(foot, text="Cancel", style="Plain.TButton", command=top.destroy).pack(side="right", padx=(px(6), px(2)))
    ttk.Button(foot, text="Open", style="Primary.TButton", command=accept).pack(side="right")
    view.bind("<Return>", lambda _: accept())
    view.bind("<Double-Button-1>", lambda _: accept())
    if rows:
        view.selection_set(rows[0][0])
        view.focus(rows[0][0])
    view.focus_set()
    return top


def close_all(root: tk.Misc) -> None:
    """Close every window beside the window."""
    for child in root.winfo_children():
        if isinstance(child, tk.Toplevel):
            child.destroy()
