"""Where reports are written: lines at once, whole documents in one piece, and stdout for a report alone."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

__all__ = ["STDOUT", "Document", "open_lines", "own_stdout"]

STDOUT = "-"
USUAL_MODE = 0o666


def open_lines(path: str) -> TextIO:
    """A file that is written line by line, from its start; raises OSError."""
    return open(path, "w", encoding="utf-8")


class Document:
    """A file that is written as a whole, and is either the old one or the new one at any moment.

    Raises OSError at once where it could not be written. Devices, pipes and files in directories that take no
    others are written to as they are.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path).resolve()
        self._is_replaced = self._can_be_replaced()

    def _can_be_replaced(self) -> bool:
        """Whether a new file can take the place of what is there; raises OSError where neither way is open."""
        try:
            mode = self._path.stat().st_mode
        except FileNotFoundError:
            mode = 0
        if not mode or stat.S_ISREG(mode):
            try:
                with tempfile.TemporaryFile(dir=self._path.parent):
                    pass
            except OSError:
                if not mode:
                    raise
            else:
                return not mode or self._check_open()
        if not stat.S_ISFIFO(mode):
            self._check_open()
        return False

    def _check_open(self) -> bool:
        os.close(os.open(self._path, os.O_WRONLY | os.O_NOCTTY))
        return True

    @contextlib.contextmanager
    def opened(self) -> Iterator[TextIO]:
        """A stream for all of it, which takes its place when the block ends well."""
        if not self._is_replaced:
            with open(self._path, "w", encoding="utf-8") as target:
                yield target
            return
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name[:200]}.")
        try:
            with open(descriptor, "w", encoding="utf-8") as target:
                os.fchmod(descriptor, self._mode())
                yield target
            os.replace(name, self._path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise

    def _mode(self) -> int:
        """The mode of the file that is there, or that a new one gets."""
        try:
            return stat.S_IMODE(self._path.stat().st_mode)
        except OSError:
            mask = os.umask(0)
            os.umask(mask)
            return USUAL_MODE & ~mask


@contextlib.contextmanager
def own_stdout() -> Iterator[TextIO]:
    """The real stdout for a report alone; what tests and their programs print there goes to stderr meanwhile."""
    sys.stdout.flush()
    alone = os.dup(1)
    os.dup2(2, 1)
    target = open(os.dup(alone), "w", encoding="utf-8")  # noqa: SIM115 - closed below, whatever it says then
    try:
        yield target
    finally:
        with contextlib.suppress(OSError):
            target.close()
        os.dup2(alone, 1)
        os.close(alone)
