"""What a call did to its root."""

from __future__ import annotations

import os

from pkgsuite.mutants.call import TYPE_CHECKING, Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["entries", "places", "regular", "run_and_find", "run_and_see"]


def entries(call: Call) -> dict[str, object]:
    """The entries of the database by their names, with something that changes when one is written."""
    return call.ledger.entries(call.root) if call.root else {}


def run_and_see(call: Call) -> tuple[int, list[str]]:
    """Run the call; gives its status and the names of the database entries that it wrote."""
    before = entries(call)
    status = call.run()
    return status, sorted(name for name, now in entries(call).items() if before.get(name) != now)


def run_and_find(call: Call, suffix: str) -> tuple[int, set[str]]:
    """Run the call; gives its status and the files that end in *suffix* and were not there before."""
    before = ending(call, suffix)
    status = call.run()
    return status, ending(call, suffix) - before


def ending(call: Call, suffix: str) -> set[str]:
    """The paths below the root that end in *suffix*."""
    return {
        f"{above}/{name}"
        for above, _, names in os.walk(call.root or "/nowhere")
        for name in names
        if name.endswith(suffix)
    }


def places(call: Call, names: Iterable[str]) -> Iterator[str]:
    """What database entries list, as far as it is on the disk; directories come behind what lies in them."""
    for entry in names:
        for path in reversed(call.ledger.listed(call.root, entry)):
            if place := call.place(path.rstrip("/")):
                yield place


def regular(call: Call, names: Iterable[str]) -> list[str]:
    """The first regular file on the disk of each database entry."""
    found = []
    for entry in names:
        files = [path for path in places(call, [entry]) if os.path.isfile(path) and not os.path.islink(path)]
        found += files[-1:]
    return found
