"""One suite of a Debian repository, as those who publish it describe it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import TypeAlias

from pkgsuite.errors import BadValue
from pkgsuite.model.package import Package, one_line, strings
from pkgsuite.model.repository import Archive, Repository, as_repository, check_compression
from pkgsuite.values import dataclass

__all__ = ["SUMS", "Suite"]

SUMS = ("MD5Sum", "SHA1", "SHA256", "SHA512")
"""The sums that a Release file can have."""

PUBLISHED = 1_577_836_800
"""When a suite was published that gives no date: at the start of 2020, so that its bytes are always the same."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~-]*(?:/[A-Za-z0-9][A-Za-z0-9._+~-]*)*")
LINES = ("codename", "origin", "label", "version", "description")

Packages: TypeAlias = Repository | Iterable[Package | Archive]


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite such as `stable`, with its packages by component; `Suite("stable", {"main": [package]})` is enough.

    *sources* are source packages by component. Packages for every architecture appear under each of *architectures*.
    *date* and *valid_until* are seconds since the epoch. *codename* is the name, if empty. *compressions* are those of
    the indexes, empty for none; *sums* those that tell what the indexes hold.
    """

    name: str = "stable"
    components: Mapping[str, Packages] = field(default_factory=dict, hash=False)
    sources: Mapping[str, Iterable[Package]] = field(default_factory=dict, hash=False)
    architectures: tuple[str, ...] = ("amd64",)
    codename: str = ""
    origin: str = ""
    label: str = ""
    version: str = ""
    description: str = ""
    date: int = PUBLISHED
    valid_until: int | None = None
    by_hash: bool = False
    not_automatic: bool = False
    but_automatic_upgrades: bool = False
    compressions: tuple[str, ...] = ("", "gz", "xz")
    sums: tuple[str, ...] = SUMS[:3]
    translations: bool = False
    contents: bool = False

    def __post_init__(self) -> None:
        components = {name: as_repository(given) for name, given in self.components.items()}
        object.__setattr__(self, "components", MappingProxyType(components))
        sources = {name: tuple(given) for name, given in self.sources.items()}
        object.__setattr__(self, "sources", MappingProxyType(sources))
        for name in ("architectures", "compressions", "sums"):
            object.__setattr__(self, name, strings(name, getattr(self, name)))
        for name in (self.name, *self.names):
            if not NAME.fullmatch(name):
                raise BadValue("name", name, "a name of letters, digits and ._+~-, such as 'stable' or 'main'")
        for name in LINES:
            one_line(name, getattr(self, name))
        for compression in self.compressions:
            check_compression(compression)
        if not self.compressions:
            raise BadValue("compressions", self.compressions, "one at least; '' for none")
        for name in set(self.sums) - set(SUMS):
            raise BadValue("sums", name, f"one of {', '.join(SUMS)}")

    def __str__(self) -> str:
        return self.name

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all components."""
        return tuple(dict.fromkeys([*self.components, *self.sources]))

    def archives(self, component: str) -> tuple[Archive, ...]:
        """The packages of a component as they are published."""
        return as_repository(self.components.get(component, ())).archives
