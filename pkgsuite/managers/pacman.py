"""Arch's pacman: its root, its configuration, its commands; pacman(8), pacman.conf(5)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import alpm
from pkgsuite.managers.base import Manager, Setup
from pkgsuite.model.file import File
from pkgsuite.model.package import Package

__all__ = ["Pacman", "pacman"]

DATABASE = "var/lib/pacman"
CACHE = "var/cache/pacman/pkg"
CONFIGURATION = "etc/pacman.conf"
HOOKS = "etc/pacman.d/hooks"
KEYRING = "etc/pacman.d/gnupg"
LOG = "var/log/pacman.log"
PUBLISHED = "var/pub"
TEMPORARY = "tmp"

LDCONFIG = "#!/bin/sh\necho 'ldconfig called' >> /etc/ld.so.cache\n"
SIGNATURE_LEVELS = ("Required", "Never", "Optional")


class Pacman(Manager):
    """Pacman 5 to 7, with everything it reads and writes inside the root."""

    name = "pacman"
    remedy = "apt-get install pacman-package-manager"
    cache = CACHE
    lock = f"{DATABASE}/db.lck"
    working_directory = TEMPORARY
    bookkeeping: tuple[str, ...] = (f"{DATABASE}/", f"{CACHE}/", LOG, "etc/ld.so.cache", f"{KEYRING}/")

    def files(self, setup: Setup, root: str) -> Iterator[File]:
        """The directories, the configuration, the databases, the archives and the installed files."""
        for path in (f"{DATABASE}/local", f"{DATABASE}/sync", CACHE, HOOKS, "var/log", TEMPORARY, "bin", "sbin"):
            yield File(path, is_directory=True)
        yield File("sbin/ldconfig", LDCONFIG, mode=0o755)
        yield File("etc/ld.so.conf")
        yield File(CONFIGURATION, configuration(setup, root))
        for name, text in setup.hooks.items():
            yield File(f"{HOOKS}/{name.removesuffix('.hook')}.hook", text)
        for package in setup.packages:
            yield File(f"{TEMPORARY}/{self.archive_name(package)}", self.archive(package))
        for name, packages in setup.repositories.items():
            published = list(self.repository(name, packages))
            yield from published
            if setup.is_refreshed:
                yield File(f"{DATABASE}/sync/{name}.db", published[-1].content)
        yield from self._installed(setup.installed)

    def _installed(self, packages: Sequence[Package]) -> Iterator[File]:
        if packages:
            yield File(f"{DATABASE}/local/ALPM_DB_VERSION", f"{alpm.LOCAL_VERSION}\n")
        for package in packages:
            for name, content in alpm.local_entry(package).items():
                yield File(f"{DATABASE}/local/{package.fullname}/{name}", content)
            yield from package.entries

    def repository(self, name: str, packages: Sequence[Package]) -> Iterator[File]:
        """The archives, and the database last."""
        pairs = [(package, self.archive(package)) for package in packages]
        for package, archive in pairs:
            yield File(f"{PUBLISHED}/{name}/{self.archive_name(package)}", archive)
        yield File(f"{PUBLISHED}/{name}/{name}.db", alpm.sync_database(pairs))

    def archive_name(self, package: Package) -> str:
        return alpm.filename(package)

    def archive(self, package: Package) -> bytes:
        return alpm.archive(package)

    def argv(self, words: Sequence[str], root: str) -> list[str]:
        if not words or words[0] != self.name:
            raise BadValue("command", shlex.join(words), "a command that starts with 'pacman'")
        return [
            self.find(),
            "--noconfirm",
            f"--config={root}/{CONFIGURATION}",
            f"--root={root}",
            f"--dbpath={root}/{DATABASE}",
            f"--hookdir={root}/{HOOKS}",
            f"--cachedir={root}/{CACHE}",
            f"--gpgdir={root}/{KEYRING}",
            f"--logfile={root}/{LOG}",
            *words[1:],
        ]

    def environment(self, root: str) -> dict[str, str]:
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return {"LC_ALL": "C", "PATH": path, "TMPDIR": f"{root}/{TEMPORARY}"}

    def read_packages(self, root: str) -> dict[str, Package]:
        """The packages of the local database; raises BadArchive naming an entry that cannot be read."""
        found = {}
        for entry in sorted(Path(root, DATABASE, "local").glob("*/")):
            if not (entry / "desc").is_file():
                continue
            files = entry / "files"
            try:
                package = alpm.read_local_entry(
                    (entry / "desc").read_bytes(), files.read_bytes() if files.is_file() else b""
                )
            except BadArchive as error:
                raise BadArchive(f"{entry.relative_to(root)}: {error}") from error
            found[package.name] = package
        return found

    def refresh(self) -> str:
        return "pacman -Sy"

    def install(self, names: Sequence[str], archives: Sequence[str]) -> list[str]:
        commands = []
        if names:
            commands.append(shlex.join(["pacman", "-S", *names]))
        if archives:
            commands.append(shlex.join(["pacman", "-U", *archives]))
        return commands

    def upgrade(self) -> str:
        return "pacman -Su"

    def remove(self, names: Sequence[str]) -> str:
        return shlex.join(["pacman", "-R", *names])

    def download(self, names: Sequence[str]) -> str:
        return shlex.join(["pacman", "-Sw", *names])


def configuration(setup: Setup, root: str) -> str:
    """pacman.conf: the options, then a section for each repository in order of their names.

    Settings may write `{root}` for the root, since pacman reads paths outside it.
    """
    lines = ["[options]", *settings(setup.options)]
    for name in sorted(setup.repositories):
        given = setup.repository_options.get(name, {})
        level = next((level for level in SIGNATURE_LEVELS if level in name), "Never")
        lines.append(f"[{name}]")
        lines += [] if "SigLevel" in given else [f"SigLevel = {level}"]
        lines += [] if "Server" in given else [f"Server = file://{root}/{PUBLISHED}/{name}"]
        lines += settings(given)
    return "\n".join(lines).replace("{root}", root) + "\n"


def settings(options: Mapping[str, Iterable[str]]) -> list[str]:
    """One line for each value of each option; a value that is empty makes a bare word."""
    return [f"{key} = {value}" if value else key for key, values in options.items() for value in values]


pacman = Pacman()
