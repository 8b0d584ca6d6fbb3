"""Whole directory trees on a real disk."""

from __future__ import annotations

import contextlib
import os
import shutil

__all__ = ["remove"]


def remove(directory: str) -> None:
    """Delete a tree, whatever modes its directories have; what cannot be deleted stays.

    Nothing above the tree is touched: it may lie in a directory that others share.
    """
    shutil.rmtree(directory, ignore_errors=True)
    if os.path.isdir(directory) and not os.path.islink(directory):
        unlock(directory)
        shutil.rmtree(directory, ignore_errors=True)


def unlock(directory: str) -> None:
    """Let this user change all directories of a tree, as far as they are its own."""
    allow(directory)
    for above, names, _ in os.walk(directory):
        for name in names:
            allow(f"{above}/{name}")


def allow(path: str) -> None:
    """Let this user change a directory, which no link may stand for."""
    if not os.path.islink(path):
        with contextlib.suppress(OSError):
            os.chmod(path, 0o700)
