"""Packages as files, and what a repository publishes of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace

from pkgsuite.errors import BadValue
from pkgsuite.model.package import Package
from pkgsuite.model.signature import Signature
from pkgsuite.values import dataclass

__all__ = ["Archive", "Repository", "as_archives", "as_repositories", "as_repository"]

COMPRESSIONS = (None, "", "gz", "xz", "zst")


@dataclass(frozen=True, slots=True)
class Archive:
    """A package as a file; `Archive(package)` is an unsigned one of the manager's usual kind.

    *compression* is `gz`, `xz` or `zst`, empty for none. With *mtree* it lists its own files, so that the manager can
    verify them once installed. *signed* tells which signature lies beside it.
    """

    package: Package
    compression: str | None = None
    mtree: bool = False
    signed: Signature | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.package, Package):
            raise BadValue("package", self.package, "a Package")
        check_compression(self.compression)
        check_signature("signed", self.signed)

    def __str__(self) -> str:
        return str(self.package)


@dataclass(frozen=True, slots=True)
class Repository:
    """What a repository publishes: packages or their archives; `Repository([package])` signs nothing.

    *compression*, *mtree* and *signed* hold for all packages whose `Archive` says nothing else. The signature of a
    package lies *beside* its archive and is *embedded* in the database, unless told otherwise. *database_signed* tells
    which signature lies beside the database. A machine requires the signatures that are spoken of, missing ones too.
    *suite* holds fields of `Suite` by name, for Debian's repositories: `suite={"valid_until": 0}`.
    """

    packages: Collection[Package | Archive] = ()
    compression: str | None = None
    mtree: bool = False
    signed: Signature | None = None
    database_signed: Signature | None = None
    beside: bool = True
    embedded: bool = True
    suite: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_compression(self.compression)
        check_signature("signed", self.signed)
        check_signature("database_signed", self.database_signed)
        object.__setattr__(self, "packages", as_archives(self.packages))

    @property
    def archives(self) -> tuple[Archive, ...]:
        """The packages as they are published."""
        return tuple(self._finished(archive) for archive in self.packages if isinstance(archive, Archive))

    def _finished(self, archive: Archive) -> Archive:
        return replace(
            archive,
            compression=self.compression if archive.compression is None else archive.compression,
            mtree=archive.mtree or self.mtree,
            signed=archive.signed or self.signed,
        )

    @property
    def has_signatures(self) -> bool:
        """Whether signatures of packages are spoken of."""
        return any(archive.signed for archive in self.archives)


def as_archives(packages: Iterable[Package | Archive]) -> tuple[Archive, ...]:
    """Packages as archives of the usual kind; raises BadValue for anything else."""
    return tuple(each if isinstance(each, Archive) else Archive(each) for each in packages)


def as_repository(given: Repository | Iterable[Package | Archive]) -> Repository:
    """A repository, which a list of packages stands for too."""
    return given if isinstance(given, Repository) else Repository(tuple(given))


def check_compression(name: str | None) -> None:
    """Refuse an unknown compression; raises BadValue."""
    if name not in COMPRESSIONS:
        raise BadValue("compression", name, "gz, xz, zst, or '' for none")


def check_signature(field: str, signature: Signature | None) -> None:
    """Refuse what is no signature; raises BadValue."""
    if signature is not None and not isinstance(signature, Signature):
        raise BadValue(field, signature, f"one of {', '.join(map(str, Signature))}")


def as_repositories(
    given: Mapping[str, Repository | Sequence[Package | Archive]] | Repository | Sequence[Package | Archive],
) -> dict[str, Repository]:
    """Repositories by their names; a single one is called `repository`."""
    if not isinstance(given, Mapping):
        given = {"repository": given} if given else {}
    return {name: as_repository(offered) for name, offered in given.items()}
