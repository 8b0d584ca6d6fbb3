"""What every package manager can say of itself: where it is, what its root looks like, how its commands are put."""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pkgsuite.errors import ProgramMissing
from pkgsuite.model.file import File
from pkgsuite.model.package import Package

__all__ = ["Manager", "Setup"]


@dataclass(frozen=True, slots=True)
class Setup:
    """What a machine starts with.

    *repositories* are packages by the name of their repository, *packages* archives that lie in the working directory,
    *options* settings of the manager's configuration, each with its values, *repository_options* the same for a
    repository by its name; both may write `{root}` for the absolute path of the root. *hooks* are texts by name.
    *is_refreshed* tells that the databases were fetched before.
    """

    installed: tuple[Package, ...] = ()
    repositories: Mapping[str, tuple[Package, ...]] = field(default_factory=dict)
    packages: tuple[Package, ...] = ()
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    repository_options: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    hooks: Mapping[str, str] = field(default_factory=dict)
    is_refreshed: bool = True

    @property
    def known_packages(self) -> tuple[Package, ...]:
        """Every package that is spoken of."""
        return (*self.installed, *self.packages, *(each for some in self.repositories.values() for each in some))


class Manager(ABC):
    """One package manager.

    *name* is also the program that scenarios write first in a command; *remedy* tells how to get it. Paths are relative
    to the root: *cache* keeps archives, *lock* is held during a transaction, *working_directory* is where
    commands run. *bookkeeping* are patterns of what the manager writes for itself, in the form of UNCHANGED_ELSEWHERE.
    *transcript* is a file that gets what the last command printed; none if it is empty.
    """

    name: str
    remedy: str
    cache: str
    lock: str
    working_directory: str
    bookkeeping: tuple[str, ...] = ()
    transcript: str = ""
    shells: tuple[str, ...] = ("bin/sh",)

    def __repr__(self) -> str:
        return self.name

    @property
    def programs(self) -> tuple[str, ...]:
        """What a command of a scenario may start with."""
        return (self.name,)

    @property
    def variable(self) -> str:
        """The environment variable that names the program to test."""
        return f"PKGSUITE_{self.name.upper()}"

    @property
    def wanted(self) -> str:
        """The program that is asked for: that of the variable, else the one on PATH."""
        return os.environ.get(self.variable) or self.name

    def find(self) -> str:
        """The absolute path of the program; raises ProgramMissing with the remedy."""
        found = shutil.which(self.wanted)
        if found is None:
            told = (
                f"{self.variable}={self.wanted} is no program"
                if self.wanted != self.name
                else f"no {self.name} on PATH"
            )
            raise ProgramMissing(f"{told}; {self.remedy}, or set {self.variable}")
        return str(Path(found).absolute())

    @abstractmethod
    def files(self, setup: Setup, root: str) -> Iterable[File]:
        """Everything that stands in a root at the start, in the order of making; *root* is its absolute path."""

    @abstractmethod
    def repository(self, name: str, packages: Sequence[Package]) -> Iterable[File]:
        """The files of a published repository."""

    @abstractmethod
    def archive_name(self, package: Package) -> str:
        """The file name of a package's archive."""

    @abstractmethod
    def archive(self, package: Package) -> bytes:
        """The bytes of a package's archive."""

    @abstractmethod
    def argv(self, words: Sequence[str], root: str) -> list[str]:
        """The command of a scenario as it is run for *root*; raises BadValue for another's program."""

    @abstractmethod
    def environment(self, root: str) -> dict[str, str]:
        """All the environment that the manager gets."""

    @abstractmethod
    def read_packages(self, root: str) -> dict[str, Package]:
        """The packages that are installed in *root*, by name."""

    @abstractmethod
    def refresh(self) -> str:
        """The command that fetches the databases."""

    @abstractmethod
    def install(self, names: Sequence[str], archives: Sequence[str]) -> list[str]:
        """The commands that install *names* from repositories and *archives* from the working directory."""

    @abstractmethod
    def upgrade(self) -> str:
        """The command that brings everything up to date."""

    @abstractmethod
    def remove(self, names: Sequence[str]) -> str:
        """The command that removes packages."""

    @abstractmethod
    def download(self, names: Sequence[str]) -> str:
        """The command that fetches packages and installs nothing."""
