"""Packages as dpkg installs them: an ar archive of a control tar and a data tar; deb(5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pkgsuite.errors import BadArchive
from pkgsuite.formats import ar, tar, untar
from pkgsuite.formats import compression as compressions
from pkgsuite.formats.compression import MOST_BYTES
from pkgsuite.formats.deb822 import parse, write
from pkgsuite.formats.deb_control import architecture, check, fields, package_of
from pkgsuite.formats.deb_scripts import scripts
from pkgsuite.formats.deb_version import without_epoch
from pkgsuite.formats.entries import file_of
from pkgsuite.formats.tar import Member
from pkgsuite.model.package import MAINTAINER_SCRIPTS, Package

__all__ = ["archive", "control_files", "filename", "read_archive", "read_control"]

SOURCE = "Debian package"
FORMAT = b"2.0\n"
CONTROL, DATA = "control.tar", "data.tar"
ROOT = "."
SCRIPT_MODE = 0o755

READ_ELSEWHERE = {"control", "conffiles", "md5sums", "triggers", *MAINTAINER_SCRIPTS}
"""The control files that fields of Package stand for."""


def filename(package: Package) -> str:
    """The name of the package's archive: NAME_VERSION_ARCHITECTURE.deb, the epoch left out."""
    check(package)
    return f"{package.name}_{without_epoch(package.version)}_{architecture(package)}.deb"


def archive(
    package: Package,
    compression: str = "gz",
    *,
    control_compression: str = "gz",
    compress: Callable[[bytes, str], bytes] = compressions.compress,
) -> bytes:
    """The package as dpkg installs it, the same bytes for the same package; raises BadValue, Unsupported.

    *compress* takes content and the name of a compression, for where zst is not to be had in process.
    """
    time = package.builddate or 0
    root = Member(ROOT, kind="dir", mode=0o755, mtime=time)
    control = [
        Member(f"./{name}", content, mode=mode_of(name), mtime=time) for name, content in control_files(package).items()
    ]
    data = [Member.of(entry, time, "./") for entry in package.entries]
    return ar.write(
        [
            ("debian-binary", FORMAT),
            (suffixed(CONTROL, control_compression), compress(tar.write([root, *control]), control_compression)),
            (suffixed(DATA, compression), compress(tar.write([root, *data]), compression)),
        ],
        time,
    )


def suffixed(name: str, compression: str) -> str:
    """The name of a compressed file."""
    return f"{name}.{compression}" if compression else name


def mode_of(name: str) -> int:
    """The permissions of a control file."""
    return SCRIPT_MODE if name in MAINTAINER_SCRIPTS else 0o644


def control_files(package: Package) -> dict[str, bytes]:
    """Everything in the package's control archive that holds anything, by name."""
    conffiles = [text.rstrip("*") for text in package.backup]
    made = {
        "control": write([fields(package)]).removesuffix(b"\n"),
        "conffiles": lines(f"/{path}" for path in conffiles),
        "md5sums": lines(
            f"{entry.md5}  {entry.path}"
            for entry in package.entries
            if entry.kind == "file" and entry.path not in conffiles
        ),
        **{name: encoded(body) for name, body in scripts(package).items()},
        "triggers": lines(package.triggers),
    }
    given = {
        name: content if isinstance(content, bytes) else encoded(content)
        for name, content in package.control_files.items()
    }
    return {name: content for name, content in {**made, **given}.items() if content}


def lines(texts: Iterable[str]) -> bytes:
    """A file with a line for each text."""
    return encoded("".join(f"{text}\n" for text in texts))


def encoded(text: str) -> bytes:
    """*text* as it stands on disk."""
    return text.encode("utf-8", "surrogateescape")


def read_archive(data: bytes, most: int = MOST_BYTES) -> Package:
    """The package in an archive, each of its tars of at most *most* bytes unpacked; raises BadArchive.

    Scripts come back under Debian's names.
    """
    members = tars(data)
    control = {member.path: member.content for member in unpacked(members, CONTROL, most)}
    paragraphs = parse(control.get("control", b""))
    if len(paragraphs) != 1:
        raise BadArchive(f"{SOURCE}: expected a control file of one paragraph, seen {len(paragraphs)}")
    return package_of(
        paragraphs[0],
        SOURCE,
        files=map(file_of, unpacked(members, DATA, most)),
        **read_control_files(control),
    )


def read_control_files(control: Mapping[str, bytes]) -> dict[str, Any]:
    """The fields of Package that stand in other control files than `control`."""
    texts = {name: content.decode("utf-8", "surrogateescape") for name, content in control.items()}
    conffiles = texts.get("conffiles", "").split("\n")
    return {
        "install": {name: texts[name] for name in MAINTAINER_SCRIPTS if name in texts},
        "backup": [line.strip().removeprefix("/") for line in conffiles if line.startswith("/")],
        "triggers": [line for line in texts.get("triggers", "").split("\n") if line.strip()],
        "control_files": {name: content for name, content in control.items() if name not in READ_ELSEWHERE},
    }


def read_control(data: bytes, most: int = MOST_BYTES) -> bytes:
    """The control file in an archive, its bytes as they are and nothing else looked at; raises BadArchive."""
    for name, content in ar.members(data):
        if is_tar(name, CONTROL):
            control = untar.content_of(compressions.decompress(content, most), "control")
            if control is not None:
                return control
            break
    raise BadArchive(f"{SOURCE}: expected a file control in a {CONTROL}, seen none")


def tars(data: bytes) -> dict[str, bytes]:
    """The members of the ar archive by name, the version of the format checked; raises BadArchive."""
    members = dict(ar.read(data))
    version = members.get("debian-binary", b"")
    if not version.startswith(b"2."):
        raise BadArchive(f"{SOURCE}: expected debian-binary 2.0, seen {version[:20]!r}")
    return members


def unpacked(members: Mapping[str, bytes], name: str, most: int) -> list[Member]:
    """The members of the tar whose name starts with *name*, whatever its compression; raises BadArchive."""
    for found, content in members.items():
        if is_tar(found, name):
            return untar.read(compressions.decompress(content, most))
    raise BadArchive(f"{SOURCE}: expected a {name}, seen {list(members)[:5]}")


def is_tar(found: str, name: str) -> bool:
    """Whether a member is the tar called *name*, whatever its compression."""
    return found == name or found.startswith(f"{name}.")
