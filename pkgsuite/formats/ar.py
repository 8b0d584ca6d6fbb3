"""Ar archives as bytes, in the form that deb(5) has: short names, no index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pkgsuite.errors import BadArchive, BadValue

__all__ = ["members", "read", "write"]

MAGIC = b"!<arch>\n"
HEADER = 60
END = b"`\n"
LONGEST_NAME = 16
SIZE = re.compile(rb"([0-9]{1,10}) *")


def write(members: Iterable[tuple[str, bytes]], mtime: int = 0) -> bytes:
    """An archive of names with their contents, in their order; raises BadValue for a name that is too long."""
    parts = [MAGIC]
    for name, content in members:
        if not 0 < len(name) <= LONGEST_NAME:
            raise BadValue("name", name, f"1 to {LONGEST_NAME} characters")
        parts.append(b"%-16s%-12d0     0     100644  %-10d`\n" % (name.encode(), mtime, len(content)))
        parts.append(content)
        if len(content) % 2:
            parts.append(b"\n")
    return b"".join(parts)


def read(data: bytes) -> list[tuple[str, bytes]]:
    """The names and contents of an archive, in their order; raises BadArchive with where, expected and seen."""
    return list(members(data))


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The names and contents one after the other, the archive looked at no further than needed; see `read`."""
    if not data.startswith(MAGIC):
        raise BadArchive(f"ar archive: expected {MAGIC!r} at the start, seen {data[: len(MAGIC)]!r}")
    at = len(MAGIC)
    while at < len(data):
        header = data[at : at + HEADER]
        size = SIZE.fullmatch(header[48:58])
        if len(header) < HEADER or header[58:] != END or not size:
            raise BadArchive(f"ar archive, byte {at}: expected a header, seen {header!r}")
        start = at + HEADER
        content = data[start : start + int(size[1])]
        if len(content) < int(size[1]):
            raise BadArchive(f"ar archive, byte {start}: expected {int(size[1])} bytes, seen {len(content)}")
        name = header[:LONGEST_NAME].decode("ascii", "backslashreplace").rstrip(" ").removesuffix("/")
        yield name, content
        at = start + len(content) + len(content) % 2
