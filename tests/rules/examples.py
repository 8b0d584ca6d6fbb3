"""A machine as rules see it, and for each kind of rule texts that hold, that are broken and that cannot be judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pkgsuite.model.command import CommandResult
from pkgsuite.model.journal import Announced, Exchanged, Fetched, NodeRecord, Served
from pkgsuite.model.observation import Observation
from pkgsuite.model.package import DEPENDENCY, Package
from pkgsuite.model.tree import FileState, Tree

__all__ = ["EXAMPLES", "LOCK", "Example", "before", "command", "file", "idle", "machine", "tree", "wrecked"]

CACHE = "var/cache/pkg"
LOCK = "var/lib/db.lck"
TEXTS = {
    "etc/conf": "new\n",
    "etc/empty": "",
    "etc/kept": "one\ntwo\nthree\n",
    "etc/raw": "\udcff",
    "usr/bin/tool": "tool = a|b\n",
    "var/cache/pkg/dummy-1.0-2.pkg.tar.gz": "archive",
}
OLD = {"etc/conf": "old\n"}
SERVED = (
    Served("GET", "core/a.deb", 200, 10, 10),
    Served("GET", "core/a.deb", 206, 4, 4, range="bytes=6-"),
    Served("GET", "core/b.deb", 200, 10, 7),
    Served("GET", "core/b.deb", 200, 10, 10, is_open=True),
    Served("GET", "core/b.deb", 304),
    Served("HEAD", "core/b.deb", 200),
    Served("GET", "core/gone.deb", 404, 9, 9),
    Served("GET", "core/c.deb", 200, 0, 0),
    Served("GET", "core/part.deb", 200, 9, 9, range="bytes=5-"),
    Served("GET", "core/part.deb", 416, range="bytes=7-8,-2"),
)
HOST = "mirror:80/core/pool"
AT_THE_MIRROR = (
    Served("GET", "core/pool/mixed.deb", 206, 6, 6, client="127.0.0.5"),
    Served("GET", "core/pool/lied.deb", 200, 10, 4, client="127.0.0.5"),
    Served("GET", "core/pool/lied.deb", 200, 10, 10, client="127.0.0.9"),
)
FETCHED = (
    Fetched(f"{HOST}/dummy.deb", "dummy", 10, from_peers=10, peers=("127.0.0.6:1", "127.0.0.7:1")),
    Fetched(f"{HOST}/dummy.deb", "dummy", 10, from_cache=10),
    Fetched(f"{HOST}/dummy.deb", "dummy", 10, from_cache=10),
    Fetched(f"{HOST}/mixed.deb", "mixed", 10, from_peers=4, from_mirror=6, peers=("127.0.0.8:1",)),
    Fetched(f"{HOST}/lied.deb", "lied", 10, from_peers=10, peers=("127.0.0.6:1",)),
    Fetched(f"{HOST}/lied.deb", "lied", 10, from_mirror=10),
    Fetched(f"{HOST}/failed.deb", "failed", 10, trouble="no peer gave all of it"),
    Fetched("mirror:80/core/dists/core/Release", "", 5, from_cache=5),
)
ANNOUNCED = (
    Announced("aa", "127.0.0.5:1", "started", 10, "http://t/announce", ("127.0.0.6:1", "10.0.0.1:7"), "dummy"),
    Announced("aa", "127.0.0.5:1", "completed", 0, "http://t/announce", ("127.0.0.6:1",), "dummy"),
    Announced("aa", "127.0.0.5:1", "", 0, "http://t/announce", (), "dummy"),
    Announced("bb", "127.0.0.5:1", "started", 10, "http://t/announce", (), "failed", "timed out"),
)
SPOKEN = (
    Exchanged("aa", "127.0.0.6:1", "dummy", 6, 0),
    Exchanged("aa", "127.0.0.7:999", "dummy", 4, 0, True),
    Exchanged("aa", "127.0.0.99:999", "dummy", 0, 0, True),
    Exchanged("cc", "127.0.0.8:999", "mixed", 0, 3, True),
    Exchanged("cc", "127.0.0.8:998", "mixed", 0, 2, True, is_open=True),
)
GIVEN = (Exchanged("aa", "127.0.0.5:44", "dummy", 0, 10, True), Exchanged("dd", "127.0.0.5:45", "lied", 0, 9, True))
DIRECTORIES = ("etc", "usr", "usr/bin", "usr/empty", "var", "var/cache", CACHE, "var/lib")
BESIDE = ("pacnew", "pacsave", "pacorig", "dpkg-new", "dpkg-dist", "dpkg-old")
LINKS = {"bin": "usr/bin", "lost": "nowhere", "round": "round", "tool": "/bin/tool"}


def file(text: str, mode: int = 0o644, time: int = 1) -> FileState:
    """The state of a regular file."""
    content = text.encode("utf-8", "surrogateescape")
    return FileState("file", mode, size=len(content), digest=hash(content), mtime_ns=time, ctime_ns=time)


def tree(more: Mapping[str, FileState] | None = None) -> Tree:
    """The disk after the commands, and *more* on it."""
    states = {path: FileState("dir", 0o755) for path in DIRECTORIES}
    states |= {path: FileState("link", 0o777, target=target) for path, target in LINKS.items()}
    states |= {path: file(text) for path, text in TEXTS.items()}
    states["usr/bin/tool"] = file(TEXTS["usr/bin/tool"], 0o4755)
    states |= {f"etc/conf.{suffix}": file("") for suffix in BESIDE}
    states["run"] = FileState("other")
    return Tree(states | dict(more or {}))


def before() -> Tree:
    """The disk before the commands."""
    states = {path: state for path, state in tree().items() if not path.startswith(("etc/conf.pac", "usr/empty"))}
    states["etc/conf"] = file(OLD["etc/conf"])
    states["usr/gone"] = file("gone")
    return Tree(states)


def command(returncode: int, stdout: bytes = b"", stderr: bytes = b"", timed_out: bool = False) -> CommandResult:
    """A command that has ended."""
    return CommandResult("manage", ("manage",), returncode, stdout, stderr, seconds=1.5, timed_out=timed_out)


def packages() -> dict[str, Package]:
    """What is installed."""
    dummy = Package(
        "dummy",
        "1.0-2",
        desc="A dummy = a|b",
        groups=["base"],
        provides=["thing=1:2"],
        depends=["glibc>=2", "zlib"],
        optdepends=["cups: to print", "perl"],
        files=["usr/bin/tool", "etc/conf"],
        backup=["etc/conf"],
    )
    return {
        "dummy": dummy,
        "bare": Package("bare", reason=DEPENDENCY),
        "gone": Package("gone", status="deinstall ok config-files"),
        "kept": Package("kept", status="hold ok installed"),
    }


VERSIONS_BEFORE = {"dummy": "1.0-1", "old": "3", "bare": "1.0-1"}
VERSIONS_AFTER = {"dummy": "1.0-2", "new": "1", "bare": "1.0-1"}
"""The versions of what was installed before the second command and after it."""


def machine() -> Observation:
    """A machine on which two commands were run: the first failed, the second worked."""
    return Observation(
        commands=(
            replace(
                command(1, b"first\n", b"error: target not found: a\n"),
                versions_before=VERSIONS_BEFORE,
                versions_after=VERSIONS_BEFORE,
            ),
            replace(
                command(0, b"installing\nd\xffne\n", b"warning: x\n"),
                versions_before=VERSIONS_BEFORE,
                versions_after=VERSIONS_AFTER,
            ),
        ),
        before=before(),
        after=tree(),
        read=lambda path: TEXTS[path].encode("utf-8", "surrogateescape"),
        read_packages=packages,
        archives={("dummy", "1.0-2"): "dummy-1.0-2.pkg.tar.gz", ("other", "2"): "other-2.pkg.tar.gz"},
        cache=CACHE,
        bookkeeping=("var/lib/",),
        lock=LOCK,
        read_nodes=lambda: {
            "mirror": NodeRecord(True, SERVED, {"core/a.deb", "core/b.deb", "core/c.deb", "other"}.__contains__),
            "mirror2": NodeRecord(False, SERVED[:1], {"core/a.deb"}.__contains__),
            "idle": NodeRecord(True, (), {"core/a.deb"}.__contains__),
            "tracker": NodeRecord(True),
            "far": NodeRecord(True, AT_THE_MIRROR, {"core/a.deb"}.__contains__, "mirror", "127.0.0.2"),
            "downloader": NodeRecord(True, (*FETCHED, *ANNOUNCED, *SPOKEN), kind="downloader", address="127.0.0.5"),
            "downloader2": NodeRecord(True, GIVEN, kind="downloader", address="127.0.0.6"),
            "downloader3": NodeRecord(True, kind="downloader", address="127.0.0.7"),
            "killed": NodeRecord(True, kind="downloader", address="127.0.0.8", is_whole=False),
        },
        through="downloader",
    )


def idle() -> Observation:
    """A machine on which nothing was run, whose manager keeps neither archives nor a lock."""
    return Observation(after=tree())


def wrecked() -> Observation:
    """The machine after all that must never happen: a command that crashed, a lock left behind, core dumps."""
    return replace(
        machine(),
        commands=(command(0), command(-11)),
        after=tree({LOCK: file("")}),
        core_dumps=("tmp/core", "manage (ended by SIGSEGV)"),
    )


def late() -> Observation:
    """The same, but that the command did not end and was killed."""
    return replace(wrecked(), commands=(command(0), command(-9, timed_out=True)))


@dataclass(frozen=True, slots=True)
class Example:
    """Texts of one kind of rule and how they are judged on the machine, or once it is wrecked.

    Those that are *unclear* cannot be judged, so they are broken whether negated or not.
    """

    held: tuple[str, ...]
    broken: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    wrecked: tuple[str, ...] = ()


EXAMPLES = {
    "RETCODE": Example(
        ("RETCODE=0", "RETCODE[1]=1", "RETCODE[2]=0", "PACMAN_RETCODE=0", "APT_RETCODE=0"),
        ("RETCODE=1", "RETCODE=-11", "RETCODE[1]=0", "PACMAN_RETCODE=1"),
        ("RETCODE[3]=0",),
    ),
    "OUTPUT": Example(
        ("OUTPUT=^inst", "OUTPUT=ing$", "OUTPUT=zzz|warn", r"OUTPUT=d\\xffne", "OUTPUT[1]=not found", "APT_OUTPUT=x"),
        ("OUTPUT=first", "OUTPUT=^stalling", "OUTPUT=installing.done", "PACMAN_OUTPUT=first"),
        ("OUTPUT[3]=first",),
    ),
    "STDERR": Example(("STDERR=warning: .", "STDERR[1]=^error"), ("STDERR=installing",), ("STDERR[9]=x",)),
    "PKG_EXIST": Example(("PKG_EXIST=dummy",), ("PKG_EXIST=missing", "PKG_EXIST=dumm")),
    "PKG_VERSION": Example(
        ("PKG_VERSION=dummy|1.0-2",), ("PKG_VERSION=dummy|1.0-1", "PKG_VERSION=dummy|1"), ("PKG_VERSION=missing|1",)
    ),
    "PKG_DESC": Example(
        ("PKG_DESC=dummy|A dummy = a|b", "PKG_DESC=bare|"),
        ("PKG_DESC=dummy|A dummy", "PKG_DESC=dummy|"),
        ("PKG_DESC=x|",),
    ),
    "PKG_REASON": Example(
        ("PKG_REASON=dummy|0", "PKG_REASON=bare|1"), ("PKG_REASON=dummy|1", "PKG_REASON=bare|0"), ("PKG_REASON=x|0",)
    ),
    "PKG_STATE": Example(
        ("PKG_STATE=dummy|installed", "PKG_STATE=gone|config-files", "PKG_STATE=x|not-installed"),
        ("PKG_STATE=dummy|half-configured", "PKG_STATE=gone|installed", "PKG_STATE=gone|not-installed"),
    ),
    "PKG_AUTO": Example(("PKG_AUTO=bare",), ("PKG_AUTO=dummy",), ("PKG_AUTO=x", "PKG_AUTO=gone")),
    "PKG_HELD": Example(("PKG_HELD=kept",), ("PKG_HELD=dummy", "PKG_HELD=gone"), ("PKG_HELD=x",)),
    "TRANSACTION": Example(
        (
            "TRANSACTION=+new ^dummy -old",
            "TRANSACTION=-old ^dummy=1.0-2 +new=1",
            "TRANSACTION[1]=",
        ),
        (
            "TRANSACTION=",
            "TRANSACTION=+new ^dummy",
            "TRANSACTION=+new ^dummy -old +bare",
            "TRANSACTION=+new ^dummy=1.0-1 -old",
            "TRANSACTION=+new +dummy -old",
            "TRANSACTION[1]=+new",
        ),
        ("TRANSACTION[9]=+new",),
    ),
    "PKG_GROUPS": Example(
        ("PKG_GROUPS=dummy|base",), ("PKG_GROUPS=dummy|bas", "PKG_GROUPS=bare|base"), ("PKG_GROUPS=x|base",)
    ),
    "PKG_PROVIDES": Example(("PKG_PROVIDES=dummy|thing=1:2",), ("PKG_PROVIDES=dummy|thing",), ("PKG_PROVIDES=x|y",)),
    "PKG_DEPENDS": Example(("PKG_DEPENDS=dummy|glibc>=2",), ("PKG_DEPENDS=dummy|glibc",), ("PKG_DEPENDS=x|zlib",)),
    "PKG_OPTDEPENDS": Example(
        ("PKG_OPTDEPENDS=dummy|cups", "PKG_OPTDEPENDS=dummy|perl"),
        ("PKG_OPTDEPENDS=dummy|cup", "PKG_OPTDEPENDS=dummy|to print"),
        ("PKG_OPTDEPENDS=x|cups",),
    ),
    "PKG_FILES": Example(
        ("PKG_FILES=dummy|usr/bin/", "PKG_FILES=dummy|usr/bin/tool"),
        ("PKG_FILES=dummy|usr/bin", "PKG_FILES=dummy|usr/bin/tool/", "PKG_FILES=bare|usr/"),
        ("PKG_FILES=x|usr/",),
    ),
    "PKG_BACKUP": Example(("PKG_BACKUP=dummy|etc/conf",), ("PKG_BACKUP=dummy|etc/con",), ("PKG_BACKUP=x|etc/conf",)),
    "FILE_EXIST": Example(
        ("FILE_EXIST=usr/bin/tool", "FILE_EXIST=bin/tool", "FILE_EXIST=tool", "FILE_EXIST=etc/empty"),
        ("FILE_EXIST=usr", "FILE_EXIST=bin", "FILE_EXIST=lost", "FILE_EXIST=round", "FILE_EXIST=no", "FILE_EXIST=run"),
    ),
    "DIR_EXIST": Example(
        ("DIR_EXIST=usr", "DIR_EXIST=usr/", "DIR_EXIST=bin"), ("DIR_EXIST=tool", "DIR_EXIST=lost", "DIR_EXIST=no")
    ),
    "LINK_EXIST": Example(
        ("LINK_EXIST=bin", "LINK_EXIST=lost", "LINK_EXIST=round"),
        ("LINK_EXIST=usr", "LINK_EXIST=bin/tool", "LINK_EXIST=no"),
    ),
    "FILE_TYPE": Example(
        (
            "FILE_TYPE=usr/|dir",
            "FILE_TYPE=bin|dir",
            "FILE_TYPE=tool|file",
            "FILE_TYPE=tool|link",
            "FILE_TYPE=lost|link",
        ),
        ("FILE_TYPE=usr|file", "FILE_TYPE=usr|link", "FILE_TYPE=lost|file", "FILE_TYPE=run|file", "FILE_TYPE=run|dir"),
        ("FILE_TYPE=no|file", "FILE_TYPE=no|dir", "FILE_TYPE=no|link"),
    ),
    "FILE_MODE": Example(
        ("FILE_MODE=etc/conf|644", "FILE_MODE=etc/conf|0644", "FILE_MODE=tool|4755", "FILE_MODE=usr/|755"),
        ("FILE_MODE=etc/conf|0600", "FILE_MODE=tool|755"),
        ("FILE_MODE=no|644", "FILE_MODE=lost|777"),
    ),
    "FILE_OWNER": Example(
        ("FILE_OWNER=etc/conf|0:0", "FILE_OWNER=usr/|0:0", "FILE_OWNER=lost|0:0"),
        ("FILE_OWNER=etc/conf|1:0", "FILE_OWNER=etc/conf|0:1"),
        ("FILE_OWNER=no|0:0",),
    ),
    "FILE_EMPTY": Example(
        ("FILE_EMPTY=etc/empty",), ("FILE_EMPTY=etc/conf", "FILE_EMPTY=tool"), ("FILE_EMPTY=no", "FILE_EMPTY=usr")
    ),
    "FILE_CONTENTS": Example(
        ("FILE_CONTENTS=tool|tool = a|b\n", "FILE_CONTENTS=etc/empty|", "FILE_CONTENTS=etc/raw|\udcff"),
        ("FILE_CONTENTS=etc/conf|new", "FILE_CONTENTS=etc/conf|", r"FILE_CONTENTS=etc/raw|\xff"),
        ("FILE_CONTENTS=no|", "FILE_CONTENTS=usr|x", "FILE_CONTENTS=lost|x", "FILE_CONTENTS=run|x"),
    ),
    "FILE_MODIFIED": Example(
        (
            "FILE_MODIFIED=etc/conf",
            "FILE_MODIFIED=etc/conf.pacnew",
            "FILE_MODIFIED=usr/gone",
            "FILE_MODIFIED=usr/empty/",
        ),
        ("FILE_MODIFIED=etc/kept", "FILE_MODIFIED=bin/tool", "FILE_MODIFIED=tool", "FILE_MODIFIED=lost"),
        ("FILE_MODIFIED=no", "FILE_MODIFIED=lost/x"),
    ),
    "FILE_PACNEW": Example(("FILE_PACNEW=etc/conf",), ("FILE_PACNEW=etc/kept", "FILE_PACNEW=no")),
    "FILE_PACSAVE": Example(("FILE_PACSAVE=etc/conf",), ("FILE_PACSAVE=etc/kept",)),
    "FILE_PACORIG": Example(("FILE_PACORIG=etc/conf",), ("FILE_PACORIG=etc/kept",)),
    "FILE_DPKGNEW": Example(("FILE_DPKGNEW=etc/conf",), ("FILE_DPKGNEW=etc/kept",)),
    "FILE_DPKGDIST": Example(("FILE_DPKGDIST=etc/conf",), ("FILE_DPKGDIST=etc/kept",)),
    "FILE_DPKGOLD": Example(("FILE_DPKGOLD=etc/conf",), ("FILE_DPKGOLD=etc/kept",)),
    "CACHE_EXISTS": Example(
        ("CACHE_EXISTS=dummy|1.0-2",), ("CACHE_EXISTS=other|2",), ("CACHE_EXISTS=dummy|1.0-3", "CACHE_EXISTS=no|1")
    ),
    "CACHE_FEXISTS": Example(
        ("CACHE_FEXISTS=dummy-1.0-2.pkg.tar.gz",), ("CACHE_FEXISTS=other-2.pkg.tar.gz", "CACHE_FEXISTS=etc/conf")
    ),
    "CACHE_FCONTENTS": Example(
        ("CACHE_FCONTENTS=dummy-1.0-2.pkg.tar.gz|archive",),
        ("CACHE_FCONTENTS=dummy-1.0-2.pkg.tar.gz|",),
        ("CACHE_FCONTENTS=no|archive",),
    ),
    "UNCHANGED_ELSEWHERE": Example(
        (
            "UNCHANGED_ELSEWHERE=etc/|usr/",
            "UNCHANGED_ELSEWHERE=etc/conf*|usr/empty|usr/gone",
            "UNCHANGED_ELSEWHERE=*",
        ),
        ("UNCHANGED_ELSEWHERE=", "UNCHANGED_ELSEWHERE=etc/", "UNCHANGED_ELSEWHERE=etc|usr/"),
    ),
    "SERVED": Example(
        ("SERVED=core/a.deb", "SERVED=core/a.deb|3", "SERVED=core/b.deb|0", "SERVED=core/c.deb|1", "SERVED=other|0"),
        (
            "SERVED=core/a.deb|2",
            "SERVED=core/b.deb",
            "SERVED=core/b.deb|2",
            "SERVED=core/gone.deb",
            "SERVED=other",
        ),
        ("SERVED=core/d.deb", "SERVED=core/d.deb|0"),
    ),
    "SERVED_BY": Example(
        ("SERVED_BY=mirror|core/a.deb", "SERVED_BY=mirror|core/a.deb|2", "SERVED_BY=mirror2|core/a.deb|1"),
        ("SERVED_BY=mirror|core/a.deb|3", "SERVED_BY=mirror|core/b.deb", "SERVED_BY=mirror2|core/a.deb|0"),
        ("SERVED_BY=mirror3|core/a.deb", "SERVED_BY=tracker|core/a.deb", "SERVED_BY=mirror2|core/b.deb"),
    ),
    "UNASKED": Example(("UNASKED=idle",), ("UNASKED=mirror",), ("UNASKED=tracker", "UNASKED=mirror3")),
    "SERVED_FROM": Example(
        (
            "SERVED_FROM=core/a.deb|6",
            "SERVED_FROM=core/a.deb|6|1",
            "SERVED_FROM=core/a.deb|0|2",
            "SERVED_FROM=core/b.deb|0|0",
            "SERVED_FROM=core/part.deb|5|0",
            "SERVED_FROM=core/part.deb|0|1",
        ),
        ("SERVED_FROM=core/a.deb|6|2", "SERVED_FROM=core/a.deb|5", "SERVED_FROM=core/b.deb|0"),
        ("SERVED_FROM=core/d.deb|0",),
    ),
    "ASKED_FROM": Example(
        (
            "ASKED_FROM=core/a.deb|6",
            "ASKED_FROM=core/a.deb|0|2",
            "ASKED_FROM=core/gone.deb|0|1",
            "ASKED_FROM=core/part.deb|5|1",
            "ASKED_FROM=core/part.deb|0|0",
        ),
        ("ASKED_FROM=core/a.deb|6|2", "ASKED_FROM=core/a.deb|4", "ASKED_FROM=core/part.deb|7"),
        ("ASKED_FROM=core/d.deb|0",),
    ),
    "NODE_ALIVE": Example(("NODE_ALIVE=mirror",), ("NODE_ALIVE=mirror2",), ("NODE_ALIVE=mirror3",)),
    "FETCHED_FROM_PEERS": Example(
        (
            "FETCHED_FROM_PEERS=dummy",
            "FETCHED_FROM_PEERS=dummy|1",
            "FETCHED_FROM_PEERS=dummy|10 bytes",
            "FETCHED_FROM_PEERS=core/pool/dummy.deb",
            "FETCHED_FROM_PEERS=failed|0",
            "FETCHED_FROM_PEERS=mixed|4 bytes",
        ),
        (
            "FETCHED_FROM_PEERS=dummy|3",
            "FETCHED_FROM_PEERS=dummy|9 bytes",
            "FETCHED_FROM_PEERS=failed",
            "FETCHED_FROM_PEERS=core/dists/core/Release",
            "FETCHED_FROM_PEERS=other",
        ),
        ("FETCHED_FROM_PEERS=unheard-of", "FETCHED_FROM_PEERS=core/unheard-of", "FETCHED_FROM_PEERS=lied"),
    ),
    "FETCHED_FROM_MIRROR": Example(
        (
            "FETCHED_FROM_MIRROR=mixed",
            "FETCHED_FROM_MIRROR=mixed|6 bytes",
            "FETCHED_FROM_MIRROR=dummy|0",
            "FETCHED_FROM_MIRROR=core/pool/mixed.deb|1",
        ),
        ("FETCHED_FROM_MIRROR=dummy", "FETCHED_FROM_MIRROR=mixed|10 bytes", "FETCHED_FROM_MIRROR=core/a.deb"),
        ("FETCHED_FROM_MIRROR=lied", "FETCHED_FROM_MIRROR=*", "FETCHED_FROM_MIRROR=unheard-of"),
    ),
    "FETCHED_FROM_CACHE": Example(
        (
            "FETCHED_FROM_CACHE=dummy|2",
            "FETCHED_FROM_CACHE=dummy|20 bytes",
            "FETCHED_FROM_CACHE=*|20 bytes",
            "FETCHED_FROM_CACHE=core/dists/core/Release|5 bytes",
        ),
        ("FETCHED_FROM_CACHE=mixed", "FETCHED_FROM_CACHE=dummy|1", "FETCHED_FROM_CACHE=*|25 bytes"),
        ("FETCHED_FROM_CACHE=unheard-of",),
    ),
    "GIVEN_TO_PEERS": Example(
        ("GIVEN_TO_PEERS=mixed", "GIVEN_TO_PEERS=mixed|2", "GIVEN_TO_PEERS=*|5 bytes", "GIVEN_TO_PEERS=dummy|0"),
        ("GIVEN_TO_PEERS=dummy", "GIVEN_TO_PEERS=mixed|1", "GIVEN_TO_PEERS=mixed|4 bytes"),
        ("GIVEN_TO_PEERS=unheard-of",),
    ),
    "ANNOUNCED": Example(
        ("ANNOUNCED=dummy", "ANNOUNCED=dummy|completed", "ANNOUNCED=dummy|started|1", "ANNOUNCED=dummy|again|1"),
        ("ANNOUNCED=failed", "ANNOUNCED=dummy|stopped", "ANNOUNCED=dummy|completed|2", "ANNOUNCED=mixed"),
        ("ANNOUNCED=unheard-of",),
    ),
    "PEERS": Example(("PEERS=4",), ("PEERS=3", "PEERS=0")),
    "NO_STALE_LOCK": Example(("NO_STALE_LOCK",), wrecked=("NO_STALE_LOCK",)),
    "NO_CORE_DUMP": Example(("NO_CORE_DUMP",), wrecked=("NO_CORE_DUMP",)),
}
