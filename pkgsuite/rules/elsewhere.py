"""The rule that nothing changed on the disk but what the scenario names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from pkgsuite.model.file import parents
from pkgsuite.model.observation import Observation
from pkgsuite.model.tree import Change
from pkgsuite.rules.arguments import PATTERNS
from pkgsuite.rules.base import Finding, Kind

__all__ = ["KINDS"]

MOST_SHOWN = 30


def unchanged_elsewhere(observation: Observation, patterns: str) -> Finding:
    """Whether every change is named by *patterns* or is the manager's own bookkeeping."""
    allowed = [pattern for pattern in patterns.split("|") if pattern]
    expected = f"nothing changed but {', '.join(allowed)}" if allowed else "nothing changed"
    if observation.last is None:
        return Finding(None, expected, "no command was run")
    found = unnamed(observation.after.changes_since(observation.before), [*allowed, *observation.bookkeeping])
    return Finding(not found, expected, tell(found), opposite="changes that no pattern names")


def unnamed(changes: Sequence[Change], patterns: Iterable[str]) -> list[Change]:
    """The changes that no pattern names, nor implies as the directories above one that was created or deleted."""
    wanted = tuple(patterns)
    named = {change.path for change in changes if any(names(pattern, change.path) for pattern in wanted)}
    implied = {parent for path in named for parent in parents(path)}
    return [
        change
        for change in changes
        if change.path not in named and not (change.path in implied and change.what in ("created", "deleted"))
    ]


def names(pattern: str, path: str) -> bool:
    """Whether *pattern* names *path*; one that ends in a slash names a directory and all below it."""
    if pattern.endswith("/"):
        return fnmatchcase(path, pattern[:-1]) or fnmatchcase(path, f"{pattern}*")
    return fnmatchcase(path, pattern)


def tell(changes: Sequence[Change]) -> str:
    """The changes, one a line."""
    hidden = len(changes) - MOST_SHOWN
    lines = [str(change) for change in changes[:MOST_SHOWN]] + ([f"… and {hidden} more"] if hidden > 0 else [])
    return "\n".join(lines) or "nothing changed"


KINDS = (
    Kind(
        "UNCHANGED_ELSEWHERE",
        "Nothing on the disk changed but what the patterns name and what the manager writes for itself; "
        "a pattern that ends in a slash names all below it.",
        unchanged_elsewhere,
        (PATTERNS,),
    ),
)
