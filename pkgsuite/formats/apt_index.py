"""The indexes of a Debian repository: Packages, Sources, Translation-en and Contents; apt-ftparchive(1)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping

from pkgsuite.errors import BadArchive
from pkgsuite.formats import deb_control, deb_package, deb_source
from pkgsuite.formats.deb822 import paragraph, parse, write
from pkgsuite.model.package import Package
from pkgsuite.values import dataclass

__all__ = [
    "FILE_SUMS",
    "Offer",
    "SourceOffer",
    "contents",
    "entry_of_archive",
    "packages",
    "read_packages",
    "sources",
    "translation",
]

FILE_SUMS: dict[str, Callable[[bytes], str]] = {
    "MD5sum": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "SHA1": lambda data: hashlib.sha1(data, usedforsecurity=False).hexdigest(),
    "SHA256": lambda data: hashlib.sha256(data).hexdigest(),
    "SHA512": lambda data: hashlib.sha512(data).hexdigest(),
}
"""The sums that an index can tell of a file."""

USUAL_SUMS = ("MD5sum", "SHA1", "SHA256")
SOURCE = "Packages"
CONTENTS_WIDTH = 60

LOCATED = ("filename", "size", *map(str.lower, FILE_SUMS))
LOCATION = re.compile(rf"^(?:{'|'.join(LOCATED)})[ \t]*:".encode(), re.IGNORECASE | re.MULTILINE)
"""The fields that an index says of an archive, so that none of a control file may."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A package in a repository: where its archive lies, and the archive's bytes."""

    package: Package
    path: str
    archive: bytes

    @property
    def location(self) -> dict[str, str]:
        """The fields that tell how to fetch it; what the package itself says of its archive wins."""
        package = self.package
        said = {
            "Filename": self.path,
            "Size": str(len(self.archive) if package.csize is None else package.csize),
            **{name: FILE_SUMS[name](self.archive) for name in USUAL_SUMS},
        }
        given = {"MD5sum": package.md5sum, "SHA256": package.sha256sum}
        return said | {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class SourceOffer:
    """A source package in a repository: the directory where its files lie, and these by name."""

    package: Package
    directory: str
    files: Mapping[str, bytes]


def packages(offers: Iterable[Offer], *, translated: bool = False) -> bytes:
    """A Packages index; *translated* leaves long descriptions to the Translation file."""
    return write(entry(offer, translated) for offer in offers)


def entry(offer: Offer, translated: bool) -> dict[str, str]:
    """What an index says of one package, its description last."""
    said = deb_control.fields(offer.package)
    description = said.pop("Description", "")
    said |= {name: value for name, value in offer.location.items() if name not in said}
    if not translated:
        return said | {"Description": description}
    return said | {"Description": description.partition("\n")[0], "Description-md5": description_md5(description)}


def entry_of_archive(archive: bytes, path: str, sums: Iterable[str] = USUAL_SUMS) -> bytes:
    """What an index says of a foreign archive at *path*: its control file as it is, and where to fetch it."""
    control = deb_package.read_control(archive).strip(b"\n")
    if not control.startswith(b"Package:") or b"\n\n" in control or LOCATION.search(control):
        control = rewritten(control)
    told = "".join(f"{name}: {FILE_SUMS[name](archive)}\n" for name in sums)
    return control + f"\nFilename: {path}\nSize: {len(archive)}\n{told}\n".encode("utf-8", "surrogateescape")


def rewritten(control: bytes) -> bytes:
    """A control file as an index can hold it: one paragraph, without fields that only an index may have."""
    paragraphs = parse(control)
    if len(paragraphs) != 1 or not paragraphs[0].get("Package"):
        raise BadArchive(f"control file: expected one paragraph with a field Package, seen {control[:80]!r}")
    kept = {name: value for name, value in paragraphs[0].items() if name.lower() not in LOCATED}
    return paragraph(kept).removesuffix(b"\n")


def description_md5(description: str) -> str:
    """How a Translation file names the description: by its sum, as a control file holds it."""
    text = paragraph({"Description": description}).partition(b": ")[2]
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def translation(offers: Iterable[Offer]) -> bytes:
    """A Translation-en file with the descriptions, each once."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for offer in offers:
        name, text = offer.package.name, deb_control.description(offer.package)
        key = (name, description_md5(text))
        found[key] = {"Package": name, "Description-md5": key[1], "Description-en": text}
    return write(found[key] for key in sorted(found))


def sources(offers: Iterable[SourceOffer]) -> bytes:
    """A Sources index of source packages."""
    return write(map(source_entry, offers))


def source_entry(offer: SourceOffer) -> dict[str, str]:
    """What an index says of one source package: what its .dsc says, and where its files lie."""
    (said,) = parse(offer.files[deb_source.dsc_name(offer.package)])
    fields = {"Package": said["Source"], **{name: value for name, value in said.items() if name != "Source"}}
    more = {"Directory": offer.directory, "Priority": offer.package.priority, "Section": offer.package.section}
    return fields | {name: value for name, value in more.items() if value} | deb_source.sums(offer.files)


def contents(packages: Iterable[Package]) -> bytes:
    """A Contents index: every file with the packages that have it."""
    found: dict[str, list[str]] = {}
    for package in packages:
        named = f"{package.section}/{package.name}" if package.section else package.name
        for file in package.entries:
            if not file.is_directory:
                found.setdefault(file.path, []).append(named)
    lines = (f"{path:<{CONTENTS_WIDTH}} {','.join(sorted(names))}\n" for path, names in sorted(found.items()))
    return "".join(lines).encode("utf-8", "surrogateescape")


def read_packages(data: bytes) -> list[Package]:
    """The packages of a Packages index, with what it says of their archives; raises BadArchive."""
    return [read_entry(said, f"{SOURCE}: {said.get('Package', '?')[:80]}") for said in parse(data)]


def read_entry(said: Mapping[str, str], source: str) -> Package:
    """The package that one paragraph of an index describes."""
    size = deb_control.number(source, "Size", said["Size"]) if "Size" in said else None
    md5sum, sha256sum = said.get("MD5sum", ""), said.get("SHA256", "")
    return deb_control.package_of(said, source, csize=size, md5sum=md5sum, sha256sum=sha256sum)
