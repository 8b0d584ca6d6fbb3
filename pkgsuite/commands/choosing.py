"""Which tests a command is about: what unittest loads, and pacman's own test files among the names."""

from __future__ import annotations

import re
import unittest
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from pkgsuite.errors import SuiteError
from pkgsuite.later import later
from pkgsuite.runner import selection

if TYPE_CHECKING:
    from pkgsuite.dialects import pactest
else:
    pactest = later("pkgsuite.dialects.pactest")

__all__ = ["is_pactest", "select"]

DECLARES = re.compile(r"^self\.(description|args|addpkg|addpkg2db|addrule)\b", re.MULTILINE)
"""What a test file of pacman's says outside of any function, and no module of Python could."""


def select(names: Sequence[str], patterns: Sequence[str] = ()) -> list[unittest.TestCase]:
    """The tests that *names* stand for, as selection.select has it; files and directories of pacman's tests too."""
    dialect = [name for name in names if is_pactest(Path(name))]
    others = [name for name in names if name not in dialect]
    if not dialect:
        return selection.select(names, patterns)
    wanted = [pattern if "*" in pattern else f"*{pattern}*" for pattern in patterns]
    tests = list(selection.select(others, patterns)) if others else []
    for test in selection.flatten(pactest.load_files([file for name in dialect for file in files_of(Path(name))])):
        if not wanted or any(fnmatchcase(test.id(), pattern) for pattern in wanted):
            tests.append(test)
    if not tests:
        asked = " ".join([*names, *(f"-k {pattern}" for pattern in patterns)])
        raise SuiteError(f"no test is selected by {asked!r}; see them with: python3 -m pkgsuite list")
    return tests


def is_pactest(path: Path) -> bool:
    """Whether *path* is a test file of pacman's, or a directory with any."""
    if path.is_dir():
        return bool(files_of(path))
    try:
        return path.suffix == ".py" and bool(DECLARES.search(path.read_text("utf-8", "replace")))
    except OSError:
        return False


def files_of(path: Path) -> list[Path]:
    """The test files of pacman's in a directory, or the one that *path* is."""
    return sorted(file for file in path.glob("*.py") if is_pactest(file)) if path.is_dir() else [path]
