"""Source packages of Debian: a .dsc that names the tars which hold the source; dsc(5), dpkg-source(1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping

from pkgsuite.formats import archive as archives
from pkgsuite.formats import relations
from pkgsuite.formats.deb822 import write
from pkgsuite.formats.deb_control import NOBODY, check, merged
from pkgsuite.formats.deb_version import upstream, without_epoch
from pkgsuite.formats.tar import Member
from pkgsuite.model.file import File, with_parents
from pkgsuite.model.package import Package

__all__ = ["dsc_fields", "dsc_name", "source_files", "sums"]

DEBIAN = "debian"
FORMAT = f"{DEBIAN}/source/format"
COMPRESSION = "gz"
NATIVE, QUILT = "3.0 (native)", "3.0 (quilt)"

CHECKSUMS: dict[str, Callable[[bytes], str]] = {
    "Checksums-Sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).hexdigest(),
    "Checksums-Sha256": lambda data: hashlib.sha256(data).hexdigest(),
    "Files": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
}
"""The fields that list files, each with its sum."""


def dsc_name(package: Package) -> str:
    """The name of the .dsc."""
    return f"{package.name}_{without_epoch(package.version)}.dsc"


def source_files(package: Package, binaries: Iterable[str] = ()) -> dict[str, bytes]:
    """The files of a source package by name, the .dsc first; raises BadValue.

    Of the package's files, those in `debian/` are Debian's, the others those of the software. A version without
    revision makes a native package. *binaries* are the names of what is built, the package itself if there are none.
    """
    check(package)
    found = tars(package)
    fields = dsc_fields(package, found, tuple(binaries) or (package.name,))
    return {dsc_name(package): write([fields]).removesuffix(b"\n"), **found}


def is_native(package: Package) -> bool:
    """Whether Debian's own files are no part apart."""
    return "-" not in package.version


def tars(package: Package) -> dict[str, bytes]:
    """The tars of the source by name."""
    version, top = without_epoch(package.version), f"{package.name}-{upstream(package.version)}"
    if is_native(package):
        return {f"{package.name}_{version}.tar.{COMPRESSION}": packed(package, package.entries, top)}
    others = [entry for entry in package.entries if not is_debian(entry)]
    own = [*filter(is_debian, package.entries)]
    if not any(entry.path == FORMAT for entry in own):
        own.append(File(FORMAT, f"{QUILT}\n"))
    return {
        f"{package.name}_{upstream(package.version)}.orig.tar.{COMPRESSION}": packed(package, others, top),
        f"{package.name}_{version}.debian.tar.{COMPRESSION}": packed(package, own),
    }


def is_debian(entry: File) -> bool:
    """Whether the entry is one of Debian's own."""
    return entry.path == DEBIAN or entry.path.startswith(f"{DEBIAN}/")


def packed(package: Package, entries: Iterable[File], top: str = "") -> bytes:
    """A tar of *entries* and their parents, below a directory *top* if there is to be one."""
    time = package.builddate or 0
    members = [Member.of(entry, time, f"{top}/" if top else "") for entry in with_parents(entries)]
    if top:
        members.insert(0, Member(top, kind="dir", mode=0o755, mtime=time))
    return archives.pack(members, COMPRESSION)


def dsc_fields(package: Package, files: Mapping[str, bytes], binaries: Iterable[str]) -> dict[str, str]:
    """What the .dsc says, its *files* and their sums included."""
    said = {
        "Format": NATIVE if is_native(package) else QUILT,
        "Source": package.name,
        "Binary": ", ".join(binaries),
        "Architecture": "any",
        "Version": package.version,
        "Maintainer": package.packager or NOBODY,
        "Homepage": package.url,
        "Build-Depends": relations.joined(
            [*package.makedepends, *package.checkdepends], "makedepends", unchecked=package.unchecked
        ),
        **sums(files),
    }
    return merged({name: value for name, value in said.items() if value}, package.control_fields)


def sums(files: Mapping[str, bytes]) -> dict[str, str]:
    """The fields that list *files* with their sums and sizes."""
    return {
        field: "".join(f"\n{measure(content)} {len(content)} {name}" for name, content in files.items())
        for field, measure in CHECKSUMS.items()
    }
