"""What `pkgsuite pactest` was asked for: which files, which pacman, and how it is called."""

from __future__ import annotations

import argparse
import glob
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from pkgsuite.dialects import pactest_script
from pkgsuite.dialects.pactest import Options
from pkgsuite.dialects.pactest_manager import Calling, inside
from pkgsuite.errors import ProgramMissing, SuiteError
from pkgsuite.machine import Attended
from pkgsuite.managers.pacman import pacman

__all__ = ["choose_pacman", "files_of", "options_of"]

SUPPRESSIONS = "valgrind.supp"


def files_of(words: Sequence[str]) -> list[Path]:
    """The test files that were asked for; raises SuiteError where one is missing, or none was named."""
    if not words:
        raise SuiteError("no test files named; expected FILE or DIRECTORY")
    found: list[Path] = []
    for word in words:
        matches = [word] if Path(word).exists() else sorted(glob.glob(word)) or [word]
        for match in matches:
            found += pactest_script.find(Path(match))
    return found


def choose_pacman(arguments: argparse.Namespace) -> None:
    """Settle which pacman is tested; raises SuiteError or ProgramMissing where there is none."""
    if arguments.pacman:
        chosen = shutil.which(os.path.abspath(arguments.pacman))
        if chosen is None:
            raise SuiteError(f"--pacman {arguments.pacman}: expected a program")
    elif arguments.bindir:
        chosen = shutil.which(pacman.name, path=os.pathsep.join(map(os.path.abspath, arguments.bindir)))
        if chosen is None:
            raise SuiteError(f"--bindir {' --bindir '.join(arguments.bindir)}: no pacman there")
    else:
        chosen = pacman.find()
    os.environ[pacman.variable] = chosen


def options_of(arguments: argparse.Namespace, paths: Sequence[Path]) -> Options:
    """How the tests are run."""
    calling = Calling(
        debug=arguments.debug,
        gdb=arguments.gdb,
        valgrind=arguments.valgrind,
        suppressions=suppressions_for(paths[0]) if arguments.valgrind else "",
        confirm=arguments.manual_confirm,
        shell=arguments.scriptlet_shell,
        ldconfig=arguments.ldconfig,
    )
    for option, path in (("--scriptlet-shell", calling.shell), ("--ldconfig", calling.ldconfig)):
        inside(option, path)
    for program in calling.wrapper[:1]:
        if shutil.which(program) is None:
            raise ProgramMissing(f"--{program}: it is not installed; apt-get install {program}")
    missing = frozenset(name for name in ("gpg", "curl", "nls") if getattr(arguments, f"without_{name}"))
    attended = Attended.DRIVING if arguments.gdb else Attended.ANSWERING if arguments.manual_confirm else None
    return Options(calling, missing, arguments.timeout, attended)


def suppressions_for(path: Path) -> str:
    """Valgrind's list of known trouble in the tree of a test file, or nothing."""
    above = (parent / SUPPRESSIONS for parent in path.absolute().parents)
    return next((str(place) for place in above if place.is_file()), "")
