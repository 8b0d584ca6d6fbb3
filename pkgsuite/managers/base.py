"""What every package manager can say of itself: where it is, what its root looks like, how its commands are put."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import NoReturn

from pkgsuite.errors import ProgramMissing, SuiteError
from pkgsuite.formats import compression
from pkgsuite.model.file import File
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive, Repository
from pkgsuite.model.signature import Signature
from pkgsuite.values import dataclass

__all__ = ["Manager", "Setup", "Workshop"]


def nobody_signs(*wanted: object) -> NoReturn:
    """Stand where there is nobody who signs; raises SuiteError."""
    raise SuiteError("expected a workshop that can sign, seen none; give one: Setup(workshop=…)")


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a manager has made for it, because it runs nothing.

    *compress* takes content and the name of a compression. *sign* takes contents with how to sign each, all at once
    because starting a signer takes long. *keyring* gives the files of a keyring that trusts the signatures, by name.
    *sign_texts* is *sign* for texts, as clear-signed messages need it; *public_keys* gives a keyring as gpgv reads it.
    """

    compress: Callable[[bytes, str], bytes] = compression.compress
    sign: Callable[[Sequence[tuple[bytes, Signature | None]]], Sequence[bytes | None]] = nobody_signs
    keyring: Callable[[], Mapping[str, bytes]] = nobody_signs
    sign_texts: Callable[[Sequence[tuple[bytes, Signature | None]]], Sequence[bytes | None]] = nobody_signs
    public_keys: Callable[[], bytes] = nobody_signs


@dataclass(frozen=True, slots=True)
class Setup:
    """What a machine starts with.

    *repositories* go by their names, *packages* lie in the working directory, *options* are settings of the manager's
    configuration, each with its values, *repository_options* the same for a repository by its name; both may write
    `{root}` for the absolute path of the root. *hooks* are texts by name. *sources* are the URLs of mirrors by name of
    the repository; without, it lies on the machine itself. *is_refreshed* tells that the databases were fetched before.
    *installed_s* is when installed files were last changed, in seconds since the epoch. *workshop* makes what a manager
    cannot make itself.
    """

    installed: tuple[Archive, ...] = ()
    repositories: Mapping[str, Repository] = field(default_factory=dict)
    packages: tuple[Archive, ...] = ()
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    repository_options: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    hooks: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_refreshed: bool = True
    installed_s: int = 0
    workshop: Workshop = Workshop()

    @property
    def known_archives(self) -> tuple[Archive, ...]:
        """Every package that is spoken of."""
        offered = [archive for repository in self.repositories.values() for archive in repository.archives]
        return (*self.installed, *self.packages, *offered)

    @property
    def has_signatures(self) -> bool:
        """Whether anything is signed, or misses its signature."""
        return any(archive.signed for archive in self.known_archives) or any(
            repository.database_signed for repository in self.repositories.values()
        )


class Manager(ABC):
    """One package manager.

    *name* is also the program that scenarios write first in a command; *remedy* tells how to get it. Paths are relative
    to the root: *cache* keeps archives, *lock* is held during a transaction, *working_directory* is where commands run,
    *published* holds repositories that lie on the machine itself. *bookkeeping* are patterns of what the manager writes
    for itself, in the form of UNCHANGED_ELSEWHERE. *transcript* is a file that gets what the last command printed; none
    if it is empty. *tools* are programs of the host that scripts in the root call. *hidden* are directories of the host
    that the manager would read and must not; where they cannot be hidden, `check_host` tells whether they matter.
    """

    name: str
    remedy: str
    cache: str
    lock: str
    working_directory: str
    published: str = ""
    bookkeeping: tuple[str, ...] = ()
    transcript: str = ""
    shells: tuple[str, ...] = ("bin/sh",)
    tools: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

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
        found = program_called(self.wanted)
        if found is None:
            told = (
                f"{self.variable}={self.wanted} is no program"
                if self.wanted != self.name
                else f"no {self.name} on PATH"
            )
            raise ProgramMissing(f"{told}; {self.remedy}, or set {self.variable}")
        return found

    def check_host(self) -> None:
        """Refuse a host whose configuration would change what the manager does; raises Unsupported."""
        return

    @abstractmethod
    def files(self, setup: Setup, root: str) -> Iterable[File]:
        """Everything that stands in a root at the start, in the order of making; *root* is its absolute path."""

    @abstractmethod
    def repository(self, name: str, repository: Repository, workshop: Workshop) -> Iterable[File]:
        """The files of a published repository."""

    @abstractmethod
    def archive_name(self, archive: Archive) -> str:
        """The file name of a package's archive."""

    def cached_name(self, archive: Archive) -> str:
        """The file name of a package's archive in the cache."""
        return self.archive_name(archive)

    @abstractmethod
    def archives(self, archives: Sequence[Archive], workshop: Workshop) -> Iterable[File]:
        """The files of archives in the working directory, their signatures beside them."""

    @abstractmethod
    def argv(self, words: Sequence[str], root: str) -> list[str]:
        """The command of a scenario as it is run for *root*; raises BadValue for another's program."""

    @abstractmethod
    def environment(self, root: str) -> dict[str, str]:
        """All the environment that the manager gets."""

    @abstractmethod
    def read_packages(self, root: str) -> dict[str, Package]:
        """The packages that the database of *root* knows, by name, even those that are not installed whole."""

    @abstractmethod
    def read_versions(self, root: str) -> dict[str, str]:
        """The versions of the packages that are installed in *root*, by name; asked before and after each command."""

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


def program_called(name: str) -> str | None:
    """The absolute path of the first program of that name on PATH, or of the path *name*; None where there is none.

    As shutil.which, which takes a good part of the time before a command.
    """
    for place in [os.getcwd()] if "/" in name else filter(None, os.get_exec_path()):
        path = os.path.join(place, name)
        if os.access(path, os.X_OK) and not os.path.isdir(path):
            return path
    return None
