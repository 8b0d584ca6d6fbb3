"""The ttk styles of a theme: what cards, buttons, fields, trees and scroll bars are made of."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any

from . import icons
from .catalogue import ALL, NONE
from .look import Look

__all__ = ["make"]


def make(look: Look, style: ttk.Style) -> None:
    """Describe every style in the colours of a look, in the ttk theme that is in use."""
    for describe in (basics, buttons, flat_buttons, fields, spinner, check_boxes, trees, scroll_bars):
        describe(look, style)


def part(name: str, *inner: Any, **options: str) -> Any:
    """An element of a layout with those inside of it."""
    return (name, {**options, **({"children": list(inner)} if inner else {})})


def element(style: ttk.Style, name: str, normal: tk.PhotoImage, *states: Any, **options: Any) -> None:
    """An element made of pictures, one for each state; one that stretches asks for no more room than its border."""
    if options.get("sticky") == "nsew":
        options |= {"width": 2 * options["border"], "height": 2 * options["border"], "padding": 1}
    style.element_create(name, "image", normal, *states, **options)


def basics(look: Look, style: ttk.Style) -> None:
    """Frames, labels and the grounds of everything."""
    palette = look.palette
    style.configure(
        ".",
        background=palette.ground,
        foreground=palette.text,
        font=look.body,
        bordercolor=palette.border,
        lightcolor=palette.ground,
        darkcolor=palette.ground,
        troughcolor=palette.trough,
        focuscolor=palette.accent,
        selectbackground=palette.selected,
        selectforeground=palette.text,
        insertcolor=palette.text,
        fieldbackground=palette.card,
        borderwidth=0,
    )
    style.configure("Card.TFrame", background=palette.card)
    style.configure("TLabel", background=palette.ground)
    style.configure("Muted.TLabel", background=palette.ground, foreground=palette.muted)
    style.configure("Card.TLabel", background=palette.card)
    style.configure("CardMuted.TLabel", background=palette.card, foreground=palette.muted)
    style.configure("Title.TLabel", background=palette.card, font=look.title)
    style.configure("TPanedwindow", background=palette.ground)
    style.configure("Sash", sashthickness=look.px(8), gripcount=0, background=palette.ground)
    style.configure("Sash", bordercolor=palette.ground, lightcolor=palette.ground)


def buttons(look: Look, style: ttk.Style) -> None:
    """Buttons with a face: plain ones, the one that matters most, and the one that stops."""
    palette, px = look.palette, look.px
    bright = mix(palette.accent, palette.text, 0.15)
    for name, fill, rim, hover, off, off_rim in (
        ("Plain", palette.card, palette.border, palette.hover, palette.ground, palette.border),
        ("Primary", palette.accent, palette.accent, bright, palette.trough, palette.trough),
    ):
        focus = palette.accent if name == "Plain" else palette.text
        element(
            style,
            f"{name}.patch",
            look.patch(fill, rim),
            ("disabled", look.patch(off, off_rim)),
            ("focus", "active", look.patch(hover, focus)),
            ("focus", look.patch(fill, focus)),
            ("active", look.patch(hover, rim if name == "Plain" else hover)),
            border=px(8),
            sticky="nsew",
        )
    for name, patch, text, off_text, font in (
        ("Plain", "Plain", palette.text, palette.faint, look.body),
        ("Stop", "Plain", palette.red, palette.faint, look.body),
        ("Primary", "Primary", palette.on_accent, palette.muted, look.bold),
    ):
        label = part("Button.padding", part("Button.label", sticky=""), sticky="nsew")
        style.layout(f"{name}.TButton", [part(f"{patch}.patch", label, sticky="nsew")])
        style.configure(f"{name}.TButton", padding=(px(8), px(3)), anchor="center", font=font, foreground=text)
        style.map(f"{name}.TButton", foreground=[("disabled", off_text)], background=[])


def flat_buttons(look: Look, style: ttk.Style) -> None:
    """Buttons without a face: links, tabs and chips."""
    palette, px = look.palette, look.px
    for name, ground, hover in (("Flat", palette.card, palette.hover), ("Chip", palette.ground, palette.trough)):
        element(
            style,
            f"{name}.patch",
            look.patch(ground, ground),
            *([("selected", look.patch(palette.selected, palette.accent))] if name == "Chip" else []),
            ("focus", look.patch(ground, palette.accent)),
            ("active", look.patch(hover, hover)),
            border=px(8),
            sticky="nsew",
        )
    for name, patch, text, bright in (
        ("Link", "Flat", palette.accent, palette.accent),
        ("Tab", "Flat", palette.muted, palette.text),
        ("Chip", "Chip", palette.text, palette.text),
    ):
        ground = palette.ground if name == "Chip" else palette.card
        label = part("Button.padding", part("Button.label", sticky=""), sticky="nsew")
        style.layout(f"{name}.TButton", [part(f"{patch}.patch", label, sticky="nsew")])
        style.configure(f"{name}.TButton", background=ground, foreground=text, padding=(px(6), px(2)), anchor="center")
        states = [("disabled", palette.faint), ("selected", bright), ("active", bright)]
        style.map(f"{name}.TButton", foreground=states, background=[])


def fields(look: Look, style: ttk.Style) -> None:
    """Where text is entered or chosen."""
    palette, px = look.palette, look.px
    element(
        style,
        "Field.patch",
        look.patch(palette.card, palette.border),
        ("disabled", look.patch(palette.ground, palette.border)),
        ("focus", look.patch(palette.card, palette.accent)),
        border=px(7),
        sticky="nsew",
    )
    text = part("Entry.padding", part("Entry.textarea", sticky="nsew"), sticky="nsew")
    style.layout("Field.TEntry", [part("Field.patch", text, sticky="nsew")])
    style.configure("Field.TEntry", padding=(px(9), px(4)), background=palette.card, foreground=palette.text)
    style.map("Field.TEntry", foreground=[("disabled", palette.faint)])
    style.configure("TCombobox", background=palette.card, fieldbackground=palette.card, arrowcolor=palette.muted)
    style.configure("TCombobox", lightcolor=palette.card, darkcolor=palette.card, padding=(px(6), px(2)))
    style.configure("TCombobox", arrowsize=px(12), borderwidth=1)
    style.map(
        "TCombobox",
        fieldbackground=[("readonly", palette.card)],
        selectbackground=[("readonly", palette.card)],
        selectforeground=[("readonly", palette.text)],
        bordercolor=[("focus", palette.accent)],
        background=[("active", palette.hover)],
    )


def spinner(look: Look, style: ttk.Style) -> None:
    """The number of jobs."""
    palette, px = look.palette, look.px

    def arrow(direction: str, colour: str) -> tk.PhotoImage:
        key = ("spin", direction, colour)
        return look.picture(key, lambda: icons.spinner_arrow(direction, colour, look.scale))

    for direction in ("up", "down"):
        element(
            style,
            f"Jobs.{direction}arrow",
            arrow(direction, palette.muted),
            ("disabled", arrow(direction, palette.faint)),
            ("active", arrow(direction, palette.accent)),
            border=0,
            padding=0,
            sticky="",
        )
    arrows = part(
        "null",
        part("Jobs.uparrow", side="top", sticky="e"),
        part("Jobs.downarrow", side="bottom", sticky="e"),
        side="right",
        sticky="",
    )
    text = part("Spinbox.padding", part("Spinbox.textarea", sticky="nsew"), sticky="nsew")
    style.layout("Jobs.TSpinbox", [part("Field.patch", arrows, text, sticky="nsew")])
    style.configure("Jobs.TSpinbox", padding=(px(8), px(4), px(2), px(4)), foreground=palette.text)
    style.map("Jobs.TSpinbox", foreground=[("disabled", palette.faint)])


def check_boxes(look: Look, style: ttk.Style) -> None:
    """Check buttons outside of trees."""
    palette, px = look.palette, look.px

    def image(state: str, *, is_dull: bool = False) -> tk.PhotoImage:
        key = ("check", state, is_dull)
        return look.picture(
            key, lambda: icons.box(state, palette, look.scale, is_dull=is_dull).padded(0, px(6), px(icons.SIZE))
        )

    element(
        style,
        "Box.indicator",
        image(NONE),
        ("selected", "disabled", image(ALL, is_dull=True)),
        ("selected", image(ALL)),
        sticky="w",
    )
    for name, ground in (("TCheckbutton", palette.ground), ("Card.TCheckbutton", palette.card)):
        label = part("Checkbutton.focus", part("Checkbutton.label", sticky="nswe"), side="left", sticky="w")
        box = part("Box.indicator", side="left", sticky="")
        style.layout(name, [part("Checkbutton.padding", box, label, sticky="nswe")])
        style.configure(name, background=ground, foreground=palette.text, focusthickness=px(1), padding=px(2))
        style.map(name, background=[], foreground=[("disabled", palette.faint)])


def trees(look: Look, style: ttk.Style) -> None:
    """The tree of scenarios, and tables."""
    palette, px = look.palette, look.px

    def arrow(direction: str) -> tk.PhotoImage:
        key = ("chevron", direction)
        return look.picture(key, lambda: icons.chevron(direction, palette.muted, look.scale).padded(px(2), px(3)))

    element(style, "Chevron.indicator", arrow("right"), ("user2", arrow("")), ("user1", arrow("down")), sticky="w")
    row = [part("Treeitem.image", side="left", sticky=""), part("Treeitem.text", side="left", sticky="")]
    chevron = part("Chevron.indicator", side="left", sticky="")
    for name, inner in (("Treeview", [chevron, *row]), ("Flat.Treeview", row)):
        style.layout(name, [part("Treeview.treearea", sticky="nswe")])
        style.layout(f"{name}.Item", [part("Treeitem.padding", *inner, sticky="nswe")])
        style.configure(name, background=palette.card, fieldbackground=palette.card, foreground=palette.text)
        style.configure(name, rowheight=look.row_height, indent=px(17), borderwidth=0)
        style.map(name, background=[("selected", palette.selected)], foreground=[("selected", palette.text)])
        style.configure(f"{name}.Heading", background=palette.card, foreground=palette.muted, font=look.body)
        style.configure(f"{name}.Heading", relief="flat", borderwidth=0, padding=(px(6), px(3)))
        style.map(f"{name}.Heading", background=[])


def scroll_bars(look: Look, style: ttk.Style) -> None:
    """Thin bars without arrows; one with nothing to scroll is not seen."""
    palette, px = look.palette, look.px

    def thumb(direction: str, colour: str) -> tk.PhotoImage:
        size = (8, 64) if direction == "Vertical" else (64, 8)
        key = ("thumb", direction, colour)
        return look.picture(key, lambda: icons.plate(*size, 3.5, colour, colour, look.scale))

    for direction, sticky in (("Vertical", "ns"), ("Horizontal", "we")):
        name = f"{direction}.TScrollbar"
        element(
            style,
            f"{direction}.pill",
            thumb(direction, palette.scroll),
            ("disabled", thumb(direction, palette.card)),
            ("active", thumb(direction, palette.muted)),
            border=px(4),
            sticky="nsew",
        )
        # The thumb keeps its name, by which ttk finds out what was clicked.
        style.layout(
            name,
            [
                part(
                    f"{direction}.Scrollbar.trough",
                    part(f"{direction}.Scrollbar.thumb", part(f"{direction}.pill", sticky="nswe"), expand="1"),
                    sticky=sticky,
                )
            ],
        )
        style.configure(name, background=palette.card, troughcolor=palette.card, bordercolor=palette.card)
        style.configure(name, lightcolor=palette.card, darkcolor=palette.card, borderwidth=0)
        style.configure(name, width=px(8), arrowsize=px(8), gripcount=0)
        style.map(name, background=[])


def mix(colour: str, other: str, share: float) -> str:
    """*colour* with a *share* of *other*."""
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one * (1 - share) + two * share):02x}" for one, two in pairs)
