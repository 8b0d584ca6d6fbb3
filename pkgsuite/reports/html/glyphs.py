"""The sign of each state, always beside its word."""

from __future__ import annotations

from pkgsuite.reports.markup import Markup, tag

__all__ = ["LETTERS", "WORDS", "glyph", "past", "slug"]

WORDS = {
    "passed": "passed",
    "failed": "failed",
    "error": "error",
    "crashed": "crashed",
    "xpassed": "passed unexpectedly",
    "xfailed": "failed as expected",
    "skipped": "skipped",
    "unfinished": "did not end",
    "not run": "not run",
    "flaky": "flaky",
    "new": "newly broken",
}

LETTERS = {"passed": "✓", "xfailed": "✓", "failed": "✗", "xpassed": "✗", "error": "⚠", "crashed": "⚠", "skipped": "⊖"}
"""The signs where many stand in a row."""

LAST = 5


def slug(state: str) -> str:
    """*state* as the names of classes have it."""
    return state.replace(" ", "-")


def glyph(state: str) -> Markup:
    """The shape of *state*; a word has to stand beside it."""
    use = tag("use", href=f"#glyph-{slug(state)}")
    return tag("svg", use, class_=f"glyph state-{slug(state)}", aria_hidden="true")


def past(outcomes: tuple[str, ...]) -> Markup:
    """The last outcomes of a test as signs, the newest last, and as words for those who do not see them."""
    last = outcomes[-LAST:]
    signs = [
        LETTERS.get(each, "?") if each == "passed" else tag("b", LETTERS.get(each, "?"), class_=f"state-{slug(each)}")
        for each in last
    ]
    words = f"before: {', '.join(WORDS.get(each, each) for each in last)}" if last else None
    return tag("span", *signs, class_="past", title=words, role="img" if last else None, aria_label=words)
