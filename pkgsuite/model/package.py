"""A package as its makers describe it; formats turn it into bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import TypeAlias

from pkgsuite.errors import BadValue
from pkgsuite.model.file import File, check_path, with_parents

__all__ = ["EXPLICIT", "DEPENDENCY", "SCRIPTLETS", "Package"]

EXPLICIT, DEPENDENCY = 0, 1
"""Why a package is installed: asked for by name, or needed by another."""

SCRIPTLETS = ("pre_install", "post_install", "pre_upgrade", "post_upgrade", "pre_remove", "post_remove")

NAME = re.compile(r"[A-Za-z0-9@_+][A-Za-z0-9@._+-]*")
VERSION = re.compile(r"(?:\d+:)?[A-Za-z0-9._+~]+(?:-[A-Za-z0-9._+~]+)*")

LINES = ("desc", "url", "arch", "packager", "base", "md5sum", "sha256sum", "pgpsig")
LISTS = (
    "license",
    "groups",
    "replaces",
    "depends",
    "optdepends",
    "makedepends",
    "checkdepends",
    "conflicts",
    "provides",
    "backup",
    "validation",
    "xdata",
)

Strings: TypeAlias = Collection[str]


@dataclass(frozen=True, slots=True)
class Package:
    """A package of any manager; `Package("a")` is valid as it stands.

    Fields carry the names of the alpm database. Sizes are bytes, dates seconds since the epoch; None means as computed
    from the content. *files* takes `File` values or lines of the file mini-language, and the directories above them are
    added. *backup* names configuration files, with the same trailing `*` for altered content. *install* maps
    the names in `SCRIPTLETS` to shell code. *unchecked* lets a field hold what no package should: for packages that
    are wrong on purpose; paths are checked all the same.
    """

    name: str
    version: str = "1.0-1"
    desc: str = ""
    url: str = ""
    arch: str = "any"
    packager: str = ""
    base: str = ""
    license: Strings = ()
    groups: Strings = ()
    replaces: Strings = ()
    depends: Strings = ()
    optdepends: Strings = ()
    makedepends: Strings = ()
    checkdepends: Strings = ()
    conflicts: Strings = ()
    provides: Strings = ()
    backup: Strings = ()
    validation: Strings = ()
    xdata: Strings = ()
    files: Collection[File | str] = ()
    install: Mapping[str, str] = field(default_factory=dict, hash=False)
    reason: int = EXPLICIT
    builddate: int | None = None
    installdate: int | None = None
    size: int | None = None
    csize: int | None = None
    isize: int | None = None
    md5sum: str = ""
    sha256sum: str = ""
    pgpsig: str = ""
    unchecked: bool = False

    def __post_init__(self) -> None:
        for name in LISTS:
            object.__setattr__(self, name, strings(name, getattr(self, name)))
        if isinstance(self.files, str):
            raise BadValue("files", self.files, "a list of entries, not one text")
        entries = [entry if isinstance(entry, File) else File.parse(entry) for entry in self.files]
        object.__setattr__(self, "files", with_parents(entries))
        object.__setattr__(self, "install", MappingProxyType(dict(self.install)))
        for entry in self.backup:
            check_path("backup", entry.rstrip("*"))
        for name in set(self.install) - set(SCRIPTLETS):
            raise BadValue("install", name, f"one of {', '.join(SCRIPTLETS)}")
        if not self.unchecked:
            self._check()

    def _check(self) -> None:
        if not isinstance(self.name, str) or not NAME.fullmatch(self.name):
            raise BadValue("name", self.name, "letters, digits and @._+-, not starting with '-' or '.'")
        if not isinstance(self.version, str) or not VERSION.fullmatch(self.version):
            raise BadValue("version", self.version, "[epoch:]version[-release], such as '1.0-2' or '1:1.0-2'")
        for name in LINES:
            one_line(name, getattr(self, name))
        for name in LISTS:
            for text in getattr(self, name):
                if not one_line(name, text):
                    raise BadValue(name, text, "a name or relation, not an empty text")
        if self.reason not in (EXPLICIT, DEPENDENCY):
            raise BadValue("reason", self.reason, f"{EXPLICIT} (explicit) or {DEPENDENCY} (dependency)")
        for name in ("builddate", "installdate", "size", "csize", "isize"):
            number = getattr(self, name)
            if number is not None and (not isinstance(number, int) or number < 0):
                raise BadValue(name, number, "a whole number from 0 on, or None")

    def __str__(self) -> str:
        return self.fullname

    @property
    def fullname(self) -> str:
        """Name and version, as databases name the package's entry."""
        return f"{self.name}-{self.version}"

    @property
    def entries(self) -> tuple[File, ...]:
        """Every file, directory and link of the package, in order of the paths, parents included."""
        return tuple(entry for entry in self.files if isinstance(entry, File))

    @property
    def installed_size(self) -> int:
        """Bytes that the package takes up: as given, or the sum of its files."""
        return self.size if self.size is not None else sum(len(entry.data) for entry in self.entries)

    @property
    def scriptlets(self) -> dict[str, str]:
        """The scriptlets that are not empty."""
        return {name: body for name, body in self.install.items() if body}

    def backup_sums(self) -> dict[str, str]:
        """Each backup path with the MD5 sum of the content that the package shipped.

        That is the content of the package's own file where the scenario gave one, else that of the entry as the
        mini-language reads it: `files=["etc/a*"], backup=["etc/a"]` is a file that the user changed after it was
        installed.
        """
        given = {entry.path: entry for entry in self.entries if entry.kind == "file" and not is_written(entry)}
        return {path: given.get(path, File.parse(text)).md5 for text in self.backup for path in [text.rstrip("*")]}

    def upgraded(self, version: str, *, keeping: Iterable[str] = (), **changes: object) -> Package:
        """The next version of the package: every regular file has other content, but for those in *keeping*.

        Any field can be given anew: `old.upgraded("2.0-1", depends=["b"])`; with *files*, those are taken as they are.
        """
        unknown = set(changes) - {known.name for known in fields(self)}
        if unknown:
            raise BadValue("upgraded", sorted(unknown), "names of Package fields")
        kept = set(keeping)
        missing = kept - {entry.path for entry in self.entries}
        if missing:
            raise BadValue("keeping", sorted(missing), f"paths of files in {self}")
        if "files" not in changes:
            changes["files"] = [entry if entry.path in kept else entry.altered() for entry in self.entries]
            changes.setdefault("backup", [text if text.rstrip("*") in kept else f"{text}*" for text in self.backup])
        return replace(self, version=version, **changes)  # type: ignore[arg-type]


def is_written(entry: File) -> bool:
    """Whether the content is what the mini-language writes for a path alone, altered or not."""
    return entry.data.rstrip(b"\n").rstrip(b"*") == entry.path.encode("utf-8", "surrogateescape")


def strings(name: str, given: Strings) -> tuple[str, ...]:
    """A field that is a list of texts; raises BadValue for one text or for anything else."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise BadValue(name, given, f"a list of texts, such as [{given!r}]")
    texts = tuple(given)
    for text in texts:
        if not isinstance(text, str):
            raise BadValue(name, text, "a text")
    return texts


def one_line(name: str, text: str) -> str:
    """*text*, unless a control character would end its line in a database; raises BadValue."""
    if not isinstance(text, str) or any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise BadValue(name, text, "one line without control characters (unchecked=True lets it through)")
    return text
