"""The fields of a Package as pacman's own files know them, and texts of those files as a Package again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeAlias

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats.entries import bounded
from pkgsuite.model.file import File
from pkgsuite.model.package import LISTS, Package

__all__ = ["Texts", "check_version", "package_of", "texts"]

Texts: TypeAlias = Mapping[str, list[str]]
"""What a file says of a package: all that stands under each field's name."""

NUMBERS = ("reason", "builddate", "installdate", "size", "csize", "isize")
MOST_DIGITS = 19
VERSION = re.compile(r"[^-]+-[^-]+")


def check_version(package: Package) -> None:
    """Refuse a version that no alpm file can carry, but for a package that is wrong on purpose; raises BadValue."""
    if not package.unchecked and not VERSION.fullmatch(package.version):
        raise BadValue("version", package.version, "[epoch:]version-release with one '-', such as '1.0-2'")


def texts(package: Package, field: str) -> Collection[str]:
    """The lines that one field takes; none where it is empty."""
    value = getattr(package, field)
    if field in LISTS:
        return tuple(value)
    return () if value is None or value == "" else (str(value),)


def package_of(
    found: Texts, source: str, *, files: Iterable[File] = (), install: Mapping[str, str] | None = None
) -> Package:
    """The package that a file's texts describe; raises BadArchive naming *source*, field and value."""
    for field in ("name", "version"):
        if not any(found.get(field, ())):
            raise BadArchive(f"{source}: expected a {field}, seen none")
    values: dict[str, Any] = {field: value(source, field, lines) for field, lines in found.items()}
    try:
        return Package(**values, files=[bounded(source, file) for file in files], install=install or {}, unchecked=True)
    except BadValue as error:
        raise BadArchive(f"{source}: {error}") from None


def value(source: str, field: str, lines: list[str]) -> str | int | list[str]:
    """What a field of Package takes for the lines under its name; raises BadArchive."""
    if field in LISTS:
        return lines
    text = "\n".join(lines)
    if field not in NUMBERS:
        return text
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise BadArchive(f"{source}: {field}: expected a whole number, seen {text[:80]!r}")
    return int(text)
