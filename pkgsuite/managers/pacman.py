"""Arch's pacman: its root, its configuration, its commands; pacman(8), pacman.conf(5)."""

from __future__ import annotations

import base64
import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import alpm
from pkgsuite.managers.base import Manager, Setup, Workshop
from pkgsuite.model.file import File
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive, Repository
from pkgsuite.model.signature import Signature

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
USUAL_COMPRESSION = "gz"
MOST_REMEMBERED_BYTES = 1 << 16

GPG_CONFIGURATION = "no-greeting\nno-permission-warning\nno-autostart\ndisable-dirmngr\n"
"""As pacman-key writes it, but for a machine without a network: nobody asks for keys that are not there."""


class Pacman(Manager):
    """Pacman 5 to 7, with everything it reads and writes inside the root."""

    name = "pacman"
    remedy = "apt-get install pacman-package-manager"
    cache = CACHE
    lock = f"{DATABASE}/db.lck"
    working_directory = TEMPORARY
    published = PUBLISHED
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
        if setup.has_signatures:
            yield from keyring(setup.workshop)
        yield from self.archives(setup.packages, setup.workshop)
        for name, repository in setup.repositories.items():
            for file in self.repository(name, repository, setup.workshop):
                if name not in setup.sources:
                    yield file
                if setup.is_refreshed and file.path.startswith(f"{PUBLISHED}/{name}/{name}.db"):
                    yield replace(file, path=f"{DATABASE}/sync/{os.path.basename(file.path)}")
        yield from self._installed(setup.installed, setup.installed_s)

    def _installed(self, archives: Sequence[Archive], mtime_s: int) -> Iterator[File]:
        if archives:
            yield File(f"{DATABASE}/local/ALPM_DB_VERSION", f"{alpm.LOCAL_VERSION}\n")
        for archive in archives:
            package = archive.package
            entry = alpm.local_entry(package)
            if archive.mtree:
                entry["mtree"] = alpm.mtree_of(replace(package, builddate=mtime_s))
            for name, content in entry.items():
                yield File(f"{DATABASE}/local/{package.fullname}/{name}", content)
            yield from package.entries

    def repository(self, name: str, repository: Repository, workshop: Workshop) -> Iterator[File]:
        """The archives with their signatures, then the database with its own."""
        place = f"{PUBLISHED}/{name}"
        entries: list[tuple[Package, bytes]] = []
        for archive, content, signature in self._made(repository.archives, workshop):
            yield from with_signature(
                f"{place}/{self.archive_name(archive)}", content, signature if repository.beside else None
            )
            entries.append((embedding(archive.package, signature if repository.embedded else None), content))
        names = {archive.package.fullname: self.archive_name(archive) for archive in repository.archives}
        database = alpm.sync_database(entries, name_of=lambda package: names[package.fullname])
        (signature,) = signatures(workshop, [(database, repository.database_signed)])
        yield from with_signature(f"{place}/{name}.db", database, signature)

    def archive_name(self, archive: Archive) -> str:
        return alpm.filename(archive.package, compression(archive))

    def archives(self, archives: Sequence[Archive], workshop: Workshop) -> Iterator[File]:
        for archive, content, signature in self._made(archives, workshop):
            yield from with_signature(f"{TEMPORARY}/{self.archive_name(archive)}", content, signature)

    def _made(self, archives: Sequence[Archive], workshop: Workshop) -> Iterator[tuple[Archive, bytes, bytes | None]]:
        """Archives with their bytes and signatures."""
        contents = [made(archive, workshop.compress) for archive in archives]
        signed = [(content, archive.signed) for archive, content in zip(archives, contents, strict=True)]
        return zip(archives, contents, signatures(workshop, signed), strict=True)

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
        for name in installed(root):
            entry = f"{DATABASE}/local/{name}"
            try:
                desc, files = content(f"{root}/{entry}/desc"), content(f"{root}/{entry}/files")
                if desc is not None:
                    package = alpm.read_local_entry(desc, files or b"")
                    found[package.name] = package
            except BadArchive as error:
                raise BadArchive(f"{entry}: {error}") from error
        return found

    def read_versions(self, root: str) -> dict[str, str]:
        entries = (entry for entry in installed(root) if os.path.lexists(f"{root}/{DATABASE}/local/{entry}/desc"))
        named = (entry.rsplit("-", 2) for entry in entries if entry.count("-") > 1)
        return {name: f"{version}-{release}" for name, version, release in named}

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


