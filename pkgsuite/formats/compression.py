"""Compressed bytes: gz, xz and zst, the same for the same content; read back with an upper bound."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Callable
from typing import Protocol

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import zst

__all__ = ["MOST_BYTES", "compress", "decompress", "gzip"]

MiB = 1 << 20
MOST_BYTES = 1024 * MiB
"""How much content is unpacked at most; memory grows with the content, never to this size at once."""

MOST_STREAMS = 1000
"""How many streams, one behind the other, are taken for one content."""

XZ_MEMORY = 256 * MiB
GZIP_HEADER = b"\x1f\x8b\x08\0" + bytes(4) + b"\x04\xff"
"""Deflate, no flags, no time, the fastest level, unknown system; RFC 1952."""


class Decoder(Protocol):
    """What unpacks one compressed stream, as lzma, zlib and compression.zstd have it."""

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was reached."""

    @property
    def unused_data(self) -> bytes:
        """What stood behind the end."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """At most *max_length* bytes of the content."""


def compress(content: bytes, compression: str) -> bytes:
    """*content* under a *compression*: `gz`, `xz`, `zst`, or empty for as it is; raises BadValue, Unsupported."""
    if compression not in WRITERS:
        raise BadValue("compression", compression, f"one of {', '.join(filter(None, WRITERS))}, or nothing")
    return WRITERS[compression](content)


def gzip(content: bytes) -> bytes:
    """*content* in gzip's fastest level without a time; gzip(5)."""
    deflate = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(content) + deflate.flush()
    return GZIP_HEADER + body + struct.pack("<LL", zlib.crc32(content), len(content) & 0xFFFFFFFF)


def decompress(data: bytes, most: int = MOST_BYTES) -> bytes:
    """The content of *data*, recognised by its first bytes; what no compression marks is given as it is.

    Raises BadArchive for damage and for a content of more than *most* bytes, Unsupported where zst cannot be read.
    """
    for mark, (name, decoder) in READERS.items():
        if data.startswith(mark):
            return unpack(data, name, decoder, most)
    return data


def unpack(data: bytes, name: str, decoder: Callable[[], Decoder], most: int) -> bytes:
    """The content of all the streams in *data*, bounded while they are unpacked."""
    contents, left = list[bytes](), most
    for _ in range(MOST_STREAMS):
        stream = decoder()
        try:
            content = stream.decompress(data, left + 1)
        except (zlib.error, lzma.LZMAError, zst.Error) as error:
            raise BadArchive(f"{name}: expected a compressed stream, seen damage: {error}") from None
        contents.append(content)
        left -= len(content)
        if left < 0:
            raise BadArchive(f"{name}: expected at most {most} bytes of content, seen more")
        if not stream.eof:
            raise BadArchive(f"{name}: expected the end of the stream, seen the data end after {most - left} bytes")
        data = stream.unused_data.lstrip(b"\0")
        if not data:
            return b"".join(contents)
    raise BadArchive(f"{name}: expected at most {MOST_STREAMS} streams, seen more")


WRITERS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda content: content,
    "gz": gzip,
    "xz": lambda content: lzma.compress(content, preset=0),
    "zst": zst.compress,
}

READERS: dict[bytes, tuple[str, Callable[[], Decoder]]] = {
    b"\x1f\x8b": ("gz", lambda: zlib.decompressobj(zlib.MAX_WBITS | 16)),
    b"\xfd7zXZ\0": ("xz", lambda: lzma.LZMADecompressor(memlimit=XZ_MEMORY)),
    b"\x28\xb5\x2f\xfd": ("zst", zst.Decoder),
}
