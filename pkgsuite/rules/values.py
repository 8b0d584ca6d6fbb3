"""Rules as values, one function for each claim: `installed("a")` is `PKG_EXIST=a`, and `~` negates."""

from __future__ import annotations

from pkgsuite.rules.base import Rule
from pkgsuite.rules.registry import RULES

__all__ = [
    "announced",
    "asked_from",
    "automatic",
    "backs_up",
    "cached",
    "cached_contents",
    "cached_file",
    "contents",
    "depends_on",
    "description",
    "directory",
    "dpkg_dist",
    "dpkg_new",
    "dpkg_old",
    "empty",
    "exists",
    "fetched_from_cache",
    "fetched_from_mirror",
    "fetched_from_peers",
    "file_type",
    "given_to_peers",
    "held",
    "in_group",
    "installed",
    "link",
    "lists_file",
    "mode",
    "modified",
    "no_core_dump",
    "no_stale_lock",
    "node_alive",
    "optionally_depends_on",
    "output",
    "owner",
    "pacnew",
    "pacorig",
    "pacsave",
    "peers",
    "provides",
    "reason",
    "returncode",
    "served",
    "served_by",
    "served_from",
    "state",
    "stderr",
    "transaction",
    "unasked",
    "unchanged",
    "unchanged_elsewhere",
]


def claim(kind: str, *arguments: str) -> Rule:
    """The rule of a kind with these arguments."""
    return Rule(RULES[kind], arguments)


def returncode(status: int) -> Rule:
    """The command ended with this exit status, or by the signal of which it is minus the number."""
    return claim("RETCODE", str(status))


def output(regex: str) -> Rule:
    """A line of the command's stdout or stderr matches."""
    return claim("OUTPUT", regex)


def stderr(regex: str) -> Rule:
    """A line of the command's stderr matches."""
    return claim("STDERR", regex)


def installed(name: str, version: str | None = None) -> Rule:
    """The package is installed, and in this version if one is given."""
    return claim("PKG_EXIST", name) if version is None else claim("PKG_VERSION", name, version)


def description(name: str, text: str) -> Rule:
    """The installed package's description is exactly *text*."""
    return claim("PKG_DESC", name, text)


def reason(name: str, reason: int) -> Rule:
    """The package is installed for this reason: EXPLICIT or DEPENDENCY."""
    return claim("PKG_REASON", name, str(reason))


def in_group(name: str, group: str) -> Rule:
    """The installed package is in *group*."""
    return claim("PKG_GROUPS", name, group)


def provides(name: str, provision: str) -> Rule:
    """The installed package provides *provision*, written as its database entry has it."""
    return claim("PKG_PROVIDES", name, provision)


def depends_on(name: str, dependency: str) -> Rule:
    """The installed package depends on *dependency*, written as its database entry has it."""
    return claim("PKG_DEPENDS", name, dependency)


def optionally_depends_on(name: str, dependency: str) -> Rule:
    """The installed package has this optional dependency."""
    return claim("PKG_OPTDEPENDS", name, dependency)


def lists_file(name: str, path: str) -> Rule:
    """The installed package lists *path*; that of a directory ends in a slash."""
    return claim("PKG_FILES", name, path)


def backs_up(name: str, path: str) -> Rule:
    """The installed package marks *path* as a configuration file that upgrades must keep."""
    return claim("PKG_BACKUP", name, path)


def exists(path: str) -> Rule:
    """A regular file stands at *path*."""
    return claim("FILE_EXIST", path)


def directory(path: str) -> Rule:
    """A directory stands at *path*."""
    return claim("DIR_EXIST", path)


def link(path: str) -> Rule:
    """A symbolic link stands at *path*."""
    return claim("LINK_EXIST", path)


def file_type(path: str, kind: str) -> Rule:
    """What stands at *path* is a `dir`, a `file` or a `link`."""
    return claim("FILE_TYPE", path, kind)


def mode(path: str, bits: int) -> Rule:
    """What stands at *path* has exactly these permission bits, such as 0o755."""
    return claim("FILE_MODE", path, f"{bits:04o}")


def owner(path: str, uid: int, gid: int) -> Rule:
    """What stands at *path*, itself and not what a link leads to, belongs to this user and group."""
    return claim("FILE_OWNER", path, f"{uid}:{gid}")


def empty(path: str) -> Rule:
    """The file at *path* holds no byte."""
    return claim("FILE_EMPTY", path)


def contents(path: str, text: str) -> Rule:
    """The file at *path* holds exactly *text*."""
    return claim("FILE_CONTENTS", path, text)


def modified(path: str) -> Rule:
    """What stands at *path* was created, deleted or changed since before the first command."""
    return claim("FILE_MODIFIED", path)


def unchanged(path: str) -> Rule:
    """What stands at *path* is exactly as it was before the first command."""
    return ~modified(path)


def pacnew(path: str) -> Rule:
    """A new version was set beside the file at *path*."""
    return claim("FILE_PACNEW", path)


def pacsave(path: str) -> Rule:
    """The file at *path* was saved when it was removed."""
    return claim("FILE_PACSAVE", path)