def installed(root: str) -> list[str]:
    """The names of the entries in the local database, in order; none where it is missing."""
    try:
        return sorted(os.listdir(f"{root}/{DATABASE}/local"))
    except OSError:
        return []


def content(path: str) -> bytes | None:
    """What a regular file holds; None where there is none."""
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        return file.read()


def keyring(workshop: Workshop) -> Iterator[File]:
    """The gpg home of a machine that `pacman-key --init` and `--populate` have been run on."""
    yield File(f"{KEYRING}/gpg.conf", GPG_CONFIGURATION)
    for name, content in workshop.keyring().items():
        yield File(f"{KEYRING}/{name}", content)


def compression(archive: Archive) -> str:
    """The compression of an archive, as its name ends in it."""
    return USUAL_COMPRESSION if archive.compression is None else archive.compression


def made(archive: Archive, compress: Callable[[bytes, str], bytes]) -> bytes:
    """The bytes of an archive; those of small packages are remembered, since the tests of a class often share them."""
    size_bytes = sum(len(file.data) for file in archive.package.entries)
    return (remembered if size_bytes <= MOST_REMEMBERED_BYTES else packed)(archive, compress)


def packed(archive: Archive, compress: Callable[[bytes, str], bytes]) -> bytes:
    """The bytes of an archive."""
    return compress(alpm.archive(archive.package, "", mtree=archive.mtree), compression(archive))


remembered = lru_cache(packed)


def signatures(workshop: Workshop, wanted: Sequence[tuple[bytes, Signature | None]]) -> Sequence[bytes | None]:
    """The signature of each content; where none is wanted, nobody is asked."""
    return workshop.sign(wanted) if any(how for _, how in wanted) else [None] * len(wanted)


def with_signature(path: str, content: bytes, signature: bytes | None) -> Iterator[File]:
    """A file and the signature beside it."""
    yield File(path, content)
    if signature is not None:
        yield File(f"{path}.sig", signature)


def embedding(package: Package, signature: bytes | None) -> Package:
    """The package as a database speaks of it, *signature* included unless it gives another."""
    if signature is None or package.pgpsig:
        return package
    return replace(package, pgpsig=base64.b64encode(signature).decode())


def configuration(setup: Setup, root: str) -> str:
    """pacman.conf: the options, then a section for each repository in order of their names.

    Settings may write `{root}` for the root, since pacman reads paths outside it.
    """
    lines = ["[options]", *settings(setup.options)]
    if "LocalFileSigLevel" not in setup.options and any(archive.signed for archive in setup.packages):
        lines.append("LocalFileSigLevel = Required")
    for name, repository in sorted(setup.repositories.items()):
        given = setup.repository_options.get(name, {})
        lines.append(f"[{name}]")
        lines += [] if "SigLevel" in given else [f"SigLevel = {signature_level(name, repository)}"]
        servers = [f"{url}/{name}" for url in setup.sources.get(name, (f"file://{root}/{PUBLISHED}",))]
        lines += [] if "Server" in given else [f"Server = {server}" for server in servers]
        lines += settings(given)
    return "\n".join(lines).replace("{root}", root) + "\n"


def signature_level(name: str, repository: Repository) -> str:
    """Which signatures are required: those that are spoken of; where there are none, as the repository's name says."""
    if not repository.has_signatures and not repository.database_signed:
        return next((level for level in SIGNATURE_LEVELS if level in name), "Never")
    packages = "PackageRequired" if repository.has_signatures else "PackageNever"
    return f"{packages} {'DatabaseRequired' if repository.database_signed else 'DatabaseNever'}"


def settings(options: Mapping[str, Iterable[str]]) -> list[str]:
    """One line for each value of each option; a value that is empty makes a bare word."""
    return [f"{key} = {value}" if value else key for key, values in options.items() for value in values]


pacman = Pacman()
