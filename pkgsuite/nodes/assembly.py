"""A file that is being put together from blocks of several sources, on disk, until its sums are right.

What has come is written down, so that another life of the node goes on where this one ended.
"""

from __future__ import annotations

import contextlib
import os
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator

from pkgsuite.formats.torrent import BLOCK_BYTES
from pkgsuite.nodes.catalogue import Known
from pkgsuite.nodes.sums import STEP_BYTES, Sums

__all__ = ["EARLIER", "LARGE_BYTES", "MIRROR", "Assembly"]

EARLIER, MIRROR = "an earlier life", "the mirror"
"""The sources that are no peers: what was on disk already, and who has all."""

RUN = struct.Struct(">II")
"""A line of what is written down: the first of some blocks, and how many."""

DOUBLED_S = 1.0
"""After how long a block is asked of a second source that has nothing else to do, in seconds."""

LARGE_BYTES = 1 << 24
"""Files from this size on are summed up by a thread of their own while they come, others in the end."""


class Assembly:
    """The blocks of one file at *path*; sources are told apart by their names, and may be threads of their own.

    *given* tells how many bytes came from which. While *only* names a source, nothing is taken from others. What
    *is_shared* must have the SHA-1 sum that peers look at; anything else only that in its name.
    """

    def __init__(self, known: Known, path: str, *, is_shared: bool = True) -> None:
        self.known = known
        self.given: dict[str, int] = {}
        self.only = ""
        self._path = path
        told = {"sha256": known.sha256, "sha1": known.sha1 if is_shared or not known.sha256 else ""}
        self._count = -(-known.size // BLOCK_BYTES)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._runs = os.open(f"{path}.runs", os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._sums = Sums(self._file, {kind: value for kind, value in told.items() if value})
        self._summing = threading.Thread(target=self._sum_up, daemon=True) if known.size >= LARGE_BYTES else None
        self._changed = threading.Condition()
        self._is_closed = False
        self._forget()
        self._recall()
        if self._summing is not None:
            self._summing.start()

    def _forget(self) -> None:
        """Have nothing."""
        self._has = bytearray(self._count)
        self._missing = self._count
        self._unasked = deque(range(self._count))
        self._asked: dict[int, dict[str, float]] = {}
        self._sums.forget()
        self.given.clear()

    def _recall(self) -> None:
        """Have what an earlier life wrote down, as far as that can be."""
        told = os.pread(self._runs, os.fstat(self._runs).st_size, 0)
        length = os.fstat(self._file).st_size
        for first, count in RUN.iter_unpack(told[: len(told) // RUN.size * RUN.size]):
            if 0 < count <= self._count - first and self._stop(first + count - 1) <= length:
                for block in range(first, first + count):
                    self._take_in(block, EARLIER)
        os.ftruncate(self._runs, len(told) // RUN.size * RUN.size)

    def _stop(self, block: int) -> int:
        return min((block + 1) * BLOCK_BYTES, self.known.size)

    # Who gives what

    @property
    def is_complete(self) -> bool:
        """Whether all blocks are there, right or wrong."""
        return not self._missing

    def take(self, source: str) -> int | None:
        """A block that *source* is to be asked for; None where there is no more for it at the moment."""
        with self._changed:
            while self._unasked and self.only in ("", source):
                block = self._unasked.popleft()
                if not self._has[block]:
                    self._asked[block] = {source: time.monotonic()}
                    return block
            oldest = time.monotonic() - DOUBLED_S
            for block, askers in self._asked.items():
                if self.only in ("", source) and source not in askers and max(askers.values()) < oldest:
                    askers[source] = time.monotonic()
                    return block
        return None

    def give_back(self, source: str) -> None:
        """Let others be asked for what *source* was asked for."""
        with self._changed:
            for block in [block for block, askers in self._asked.items() if source in askers]:
                del self._asked[block][source]
                if not self._asked[block]:
                    del self._asked[block]
                    self._unasked.appendleft(block)
            self._changed.notify_all()

    def put(self, first: int, data: bytes | memoryview, source: str) -> int:
        """Take *data*, which is whole blocks from *first* on; gives the bytes that were still missing."""
        with self._changed:
            count = -(-len(data) // BLOCK_BYTES)
            if self._is_closed or self.only not in ("", source):
                return 0
            if any(self._has[first : first + count]):
                return sum(self._put(at, part, source) for at, part in single_blocks(first, data) if not self._has[at])
            return self._put(first, data, source)

    def _put(self, first: int, data: bytes | memoryview, source: str) -> int:
        """Take blocks that are all missing."""
        count = -(-len(data) // BLOCK_BYTES)
        write_all(self._file, data, first * BLOCK_BYTES)
        os.write(self._runs, RUN.pack(first, count))
        for block in range(first, first + count):
            self._take_in(block, source)
        self._changed.notify_all()
        return len(data)

    def _take_in(self, block: int, source: str) -> None:
        if not self._has[block]:
            self._has[block] = 1
            self._missing -= 1
            self._asked.pop(block, None)
            self.given[source] = self.given.get(source, 0) + self._stop(block) - block * BLOCK_BYTES

    def _sum_up(self) -> None:
        """Sum up what comes, as far as there is nothing missing before it; `is_right` tells of a bad disk."""
        with contextlib.suppress(OSError):
            while True:
                with self._changed:
                    while not self._is_closed and self._begun_bytes - self._sums.size < STEP_BYTES:
                        self._changed.wait()
                    if self._is_closed:
                        return
                    size, life = self._begun_bytes, self._sums.life
                if not self._sums.reach(size, life):
                    return

    @property
    def _begun_bytes(self) -> int:
        """How much is there from the start on."""
        gap = self._has.find(0, self._sums.size // BLOCK_BYTES)
        return self.known.size if gap < 0 else gap * BLOCK_BYTES

    def gaps(self) -> Iterator[tuple[int, int]]:
        """Start and stop, in bytes, of what is missing."""
        start = self._has.find(0)
        while start >= 0:
            stop = self._has.find(1, start)
            yield start * BLOCK_BYTES, self.known.size if stop < 0 else stop * BLOCK_BYTES
            start = -1 if stop < 0 else self._has.find(0, stop)

    def wait(self, timeout: float) -> None:
        """Until something changes."""
        with self._changed:
            if not self.is_complete:
                self._changed.wait(timeout)

    def wake(self) -> None:
        """Let whoever waits look again."""
        with self._changed:
            self._changed.notify_all()

    # The end

    def is_right(self) -> bool:
        """Whether the sums of all that came are those that the index tells."""
        with self._changed:
            return self._sums.are_right(self.known.size)

    def start_over(self) -> None:
        """Have nothing any more, since something of it was wrong."""
        with self._changed:
            os.ftruncate(self._runs, 0)
            self._forget()

    def finish(self, path: str) -> None:
        """Put the file where it belongs; raises OSError."""
        os.ftruncate(self._file, self.known.size)
        os.replace(self._path, path)
        os.unlink(f"{self._path}.runs")

    def close(self) -> None:
        """Let go; what came stays on disk."""
        with self._changed:
            if self._is_closed:
                return
            self._is_closed = True
            self._changed.notify_all()
        if self._summing is not None:
            self._summing.join()
        os.close(self._file)
        os.close(self._runs)


def single_blocks(first: int, data: bytes | memoryview) -> Iterator[tuple[int, memoryview]]:
    """The blocks of *data*, each with its number."""
    view = memoryview(data)
    for number, at in enumerate(range(0, len(view), BLOCK_BYTES), first):
        yield number, view[at : at + BLOCK_BYTES]


def write_all(descriptor: int, data: bytes | memoryview, offset: int) -> None:
    """Write all of *data* at a place; raises OSError."""
    view = memoryview(data)
    while len(view):
        count = os.pwrite(descriptor, view, offset)
        view, offset = view[count:], offset + count
