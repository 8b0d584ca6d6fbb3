"""Directories for the time of a run, and those that dead runs left behind.

A run holds a lock on its directory for as long as it lives, so that nobody takes it for a leftover.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pkgsuite.system import trees

__all__ = ["PLACES", "leftovers", "make", "own"]

PLACES = (tempfile.gettempdir(), "/dev/shm")
"""Where such directories are made."""

JUST_MADE_S = 60
"""How long a directory may be without its lock."""

_locks: list[int] = []


def make(above: str | None = None) -> str:
    """A new directory, which whoever asked for it deletes; it is no leftover as long as this process lives."""
    directory = tempfile.mkdtemp(prefix=prefix(), dir=above)
    lock = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    fcntl.flock(lock, fcntl.LOCK_SH)
    _locks.append(lock)
    return directory


@contextlib.contextmanager
def own() -> Iterator[Path]:
    """A new directory, deleted at the end."""
    directory = make()
    try:
        yield Path(directory)
    finally:
        trees.remove(directory)


def leftovers() -> list[Path]:
    """The directories of this user whose runs are dead."""
    pattern = re.compile(re.escape(prefix()) + r"[a-z0-9_]{8}")
    found = []
    for place in dict.fromkeys(PLACES):
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            found += [Path(entry.path) for entry in entries if pattern.fullmatch(entry.name) and is_left(entry)]
    return sorted(found)


def is_left(entry: os.DirEntry[str]) -> bool:
    """Whether nobody holds the lock of a directory of ours."""
    try:
        status = entry.stat(follow_symlinks=False)
        if status.st_uid != os.geteuid() or not entry.is_dir(follow_symlinks=False):
            return False
        if time.time() - status.st_mtime < JUST_MADE_S:
            return False
        lock = os.open(entry.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(lock)
    except OSError:
        return False
    return True


def prefix() -> str:
    """How the names of this user's directories start."""
    return f"pkgsuite-{os.geteuid()}-"
