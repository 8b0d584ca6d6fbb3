"""Torrents: files whose pieces have SHA-1 sums, named by the sum of all that; BEP 3.

DebTorrent's mapping needs no .torrent file: what an index says of a package (name, Size, SHA1) makes a torrent of one
piece, and everyone who reads the same index makes the same one.
"""

from __future__ import annotations

import hashlib
import re
from functools import cached_property

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats.bencode import Value, decode, encode
from pkgsuite.values import dataclass

__all__ = ["BLOCK_BYTES", "HASH_BYTES", "Torrent", "of_file", "read"]

BLOCK_BYTES = 1 << 14
"""What peers ask each other for at a time, and the shortest piece."""

HASH_BYTES = 20
SHA1 = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Torrent:
    """One file of *length* bytes in pieces of *piece_length*, the last one shorter, with the SHA-1 sum of each."""

    name: str
    length: int
    piece_length: int
    sums: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if not self.name or "/" in self.name or self.name in (".", ".."):
            raise BadValue("name", self.name, "the name of a file")
        if self.length < 1 or self.piece_length < 1:
            raise BadValue("length", self.length, "at least a byte in pieces of at least a byte")
        wanted = -(-self.length // self.piece_length)
        if len(self.sums) != wanted or any(len(each) != HASH_BYTES for each in self.sums):
            raise BadValue("sums", self.sums, f"{wanted} SHA-1 sums of {HASH_BYTES} bytes")

    @property
    def info(self) -> dict[str, int | str | bytes]:
        """The dictionary whose sum names the torrent."""
        return {
            "length": self.length,
            "name": self.name,
            "piece length": self.piece_length,
            "pieces": b"".join(self.sums),
        }

    @cached_property
    def info_hash(self) -> bytes:
        """The name of the torrent among trackers and peers, 20 bytes."""
        return hashlib.sha1(encode(self.info), usedforsecurity=False).digest()

    def write(self, announce: str = "") -> bytes:
        """The .torrent file, with the URL of its tracker if it has one."""
        return encode({"info": self.info} | ({"announce": announce} if announce else {}))

    def size(self, piece: int) -> int:
        """How long a piece is, in bytes."""
        return min(self.piece_length, self.length - piece * self.piece_length)


def of_file(name: str, size: int, sha1: str) -> Torrent:
    """The torrent of one piece that an index makes of a file; *sha1* has 40 small hexadecimal digits.

    Raises BadValue for what cannot be a torrent: an empty file, a wrong sum.
    """
    if not SHA1.fullmatch(sha1):
        raise BadValue("sha1", sha1, "40 hexadecimal digits in small letters")
    if size < 1:
        raise BadValue("size", size, "at least a byte")
    return Torrent(name, size, max(BLOCK_BYTES, 1 << (size - 1).bit_length()), (bytes.fromhex(sha1),))


def read(data: bytes) -> tuple[Torrent, str]:
    """The torrent of a .torrent file, and the URL of its tracker if one is given; raises BadArchive."""
    top = decode(data)
    info = top.get(b"info") if isinstance(top, dict) else None
    if not isinstance(top, dict) or not isinstance(info, dict):
        raise BadArchive("torrent: expected a dictionary with one called info, seen none")
    name, length, piece_length, pieces = (info.get(key) for key in (b"name", b"length", b"piece length", b"pieces"))
    if not (isinstance(name, bytes) and isinstance(pieces, bytes) and isinstance(length, int)):
        raise BadArchive("torrent: expected the name, the length and the sums of one file, seen something else")
    if not isinstance(piece_length, int) or set(info) - {b"name", b"length", b"piece length", b"pieces"}:
        raise BadArchive("torrent: expected nothing in info but its four fields, seen more or less")
    sums = tuple(pieces[at : at + HASH_BYTES] for at in range(0, len(pieces), HASH_BYTES))
    try:
        torrent = Torrent(name.decode("utf-8", "surrogateescape"), length, piece_length, sums)
    except BadValue as trouble:
        raise BadArchive(f"torrent: {trouble}") from trouble
    return torrent, as_text(top.get(b"announce", b""))


def as_text(value: Value) -> str:
    """A string as text, anything else as nothing."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else ""