def pacorig(path: str) -> Rule:
    """The original of the file at *path* was kept."""
    return claim("FILE_PACORIG", path)


def dpkg_new(path: str) -> Rule:
    """A new version waits beside the file at *path*, since dpkg was interrupted."""
    return claim("FILE_DPKGNEW", path)


def dpkg_dist(path: str) -> Rule:
    """The package's version was set beside the file at *path*, which the user keeps."""
    return claim("FILE_DPKGDIST", path)


def dpkg_old(path: str) -> Rule:
    """The user's version was set beside the file at *path*, which the package replaced."""
    return claim("FILE_DPKGOLD", path)


def state(name: str, state: str) -> Rule:
    """The package is installed just so far, such as `config-files` or `half-configured`."""
    return claim("PKG_STATE", name, state)


def automatic(name: str) -> Rule:
    """The package was installed because others needed it."""
    return claim("PKG_AUTO", name)


def held(name: str) -> Rule:
    """The package is held: the user wants it to stay as it is."""
    return claim("PKG_HELD", name)


def transaction(*changes: str) -> Rule:
    """The command did just this: `+a` installed, `^a` in another version, `-a` removed; `=version` may follow."""
    return claim("TRANSACTION", " ".join(changes))


def cached(name: str, version: str) -> Rule:
    """The archive of this package of the scenario is in the manager's cache."""
    return claim("CACHE_EXISTS", name, version)


def cached_file(path: str) -> Rule:
    """A file of this name is in the manager's cache."""
    return claim("CACHE_FEXISTS", path)


def cached_contents(path: str, text: str) -> Rule:
    """The file in the manager's cache holds exactly *text*."""
    return claim("CACHE_FCONTENTS", path, text)


def unchanged_elsewhere(*patterns: str) -> Rule:
    """Nothing on the disk changed but what *patterns* name; one that ends in a slash names all below it."""
    return claim("UNCHANGED_ELSEWHERE", "|".join(patterns))


def served(path: str, times: int | None = None) -> Rule:
    """The mirrors together delivered the body of *path* exactly so many times, at least once without a number."""
    return claim("SERVED", path) if times is None else claim("SERVED", path, str(times))


def served_by(name: str, path: str, times: int | None = None) -> Rule:
    """The mirror of this name delivered *path*, so many times if a number is given."""
    return claim("SERVED_BY", name, path, *amount(times, None))


def unasked(name: str) -> Rule:
    """Nobody asked the mirror of this name for anything."""
    return claim("UNASKED", name)


def served_from(path: str, offset: int, times: int | None = None) -> Rule:
    """The mirrors delivered *path* from this byte on, so many times if a number is given; all of it is from byte 0."""
    return claim("SERVED_FROM", path, str(offset), *amount(times, None))


def asked_from(path: str, offset: int, times: int | None = None) -> Rule:
    """Somebody asked for *path* from this byte on, so many times if a number is given; for all of it from byte 0."""
    return claim("ASKED_FROM", path, str(offset), *amount(times, None))


def fetched_from_peers(package: str, times: int | None = None, *, size: int | None = None) -> Rule:
    """The downloader got bytes of a package, or of a path, from peers: so many times, or *size* bytes, if given."""
    return claim("FETCHED_FROM_PEERS", package, *amount(times, size))


def fetched_from_mirror(package: str, times: int | None = None, *, size: int | None = None) -> Rule:
    """The downloader got bytes of a package, or of a path, from a mirror: so many times, or *size* bytes, if given."""
    return claim("FETCHED_FROM_MIRROR", package, *amount(times, size))


def fetched_from_cache(package: str, times: int | None = None, *, size: int | None = None) -> Rule:
    """The downloader had bytes of a package, or of a path, on its disk: so many times, or *size* bytes, if given."""
    return claim("FETCHED_FROM_CACHE", package, *amount(times, size))


def given_to_peers(package: str, times: int | None = None, *, size: int | None = None) -> Rule:
    """The downloader gave blocks of a package to peers: to so many, or *size* bytes, if given."""
    return claim("GIVEN_TO_PEERS", package, *amount(times, size))


def amount(times: int | None, size: int | None) -> tuple[str, ...]:
    """How often or how much, as a rule has it; nothing for any."""
    if size is not None:
        return (f"{size} bytes",)
    return () if times is None else (str(times),)


def announced(package: str, event: str = "", times: int | None = None) -> Rule:
    """The downloader announced a package and a tracker answered: with this event, so many times, if given."""
    more = [event] if event else []
    return claim("ANNOUNCED", package, *more, *([] if times is None else [str(times)]))


def peers(count: int) -> Rule:
    """The downloader knows exactly so many other peers."""
    return claim("PEERS", str(count))


def node_alive(name: str) -> Rule:
    """The node of this name runs."""
    return claim("NODE_ALIVE", name)


def no_stale_lock() -> Rule:
    """The manager left no lock behind that the scenario did not place."""
    return claim("NO_STALE_LOCK")


def no_core_dump() -> Rule:
    """No program dumped its core."""
    return claim("NO_CORE_DUMP")
