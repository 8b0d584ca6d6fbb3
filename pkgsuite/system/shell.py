"""A shell that runs where there is nothing but the shell: scriptlets need one inside the root."""

from __future__ import annotations

import os
import shutil
from functools import lru_cache
from pathlib import Path

from pkgsuite.errors import ProgramMissing
from pkgsuite.system import elf

__all__ = ["CHOICE", "STATIC_SHELLS", "find_shell"]

CHOICE = "PKGSUITE_SHELL"
"""The environment variable that names a statically linked shell."""

STATIC_SHELLS = ("bash-static", "busybox")


def find_shell(*, needs_static: bool = True) -> str:
    """The path of a shell for a root; raises ProgramMissing with what to install.

    A real chroot needs a statically linked one; a pretended one needs the host's own, since nothing is pretended to a
    static program.
    """
    return find_static() if needs_static else os.path.realpath("/bin/sh")


@lru_cache
def find_static() -> str:
    """The path of a statically linked shell; raises ProgramMissing."""
    given = os.environ.get(CHOICE)
    for name in [given] if given else STATIC_SHELLS:
        found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin")
        if found and elf.is_static(Path(found)):
            return found
    wanted = f"{CHOICE}={given} is not a statically linked program" if given else "no statically linked shell"
    raise ProgramMissing(f"{wanted}; apt-get install bash-static, or set {CHOICE}")
