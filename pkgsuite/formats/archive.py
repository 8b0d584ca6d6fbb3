"""Compressed tar archives as bytes, for every package format that has them."""

from __future__ import annotations

from collections.abc import Iterable

from pkgsuite.formats import tar, untar
from pkgsuite.formats.compression import MOST_BYTES, compress, decompress
from pkgsuite.formats.tar import Member

__all__ = ["Member", "pack", "unpack"]


def pack(members: Iterable[Member], compression: str = "gz") -> bytes:
    """A tar archive of *members* in their order, under `gz`, `xz`, `zst` or, empty, no compression.

    The same members give the same bytes. Raises BadValue for what tar cannot hold, Unsupported where zst is missing.
    """
    return compress(tar.write(members), compression)


def unpack(data: bytes, most: int = MOST_BYTES) -> list[Member]:
    """The members of an archive, its compression recognised; raises BadArchive with expected and seen.

    *most* bounds the unpacked archive in bytes, so that a small one cannot fill the memory.
    """
    return untar.read(decompress(data, most))
