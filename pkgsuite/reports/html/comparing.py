"""What was expected beside what was seen, line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

__all__ = ["ALIKE", "EXPECTED", "SEEN", "SKIPPED", "compare"]

ALIKE, EXPECTED, SEEN, SKIPPED = "=", "-", "+", "…"
"""What a line is: in both, only in one of them, or a count of lines left out."""

MOST_LINES = 400
CONTEXT = 3


def compare(expected: str, seen: str) -> list[tuple[str, str]]:
    """The lines of both, each with what it is; lines in both that are far from any other are counted."""
    before, after = expected.splitlines() or [""], seen.splitlines() or [""]
    if max(len(before), len(after)) > MOST_LINES:
        return [*((EXPECTED, line) for line in before), *((SEEN, line) for line in after)]
    return list(shortened(before, after))


def shortened(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    """The lines of both, with what is far from all differences left out."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    told = 0
    for group in matcher.get_grouped_opcodes(CONTEXT):
        start = group[0][1]
        if start > told:
            yield SKIPPED, f"{start - told} lines alike"
        for kind, first, last, new_first, new_last in group:
            if kind == "equal":
                yield from ((ALIKE, line) for line in before[first:last])
            else:
                yield from ((EXPECTED, line) for line in before[first:last])
                yield from ((SEEN, line) for line in after[new_first:new_last])
        told = group[-1][2]
    if len(before) > told:
        yield SKIPPED, f"{len(before) - told} lines alike"
