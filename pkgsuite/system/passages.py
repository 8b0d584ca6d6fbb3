"""Directories of the host that a world may write to: each is shown in it as a mount that leads nowhere else.

A descriptor that was opened on the host would do the same and more: `..` leads from it to the whole disk, past every
read-only mount. So a joined process gets each directory that it holds open anew, as the world shows it.
"""

from __future__ import annotations

import contextlib
import os
import stat

__all__ = ["allow", "allowed", "held_directories", "reopen"]

_allowed: set[str] = set()


def allow(path: str) -> None:
    """Let worlds that are made from now on write to a directory."""
    _allowed.add(path)


def allowed() -> tuple[str, ...]:
    """The directories that worlds may write to."""
    return tuple(sorted(path for path in _allowed if os.path.isdir(path)))


def held_directories() -> dict[int, str]:
    """The directories that this process holds open, by their descriptors."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            if stat.S_ISDIR(os.fstat(int(name)).st_mode):
                found[int(name)] = os.readlink(f"/proc/self/fd/{name}")
    return found


def reopen(directories: dict[int, str]) -> None:
    """Make each descriptor one of the same path in this mount namespace, or of its root where it is not shown."""
    for descriptor, path in directories.items():
        for place in (path, "/"):
            with contextlib.suppress(OSError):
                again = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                os.dup2(again, descriptor, inheritable=False)
                os.close(again)
                break
