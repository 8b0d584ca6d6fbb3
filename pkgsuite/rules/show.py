"""How texts from the disk and from programs are shown in verdicts: short, and safe for a terminal."""

from __future__ import annotations

import difflib
from itertools import islice

__all__ = ["diff", "printable", "quote"]

MOST_QUOTED = 200
MOST_COMPARED = 100_000
MOST_DIFF_LINES = 60


def printable(text: str) -> str:
    """*text* with everything escaped that is not plainly visible."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def quote(text: str) -> str:
    """*text* in quotes, its start alone if it is long."""
    if len(text) <= MOST_QUOTED:
        return repr(text)
    return f"{text[:MOST_QUOTED]!r}… ({len(text)} characters)"


def diff(expected: str, seen: str) -> tuple[str, ...]:
    """The lines of a unified diff; none where both are a single line, or too long to compare."""
    old, new = lines(expected), lines(seen)
    if max(len(old), len(new)) < 2 or len(expected) + len(seen) > MOST_COMPARED:
        return ()
    found = difflib.unified_diff(old, new, "expected", "seen", lineterm="")
    shown = tuple(islice(found, MOST_DIFF_LINES))
    hidden = sum(1 for _ in found)
    return (*shown, f"… and {hidden} more lines") if hidden else shown


def lines(text: str) -> list[str]:
    """The lines of *text*, ready to be shown."""
    *whole, rest = text.split("\n")
    return [printable(line) for line in whole] + ([f"{printable(rest)} (no newline at the end)"] if rest else [])
