"""Debian's apt and dpkg: their root, their commands, their databases; apt-get(8), dpkg(1)."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pkgsuite.errors import BadValue, ProgramMissing
from pkgsuite.formats import deb, dpkg, openpgp
from pkgsuite.formats.apt_repository import Maker, publish
from pkgsuite.formats.deb_control import EVERY_ARCHITECTURE
from pkgsuite.managers import apt_configuration as configuration
from pkgsuite.managers import apt_database, apt_host
from pkgsuite.managers.apt_database import DATABASE, STATE
from pkgsuite.managers.base import Manager, Setup, Workshop
from pkgsuite.model.file import File
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive, Repository
from pkgsuite.model.suite import Suite

__all__ = ["Apt", "apt"]

LISTS = f"{STATE}/lists"
CACHE = "var/cache/apt"
ARCHIVES = f"{CACHE}/archives"
FUNDAMENTALS = "etc/apt/pkgsuite.conf"
KEYRING = "usr/share/keyrings/pkgsuite.gpg"
LOGS = ("var/log/apt/", "var/log/dpkg.log", "var/log/alternatives.log")
PUBLISHED = "var/pub"
TEMPORARY = "tmp"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

DIRECTORIES = (
    *(f"{DATABASE}/{name}" for name in ("alternatives", "info", "parts", "triggers", "updates")),
    *(f"{LISTS}/partial", f"{ARCHIVES}/partial", "var/log/apt"),
    *(f"etc/apt/{name}" for name in ("apt.conf.d", "preferences.d", "sources.list.d", "trusted.gpg.d")),
    *("etc/alternatives", TEMPORARY, "root", "bin", "sbin", "usr/bin", "usr/sbin"),
)

OF_APT = ("apt-get", "apt", "apt-mark", "apt-cache")
OF_DPKG = ("dpkg", "dpkg-query", "dpkg-divert", "dpkg-statoverride", "dpkg-trigger")
OF_ROOT = ("update-alternatives",)
"""Programs that are told of the root by an option, and those that run in it; apt is told by its configuration."""

MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "i686": "i386", "armv7l": "armhf", "ppc64le": "ppc64el"}
"""The machines of uname(2) with the architectures that dpkg was built for there; others have the same name."""


class Apt(Manager):
    """Apt 2 with dpkg 1.21, with everything they read and write inside the root.

    The variable PKGSUITE_APT names a directory with programs to test, of which those that are not there come from PATH;
    or a single program that stands for all. Each repository is an archive of its own with one suite, which both have
    the repository's name.
    """

    name = "apt"
    remedy = "apt-get install apt dpkg"
    cache = ARCHIVES
    lock = ""
    working_directory = TEMPORARY
    published = PUBLISHED
    bookkeeping: tuple[str, ...] = (f"{DATABASE}/", f"{STATE}/", f"{CACHE}/", *LOGS, "dev/null")
    tools = ("cat", "ln", "mkdir", "mv", "rm", "dpkg-divert", "dpkg-trigger", "update-alternatives")
    hidden = apt_host.DIRECTORIES

    # Programs

    @property
    def programs(self) -> tuple[str, ...]:
        return (*OF_APT, *OF_DPKG, *OF_ROOT)

    @property
    def native(self) -> str:
        """The architecture of the machine, by Debian's name."""
        return MACHINES.get(platform.machine(), platform.machine())

    @property
    def _stand_in(self) -> str:
        """The program that stands for all, if one is given."""
        given = os.environ.get(self.variable, "")
        return "" if os.path.isdir(given) else given

    def find(self, program: str = "") -> str:
        """The absolute path of one of the programs, `apt-get` if none is named; raises ProgramMissing."""
        name = program or OF_APT[0]
        places = [os.environ.get(each, "") for each in (self.variable, "PATH")]
        found = shutil.which(self._stand_in or name, path=":".join([*places, PATH]))
        if found is None:
            told = f"{self.variable}={self._stand_in} is no program" if self._stand_in else f"no {name} on PATH"
            raise ProgramMissing(f"{told}; {self.remedy}, or set {self.variable}")
        if not program:
            self.find("dpkg")
        return str(Path(found).absolute())

    def argv(self, words: Sequence[str], root: str) -> list[str]:
        if not words or words[0] not in self.programs:
            raise BadValue("command", shlex.join(words), f"a command that starts with {', '.join(self.programs)}")
        program, *rest = words
        if program in OF_ROOT and not self._stand_in:
            return [self.find("chroot"), root, f"/usr/bin/{program}", *rest]
        return [self.find(program), *self._options(program, root), *rest]

    def _options(self, program: str, root: str) -> list[str]:
        if program not in OF_DPKG:
            return []
        more = [f"--log={root}/var/log/dpkg.log", *apt_host.OVERRIDING] if program == "dpkg" else []
        return [f"--root={root}", *more]

    def environment(self, root: str) -> dict[str, str]:
        return {
            "APT_CONFIG": f"{root}/{FUNDAMENTALS}",
            "DEBIAN_FRONTEND": "noninteractive",
            "HOME": f"{root}/root",
            "LC_ALL": "C",
            "PATH": PATH,
            "TMPDIR": f"{root}/{TEMPORARY}",
            "TZ": "UTC0",
        }

    # The root

    def check_host(self) -> None:
        apt_host.check()

    def files(self, setup: Setup, root: str) -> Iterator[File]:
        """The directories, the configuration, the databases, the archives and the installed files."""
        for path in DIRECTORIES:
            yield File(path, is_directory=True)
        yield File("dev/null", mode=0o666)
        options = self._options("dpkg", root)
        yield File(FUNDAMENTALS, configuration.fundamentals(root, self.find("dpkg"), options, self.native))
        yield File("etc/apt/apt.conf", configuration.settings(setup.options).replace("{root}", root))
        for name, text in setup.hooks.items():
            yield File(f"etc/apt/apt.conf.d/{name}", text.replace("{root}", root))
        if setup.has_signatures:
            yield File(KEYRING, setup.workshop.public_keys())
        yield from self.archives(setup.packages, setup.workshop)
        for name, repository in setup.repositories.items():
            yield from self._source(name, repository, setup, root)
        yield from self._installed([archive.package for archive in setup.installed])

    def _installed(self, packages: Sequence[Package]) -> Iterator[File]:
        known = {deb.architecture(package) for package in packages} - {EVERY_ARCHITECTURE, self.native}
        for file in dpkg.database(packages, native=self.native, foreign=sorted(known)):
            yield replace(file, path=f"{DATABASE}/{file.path}")
        yield File(f"{STATE}/extended_states", dpkg.extended_states(packages, self.native))
        for package in packages:
            is_there = package.state in ("", "installed")
            yield from package.entries if is_there else ()

    def _source(self, name: str, repository: Repository, setup: Setup, root: str) -> Iterator[File]:
        """A repository, where to find it, and what was fetched of it."""
        urls = [f"{url}/{name}" for url in setup.sources.get(name, (f"copy:{root}/{PUBLISHED}",))]
        keyring = f"{root}/{KEYRING}" if repository.database_signed else ""
        given = setup.repository_options.get(name, {})
        told = configuration.source(name, urls, keyring, given).decode().replace("{root}", root)
        yield File(f"etc/apt/sources.list.d/{name}.sources", told)
        files = {file.path: file for file in self.repository(name, repository, setup.workshop)}
        if name not in setup.sources:
            yield from files.values()
        if setup.is_refreshed:
            for path in configuration.listed(files):
                below = path.removeprefix(f"{PUBLISHED}/{name}/")
                yield replace(files[path], path=f"{LISTS}/{configuration.list_name(urls[0], below)}")

    def repository(self, name: str, repository: Repository, workshop: Workshop) -> Iterator[File]:
        """The pool and the suite; those who only have a Release file come last."""
        for archive in repository.archives:
            refuse_signature(archive)
        offered = {deb.architecture(archive.package) for archive in repository.archives} - {EVERY_ARCHITECTURE}
        architectures = tuple(dict.fromkeys([self.native, *sorted(offered)]))
        fields: dict[str, object] = {"architectures": architectures, **repository.suite}
        suite = Suite(name, {configuration.COMPONENT: repository}, **fields)  # type: ignore[arg-type]
        signed = repository.database_signed

        def clear_sign(text: bytes) -> bytes | None:
            (signature,) = workshop.sign_texts([(openpgp.signed_text(text), signed)]) if signed else (None,)
            return None if signature is None else openpgp.clear_signed(text, signature)

        made = publish([suite], Maker(workshop.compress, clear_sign))
        for path, content in made.items():
            yield File(f"{PUBLISHED}/{name}/{path}", content)

    def archive_name(self, archive: Archive) -> str:
        return deb.filename(archive.package)

    def cached_name(self, archive: Archive) -> str:
        """Apt writes the epoch into the name as well."""
        package = archive.package
        version = package.version.replace(":", "%3a")
        return f"{package.name}_{version}_{deb.architecture(package)}.deb"

    def archives(self, archives: Sequence[Archive], workshop: Workshop) -> Iterator[File]:
        for archive in archives:
            refuse_signature(archive)
            kind = "gz" if archive.compression is None else archive.compression
            content = deb.archive(archive.package, kind, compress=workshop.compress)
            yield File(f"{TEMPORARY}/{self.archive_name(archive)}", content)

    # What is installed

    def read_packages(self, root: str) -> dict[str, Package]:
        return apt_database.read_packages(root, self.native)

    def read_versions(self, root: str) -> dict[str, str]:
        return apt_database.read_versions(root, self.native)

    # Verbs

    def refresh(self) -> str:
        return "apt-get update"

    def install(self, names: Sequence[str], archives: Sequence[str]) -> list[str]:
        commands = []
        if names:
            commands.append(shlex.join(["apt-get", "install", *names]))
        if archives:
            files = [f"./{name}" for name in archives]
            commands.append(shlex.join(["apt-get", "install", "--reinstall", "--allow-downgrades", *files]))
        return commands

    def upgrade(self) -> str:
        return "apt-get dist-upgrade"

    def remove(self, names: Sequence[str]) -> str:
        return shlex.join(["apt-get", "remove", *names])

    def download(self, names: Sequence[str]) -> str:
        return shlex.join(["apt-get", "install", "--download-only", *names])


def refuse_signature(archive: Archive) -> None:
    """Refuse a signature of a package: Debian signs repositories; raises BadValue."""
    if archive.signed:
        raise BadValue("signed", archive.signed, "no signature of a package; sign a repository: database_signed=…")


apt = Apt()
