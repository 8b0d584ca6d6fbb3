"""Files that a downloader keeps on disk by their sums, and those of which only parts are there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from pkgsuite.nodes.assembly import Assembly
from pkgsuite.nodes.catalogue import Known
from pkgsuite.nodes.content import Offer, OnDisk

__all__ = ["Store"]

KEY = re.compile(r"(sha256|sha1)-([0-9a-f]{64}|[0-9a-f]{40})")
READ_BYTES = 1 << 20


class Store:
    """Whole files in *directory*/pool, parts in *directory*/partial; raises OSError where the disk does not do."""

    def __init__(self, directory: str) -> None:
        self._pool = os.path.join(directory, "pool")
        self._partial = os.path.join(directory, "partial")
        for each in (self._pool, self._partial):
            os.makedirs(each, exist_ok=True)
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()

    def reopen(self) -> Iterator[str]:
        """Take over what an earlier life left, if its sum is right; gives the names of what was wrong and is gone."""
        for path in sorted(Path(self._pool).iterdir()):
            if path.is_dir():  # it is somebody else's
                continue
            match = KEY.fullmatch(path.name)
            if match is not None and sum_of(path, match[1]) == match[2]:
                self._sizes[path.name] = path.stat().st_size
            else:
                path.unlink()
                yield path.name

    def keys(self) -> list[str]:
        """The names of all whole files."""
        with self._lock:
            return list(self._sizes)

    def has(self, known: Known) -> bool:
        """Whether the whole file is there."""
        return known.key in self._sizes

    def path(self, known: Known) -> str:
        """Where a whole file is or will be."""
        return os.path.join(self._pool, known.key)

    def open(self, known: Known) -> Offer | None:
        """The file for reading; None where it is not there any more."""
        try:
            descriptor = os.open(self.path(known), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            self._forget(known)
            return None
        status = os.fstat(descriptor)
        if status.st_size != known.size:
            os.close(descriptor)
            self._forget(known)
            return None
        return Offer(OnDisk(descriptor, status), int(status.st_mtime))

    def _forget(self, known: Known) -> None:
        with self._lock:
            self._sizes.pop(known.key, None)

    def begin(self, known: Known, *, is_shared: bool) -> Assembly:
        """The parts of a file, with those that are there already; see `Assembly`."""
        return Assembly(known, os.path.join(self._partial, known.key), is_shared=is_shared)

    def keep(self, assembly: Assembly) -> None:
        """Keep what was put together as a whole file; its sums were looked at."""
        known = assembly.known
        assembly.finish(self.path(known))
        with self._lock:
            self._sizes[known.key] = known.size


def sum_of(path: Path, kind: str) -> str:
    """A sum of a file in hexadecimal digits; nothing where it is no file that can be read."""
    found = hashlib.new(kind, usedforsecurity=False)
    with contextlib.suppress(OSError), open(path, "rb", buffering=0) as file:
        while data := file.read(READ_BYTES):
            found.update(data)
        return found.hexdigest()
    return ""
