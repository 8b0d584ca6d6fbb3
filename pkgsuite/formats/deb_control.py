"""What a Debian package says of itself, as fields of a control file and as a Package; deb-control(5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import relations
from pkgsuite.formats.deb822 import Paragraph
from pkgsuite.formats.deb_version import check_version
from pkgsuite.formats.entries import bounded
from pkgsuite.model.file import File
from pkgsuite.model.package import Package

__all__ = ["ARCHITECTURES", "architecture", "check", "description", "fields", "package_of"]

ARCHITECTURES = {
    "any": "all",
    "": "all",
    "x86_64": "amd64",
    "i686": "i386",
    "aarch64": "arm64",
    "armv7h": "armhf",
    "riscv64": "riscv64",
}
"""Architectures as scenarios name them, with Debian's names; Debian's own stand for themselves."""

EVERY_ARCHITECTURE = "all"

NAME = re.compile(r"[a-z0-9][a-z0-9+.-]*")
KiB = 1024
MOST_DIGITS = 12

NOBODY = "Nobody <nobody@example.org>"
"""Who maintains a package that names nobody: dpkg warns where the field is missing."""

TEXTS = {
    "base": "Source",
    "packager": "Maintainer",
    "section": "Section",
    "priority": "Priority",
    "multi_arch": "Multi-Arch",
    "url": "Homepage",
}
RELATIONS = {
    "pre_depends": "Pre-Depends",
    "depends": "Depends",
    "recommends": "Recommends",
    "suggests": "Suggests",
    "enhances": "Enhances",
    "conflicts": "Conflicts",
    "breaks": "Breaks",
    "replaces": "Replaces",
    "provides": "Provides",
}
"""The fields of Package that are fields of a control file, with their names there."""

ORDER = (
    *("Package", "Source", "Version", "Architecture", "Essential", "Maintainer", "Installed-Size"),
    *(*RELATIONS.values(), "Section", "Priority", "Multi-Arch", "Homepage", "Description"),
)
"""The order in which dpkg-gencontrol writes the fields."""


def check(package: Package) -> None:
    """Refuse a name or a version that no Debian package can have, but for one wrong on purpose; raises BadValue."""
    if not package.unchecked and not NAME.fullmatch(package.name):
        raise BadValue("name", package.name, "a Debian name: lower-case letters, digits and +-. behind the first sign")
    check_version(package)


def architecture(package: Package) -> str:
    """The package's architecture by Debian's name."""
    return ARCHITECTURES.get(package.arch, package.arch)


def fields(package: Package) -> dict[str, str]:
    """The fields of the package's control file that hold anything, in their order; raises BadValue."""
    check(package)
    said = {
        "Package": package.name,
        "Version": package.version,
        "Architecture": architecture(package),
        "Essential": "yes" if package.essential else "",
        "Installed-Size": str(installed_kib(package)),
        "Description": description(package),
    }
    said |= {name: getattr(package, field) for field, name in TEXTS.items()}
    said["Maintainer"] = package.packager or NOBODY
    for field, name in RELATIONS.items():
        if texts := getattr(package, field):
            said[name] = relations.joined(texts, field, unchecked=package.unchecked)
    if package.optdepends:
        said["Suggests"] = relations.joined(
            [*package.suggests, *(text.partition(": ")[0] for text in package.optdepends)], "optdepends"
        )
    found = {name: said[name] for name in ORDER if said.get(name)}
    return merged(found, package.control_fields) if package.control_fields else found


def merged(found: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Fields where those of *more* win; one that is empty there goes away."""
    names = {name.lower(): name for name in found}
    given = {names.get(name.lower(), name): value for name, value in more.items()}
    return {name: value for name, value in {**found, **given}.items() if value}


def description(package: Package) -> str:
    """The synopsis, and below it the long text in the form that control files need; the name where there is none."""
    lines = package.long_desc.rstrip("\n").split("\n") if package.long_desc else []
    return "\n".join([package.desc or package.name, *(line if line.strip() else "." for line in lines)])


def installed_kib(package: Package) -> int:
    """KiB that the package takes up: as given, or a whole number for each entry; deb-substvars(5)."""
    if package.size is not None:
        return -(-package.size // KiB)
    return sum(-(-len(entry.data) // KiB) if entry.kind == "file" else 1 for entry in package.entries)


def package_of(said: Mapping[str, str], source: str, *, files: Iterable[File] = (), **more: Any) -> Package:
    """The package that fields describe; raises BadArchive naming *source*, field and value.

    *more* are fields of Package that stand elsewhere. What has no field there is found in its control_fields.
    """
    paragraph = said if isinstance(said, Paragraph) else Paragraph(said)
    for name in ("Package", "Version"):
        if not paragraph.get(name):
            raise BadArchive(f"{source}: expected a field {name}, seen none")
    found: dict[str, Any] = {field: paragraph[name] for field, name in TEXTS.items() if name in paragraph}
    found["name"], found["version"] = paragraph["Package"], paragraph["Version"]
    found["arch"] = "any" if paragraph.get("Architecture") == EVERY_ARCHITECTURE else paragraph.get("Architecture", "")
    found["essential"] = paragraph.get("Essential") == "yes"
    found["desc"], found["long_desc"] = read_description(paragraph.get("Description", ""))
    for field, name in RELATIONS.items():
        found[field] = [relations.neutral(text) for text in relations.split(paragraph.get(name, ""))]
    for name, (field, read) in NUMBERS.items():
        if name in paragraph:
            found[field] = read(number(source, name, paragraph[name]))
    found["control_fields"] = {name: value for name, value in paragraph.items() if name.lower() not in KNOWN}
    try:
        return Package(**found | more, files=[bounded(source, file) for file in files], unchecked=True)
    except BadValue as error:
        raise BadArchive(f"{source}: {error}") from None


def read_description(value: str) -> tuple[str, str]:
    """The synopsis, and the long text."""
    desc, _, rest = value.partition("\n")
    return desc, "\n".join("" if line == "." else line for line in rest.split("\n")) if rest else ""


def number(source: str, name: str, text: str) -> int:
    """The number in a field; raises BadArchive."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise BadArchive(f"{source}: {name}: expected a whole number, seen {text[:80]!r}")
    return int(text)


NUMBERS: dict[str, tuple[str, Callable[[int], int]]] = {"Installed-Size": ("size", lambda kib: kib * KiB)}
KNOWN = {name.lower() for name in ORDER}
