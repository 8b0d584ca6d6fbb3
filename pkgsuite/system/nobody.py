"""To be nobody: another user than root, for programs that refuse to work for that."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from pkgsuite.system import namespaces

__all__ = ["become"]

NOBODY = 65534


def become(directory: str) -> None:
    """Be nobody from now on, if this process is root, and own *directory*; it still ends with its parent.

    In a user namespace of its own the process is only called so, which needs no second user; user_namespaces(7). Where
    none can be had it is another user, who gets the directory with all that is in it.
    """
    if os.geteuid() != 0:
        return
    try:
        namespaces.unshare(namespaces.USER)
    except OSError:
        be_another(directory)
    else:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{NOBODY} 0 1"), ("gid_map", f"{NOBODY} 0 1")):
            Path("/proc/self", name).write_text(text)
    namespaces.die_with_parent()


def be_another(directory: str) -> None:
    """Give the directory away, and all rights up."""
    for path in (Path(directory), *Path(directory).rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    with contextlib.suppress(PermissionError):
        os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
