"""Whole lines from a descriptor, as far as they have come: reading never waits."""

from __future__ import annotations

import fcntl
import os

__all__ = ["Lines", "widen"]

PIECE_BYTES = 64 * 1024
PIPE_BYTES = 1024 * 1024
"""How much a writer may be ahead of the window before it must wait; what Linux allows every user."""

LONGEST_BYTES = 16 * 1024 * 1024
"""A line that goes on for longer than this is no line."""


def widen(descriptor: int) -> None:
    """Let more fit into a pipe, as far as that is allowed."""
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except OSError:
        pass


class Lines:
    """The lines that come out of *descriptor*, which this closes at its end."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._rest = b""
        self.is_open = True

    def read(self) -> list[str]:
        """The lines that have come since, a bounded amount; at the end also one that has no end."""
        if not self.is_open:
            return []
        try:
            piece = os.read(self._descriptor, PIECE_BYTES)
        except BlockingIOError:
            return []
        except OSError:
            piece = b""
        if not piece:
            return self._last()
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) > LONGEST_BYTES:
            self._rest = b""
        return [line.decode("utf-8", "replace") for line in lines]

    def _last(self) -> list[str]:
        self.close()
        rest, self._rest = self._rest, b""
        return [rest.decode("utf-8", "replace")] if rest else []

    def close(self) -> None:
        """Read no more."""
        if self.is_open:
            self.is_open = False
            os.close(self._descriptor)
