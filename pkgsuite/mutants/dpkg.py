"""The database of dpkg, as mutants read and distort it."""

from __future__ import annotations

import os

from pkgsuite.mutants.call import TYPE_CHECKING
from pkgsuite.mutants.ledger import Ledger, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["ADMINISTRATION", "Dpkg", "changing", "dropping", "edit"]

ADMINISTRATION = "var/lib/dpkg"
INFO = f"{ADMINISTRATION}/info"
LIST = ".list"


class Dpkg(Ledger):
    """What dpkg and apt keep; an entry is called as its list of files is, such as `tool` or `library:amd64`."""

    cache = "var/cache/apt/archives"

    def entries(self, place: str) -> dict[str, object]:
        names = os.listdir(f"{place}/{INFO}") if os.path.isdir(f"{place}/{INFO}") else []
        return {name[: -len(LIST)]: mark(f"{place}/{INFO}/{name}") for name in names if name.endswith(LIST)}

    def package(self, entry: str) -> str:
        return entry.partition(":")[0]

    def listed(self, place: str, entry: str) -> list[str]:
        try:
            with open(f"{place}/{INFO}/{entry}{LIST}", encoding="utf-8", errors="surrogateescape") as file:
                return [path.lstrip("/") for path in file.read().splitlines() if path != "/."]
        except OSError:
            return []


def edit(place: str, names: Iterable[str], change: Callable[[str, str], str | None]) -> None:
    """Change what is known of packages: *change* gives a field's new text, by its name, or None to drop it.

    A text is all that stands behind the colon, its further lines included.
    """
    path, wanted = f"{place}/{ADMINISTRATION}/status", {name.partition(":")[0] for name in names}
    if not wanted or not os.path.isfile(path):
        return
    with open(path, encoding="utf-8", errors="surrogateescape") as source:
        paragraphs = [text for text in source.read().split("\n\n") if text.strip()]
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as target:
        for text in paragraphs:
            is_wanted = text.partition("\n")[0].partition(": ")[2] in wanted
            target.write(f"{edited(text, change) if is_wanted else text.rstrip()}\n\n")


def edited(paragraph: str, change: Callable[[str, str], str | None]) -> str:
    """A paragraph with its fields changed."""
    fields: list[tuple[str, str]] = []
    for line in paragraph.splitlines():
        if line[:1] in (" ", "\t"):
            fields[-1] = (fields[-1][0], f"{fields[-1][1]}\n{line}")
        else:
            name, _, text = line.partition(":")
            fields.append((name, text.strip()))
    changed = [(name, change(name, text)) for name, text in fields]
    return "\n".join(f"{name}: {text}" for name, text in changed if text is not None)


def dropping(*dropped: str) -> Callable[[str, str], str | None]:
    """A change that drops fields."""
    return lambda name, text: None if name in dropped else text


def changing(changed: str, old: str, new: str) -> Callable[[str, str], str | None]:
    """A change of words in one field."""
    return lambda name, text: text.replace(old, new) if name == changed else text
