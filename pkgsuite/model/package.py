"""A package as its makers describe it; formats turn it into bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field, fields, replace
from operator import attrgetter
from types import MappingProxyType
from typing import TypeAlias, cast

from pkgsuite.errors import BadValue
from pkgsuite.model.file import File, check_path, with_parents
from pkgsuite.values import dataclass

__all__ = ["EXPLICIT", "DEPENDENCY", "MAINTAINER_SCRIPTS", "SCRIPTLETS", "Package"]

EXPLICIT, DEPENDENCY = 0, 1
"""Why a package is installed: asked for by name, or needed by another."""

SCRIPTLETS = ("pre_install", "post_install", "pre_upgrade", "post_upgrade", "pre_remove", "post_remove")
"""The moments that every manager knows."""

MAINTAINER_SCRIPTS = ("preinst", "postinst", "prerm", "postrm", "config")
"""The scripts of Debian packages; each stands for every moment that dpkg calls it at."""

KNOWN_SCRIPTS = frozenset((*SCRIPTLETS, *MAINTAINER_SCRIPTS))

NAME = re.compile(r"[A-Za-z0-9@_+][A-Za-z0-9@._+-]*")
VERSION = re.compile(r"(?:\d+:[A-Za-z0-9._+~:]+|[A-Za-z0-9._+~]+)(?:-[A-Za-z0-9._+~]+)*")
CONTROL_CHARACTER = re.compile(r"[\0-\x1f\x7f]")
STATUS = re.compile(r"(?:unknown|install|hold|deinstall|purge) (?:ok|reinstreq) [a-z]+(?:-[a-z]+)*")

LINES = (
    "desc",
    "url",
    "arch",
    "packager",
    "base",
    "section",
    "priority",
    "multi_arch",
    "md5sum",
    "sha256sum",
    "pgpsig",
)
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
    "pre_depends",
    "recommends",
    "suggests",
    "enhances",
    "breaks",
    "triggers",
)

all_lists: Callable[[Package], tuple[Strings, ...]] = attrgetter(*LISTS)
"""What a package holds in each of LISTS; one call, since scenarios make many packages."""

Strings: TypeAlias = Collection[str]


@dataclass(frozen=True, slots=True)
class Package:
    """A package of any manager; `Package("a")` is valid as it stands.

    Fields carry the names of the alpm database; those that it lacks, the names of Debian's control files. A manager
    passes over what it has no place for. Sizes are bytes, dates seconds since the epoch; None means as computed from
    the content. Relations are written `a`, `a>=1.0` or, for Debian alone, `a:any>=1.0 | b`. *files* takes `File` values
    or lines of the file mini-language, and the directories above them are added. *backup* names configuration files,
    with the same trailing `*` for altered content. *install* maps the names in `SCRIPTLETS` and `MAINTAINER_SCRIPTS` to
    shell code. *triggers* are lines of deb-triggers(5); *control_fields* and *control_files* are further ones by name
    and win over those that other fields make. *status* is dpkg's, such as `hold ok installed`; empty for the usual one.
    *unchecked* lets a field hold what no package should: for packages that are wrong on purpose; paths are checked all
    the same.
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
    long_desc: str = ""
    section: str = ""
    priority: str = ""
    essential: bool = False
    multi_arch: str = ""
    pre_depends: Strings = ()
    recommends: Strings = ()
    suggests: Strings = ()
    enhances: Strings = ()
    breaks: Strings = ()
    triggers: Strings = ()
    control_fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    control_files: Mapping[str, bytes | str] = field(default_factory=dict, hash=False)
    status: str = ""
    unchecked: bool = False

    def __post_init__(self) -> None:
        for name, given in zip(LISTS, all_lists(self), strict=True):
            if given != ():
                object.__setattr__(self, name, strings(name, given))
        if isinstance(self.files, str) or not isinstance(self.files, Iterable):
            raise BadValue("files", self.files, "a list of entries, not one text")
        entries = [entry if isinstance(entry, File) else File.parse(entry) for entry in self.files]
        object.__setattr__(self, "files", with_parents(entries))
        for name in ("install", "control_fields", "control_files"):
            if not isinstance(getattr(self, name), Mapping):
                raise BadValue(name, getattr(self, name), "a dictionary, such as {'post_install': 'echo hello'}")
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for entry in self.backup:
            check_path("backup", entry.rstrip("*"))
        for name in self.install.keys() - KNOWN_SCRIPTS:
            raise BadValue("install", name, f"one of {', '.join((*SCRIPTLETS, *MAINTAINER_SCRIPTS))}")
        if not self.unchecked:
            self._check()

    def _check(self) -> None:
        if not isinstance(self.name, str) or not NAME.fullmatch(self.name):
            raise BadValue("name", self.name, "letters, digits and @._+-, not starting with '-' or '.'")
        if not isinstance(self.version, str) or not VERSION.fullmatch(self.version):
            raise BadValue("version", self.version, "[epoch:]version[-release], such as '1.0-2' or '1:1.0-2'")
        for name in LINES:
            one_line(name, getattr(self, name))
        for name, texts in zip(LISTS, all_lists(self), strict=True):
            for text in texts:
                if not one_line(name, text):
                    raise BadValue(name, text, "a name or relation, not an empty text")
        if self.reason not in (EXPLICIT, DEPENDENCY):
            raise BadValue("reason", self.reason, f"{EXPLICIT} (explicit) or {DEPENDENCY} (dependency)")
        if self.status and not STATUS.fullmatch(self.status):
            raise BadValue("status", self.status, "three words of dpkg, such as 'deinstall ok config-files'")
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
        return cast("tuple[File, ...]", self.files)

    @property
    def installed_size(self) -> int:
        """Bytes that the package takes up: as given, or the sum of its files."""
        return self.size if self.size is not None else sum(len(entry.data) for entry in self.entries)

    @property
    def state(self) -> str:
        """How far the package is installed, as dpkg calls it, such as `half-configured`; empty where nothing tells."""
        return self.status.rpartition(" ")[2]

    @property
    def is_held(self) -> bool:
        """Whether the user wants the package to stay as it is."""
        return self.status.startswith("hold ")

    @property
    def scriptlets(self) -> dict[str, str]:
        """The scripts that are not empty."""
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
    if not isinstance(text, str) or CONTROL_CHARACTER.search(text):
        raise BadValue(name, text, "one line without control characters (unchecked=True lets it through)")
    return text
