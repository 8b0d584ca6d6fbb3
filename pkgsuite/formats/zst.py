"""Zstandard through whichever module this Python has: its own (3.14), or one that is installed beside it."""

from __future__ import annotations

import importlib
from types import ModuleType

from pkgsuite.errors import Unsupported

__all__ = ["Decoder", "Error", "compress"]

MODULES = ("compression.zstd", "backports.zstd", "pyzstd", "zstandard")
LEVEL = 1

STEP = 1024
"""Bytes unpacked at a time: a block of 4 bytes can stand for 128 KiB, so that one step gives at most 32 MiB."""


class Error(Exception):
    """The data is no Zstandard."""


class Decoder:
    """One stream being unpacked, with the attributes of the decoders in zlib and lzma."""

    def __init__(self) -> None:
        self._module = module()
        stream = self._module.ZstdDecompressor()
        self._stream = stream.decompressobj() if hasattr(stream, "decompressobj") else stream
        self.eof = False
        self.unused_data = b""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """The content, or a little more than its first *max_length* bytes; raises Error."""
        content = bytearray()
        for at in range(0, len(data), STEP):
            try:
                content += self._stream.decompress(data[at : at + STEP])
            except self._module.ZstdError as error:
                raise Error(error) from None
            if self._stream.eof:
                self.eof, self.unused_data = True, self._stream.unused_data + data[at + STEP :]
            if self.eof or len(content) > max_length:
                break
        return bytes(content)


def compress(content: bytes) -> bytes:
    """*content* as one Zstandard frame; raises Unsupported."""
    zstd = module()
    packed = (
        zstd.ZstdCompressor(level=LEVEL).compress(content)
        if zstd.__name__ == "zstandard"
        else zstd.compress(content, LEVEL)
    )
    return bytes(packed)


def module() -> ModuleType:
    """The first module that can be imported; raises Unsupported with what to install."""
    for name in MODULES:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise Unsupported("no zst here: use Python 3.14, or `apt-get install python3-zstandard`, or `pip install pyzstd`")
