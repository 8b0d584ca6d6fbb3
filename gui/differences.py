"""How what was seen differs from what was expected, line by line, and what else there is to say of a scenario."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from pkgsuite import events

from . import outcomes
from .catalogue import Catalogue, Group
from .scenario import BROKEN, HELD, PENDING, Claim, Scenario

__all__ = ["Piece", "difference", "in_brief", "of_claim", "of_group", "of_scenario", "one_line", "unified"]

Piece = tuple[str, str]
"""Some text and its tag."""

MOST_LINES = 2000
MOST_PATHS = 30

MARGIN = {"  ": "         │ ", "- ": "expected │ ", "+ ": "  actual │ "}
TAGS = {"  ": "muted", "- ": "expected", "+ ": "actual"}


def difference(expected: str, actual: str) -> Iterator[Piece]:
    """Both texts as one, with what is only expected and what is only seen marked."""
    one, other = expected.splitlines()[:MOST_LINES], actual.splitlines()[:MOST_LINES]
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=len(one) + len(other) > 400)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield from marked("  ", one[a:b])
        else:
            yield from marked("- ", one[a:b])
            yield from marked("+ ", other[c:d])


def marked(mark: str, lines: list[str]) -> Iterator[Piece]:
    """Lines with their margin."""
    return ((f"{MARGIN[mark]}{line}\n", TAGS[mark]) for line in lines)


def of_claim(claim: Claim) -> list[Piece]:
    """What there is to say of a rule."""
    if claim.state == PENDING:
        return [("It was not judged yet.\n", "muted")]
    if claim.state == HELD:
        return [*marked("  ", claim.expected.splitlines() or ["held"])]
    return list(unified(claim.diff) if claim.diff else difference(claim.expected, claim.seen))


def unified(diff: Sequence[str]) -> Iterator[Piece]:
    """The lines of a unified diff, without the first two, which name its sides."""
    for line in diff[2:]:
        mark = f"{line[:1]} "
        if mark in MARGIN:
            yield from marked(mark, [line[1:]])
        else:
            yield f"{MARGIN['  ']}{line}\n", "apart"


def in_brief(claim: Claim) -> tuple[str, str]:
    """What was expected and what was seen, in a line each; of several lines the first that differ."""
    if not claim.diff:
        return one_line(claim.expected), one_line(claim.seen)
    sides = {mark: [line[1:] for line in claim.diff[2:] if line.startswith(mark)] for mark in "-+"}
    expected, seen = (f"{lines[0].strip()} ⏎" if lines else "" for lines in (sides["-"], sides["+"]))
    return expected, seen


def one_line(text: str) -> str:
    """*text* in a cell: a sign tells that there is more."""
    first, newline, _ = text.strip().partition("\n")
    return f"{first} ⏎" if newline else first


def of_scenario(scenario: Scenario, *, has_rules: bool = True) -> list[Piece]:
    """Everything about a scenario that is no rule, after the broken rules unless *has_rules* is false."""
    pieces: list[Piece] = []
    broken = [claim for claim in scenario.claims if claim.state == BROKEN and has_rules]
    if scenario.status == outcomes.IDLE and scenario.reason == outcomes.INTERRUPTED:
        return [("It was stopped before it ended. Ctrl+Enter runs it again.\n", "muted")]
    if scenario.status == outcomes.IDLE and not scenario.outcome:
        pieces.append(("It has not run yet. F5 runs what is checked, Ctrl+Enter this one.\n", "muted"))
    for claim in broken:
        pieces += [(f"{claim.rule}\n", "bad"), *of_claim(claim), ("\n", "")]
    if scenario.details.strip() or scenario.reason:
        tag = "" if scenario.status == outcomes.SKIPPED else "bad"
        pieces += [(f"{scenario.reason}\n", tag)] if scenario.reason not in scenario.details else []
        pieces += [(f"{scenario.details.strip()}\n", "")] if scenario.details.strip() else []
        pieces.append(("\n", ""))
    pieces += [(f"{note}\n", "muted") for note in scenario.notes]
    for changed in scenario.changed.values():
        pieces += of_changes(changed)
    for machine, path in scenario.kept.items():
        pieces.append((f"The sandbox of {machine} is kept: {path}\n", "muted"))
    if not pieces and scenario.status in outcomes.ENDED:
        pieces.append((f"{scenario.held} rules held.\n" if scenario.claims else "It names no rules.\n", "muted"))
    return pieces


def of_changes(changed: events.Changed) -> list[Piece]:
    """What changed on a machine's disk."""
    pieces: list[Piece] = [(f"Changed on {changed.machine}\n", "strong")]
    for word, paths in (("created", changed.created), ("modified", changed.modified), ("deleted", changed.deleted)):
        pieces += [(f"{word:>9} │ {path}\n", "muted") for path in paths[:MOST_PATHS]]
        if len(paths) > MOST_PATHS:
            pieces.append((f"{word:>9} │ … and {len(paths) - MOST_PATHS} more\n", "muted"))
    return [*pieces, ("\n", "")] if len(pieces) > 1 else []


def of_group(group: Group, catalogue: Catalogue) -> list[Piece]:
    """What there is to say of a module or class: how its tests fared, and why those that failed did."""
    counts = [f"{group.statuses[status]} {status}" for status in outcomes.STATUSES if group.statuses[status]]
    pieces: list[Piece] = [(f"{', '.join(counts)}\n\n", "")]
    for test in group.tests:
        scenario = catalogue.scenarios[test]
        if scenario.status in outcomes.UNWELL:
            pieces += [(f"✗ {scenario.label}\n", "bad"), (f"  {scenario.reason}\n", "muted")]
    return pieces
