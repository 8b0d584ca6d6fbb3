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


@lru_cache
def find_shell() -> str:
    """The path of a statically linked shell; raises ProgramMissing with what to install."""
    given = os.environ.get(CHOICE)
    for name in [given] if given else STATIC_SHELLS:
        found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin")
        if found and elf.is_static(Path(found)):
            return found
    wanted = f"{CHOICE}={given} is not a statically linked program" if given else "no statically linked shell"
    raise ProgramMissing(f"{wanted}; apt-get install bash-static, or set {CHOICE}")
