"""The child's side of a journal: what it has done, in a file in memory that its parent reads even after its end."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import field, replace
from typing import Protocol

from pkgsuite.model.journal import Note, Served, encode
from pkgsuite.values import dataclass

__all__ = ["Journal", "Open", "Unfinished"]

PATIENCE_S = 0.25
"""How long asking waits for last bytes that are on their way to the kernel; a client that reads none may hold them."""


class Unfinished(Protocol):
    """Something that is going on; *is_ending* from before its last bytes are sent until that is noted."""

    is_ending: bool

    def value(self, *, is_open: bool) -> Note:
        """What became of it by now."""


@dataclass(slots=True, eq=False)
class Open:
    """A request that is being answered."""

    served: Served
    started: float = field(default_factory=time.monotonic)
    sent_bytes: int = 0
    is_ending: bool = False

    def pass_on(self, count: int) -> None:
        """So many more bytes were sent of a body whose length nobody has told."""
        self.sent_bytes += count
        self.served = replace(self.served, body_bytes=self.sent_bytes)

    def value(self, *, is_open: bool) -> Served:
        """What became of it by now."""
        seconds = round(time.monotonic() - self.started, 6)
        return replace(self.served, sent_bytes=self.sent_bytes, seconds=seconds, is_open=is_open)


class Journal:
    """Notes what is done once it is done, in a file if there is one; *told* hears of each too."""

    def __init__(self, descriptor: int | None = None, told: Callable[[Note], None] | None = None) -> None:
        self._descriptor = descriptor
        self._told = told
        self._open: list[Unfinished] = []
        self._changed = threading.Condition()

    def begin(self, served: Served) -> Open:
        """Note that a request is being answered."""
        entry = Open(replace(served, at_s=round(time.time(), 6)))
        self.watch(entry)
        return entry

    def watch(self, entry: Unfinished) -> None:
        """Tell of it when asked, until it ends."""
        with self._changed:
            self._open.append(entry)

    def end(self, entry: Unfinished) -> None:
        """Note what became of it."""
        value = entry.value(is_open=False)
        with self._changed:
            if entry in self._open:
                self._open.remove(entry)
            self._write(value)
            self._changed.notify_all()
        if self._told is not None:
            self._told(value)

    def note(self, value: Note) -> None:
        """Note what is over."""
        with self._changed:
            self._write(value)
        if self._told is not None:
            self._told(value)

    def finish(self) -> None:
        """Note what is still going on, since the node ends."""
        with self._changed:
            for entry in self._open:
                self._write(entry.value(is_open=True))
            self._open.clear()
            self._descriptor = None

    def _write(self, value: Note) -> None:
        if self._descriptor is not None:
            os.write(self._descriptor, encode(value).encode() + b"\n")

    def flush(self) -> list[Note]:
        """Those that are still going on, once all others are noted.

        A client may have the last byte of its answer before this process knows that the byte was sent.
        """
        with self._changed:
            self._changed.wait_for(lambda: not any(entry.is_ending for entry in self._open), PATIENCE_S)
            return [entry.value(is_open=True) for entry in self._open]
