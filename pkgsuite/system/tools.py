"""Programs of the host inside a root: what scripts call there runs in a chroot where there is nothing but a shell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from pkgsuite.errors import ProgramMissing
from pkgsuite.system import elf
from pkgsuite.system.place import Place
from pkgsuite.system.sandbox import Copy, Share, Step, Text

__all__ = ["steps"]

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ASIDE = "usr/lib/pkgsuite"
"""Where programs, libraries and their loader lie in a root, so that no package meets them at their usual places."""

LIBRARY = re.compile(r"=> (/\S+)")


def steps(names: Iterable[str], place: Place) -> Iterator[Step]:
    """What puts programs into a root, each as `usr/bin/NAME`; raises ProgramMissing.

    Where a chroot is pretended, programs run with the libraries of the host.
    """
    give = Share if place.has_mounts else Copy
    given: set[str] = set()
    for name in names:
        program = find(name)
        loader, libraries = needs(program) if place.needs_static_shell else ("", ())
        if not loader:
            yield give(f"usr/bin/{name}", program)
            continue
        for source in {program, loader, *libraries} - given:
            yield give(f"{ASIDE}/{os.path.basename(source)}", source)
        given |= {program, loader, *libraries}
        yield Text(f"usr/bin/{name}", wrapper(name, program, loader).encode(), 0o755)


def wrapper(name: str, program: str, loader: str) -> str:
    """A script that has the loader run the program with what lies beside it."""
    loader, program = (f"/{ASIDE}/{os.path.basename(path)}" for path in (loader, program))
    return f'#!/bin/sh\nexec {loader} --library-path /{ASIDE} --argv0 {name} {program} "$@"\n'


@lru_cache
def find(name: str) -> str:
    """The program of the host, links followed; raises ProgramMissing."""
    found = shutil.which(name, path=PATH)
    if found is None:
        raise ProgramMissing(f"no {name} on {PATH}, which scripts in the root need")
    return os.path.realpath(found)


@lru_cache
def needs(program: str) -> tuple[str, tuple[str, ...]]:
    """The loader and the libraries that *program* needs; none for what is static or a script."""
    loader = elf.interpreter(Path(program))
    if not loader:
        return "", ()
    told = subprocess.run([loader, "--list", program], capture_output=True, text=True, check=True).stdout
    return loader, tuple(LIBRARY.findall(told))
