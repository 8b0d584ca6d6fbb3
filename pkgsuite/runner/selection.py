"""Which tests to run: names, files, directories and patterns, as unittest loads them."""

from __future__ import annotations

import importlib.util
import os
import sys
import unittest
from collections.abc import Iterator, Sequence
from pathlib import Path

from pkgsuite.errors import SuiteError

__all__ = ["OWN", "flatten", "select"]

OWN = "pkgsuite.testcases"
"""The package of our own scenarios, as it is called where pkgsuite is installed."""

IN_THE_TREE = "testcases"


def select(names: Sequence[str], patterns: Sequence[str] = ()) -> list[unittest.TestCase]:
    """The tests that *names* stand for, all of ours if there are none, that match any of *patterns*.

    A name is a module, class or method with dots, a file, or a directory. Raises SuiteError where nothing is left.
    """
    sys.path[:0] = [""] if "" not in sys.path else []
    loader = unittest.TestLoader()
    loader.testNamePatterns = [pattern if "*" in pattern else f"*{pattern}*" for pattern in patterns] or None
    tests = [test for name in names or [own_scenarios()] for test in flatten(load(loader, name))]
    if not tests:
        wanted = " ".join([*names, *(f"-k {pattern}" for pattern in patterns)]) or "all"
        raise SuiteError(f"no test is selected by {wanted!r}; see them with: python3 -m pkgsuite list")
    return list({id(test): test for test in tests}.values())


def own_scenarios() -> str:
    """The package of our scenarios: that of the checkout we stand in, else the installed one."""
    here = Path.cwd()
    if (here / IN_THE_TREE / "__init__.py").is_file() and (here / "pkgsuite" / "scenario.py").is_file():
        return IN_THE_TREE
    if importlib.util.find_spec(OWN) is not None:
        return OWN
    raise SuiteError(f"there is no {OWN} here; name a test, a file or a directory")


def load(loader: unittest.TestLoader, name: str) -> unittest.TestSuite:
    """The tests of one name; raises SuiteError for a file or directory that is not there."""
    if os.sep in name or name.endswith(".py") or Path(name).is_dir():
        return load_path(loader, Path(name))
    if name.startswith(f"{OWN}.") and importlib.util.find_spec(OWN) is None:
        name = name.removeprefix("pkgsuite.")
    spec = find(name)
    if spec is not None and spec.submodule_search_locations:
        return load_package(loader, name)
    return loader.loadTestsFromName(name)


def find(name: str) -> importlib.machinery.ModuleSpec | None:
    """The spec of a module, or None for what is no module."""
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None


def load_package(loader: unittest.TestLoader, name: str) -> unittest.TestSuite:
    """The tests of a package and of every module below it, by their names."""
    spec = find(name)
    suite = unittest.TestSuite()
    for place in spec.submodule_search_locations or () if spec else ():
        for path in sorted(Path(place).rglob("test*.py")):
            inner = path.relative_to(place).with_suffix("").parts
            suite.addTest(loader.loadTestsFromName(".".join((name, *inner))))
    return suite


def load_path(loader: unittest.TestLoader, path: Path) -> unittest.TestSuite:
    """The tests of a file or below a directory, imported from the first directory above that is no package."""
    if not path.exists():
        raise SuiteError(f"there is no file or directory {str(path)!r}")
    path = path.resolve()
    top = path if path.is_dir() else path.parent
    while (top / "__init__.py").exists():
        top = top.parent
    if path.is_dir():
        return loader.discover(str(path), top_level_dir=str(top))
    sys.path[:0] = [str(top)] if str(top) not in sys.path else []
    return loader.loadTestsFromName(".".join(path.relative_to(top).with_suffix("").parts))


def flatten(suite: unittest.TestSuite | unittest.TestCase) -> Iterator[unittest.TestCase]:
    """The tests of a suite in its order."""
    if isinstance(suite, unittest.TestCase):
        yield suite
        return
    for test in suite:
        yield from flatten(test)
