"""Tar archives read back from bytes: ustar, GNU and pax; see tar(5).

They are read by hand because tarfile takes a damaged header for the end of the archive, and some of its versions go
round for ever on a negative size. What is held are slices of the data, so memory stays within its size.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping

from pkgsuite.errors import BadArchive
from pkgsuite.formats.tar import BLOCK, DIRECTORY, FILE, LINK, LONG_NAME, LONG_TARGET, Member, byte_sum
from pkgsuite.values import dataclass

__all__ = ["LONGEST_PATH", "content_of", "members", "read"]

LONGEST_PATH = 4096
"""Characters of a path or link target that a kernel takes; a longer one is damage."""

HARD_LINK = b"1"
KINDS = {FILE: "file", b"\0": "file", b"7": "file", HARD_LINK: "file", DIRECTORY: "dir", LINK: "link"}
HEADER = struct.Struct("100s8s8s8s12s12s8s1s100s6s82x155s12x")
BLANKS = b" " * 8
"""What the field of the checksum, bytes 148 to 156, counts as."""

PAX_RECORD = re.compile(rb"([0-9]{1,9}) ([^=\n]+)=")


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the content of a member."""

    flag: bytes
    path: str
    target: str
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int

    @classmethod
    def unpack(cls, block: bytes, said: Mapping[str, str]) -> Header:
        """The header that *block* holds, where nothing else was *said* before it; raises ValueError."""
        name, mode, uid, gid, size, mtime, checksum, flag, target, magic, prefix = HEADER.unpack(block)
        summed = byte_sum(block[:148] + BLANKS) + byte_sum(block[156:412]) + byte_sum(block[412:])
        if number(checksum) != summed:
            raise ValueError(f"expected a header with checksum {summed}, seen {checksum!r}")
        if magic == b"ustar\0" and prefix[0]:
            name = prefix.partition(b"\0")[0] + b"/" + name
        return cls(
            flag=flag,
            path=said.get("path") or text(name),
            target=said.get("linkpath") or text(target),
            mode=number(mode) & 0o7777,
            uid=decimal(said["uid"]) if "uid" in said else number(uid),
            gid=decimal(said["gid"]) if "gid" in said else number(gid),
            size=0 if flag in (DIRECTORY, LINK) else decimal(said["size"]) if "size" in said else number(size),
            mtime=number(mtime),
        )


def read(data: bytes) -> list[Member]:
    """The members of a tar archive; raises BadArchive with where, expected and seen.

    Hard links become files with the content of what they link to, and `./` in front of a path goes away; devices and
    sparse files are refused.
    """
    return list(members(data))


def members(data: bytes) -> Iterator[Member]:
    """The members of a tar archive one after the other, the archive looked at no further than needed; see `read`."""
    contents: dict[str, bytes] = {}
    said: dict[str, str] = {}
    offset = 0
    try:
        while (block := data[offset : offset + BLOCK]) != bytes(BLOCK):
            if len(block) < BLOCK:
                raise ValueError("expected a header or the end mark, seen the end of the data")
            header = Header.unpack(block, said)
            content = data[offset + BLOCK : offset + BLOCK + header.size]
            if len(content) < header.size:
                raise ValueError(f"expected {header.size} bytes of {header.path[:80]!r}, seen {len(content)}")
            if header.flag in SAYINGS:
                said |= SAYINGS[header.flag](content)
            else:
                found = member(header, content, contents)
                said = {}
                if found.path:
                    yield found
            offset += BLOCK + header.size + -header.size % BLOCK
    except ValueError as error:
        raise BadArchive(f"tar archive, byte {offset}: {error}") from None


def content_of(data: bytes, path: str) -> bytes | None:
    """The content of the first plain file at *path*, or None; of the members before it only the sizes are looked at."""
    wanted = tuple(f"{dot}{path}\0".encode("utf-8", "surrogateescape") for dot in ("./", ""))
    at = 0
    while (plain_file := data[at + 156 : at + 157] == FILE) or data[at + 156 : at + 157] == DIRECTORY:
        size = data[at + 124 : at + 135]
        if not size.isdigit() or not is_sound(data[at : at + BLOCK]):
            break
        end = at + BLOCK + int(size, 8)
        if plain_file and data.startswith(wanted, at) and end <= len(data):
            return data[at + BLOCK : end]
        at = end + -end % BLOCK
    return next((found.content for found in members(data) if (found.path, found.kind) == (path, "file")), None)


def is_sound(block: bytes) -> bool:
    """Whether a header has the checksum that it names."""
    summed = byte_sum(block[:148] + BLANKS) + byte_sum(block[156:412]) + byte_sum(block[412:])
    return block[148:154] == b"%06o" % summed


def member(header: Header, content: bytes, contents: dict[str, bytes]) -> Member:
    """The member with this *header*; *contents* are those of all files so far, which a hard link may name."""
    if header.flag not in KINDS:
        raise ValueError(f"expected a file, directory or link, seen type {header.flag!r}")
    if max(len(header.path), len(header.target)) > LONGEST_PATH:
        raise ValueError(f"expected paths of at most {LONGEST_PATH} characters, seen {header.path[:40]!r}...")
    path = plain(header.path)
    kind = "dir" if header.path.endswith("/") else KINDS[header.flag]
    if header.flag == HARD_LINK:
        if plain(header.target) not in contents:
            raise ValueError(f"expected a link to an earlier file, seen {header.target!r}")
        content = contents[plain(header.target)]
    if kind == "file":
        contents[path] = content
    return Member(
        path,
        content,
        kind=kind,
        mode=header.mode,
        target=header.target if kind == "link" else "",
        uid=header.uid,
        gid=header.gid,
        mtime=header.mtime,
    )


def plain(path: str) -> str:
    """*path* without `./` in front of it and slashes behind it; empty for the root."""
    path = path.removeprefix("./").rstrip("/")
    return "" if path == "." else path


def text(field: bytes) -> str:
    """The text of a header's field, which ends at the first NUL."""
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def number(field: bytes) -> int:
    """The number in a header's field: octal digits, or base 256 behind a byte 0x80; nothing is 0."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.partition(b"\0")[0].strip(b" ")
    if digits.strip(b"01234567"):
        raise ValueError(f"expected octal digits, seen {field!r}")
    return int(digits or b"0", 8)


def decimal(digits: str) -> int:
    """The number in a pax record."""
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
        raise ValueError(f"expected a decimal number, seen {digits[:80]!r}")
    return int(digits)


def pax_records(content: bytes) -> dict[str, str]:
    """What a pax header says of the next member."""
    found, at = {}, 0
    while at < len(content):
        record = PAX_RECORD.match(content, at)
        end = at + int(record[1]) if record else 0
        if not record or not record.end() < end <= len(content) or content[end - 1 : end] != b"\n":
            raise ValueError(f"expected a pax record 'LENGTH KEY=VALUE', seen {content[at : at + 80]!r}")
        found[text(record[2])] = text(content[record.end() : end - 1])
        at = end
    if any(key.startswith("GNU.sparse.") for key in found):
        raise ValueError("expected a plain file, seen a sparse one")
    return found


SAYINGS: dict[bytes, Callable[[bytes], dict[str, str]]] = {
    LONG_NAME: lambda content: {"path": text(content)},
    LONG_TARGET: lambda content: {"linkpath": text(content)},
    b"x": pax_records,
    b"g": lambda content: {},
}
"""The types of members that only speak of the next one; those that speak of all others are passed over."""
