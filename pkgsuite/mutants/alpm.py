"""The local database of pacman, as mutants read and distort it."""

from __future__ import annotations

import os

from pkgsuite.mutants.call import TYPE_CHECKING
from pkgsuite.mutants.ledger import Ledger, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["LOCAL", "Alpm", "dropping", "edit"]

LOCAL = "var/lib/pacman/local"


class Alpm(Ledger):
    """What pacman keeps."""

    cache = "var/cache/pacman/pkg"

    def entries(self, place: str) -> dict[str, object]:
        found: dict[str, object] = {}
        for name in os.listdir(f"{place}/{LOCAL}") if os.path.isdir(f"{place}/{LOCAL}") else ():
            desc = f"{place}/{LOCAL}/{name}/desc"
            if os.path.isfile(desc):
                found[name] = mark(desc)
        return found

    def package(self, entry: str) -> str:
        return entry.rsplit("-", 2)[0]

    def listed(self, place: str, entry: str) -> list[str]:
        """Directories end in a slash."""
        try:
            with open(f"{place}/{LOCAL}/{entry}/files", encoding="utf-8", errors="surrogateescape") as file:
                return file.read().partition("%FILES%\n")[2].partition("\n\n")[0].splitlines()
        except OSError:
            return []


def edit(place: str, names: Iterable[str], file: str, change: Callable[[str, str], str | None]) -> None:
    """Change a file of database entries: *change* gives the new text of a section, by its name, or None to drop it."""
    for entry in names:
        path = f"{place}/{LOCAL}/{entry}/{file}"
        with open(path, encoding="utf-8", errors="surrogateescape") as source:
            sections = [text.partition("\n") for text in source.read().split("\n\n")]
        changed = [(name, change(name.strip("%"), text) if name else text) for name, _, text in sections]
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as target:
            target.write("\n\n".join(f"{name}\n{text}" if name else "" for name, text in changed if text is not None))


def dropping(dropped: str) -> Callable[[str, str], str | None]:
    """A change that drops one section."""
    return lambda name, text: None if name == dropped else text
