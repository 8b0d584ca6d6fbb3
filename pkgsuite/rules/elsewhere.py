"""The rule that nothing changed on the disk but what the scenario names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import translate
from functools import lru_cache

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
    names = naming(tuple(patterns)).match
    named = {change.path for change in changes if names(change.path)}
    implied = {parent for path in named for parent in parents(path)}
    return [
        change
        for change in changes
        if change.path not in named and not (change.path in implied and change.what in ("created", "deleted"))
    ]


@lru_cache
def naming(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """What matches each path that one of *patterns* names; one with a slash at its end names all below it too."""
    single = [
        each for pattern in patterns for each in ([pattern[:-1], f"{pattern}*"] if pattern.endswith("/") else [pattern])
    ]
    return re.compile("|".join(map(translate, single)) or r"(?!)")


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
