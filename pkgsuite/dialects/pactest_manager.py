"""Pacman as the dialect calls it, in the root that the dialect generates."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pkgsuite.dialects.pactest_package import PactestPackage, items
from pkgsuite.dialects.pactest_recorder import LOCAL, ROOT, Database, Entry, Recorder
from pkgsuite.errors import BadValue
from pkgsuite.formats import alpm
from pkgsuite.managers.base import Setup
from pkgsuite.managers.pacman import CACHE, CONFIGURATION, DATABASE, HOOKS, LDCONFIG, PUBLISHED, TEMPORARY, Pacman
from pkgsuite.model.file import File
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive, Repository, as_archives
from pkgsuite.values import dataclass

__all__ = ["LOG", "SERVER_LOG", "VALGRIND_LOG", "Calling", "PactestPacman", "inside"]

LOG = "var/log/pactest.log"
SERVER_LOG = "var/log/httpd.log"
VALGRIND_LOG = "var/log/valgrind"

GDB = ("gdb", "--args")
VALGRIND = (
    "valgrind",
    "--quiet",
    "--tool=memcheck",
    "--leak-check=full",
    "--show-reachable=yes",
    "--gen-suppressions=all",
    "--child-silent-after-fork=yes",
    f"--log-file={ROOT}/{VALGRIND_LOG}",
)


@dataclass(frozen=True, slots=True)
class Calling:
    """How pacman is called: under a debugger or valgrind, with what *suppressions* file, asking the user, and so on.

    *program* stands in for pacman. *shell* and *ldconfig* are absolute paths inside the root.
    """

    program: str = ""
    debug: int = 0
    gdb: bool = False
    valgrind: bool = False
    suppressions: str = ""
    confirm: bool = False
    shell: str = "/bin/sh"
    ldconfig: str = "/sbin/ldconfig"

    @property
    def wrapper(self) -> list[str]:
        """The words in front of pacman."""
        words = list(GDB) if self.gdb else []
        if self.valgrind:
            words += [*VALGRIND, *([f"--suppressions={self.suppressions}"] if self.suppressions else [])]
        return words


class PactestPacman(Pacman):
    """Pacman for what one test file declares."""

    transcript = LOG
    bookkeeping = (*Pacman.bookkeeping, LOG, SERVER_LOG, VALGRIND_LOG)

    def __init__(self, declared: Recorder, calling: Calling) -> None:
        self._declared = declared
        self._calling = calling
        self._packages: dict[int, Package] = {}
        self.shells = tuple(dict.fromkeys(("bin/sh", inside("--scriptlet-shell", calling.shell))))

    def setup(self) -> Setup:
        """What the file declares, as values."""
        offered = {name: Repository(self._all(tree.pkgs)) for name, tree in self._declared.db.items() if name != LOCAL}
        return Setup(self._all(self._declared.db[LOCAL].pkgs), offered, self._all(self._declared.localpkgs))

    def _all(self, packages: Iterable[PactestPackage]) -> tuple[Archive, ...]:
        return as_archives(self._package(package) for package in packages)

    def _package(self, package: PactestPackage) -> Package:
        if id(package) not in self._packages:
            self._packages[id(package)] = package.as_package()
        return self._packages[id(package)]

    def files(self, setup: Setup, root: str) -> Iterator[File]:
        """The directories, the configuration, the archives, the databases; what the file asks for, and last what is
        installed.
        """
        for path in (f"{DATABASE}/local", f"{DATABASE}/sync", CACHE, HOOKS, PUBLISHED, TEMPORARY, "var/log", "bin"):
            yield File(path, is_directory=True)
        yield File(inside("--ldconfig", self._calling.ldconfig), LDCONFIG, mode=0o755)
        yield File("etc/ld.so.conf")
        yield File(CONFIGURATION, self._configuration().replace(ROOT, root))
        for package in self._declared.localpkgs:
            yield File(f"{TEMPORARY}/{package.filename()}", self._archive(package))
        for tree in self._declared.db.values():
            yield from self._tree(tree)
        yield from (as_file(entry) for entry in self._declared.filesystem)
        yield from once(self._local(self._declared.db[LOCAL].pkgs))

    def _configuration(self) -> str:
        """pacman.conf; a repository's own settings come behind what the dialect sets."""
        lines = ["[options]", *settings(self._declared.option)]
        for name in sorted(self._declared.db.keys() - {LOCAL}):
            tree = self._declared.db[name]
            lines += [f"[{name}]", f"SigLevel = {tree.getverify()}"]
            lines += [f"Server = file://{ROOT}/{PUBLISHED}/{name}"] if tree.syncdir else []
            lines += settings(tree.option)
        return "\n".join(lines) + "\n"

    def _tree(self, tree: Database) -> Iterator[File]:
        """The archives of a database, and that itself if it is a repository."""
        place = CACHE if self._declared.cachepkgs else f"{PUBLISHED}/{tree.treename}"
        has_archives = self._declared.createlocalpkgs if tree.is_local else self._declared.cachepkgs or tree.syncdir
        listed = []
        for package in tree.pkgs:
            value = self._package(package)
            if has_archives:
                archive = self._archive(package)
                yield File(f"{place}/{package.filename()}", archive)
                value = replace(value, csize=len(archive), md5sum=File("archive", archive).md5)
            listed.append((value, None))
        if not tree.is_local:
            database = alpm.sync_database(listed, name_of=archive_name)
            for path in (f"{DATABASE}/sync", f"{PUBLISHED}/{tree.treename}"):
                yield File(f"{path}/{tree.treename}.db", database)

    def _archive(self, package: PactestPackage) -> bytes:
        return alpm.archive(self._package(package))

    def _local(self, packages: Sequence[PactestPackage]) -> Iterator[File]:
        """The entries of the local database, and the installed files."""
        for package in packages:
            value = self._package(package)
            for name, content in alpm.local_entry(value, backup_sums=package.backup_sums()).items():
                yield File(f"{DATABASE}/local/{value.fullname}/{name}", content)
        for package in packages:
            yield from self._package(package).entries
        if packages and self._declared.dbver >= alpm.LOCAL_VERSION:
            yield File(f"{DATABASE}/local/ALPM_DB_VERSION", f"{self._declared.dbver}\n")

    def archive_name(self, archive: Archive) -> str:
        return archive_name(archive.package)

    def argv(self, words: Sequence[str], root: str) -> list[str]:
        """The command: what a scenario writes behind `pacman` are the test's arguments."""
        options = ["--confirm"] if self._calling.confirm else []
        options += [f"--debug={self._calling.debug}"] if self._calling.debug else []
        program = self._calling.program or self.find()
        command = [*self._calling.wrapper, program, *self._declared.cmd[1:], *options, *words[1:]]
        return [word.replace(ROOT, root) for word in command]

    def environment(self, root: str) -> dict[str, str]:
        """Only what the dialect promises; wrappers must be found, so they get a PATH too."""
        return {"LC_ALL": "C", **({"PATH": os.defpath} if self._calling.wrapper else {})}


def archive_name(package: Package) -> str:
    """The file name of an archive, which has no architecture in the dialect."""
    return f"{package.fullname}.pkg.tar.gz"


def once(files: Iterable[File]) -> Iterator[File]:
    """*files* without the directories that came before."""
    made: set[File] = set()
    for file in files:
        if not file.is_directory or file not in made:
            yield file
        if file.is_directory:
            made.add(file)


def settings(options: dict[str, list[str]]) -> list[str]:
    """A line for each value of each option."""
    return [f"{key} = {value}" for key, given in options.items() for value in items(given)]


def as_file(entry: Entry) -> File:
    """An entry of `filesystem` as a value."""
    return entry if isinstance(entry, File) else File.parse(entry)


def inside(option: str, path: str) -> str:
    """An absolute path of the root, relative to it; raises BadValue."""
    if not path.startswith("/") or not path.strip("/"):
        raise BadValue(option, path, "an absolute path inside the root, such as /bin/sh")
    return path.lstrip("/")
