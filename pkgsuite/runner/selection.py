"""Which tests to run: names, files, directories and patterns, as unittest loads them."""

from __future__ import annotations

import difflib
import importlib.util
import os
import sys
import unittest
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from fnmatch import fnmatch
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from pkgsuite.errors import SuiteError
from pkgsuite.runner.importing import importing
from pkgsuite.runner.loading import BrokenModule, SkippedModule, stand_in

__all__ = ["OWN", "flatten", "select"]

OWN = "pkgsuite.testcases"
"""The package of our own scenarios, from anywhere."""

IN_THE_TREE = "testcases"


class Loader(unittest.TestLoader):
    """Loads tests that match any of *patterns*; from packages and directories only those *among* some ids, if given.

    By their names alone it tells which modules can have none of them, and does not import those.
    """

    def __init__(self, patterns: Sequence[str], among: AbstractSet[str] | None) -> None:
        super().__init__()
        self.testNamePatterns = [pattern if "*" in pattern else f"*{pattern}*" for pattern in patterns] or None
        self._words = None if among is None else {word for test in among for word in test.split(".")}

    def needs(self, path: Path) -> bool:
        """Whether a file can have any of them."""
        return self._words is None or path.stem in self._words

    def _match_path(self, path: str, full_path: str, pattern: str) -> bool:
        """What unittest asks of each file below a directory."""
        return fnmatch(path, pattern) and self.needs(Path(full_path))


def select(
    names: Sequence[str],
    patterns: Sequence[str] = (),
    *,
    may_be_none: bool = False,
    among: AbstractSet[str] | None = None,
) -> list[unittest.TestCase]:
    """The tests that *names* stand for, all of ours if there are none, that match any of *patterns*.

    A name is a module, class or method with dots, a file, or a directory. A module that cannot be imported is a test
    in error. Raises SuiteError for a name that stands for nothing, and where nothing is left, unless it *may be none*.
    Whoever is content with the tests *among* some ids may get those alone, and sooner.
    """
    sys.path[:0] = [""] if "" not in sys.path else []
    wanted_names = names or [own_scenarios()]
    if among is not None:
        tests = load_all(Loader(patterns, among), wanted_names)
        if among <= {test.id() for test in tests}:
            return tests
    tests = load_all(Loader(patterns, None), wanted_names)
    if not tests and not may_be_none:
        wanted = " ".join([*names, *(f"-k {pattern}" for pattern in patterns)]) or "all"
        raise SuiteError(f"no test is selected by {wanted!r}; see them with: python3 -m pkgsuite list")
    return tests


def load_all(loader: Loader, names: Sequence[str]) -> list[unittest.TestCase]:
    """The tests of all *names*, each once."""
    tests: list[unittest.TestCase] = []
    known: set[str] = set()
    for name in names:
        with importing():
            loaded = load(loader, name)
        found = [test for test in flatten(loaded) if test.id() not in known]
        known.update(test.id() for test in found)
        tests += found
    return tests


def own_scenarios() -> str:
    """The package of our scenarios: that of the checkout we stand in, else the installed one."""
    here = Path.cwd()
    if (here / IN_THE_TREE / "__init__.py").is_file() and (here / "pkgsuite" / "scenario.py").is_file():
        return IN_THE_TREE
    if find(OWN) is not None:
        return OWN
    raise SuiteError(f"there is no {OWN} here; name a test, a file or a directory")


def load(loader: Loader, name: str) -> unittest.TestSuite:
    """The tests of one name; raises SuiteError where it stands for nothing."""
    if os.sep in name or name.endswith(".py") or os.path.isdir(name):
        return load_path(loader, name)
    return load_name(loader, name)


def find(name: str) -> ModuleSpec | None:
    """The spec of a module, or None for what is no module."""
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None


