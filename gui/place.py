"""The window's directory for as long as it is open, and those of windows that were killed.

A window holds a lock on its own for as long as it lives, so that no other takes it for a leftover.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

__all__ = ["Place", "sweep"]

PREFIX = "pkgsuite-gui-"


class Place:
    """A new directory, `path`, which `close` deletes."""

    def __init__(self) -> None:
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
            self._lock = locked(self.path, fcntl.LOCK_SH)
            if self.path.exists():
                return
            # Another window that began just now has swept it before it was locked.
            self.close()

    def close(self) -> None:
        """Delete it, and let go of its lock."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def sweep() -> None:
    """Delete the directories of this user whose windows are dead."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        lock = locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def locked(path: Path, how: int) -> int | None:
    """A descriptor that holds a lock on a directory of this user, or None where that cannot be."""
    descriptor = None
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        if os.fstat(descriptor).st_uid == os.geteuid():
            fcntl.flock(descriptor, how)
            return descriptor
    except OSError:
        pass
    if descriptor is not None:
        os.close(descriptor)
    return None
