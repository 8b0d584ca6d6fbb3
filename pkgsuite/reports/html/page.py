"""The page as a whole: what the parts make, put into page.html, and a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import re
import urllib.parse
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from pkgsuite.reports.gathering import Run
from pkgsuite.reports.html import overview, rows, unscripted
from pkgsuite.reports.html.details import as_json, of_test
from pkgsuite.reports.html.quantities import counted
from pkgsuite.reports.markup import Markup, join, tag

__all__ = ["SCRIPTS", "write"]

FOLDER = Path(__file__).parent

SCRIPTS = ("elements.js", "drawings.js", "details.js", "list.js", "page.js")
"""In the order in which they build on each other."""

PLACE = re.compile(r"\{\{(\w+)\}\}")

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<circle cx="8" cy="8" r="8" fill="{}"/><path d="{}" fill="none" stroke="#fff" stroke-width="2"/></svg>'
)
ICONS = {"passed": ("#0a7f5e", "M4.5 8.3l2.4 2.5 4.6-5.2"), "failed": ("#c63d06", "M5 5l6 6M11 5l-6 6")}
"""The colour and the sign of the little picture in a tab."""


def write(run: Run, target: TextIO) -> None:
    """Write *run* as one page."""
    parts = parts_of(run)
    pieces = PLACE.split(read("page.html"))
    for index, piece in enumerate(pieces):
        for text in parts[piece] if index % 2 else (piece,):
            target.write(text)


def parts_of(run: Run) -> dict[str, Iterable[str]]:
    """What stands in each place of page.html."""
    style = read("page.css")
    script = "\n".join(map(read, SCRIPTS))
    state = overview.verdict(run)
    words = "" if state == "passed" else "✗ "
    return {
        "policy": [join(policy(style, script))],
        "title": [join(f"{words}{overview.title(run)} · pkgsuite")],
        "icon": [join(icon(state))],
        "style": [style],
        "glyphs": [read("glyphs.svg").strip()],
        "headline": [overview.headline(run)],
        "bar": [overview.bar(run)],
        "chips": rows.chips(run),
        "shown": [counted(len(run.tests), "test")],
        "last": [tag("span", "Last 5", class_="past")] if any(test.past for test in run.tests.values()) else [],
        "rows": rows.groups(run),
        "overview": overview.overview(run),
        "unscripted": unscripted.broken_tests(run),
        "data": (data(number, as_json(of_test(test))) for number, test in enumerate(run.tests.values())),
        "script": [script],
    }


def read(name: str) -> str:
    """A file that is part of the page."""
    return (FOLDER / name).read_text(encoding="utf-8")


def policy(style: str, script: str) -> str:
    """What the page may do: run its own script, look as its own style says, and nothing else."""
    return (
        f"default-src 'none'; script-src {digest(script)}; style-src {digest(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def digest(text: str) -> str:
    """The source of a Content Security Policy that allows just *text*."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def icon(state: str) -> str:
    """The picture of a tab, as an address that holds it."""
    return f"data:image/svg+xml,{urllib.parse.quote(ICON.format(*ICONS['passed' if state == 'passed' else 'failed']))}"


def data(number: int, text: str) -> str:
    """What the script reads when a test is opened."""
    return tag("script", Markup(text), type="application/json", id=f"data-{rows.anchor(number)}") + "\n"
