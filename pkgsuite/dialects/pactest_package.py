"""What `pmpkg(name, version)` gives a test file: a package that is filled in attribute by attribute."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pkgsuite.errors import BadValue
from pkgsuite.formats import alpm
from pkgsuite.model.file import File
from pkgsuite.model.package import Package

__all__ = ["ARCHIVE_SUFFIX", "PactestPackage", "entry_path", "items"]

ARCHIVE_SUFFIX = ".pkg.tar.gz"


class PactestPackage:
    """A package under the names of the dialect; whatever it holds by the time of the run counts."""

    def __init__(self, name: str, version: str = "1.0-1") -> None:
        self.name = name
        self.version = version
        self.path: str | None = None
        self.desc = self.url = self.arch = self.packager = self.md5sum = self.pgpsig = ""
        self.builddate: int | str = ""
        self.installdate: int | str = ""
        self.size: int | str = 0
        self.csize: int | str = 0
        self.isize: int | str = 0
        self.reason: int | str = 0
        self.license: list[str] = []
        self.groups: list[str] = []
        self.replaces: list[str] = []
        self.depends: list[str] = []
        self.optdepends: list[str] = []
        self.conflicts: list[str] = []
        self.provides: list[str] = []
        self.files: list[str] = []
        self.backup: list[str] = []
        self.install: dict[str, str] = {}

    def __str__(self) -> str:
        return self.fullname()

    def fullname(self) -> str:
        """Name and version."""
        return f"{self.name}-{self.version}"

    def filename(self) -> str:
        """The name of the archive; the dialect leaves the architecture out."""
        return f"{self.fullname()}{ARCHIVE_SUFFIX}"

    def filelist(self) -> list[str]:
        """The paths of the files, without links' targets, modes and marks of altered content."""
        return sorted(entry_path(text) for text in self.files)

    def makepkg_bytes(self) -> bytes:
        """The archive."""
        return alpm.archive(self.as_package())

    def as_package(self) -> Package:
        """The package as a value; raises BadValue naming package and field."""
        try:
            return Package(
                self.name,
                self.version,
                desc=self.desc,
                url=self.url,
                arch=self.arch,
                packager=self.packager,
                license=items(self.license),
                groups=items(self.groups),
                replaces=items(self.replaces),
                depends=items(self.depends),
                optdepends=items(self.optdepends),
                conflicts=items(self.conflicts),
                provides=items(self.provides),
                backup=[entry_path(text) for text in self.backup],
                files=items(self.files),
                install=scriptlets(self.install),
                reason=number("reason", self.reason) or 0,
                builddate=number("builddate", self.builddate),
                installdate=number("installdate", self.installdate),
                size=number("size", self.size),
                csize=number("csize", self.csize),
                isize=number("isize", self.isize),
                md5sum=self.md5sum,
                pgpsig=self.pgpsig,
                unchecked=True,
            )
        except BadValue as error:
            raise BadValue(f"{self.fullname()}: {error.field}", error.value, error.expected) from None

    def backup_sums(self) -> dict[str, str]:
        """Each backup path with the MD5 sum of what was shipped: in the dialect, the entry as written and a newline."""
        return {entry_path(text): File("entry", f"{text}\n").md5 for text in self.backup}


def entry_path(text: str) -> str:
    """The path in a line of the file mini-language; a directory keeps its slash."""
    path = text.rstrip("*")
    return path.partition(" -> ")[0] if " -> " in path else path.partition("|")[0]


def items(given: Collection[str]) -> Collection[str]:
    """A field as a list; the dialect takes a single text too."""
    return (given,) if isinstance(given, str) and given else tuple(given)


def scriptlets(given: Mapping[str, str]) -> Mapping[str, str]:
    """The scriptlets that have a body."""
    return {name: body for name, body in given.items() if body}


def number(field: str, given: int | str) -> int | None:
    """A field as a whole number; None where it is empty."""
    if given is None or given == "":
        return None
    try:
        return int(given)
    except (TypeError, ValueError):
        raise BadValue(field, given, "a whole number") from None
