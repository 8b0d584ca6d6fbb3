"""The sums of a file that is being written, from its start as far as it is there."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Mapping

__all__ = ["STEP_BYTES", "Sums"]

STEP_BYTES = 1 << 18


class Sums:
    """Sums of the first *size* bytes of an open file; *told* has what those of all of it should be, by algorithm.

    Threads may share it. What it is asked for in an earlier *life*, before `forget`, it does no more.
    """

    def __init__(self, file: int, told: Mapping[str, str]) -> None:
        self._file = file
        self._told = told
        self._room = memoryview(bytearray(STEP_BYTES))
        self._lock = threading.Lock()
        self.life = 0
        self.forget()

    def forget(self) -> None:
        """Begin anew: other bytes will stand there."""
        with self._lock:
            self.life += 1
            self.size = 0
            self._found = {kind: hashlib.new(kind, usedforsecurity=False) for kind in self._told}

    def reach(self, size: int, life: int) -> bool:
        """Sum up the first *size* bytes; False where the file has fewer. Raises OSError."""
        count = 1
        while count:
            with self._lock:  # for a step at a time, so that nobody waits for long
                if life != self.life or self.size >= size:
                    return True
                count = os.preadv(self._file, [self._room[: size - self.size]], self.size)
                for each in self._found.values():
                    each.update(self._room[:count])
                self.size += count
        return False

    def are_right(self, size: int) -> bool:
        """Whether all *size* bytes of the file have the sums that are told."""
        return self.reach(size, self.life) and all(
            each.hexdigest() == self._told[kind] for kind, each in self._found.items()
        )
