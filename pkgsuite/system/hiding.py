"""Directories of the host that nobody in a world is to see."""

from __future__ import annotations

import os
from collections.abc import Iterable

from pkgsuite.system import namespaces

__all__ = ["hide"]

_hidden: set[str] = set()


def hide(directories: Iterable[str]) -> None:
    """Let directories be empty for this process and what it starts; only where mounts are its own."""
    for path in directories:
        if path not in _hidden and os.path.isdir(path):
            namespaces.mount("tmpfs", path, "tmpfs", namespaces.NO_DEVICES | namespaces.READ_ONLY, "size=4k,mode=755")
            _hidden.add(path)
