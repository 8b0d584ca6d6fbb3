"""To be nobody: a user without rights, for programs that refuse to work for root."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from pkgsuite.system import namespaces

__all__ = ["become", "give"]

NOBODY = 65534


def give(directory: str) -> None:
    """Let nobody own a directory with all that is in it, where there is such a user."""
    if os.geteuid() != 0:
        return
    with contextlib.suppress(OSError):
        os.chown(directory, NOBODY, NOBODY)
        for path in Path(directory).rglob("*"):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def become() -> None:
    """Be nobody from now on, if this process is root; it still ends with its parent.

    In a world with a single user that user is called nobody, in a user namespace of this process; user_namespaces(7).
    """
    if os.geteuid() != 0:
        return
    try:
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError:
        namespaces.unshare(namespaces.USER)
        for name, text in (("setgroups", "deny"), ("uid_map", f"{NOBODY} 0 1"), ("gid_map", f"{NOBODY} 0 1")):
            Path("/proc/self", name).write_text(text)
    namespaces.die_with_parent()