def load_name(loader: Loader, name: str) -> unittest.TestSuite:
    """The tests of a name with dots: a package with all below it, a module, a class or a test."""
    parts = name.split(".")
    module: ModuleType | None = None
    while parts:
        dotted = f"{module.__name__}.{parts[0]}" if module else parts[0]
        if (module is not None and not hasattr(module, "__path__")) or find(dotted) is None:
            break
        try:
            module = importlib.import_module(dotted)
        except unittest.SkipTest as reason:
            return unittest.TestSuite([SkippedModule(dotted, str(reason), "")])
        except (Exception, SystemExit) as error:
            return unittest.TestSuite([BrokenModule.because_of(dotted, error)])
        parts.pop(0)
    if module is None:
        raise SuiteError(
            f"there is no {parts[0]!r} here: expected a module, class or test with dots, a file or a directory"
        )
    if parts:
        return load_inner(loader, module, parts)
    if hasattr(module, "__path__") and not hasattr(module, "load_tests"):
        return load_package(loader, module)
    return loader.loadTestsFromModule(module, pattern="test*.py")


def load_inner(loader: unittest.TestLoader, module: ModuleType, parts: Sequence[str]) -> unittest.TestSuite:
    """The tests of a class or test in *module*; raises SuiteError where there is none of that name."""
    place = module.__name__
    found: object = module
    for part in parts:
        if not hasattr(found, part):
            close = difflib.get_close_matches(part, dir(found), n=1)
            raise SuiteError(f"there is no {part!r} in {place}{f'; is {close[0]} meant?' if close else ''}")
        place, found = f"{place}.{part}", getattr(found, part)
    try:
        return loader.loadTestsFromName(".".join(parts), module)
    except Exception as error:
        raise SuiteError(f"{place} is no test: expected a module, a class of tests, or a test ({error})") from error


def load_package(loader: Loader, package: ModuleType) -> unittest.TestSuite:
    """The tests of a package and of every module below it, by their names."""
    suite = unittest.TestSuite()
    for place in package.__path__:
        for path in sorted(Path(place).rglob("test*.py")):
            inner = path.relative_to(place).with_suffix("").parts
            if not loader.needs(path) or not all(map(str.isidentifier, inner)):
                continue
            suite.addTest(load_name(loader, ".".join((package.__name__, *inner))))
    return suite


def load_path(loader: Loader, name: str) -> unittest.TestSuite:
    """The tests of a file or below a directory, imported from the first directory above that is no package."""
    if not os.path.exists(name):
        raise SuiteError(f"there is no file or directory {name!r}")
    path = Path(name).resolve()
    top = path if path.is_dir() else path.parent
    while os.path.exists(top / "__init__.py"):
        top = top.parent
    if path.is_dir():
        return loader.discover(str(path), top_level_dir=str(top))
    if path.suffix != ".py" or "." in path.stem:
        raise SuiteError(f"{name} cannot be imported: expected a file called NAME.py")
    sys.path[:0] = [str(top)] if str(top) not in sys.path else []
    suite = load_name(loader, ".".join(path.relative_to(top).with_suffix("").parts))
    check_is_from(path, suite)
    return suite


def check_is_from(path: Path, suite: unittest.TestSuite) -> None:
    """Raise SuiteError where another file than *path* was imported, because both have the same name."""
    for test in flatten(suite):
        module = sys.modules.get(type(test).__module__)
        if module is not None and module.__name__.rpartition(".")[2] == path.stem and module.__file__:
            seen = Path(module.__file__).resolve()
            if seen != path:
                raise SuiteError(f"{path} has the same module name as {seen}; run them apart, or rename one")


def flatten(suite: unittest.TestSuite | unittest.TestCase) -> Iterator[unittest.TestCase]:
    """The tests of a suite in its order, each by the name that its result will have."""
    if not isinstance(suite, unittest.TestCase):
        for test in suite:
            yield from flatten(test)
    elif variants := getattr(suite, "variants", {}).get(suite._testMethodName):
        yield from (type(suite)(name) for name in variants)
    else:
        yield stand_in(suite)
