"""Which tests a command is about: what unittest loads, and pacman's own test files among the names."""

from __future__ import annotations

import re
import unittest
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from pkgsuite.errors import SuiteError
from pkgsuite.later import later
from pkgsuite.runner import selection
from pkgsuite.runner.loading import is_stand_in

if TYPE_CHECKING:
    from pkgsuite.dialects import pactest
else:
    pactest = later("pkgsuite.dialects.pactest")

__all__ = ["is_pactest", "select"]

DECLARES = re.compile(r"^self\.(description|args|addpkg|addpkg2db|addrule)\b", re.MULTILINE)
"""What a test file of pacman's says outside of any function, and no module of Python could."""


def select(
    names: Sequence[str], patterns: Sequence[str] = (), among: AbstractSet[str] | None = None
) -> list[unittest.TestCase]:
    """The tests that *names* stand for, as selection.select has it; files and directories of pacman's tests too.

    A directory may hold both kinds.
    """
    files = [file for name in names if is_pactest(Path(name)) for file in files_of(Path(name))]
    if not files:
        return selection.select(names, patterns, among=among)
    others = [name for name in names if not is_pactest(Path(name)) or has_others(Path(name))]
    dialect = {file.stem for file in files}
    tests = [
        test
        for test in (selection.select(others, patterns, may_be_none=True) if others else ())
        if not (is_stand_in(test) and test.id().rpartition(".")[2] in dialect)
    ]
    wanted = [pattern if "*" in pattern else f"*{pattern}*" for pattern in patterns]
    for test in selection.flatten(pactest.load_files(files)):
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


def has_others(path: Path) -> bool:
    """Whether a directory holds ordinary tests too."""
    return path.is_dir() and any(not is_pactest(file) for file in path.rglob("test*.py"))


def files_of(path: Path) -> list[Path]:
    """The test files of pacman's in a directory, or the one that *path* is."""
    return sorted(file for file in path.glob("*.py") if is_pactest(file)) if path.is_dir() else [path]
