"""What a test file finds as `self`: it keeps what the file declares, and does nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

from pkgsuite.dialects.pactest_package import PactestPackage
from pkgsuite.errors import BadValue
from pkgsuite.later import later
from pkgsuite.managers.pacman import CACHE, CONFIGURATION, DATABASE, HOOKS
from pkgsuite.model.file import File
from pkgsuite.rules.arguments import FILE_PATH, PACKAGE, PATH
from pkgsuite.rules.base import Rule
from pkgsuite.rules.registry import RULES
from pkgsuite.rules.text import parse

if TYPE_CHECKING:
    from pkgsuite.dialects import pactest_http
else:
    pactest_http = later("pkgsuite.dialects.pactest_http")

__all__ = ["CAPABILITIES", "LOCAL", "ROOT", "Database", "Entry", "Recorder", "ended"]

ROOT = "{root}"
"""What stands for the absolute path of the root, which is known when the test runs."""

LOCAL = "local"
CAPABILITIES = ("gpg", "curl", "nls")
LEVELS = ("Required", "Never", "Optional")

Entry: TypeAlias = "File | str"


class Database:
    """What `self.db[tree]` gives: the packages of `local`, or of a repository and how pacman.conf has it."""

    def __init__(self, treename: str) -> None:
        self.treename = treename
        self.is_local = treename == LOCAL
        self.pkgs: list[PactestPackage] = []
        self.option: dict[str, list[str]] = {}
        self.syncdir = True

    def getpkg(self, name: str) -> PactestPackage | None:
        """The first package of that name."""
        return next((package for package in self.pkgs if package.name == name), None)

    def getverify(self) -> str:
        """The SigLevel that the name asks for."""
        return next((level for level in LEVELS if level in self.treename), "Never")


class Recorder:
    """The test as its file declares it.

    *missing* are capabilities that tests are not to count on.
    """

    def __init__(self, name: str, missing: Collection[str] = ()) -> None:
        self.name = name
        self.testname = PurePath(name).name.removesuffix(".py")
        self.root = ROOT
        self.config = {capability: capability not in missing for capability in CAPABILITIES}
        self.cmd = ["pacman", "--noconfirm"]
        self.cmd += ["--config", self.configfile(), "--root", self.rootdir(), "--dbpath", self.dbdir()]
        self.cmd += ["--hookdir", self.hookdir(), "--cachedir", self.cachedir()]
        self.description = ""
        self.args = ""
        self.dbver = 9
        self.cachepkgs = True
        self.createlocalpkgs = False
        self.expectfailure = False
        self.skipall: bool | str = False
        self.option: dict[str, list[str]] = {}
        self.db = {LOCAL: Database(LOCAL)}
        self.localpkgs: list[PactestPackage] = []
        self.filesystem: list[Entry] = []
        self.rules: list[Rule] = []
        self.http_servers: list[pactest_http.Server] = []

    def configfile(self) -> str:
        """The path of pacman.conf."""
        return f"{ROOT}/{CONFIGURATION}"

    def rootdir(self) -> str:
        """The path of the root."""
        return f"{ROOT}/"

    def dbdir(self) -> str:
        """The path of the databases."""
        return f"{ROOT}/{DATABASE}"

    def cachedir(self) -> str:
        """The path of the package cache."""
        return f"{ROOT}/{CACHE}"

    def hookdir(self) -> str:
        """The path of the hooks."""
        return f"{ROOT}/{HOOKS}"

    def addpkg2db(self, treename: str, pkg: PactestPackage) -> PactestPackage:
        """Put *pkg* in the database *treename*: `local` is what is installed, any other name a repository."""
        self.db.setdefault(treename, Database(treename)).pkgs.append(as_pmpkg(pkg))
        return pkg

    def addpkg(self, pkg: PactestPackage) -> PactestPackage:
        """Put the archive of *pkg* into pacman's working directory."""
        self.localpkgs.append(as_pmpkg(pkg))
        return pkg

    def findpkg(self, name: str, version: str, allow_local: bool = False) -> PactestPackage | None:
        """The package that was declared with this name and version."""
        for database in self.db.values():
            found = database.getpkg(name) if allow_local or not database.is_local else None
            if found and found.version == version:
                return found
        return next((each for each in self.localpkgs if (each.name, each.version) == (name, version)), None)

    def addrule(self, rulename: str) -> None:
        """One claim about the machine after the run; raises BadRule, so that the file's own line is told."""
        self.rules.append(parse(without_surplus(rulename)))

    def add_hook(self, name: str, content: str) -> None:
        """A hook of pacman's."""
        self.filesystem.append(File(f"{HOOKS}/{name.removesuffix('.hook')}.hook", ended(content)))

    def add_script(self, name: str, content: str) -> None:
        """A program below bin/, a shell script if it does not say otherwise."""
        start = "" if content.startswith("#!") else "#!/bin/sh\n"
        self.filesystem.append(File(f"bin/{name}", ended(start + content), mode=0o755))

    def require_capability(self, cap: str) -> None:
        """Skip the test where pacman was built without *cap*."""
        if cap not in self.config:
            raise BadValue("require_capability", cap, f"one of {', '.join(self.config)}")
        if not self.config[cap]:
            self.skipall = f"missing capability {cap}"

    def add_simple_http_server(self, responses: Mapping[str, pactest_http.Reply]) -> str:
        """A server on loopback that answers as *responses* say by path, and its URL; it listens during the run."""
        server = pactest_http.Server(responses)
        self.http_servers.append(server)
        return server.url

    def close(self) -> None:
        """End the servers."""
        for server in self.http_servers:
            server.close()


def without_surplus(rulename: str) -> str:
    """*rulename* as the dialect takes it: a rule about a name or a path alone may go on behind a `|`."""
    name, equals, value = str(rulename).partition("=")
    kind = RULES.get(name.lstrip("!"))
    if kind is None or kind.arguments not in ((PACKAGE,), (FILE_PATH,), (PATH,)):
        return rulename
    return f"{name}{equals}{value.partition('|')[0]}"


def as_pmpkg(pkg: object) -> PactestPackage:
    """*pkg*, if it is one; raises BadValue."""
    if not isinstance(pkg, PactestPackage):
        raise BadValue("pkg", pkg, "a pmpkg")
    return pkg


def ended(content: str) -> str:
    """*content* with a newline at its end, unless it is empty."""
    return content if not content or content.endswith("\n") else f"{content}\n"
