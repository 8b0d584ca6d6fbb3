"""Ar archives as bytes, in the form that deb(5) has: short names, no index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pkgsuite.errors import BadArchive, BadValue

__all__ = ["members", "read", "write"]

MAGIC = b"!<arch>\n"
LONGEST_NAME = 16
HEADER = re.compile(rb"(?P<name>.{16}).{32}(?=.{10}`\n)(?P<size>[0-9]{1,10}) *`\n", re.DOTALL)
HEADER_BYTES = 60


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
        header = HEADER.match(data, at)
        if not header:
            raise BadArchive(f"ar archive, byte {at}: expected a header, seen {data[at : at + HEADER_BYTES]!r}")
        start = header.end()
        end = start + int(header["size"])
        if end > len(data):
            raise BadArchive(f"ar archive, byte {start}: expected {end - start} bytes, seen {len(data) - start}")
        yield header["name"].decode("ascii", "backslashreplace").rstrip(" ").removesuffix("/"), data[start:end]
        at = end + (end - start) % 2
