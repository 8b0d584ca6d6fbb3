"""What tests write: the end of it for whoever looks on, all of it in a file where that is much.

A worker does not wait between tests that are short, so it marks where the next one begins in what they write.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from pkgsuite import events

__all__ = ["KEPT_BYTES", "MOST_LOG_BYTES", "Capture", "Logs", "Outlet"]

CHUNK_BYTES = 1 << 18
PIPE_BYTES = 1 << 20
"""How much may wait in a pipe: whoever writes much is held up less."""

KEPT_BYTES = 1 << 16
"""How much of what a test writes its Output carries."""

MOST_LOG_BYTES = 64 << 20
"""How much of it the file holds."""

MOST_ECHOED_BYTES = 4 << 20
"""How much of what a test writes is echoed."""

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
    """What one worker writes, test by test; *echo* gets it at once, up to MOST_ECHOED_BYTES of a test."""

    def __init__(self, logs: Logs, echo: Callable[[bytes], object] | None = None) -> None:
        self._logs = logs
        self._echo = echo
        self._tail = bytearray()
        self._size = 0
        self._path = ""
        self._file: BinaryIO | None = None

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        if self._echo is not None and self._size <= MOST_ECHOED_BYTES:
            self._echo_some(self._echo, data)
        if self._size <= KEPT_BYTES < self._size + len(data):
            self._begin_file()
        self._write(data)
        self._size += len(data)
        self._tail += data[-KEPT_BYTES:]
        del self._tail[:-KEPT_BYTES]

    def _echo_some(self, echo: Callable[[bytes], object], data: bytes) -> None:
        """Echo what there is room for, and say once that there is more."""
        room = MOST_ECHOED_BYTES - self._size
        echo(data[:room])
        if len(data) > room:
            place = f"the log has it: {self._path}" if self._path else "only the end of it is kept"
            echo(f"\n[there is more than {MOST_ECHOED_BYTES >> 20} MiB; {place}]\n".encode())

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


class Outlet:
    """The crew's end of what a worker writes, with a *mark* between its tests that nobody else knows."""

    def __init__(self, descriptor: int, capture: Capture) -> None:
        self.descriptor = descriptor
        self.mark = b"\0%s\0" % os.urandom(16).hex().encode()
        self._capture = capture
        self._held = b""
        self._marks = self._taken = 0
        self._is_at_end = self._is_closed = False
        os.set_blocking(descriptor, False)
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    def read(self, *, once: bool = False) -> bool:
        """Read what is there, at most *once* at a time, up to a test whose turn has not come; tells the end of all."""
        while self._marks <= self._taken:
            if self._find_mark():
                continue
            if self._is_closed:
                break
            try:
                data = os.read(self.descriptor, CHUNK_BYTES)
            except BlockingIOError:
                break
            self._is_at_end = not data
            self._held += data
            if once or not data:
                self._find_mark()
                break
        return self._is_at_end and not self._held

    def _find_mark(self) -> bool:
        """Take what is held up to the next mark, or all that cannot be the start of one."""
        before, mark, behind = self._held.partition(self.mark)
        if mark:
            self._marks += 1
        elif not self._is_at_end:
            length = self._begun_mark()
            before, behind = before[: len(before) - length], before[len(before) - length :]
        if before:
            self._capture.add(before)
        self._held = behind
        return bool(mark)

    def _begun_mark(self) -> int:
        """How many bytes at the end of what is held may be the start of a mark."""
        longest = min(len(self.mark) - 1, len(self._held))
        return next((length for length in range(longest, 0, -1) if self._held.endswith(self.mark[:length])), 0)

    def tail(self) -> str:
        """The end of what the test that runs has written."""
        return self._capture.tail()

    def take(self, test: str) -> events.Output | None:
        """What *test* wrote, if it wrote anything; what comes behind a mark is another's."""
        self.read()
        self._taken += 1
        taken = self._capture.take(test)
        self.read()
        return taken

    def close(self) -> None:
        """Let go of it; what was read is still there to be taken."""
        os.close(self.descriptor)
        self._is_closed = True


def text_of(data: bytes) -> str:
    """Bytes as text; those that are no UTF-8 are escaped."""
    return data.decode("utf-8", "backslashreplace")
