"""Pacman's databases: what repositories offer, and what is installed; see repo-add(8)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping

from pkgsuite.errors import BadArchive
from pkgsuite.formats import archive as archives
from pkgsuite.formats.alpm_fields import check_version, package_of, texts
from pkgsuite.formats.alpm_package import filename, install_script, mtree_of
from pkgsuite.formats.archive import Member
from pkgsuite.formats.compression import MOST_BYTES
from pkgsuite.model.file import File
from pkgsuite.model.package import Package

__all__ = [
    "LOCAL_VERSION",
    "local_entry",
    "read_backup_sums",
    "read_local_entry",
    "read_sync_database",
    "sync_database",
]

LOCAL_VERSION = 9
"""What ALPM_DB_VERSION holds beside the entries of installed packages."""

SYNC = {
    "NAME": "name",
    "BASE": "base",
    "VERSION": "version",
    "DESC": "desc",
    "GROUPS": "groups",
    "CSIZE": "csize",
    "ISIZE": "isize",
    "MD5SUM": "md5sum",
    "SHA256SUM": "sha256sum",
    "PGPSIG": "pgpsig",
    "URL": "url",
    "LICENSE": "license",
    "ARCH": "arch",
    "BUILDDATE": "builddate",
    "PACKAGER": "packager",
    "REPLACES": "replaces",
    "CONFLICTS": "conflicts",
    "PROVIDES": "provides",
    "DEPENDS": "depends",
    "OPTDEPENDS": "optdepends",
    "MAKEDEPENDS": "makedepends",
    "CHECKDEPENDS": "checkdepends",
}
"""The sections of a repository's `desc`, behind FILENAME, in repo-add's order, each with its field of Package."""

LOCAL = {
    "NAME": "name",
    "VERSION": "version",
    "BASE": "base",
    "DESC": "desc",
    "URL": "url",
    "ARCH": "arch",
    "BUILDDATE": "builddate",
    "INSTALLDATE": "installdate",
    "PACKAGER": "packager",
    "SIZE": "size",
    "REASON": "reason",
    "GROUPS": "groups",
    "LICENSE": "license",
    "VALIDATION": "validation",
    "REPLACES": "replaces",
    "DEPENDS": "depends",
    "OPTDEPENDS": "optdepends",
    "CONFLICTS": "conflicts",
    "PROVIDES": "provides",
    "XDATA": "xdata",
}
"""The sections of an installed package's `desc` in pacman's order, each with its field of Package."""

FIELDS = SYNC | LOCAL
ENTRY_FILES = ("desc", "depends", "files")
"""What is read of an entry; `depends` was apart from `desc` before pacman 3.5."""

SECTION = re.compile(r"%([A-Z0-9]+)%")


def sync_database(
    entries: Iterable[tuple[Package, bytes | None]],
    with_files: bool = False,
    compression: str = "gz",
    *,
    name_of: Callable[[Package], str] | None = None,
) -> bytes:
    """A repository's NAME.db or, *with_files*, NAME.files: a tar.gz of packages with their archives.

    Sizes and sums that a package does not give are those of its archive. *compression* is that of the archives, in
    which their file names end; *name_of* gives other names than the usual ones.
    """
    members = []
    for package, archive in entries:
        members.append(Member(package.fullname, kind="dir", mode=0o755))
        name = name_of(package) if name_of else filename(package, compression)
        members.append(Member(f"{package.fullname}/desc", sync_desc(package, archive, name)))
        if with_files:
            members.append(Member(f"{package.fullname}/files", sections({"FILES": listing(package)})))
    return archives.pack(members)


def sync_desc(package: Package, archive: bytes | None, name: str) -> bytes:
    """What a repository says of one package."""
    said = {name: texts(package, field) for name, field in SYNC.items()}
    said["ISIZE"] = said["ISIZE"] or (str(package.installed_size),)
    if archive is not None:
        said |= {name: (measure(archive),) for name, measure in MEASURES.items() if not said[name]}
    return sections({"FILENAME": (name,), **said})


def local_entry(
    package: Package, *, mtree: bool = False, backup_sums: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """The files in an installed package's directory of the local database, by name.

    *backup_sums* are the sums of the configuration files as they were shipped, where that is not what *package* holds.
    """
    check_version(package)
    said = {name: texts(package, field) for name, field in LOCAL.items()}
    said["SIZE"] = (str(package.installed_size),)
    said["REASON"] = said["REASON"] if package.reason else ()
    sums = package.backup_sums() if backup_sums is None else backup_sums
    backup = [f"{path}\t{md5}" for path, md5 in sums.items()]
    entry = {"desc": sections(said), "files": sections({"FILES": listing(package), "BACKUP": backup})}
    if script := install_script(package):
        entry["install"] = script
    if mtree:
        entry["mtree"] = mtree_of(package)
    return entry


def sections(said: Mapping[str, Collection[str]]) -> bytes:
    """The sections that hold anything, each with its lines and an empty one behind it."""
    found = [f"%{name}%\n" + "\n".join(lines) + "\n\n" for name, lines in said.items() if lines]
    return "".join(found).encode("utf-8", "surrogateescape")


def listing(package: Package) -> list[str]:
    """The paths of all the package's entries."""
    return [file.listing for file in package.entries]


