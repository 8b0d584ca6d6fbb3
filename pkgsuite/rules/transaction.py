"""The rule about what a command did: exactly these packages came, changed their versions or went, and no others."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pkgsuite.model.observation import Observation
from pkgsuite.rules.arguments import TRANSACTION
from pkgsuite.rules.base import Finding, Kind

__all__ = ["KINDS"]

CAME, CHANGED, WENT = "+", "^", "-"
NOTHING = "no package changed"
VERSION = re.compile("=.*")


def is_transaction(observation: Observation, wanted: str) -> Finding:
    """Whether the installed packages changed in exactly this way; a version counts where it is told."""
    expected = " ".join(sorted(wanted.split(), key=order)) or NOTHING
    last = observation.last
    if last is None:
        return Finding(None, expected, "the command was not run")
    if last.versions_before is None or last.versions_after is None:
        return Finding(None, expected, "the package database cannot be read")
    seen = changes(last.versions_before, last.versions_after)
    items = set(wanted.split())
    compared = {bare if (bare := VERSION.sub("", item)) in items else item for item in seen}
    return Finding(compared == items, expected, " ".join(seen) or NOTHING)


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What changed, a word for each package, in order of the names."""
    found = [f"{CAME}{name}={after[name]}" for name in after.keys() - before.keys()]
    found += [f"{WENT}{name}={before[name]}" for name in before.keys() - after.keys()]
    found += [f"{CHANGED}{name}={after[name]}" for name in after.keys() & before.keys() if after[name] != before[name]]
    return sorted(found, key=order)


def order(item: str) -> str:
    """What to sort by: the name, whatever became of the package."""
    return item[1:]


KINDS = (
    Kind(
        "TRANSACTION",
        "The command installed the packages behind `+`, changed the versions of those behind `^`, removed those behind "
        "`-`, and did nothing to others; `=version` may follow each.",
        is_transaction,
        (TRANSACTION,),
        of_command=True,
    ),
)
