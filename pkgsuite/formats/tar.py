"""Tar archives written as bytes, the same for the same members; see tar(5).

Headers are packed by hand because a suite builds thousands of tiny packages: GNU tar headers, the form that carries any
name as the bytes it has on disk.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import KW_ONLY

from pkgsuite.errors import BadValue
from pkgsuite.model.file import File
from pkgsuite.values import dataclass

__all__ = ["BLOCK", "Member", "byte_sum", "write"]

BLOCK = 512
END = bytes(2 * BLOCK)
LONGEST_NAME = 100

MAGIC = b"ustar  \0"
TAIL = MAGIC + bytes(BLOCK - 257 - len(MAGIC))
CONSTANT_SUM = sum(TAIL) + sum(b" " * 8)
"""What the tail, and the checksum's own field read as spaces, add to every checksum."""

FILE, LINK, DIRECTORY, LONG_NAME, LONG_TARGET = b"0", b"2", b"5", b"L", b"K"
FLAGS = {"file": FILE, "dir": DIRECTORY, "link": LINK}


@dataclass(frozen=True, slots=True)
class Member:
    """One file, directory (`dir`) or symbolic link of an archive; *mtime* is seconds since the epoch.

    Unlike a `File` it takes any name, so that archives can be wrong on purpose and foreign ones be looked at.
    """

    path: str
    content: bytes = b""
    _: KW_ONLY
    kind: str = "file"
    mode: int = 0o644
    target: str = ""
    uid: int = 0
    gid: int = 0
    mtime: int = 0

    @classmethod
    def of(cls, file: File, mtime: int = 0, above: str = "") -> Member:
        """The member that unpacks as *file*, with *above* in front of its path."""
        return cls(
            above + file.path,
            file.data,
            kind=file.kind,
            mode=file.permissions,
            target=file.target or "",
            uid=file.uid,
            gid=file.gid,
            mtime=mtime,
        )


def write(members: Iterable[Member]) -> bytes:
    """A tar archive of *members*, in their order; raises BadValue for what tar cannot hold."""
    blocks: list[bytes] = []
    for member in members:
        flag = FLAGS.get(member.kind)
        if flag is None:
            raise BadValue("kind", member.kind, f"one of {', '.join(FLAGS)}")
        name, target = encoded(member.path), encoded(member.target)
        if flag is DIRECTORY:
            name += b"/"
        if len(target) > LONGEST_NAME:
            blocks += long_text(LONG_TARGET, target)
        if len(name) > LONGEST_NAME:
            blocks += long_text(LONG_NAME, name)
        content = member.content if flag is FILE else b""
        blocks += packed(flag, name, content, member.mode, target, member.uid, member.gid, member.mtime)
    blocks.append(END)
    return b"".join(blocks)


def encoded(path: str) -> bytes:
    """*path* as the bytes that stand on disk; raises BadValue for a NUL, which would end the name."""
    if "\0" in path:
        raise BadValue("path", path, "a path without NUL")
    return path.encode("utf-8", "surrogateescape")


def long_text(flag: bytes, text: bytes) -> tuple[bytes, ...]:
    """The member that carries a name too long for the header behind it."""
    return packed(flag, b"././@LongLink", text + b"\0")


def packed(
    flag: bytes,
    name: bytes,
    content: bytes,
    mode: int = 0,
    target: bytes = b"",
    uid: int = 0,
    gid: int = 0,
    mtime: int = 0,
) -> tuple[bytes, ...]:
    """The header of a member, its content, and what fills the last block."""
    size = len(content)
    if (uid | gid) >> 21 or (size | mtime) >> 33:
        numbers = b"".join((number(mode, 8), number(uid, 8), number(gid, 8), number(size, 12), number(mtime, 12)))
    else:
        numbers = b"%07o\0%07o\0%07o\0%011o\0%011o\0" % (mode, uid, gid, size, mtime)
    front = name[:LONGEST_NAME].ljust(LONGEST_NAME, b"\0") + numbers
    back = flag + target[:LONGEST_NAME].ljust(LONGEST_NAME, b"\0")
    checksum = b"%06o\0 " % (byte_sum(front) + byte_sum(back) + CONSTANT_SUM)
    return front + checksum + back + TAIL, content, bytes(-size % BLOCK)


def byte_sum(data: bytes) -> int:
    """The sum of at most 256 bytes: a low half of Adler-32 that cannot overflow, several times as fast as `sum`."""
    return (zlib.adler32(data) & 0xFFFF) - 1


def number(value: int, width: int) -> bytes:
    """*value* in octal digits, or in base 256 where they do not suffice."""
    if 0 <= value < 8 ** (width - 1):
        return b"%0*o\0" % (width - 1, value)
    if not 0 <= value < 256 ** (width - 1):
        raise BadValue("number", value, f"a whole number of at most {width - 1} bytes")
    return b"\x80" + value.to_bytes(width - 1, "big")