def read_sync_database(data: bytes, most: int = MOST_BYTES) -> list[Package]:
    """The packages in a repository's NAME.db or NAME.files of at most *most* bytes unpacked; raises BadArchive."""
    entries: dict[str, dict[str, bytes]] = {}
    for member in archives.unpack(data, most):
        entry, _, name = member.path.rpartition("/")
        if member.kind == "dir":
            entries.setdefault(member.path, {})
        else:
            entries.setdefault(entry, {})[name] = member.content
    return [read_entry(entry, files) for entry, files in entries.items()]


def read_local_entry(desc: bytes, files: bytes = b"") -> Package:
    """The package that one directory of the local database describes; raises BadArchive with section and value."""
    return read_entry("local database", {"desc": desc, "files": files})


def read_entry(source: str, entry: Mapping[str, bytes]) -> Package:
    """The package that the files of one entry of a database describe; *source* is how to name the entry."""
    said: dict[str, list[str]] = {}
    for name in ENTRY_FILES:
        said |= read_sections(f"{source}/{name}", entry.get(name, b""))
    found = {field: said[name] for name, field in FIELDS.items() if name in said}
    found["backup"] = [line.partition("\t")[0] for line in said.get("BACKUP", ())]
    files = (File(path.rstrip("/"), is_directory=path.endswith("/")) for path in said.get("FILES", ()))
    return package_of(found, source, files=files)


def read_backup_sums(files: bytes) -> dict[str, str]:
    """The MD5 sum of each backup file as it was shipped, from the `files` of an entry in the local database."""
    lines = read_sections("local database/files", files).get("BACKUP", [])
    return {path: md5 for path, _, md5 in (line.partition("\t") for line in lines)}


def read_sections(source: str, data: bytes) -> dict[str, list[str]]:
    """The lines of each section; raises BadArchive for what stands in none."""
    found: dict[str, list[str]] = {}
    for paragraph in data.decode("utf-8", "surrogateescape").split("\n\n"):
        head, *lines = paragraph.strip("\n").split("\n")
        if named := SECTION.fullmatch(head):
            found[named[1]] = lines
        elif head:
            raise BadArchive(f"{source}: expected a %SECTION%, seen {head[:80]!r}")
    return found


MEASURES: dict[str, Callable[[bytes], str]] = {
    "CSIZE": lambda archive: str(len(archive)),
    "MD5SUM": lambda archive: hashlib.md5(archive, usedforsecurity=False).hexdigest(),
    "SHA256SUM": lambda archive: hashlib.sha256(archive).hexdigest(),
}
"""What a repository says of an archive itself."""
