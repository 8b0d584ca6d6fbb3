"""What can be served under a path: bytes, a file on disk, and where to find them."""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Mapping
from typing import Protocol, TypeAlias

from pkgsuite.values import dataclass

__all__ = ["Content", "FilePart", "Flipped", "InMemory", "Offer", "OnDisk", "Piece", "Tree", "load"]


@dataclass(frozen=True, slots=True)
class FilePart:
    """A stretch of an open file."""

    descriptor: int
    offset: int
    size: int


Piece: TypeAlias = "memoryview | FilePart"
"""A part of a body that is sent in one go."""


class Content(Protocol):
    """Something of a known size; *version* differs where the content does."""

    @property
    def size(self) -> int:
        """The number of bytes."""

    @property
    def version(self) -> str:
        """A word for the entity tag."""

    def pieces(self, start: int, stop: int) -> tuple[Piece, ...]:
        """What is sent for the bytes from *start* to *stop*."""

    def close(self) -> None:
        """Let go of what is open."""


class InMemory:
    """Bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self.size = len(data)
        self.version = f"{len(data):x}-{zlib.crc32(data):08x}"

    def pieces(self, start: int, stop: int) -> tuple[Piece, ...]:
        return (self._data[start:stop],)

    def close(self) -> None:
        """Nothing is open."""


class OnDisk:
    """An open file as it was when it was opened."""

    def __init__(self, descriptor: int, status: os.stat_result) -> None:
        self._descriptor = descriptor
        self.size = status.st_size
        self.version = f"{status.st_size:x}-{status.st_mtime_ns:x}"

    def pieces(self, start: int, stop: int) -> tuple[Piece, ...]:
        return (FilePart(self._descriptor, start, stop - start),)

    def close(self) -> None:
        os.close(self._descriptor)


class Flipped:
    """Another content with all bits of one byte turned over; a place below zero counts from the end."""

    def __init__(self, inner: Content, at: int) -> None:
        self._inner = inner
        self.size = inner.size
        self.version = inner.version
        self._at = max(at + inner.size, 0) if at < 0 else min(at, inner.size - 1)

    def pieces(self, start: int, stop: int) -> tuple[Piece, ...]:
        at = self._at
        if not start <= at < stop:
            return self._inner.pieces(start, stop)
        wrong = bytes([load(self._inner.pieces(at, at + 1))[0] ^ 0xFF])
        return (*self._inner.pieces(start, at), memoryview(wrong), *self._inner.pieces(at + 1, stop))

    def close(self) -> None:
        self._inner.close()


def load(pieces: tuple[Piece, ...]) -> bytes:
    """The bytes of *pieces*."""
    return b"".join(
        os.pread(piece.descriptor, piece.size, piece.offset) if isinstance(piece, FilePart) else bytes(piece)
        for piece in pieces
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands under a path: its content, when it was last changed, and whether parts of it may be asked for."""

    content: Content
    mtime_s: int
    takes_ranges: bool = True

    @property
    def etag(self) -> str:
        """The entity tag, in its quotes."""
        return f'"{self.content.version}-{self.mtime_s:x}"'


class Tree:
    """Files by path: those in memory first, then those below a directory on disk."""

    def __init__(self, directory: str = "") -> None:
        self._files: dict[str, tuple[InMemory, int]] = {}
        self._directory = os.path.realpath(directory) if directory else ""

    def put(self, files: Mapping[str, bytes], mtime_s: int) -> None:
        """Set files in memory; each appears at once and whole, in the order that is given."""
        for path, data in files.items():
            self._files[path] = (InMemory(data), mtime_s)

    def remove(self, path: str) -> None:
        """Take a file in memory away."""
        self._files.pop(path, None)

    def find(self, path: str) -> Offer | None:
        """What stands under *path*; the caller closes its content."""
        known = self._files.get(path)
        return Offer(*known) if known else self._on_disk(path)

    def _on_disk(self, path: str) -> Offer | None:
        """A regular file below the directory, unless a link leads out of there."""
        if not self._directory or not all(path.split("/")):
            return None
        target = os.path.realpath(f"{self._directory}/{path}")
        if not target.startswith(self._directory.rstrip("/") + "/"):
            return None
        try:
            descriptor = os.open(target, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        except (OSError, ValueError):
            return None
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode):
            return Offer(OnDisk(descriptor, status), int(status.st_mtime))
        os.close(descriptor)
        return None
