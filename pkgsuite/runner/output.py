"""What tests write: the end of it for whoever looks on, all of it in a file where that is much."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from pkgsuite import events

__all__ = ["KEPT_BYTES", "MOST_LOG_BYTES", "Capture", "Logs"]

KEPT_BYTES = 1 << 16
"""How much of what a test writes its Output carries."""

MOST_LOG_BYTES = 64 << 20
"""How much of it the file holds."""

KEPT_RUNS = 10
"""Of how many runs files are kept."""


class Logs:
    """Files for what is too long, in a directory that is made when the first one is; none without a directory."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._count = 0

    def open(self) -> tuple[str, BinaryIO] | None:
        """A new file and its path; None where there can be none."""
        if self._directory is None:
            return None
        self._count += 1
        path = self._directory / f"{self._count}.log"
        try:
            if self._count == 1:
                self._make_room(self._directory)
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            return str(path), path.open("wb")
        except OSError:
            return None

    @staticmethod
    def _make_room(directory: Path) -> None:
        """Delete what older runs left beside *directory*, but for the last few."""
        with contextlib.suppress(OSError):
            older = sorted((each for each in directory.parent.iterdir() if each.is_dir()), key=lambda each: each.name)
            for each in older[: -KEPT_RUNS + 1]:
                shutil.rmtree(each, ignore_errors=True)


class Capture:
    """What one worker writes, test by test; *echo* gets every byte at once."""

    def __init__(self, logs: Logs, echo: Callable[[bytes], object] | None = None) -> None:
        self._logs = logs
        self._echo = echo
        self._tail = bytearray()
        self._size = 0
        self._path = ""
        self._file: BinaryIO | None = None

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        if self._echo is not None:
            self._echo(data)
        if self._size <= KEPT_BYTES < self._size + len(data):
            self._begin_file()
        self._write(data)
        self._size += len(data)
        self._tail += data
        del self._tail[:-KEPT_BYTES]

    def _begin_file(self) -> None:
        opened = self._logs.open()
        if opened is not None:
            self._path, self._file = opened
            self._write(bytes(self._tail))

    def _write(self, data: bytes) -> None:
        """Write what the file has room for; a full disk ends it."""
        if self._file is None:
            return
        try:
            room = MOST_LOG_BYTES - self._file.tell()
            self._file.write(data[:room])
            if len(data) > room:
                self._file.write(b"\n[the log ends here: more than %d bytes]\n" % MOST_LOG_BYTES)
                self._close()
        except OSError:
            self._close()

    def _close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None

    def tail(self) -> str:
        """The end of what was written since the last `take`."""
        return text_of(bytes(self._tail))

    def take(self, test: str) -> events.Output | None:
        """What *test* wrote, if it wrote anything; the next bytes are another's."""
        if not self._size:
            return None
        self._close()
        taken = events.Output(test, self.tail(), self._path, self._size)
        self._tail.clear()
        self._size, self._path = 0, ""
        return taken


def text_of(data: bytes) -> str:
    """Bytes as text; those that are no UTF-8 are escaped."""
    return data.decode("utf-8", "backslashreplace")
