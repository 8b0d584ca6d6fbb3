"""Where a test is at home, and what tells its code from other code."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import FunctionType, ModuleType

from pkgsuite import events
from pkgsuite.runner.plan import bare
from pkgsuite.runner.record import Key
from pkgsuite.version import VERSION

__all__ = ["code_of", "key_of", "normal"]

IN_THE_TREE, INSTALLED = "testcases", "pkgsuite.testcases"
OWN = re.compile(rf"^(?:pkgsuite\.)?{IN_THE_TREE}(?=\.|$)")

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
"""Our own code, which counts as a whole: how much of it is loaded depends on the options of a run."""

LIBRARY = re.compile(r"/(?:site|dist)-packages/")
STANDARD = os.path.dirname(os.__file__) + os.sep

SETTINGS = "PKGSUITE_"
NO_CODE = ("PKGSUITE_KEEP", "PKGSUITE_KEEP_DIR")
"""Settings that change nothing that is tested."""

MOST_BESIDE = 1000
"""How many files beside a program may belong to it; in a directory with more they belong to others."""


def normal(name: str) -> str:
    """The id of a test as it is where pkgsuite is installed, whether it ran there or in the tree, once or often."""
    return OWN.sub(INSTALLED, bare(name))


def key_of(planned: events.Planned) -> Key:
    """What the test is remembered by; ours have one key wherever they lie, those of others one in each checkout."""
    test = bare(planned.test)
    module = module_of(test)
    place = place_of(module) if module else os.path.dirname(planned.file)
    if OWN.match(test) and is_ours(place):
        return readable(normal(test)), ""
    return readable(test), readable(place)


def code_of(planned: events.Planned) -> str:
    """What tells the code that a test runs from other code: the same text for the same code.

    It is made of the files of the test and of all modules that those use, without libraries, of our version and our own
    files, of what was set, and of the programs that were named so.
    """
    module = module_of(bare(planned.test))
    return digest_of(module.__name__ if module else "", planned.file)


@lru_cache(maxsize=4096)
def digest_of(module: str, file: str) -> str:
    """What stands for a module with all that it uses, one more file, and what is set."""
    digest = hashlib.blake2b(settings().encode("utf-8", "surrogateescape"), digest_size=8)
    for each in sorted({*files_of(module), file}):
        digest.update(content(each))
    return digest.hexdigest()


def readable(text: str) -> str:
    """*text* as what can be kept as UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()


def module_of(test: str) -> ModuleType | None:
    """The module that a test is in, by its id; None where it is in none."""
    name = test
    while name and not isinstance(sys.modules.get(name), ModuleType):
        name = name.rpartition(".")[0]
    return sys.modules.get(name) if name else None


@lru_cache(maxsize=4096)
def place_of(module: ModuleType) -> str:
    """The directory that a module is imported from."""
    top = sys.modules.get(module.__name__.partition(".")[0], module)
    paths = list(getattr(top, "__path__", ()))
    inside = paths[0] if paths else getattr(top, "__file__", None) or ""
    return os.path.dirname(inside)


@lru_cache(maxsize=64)
def is_ours(place: str) -> bool:
    """Whether pkgsuite itself is imported from there."""
    return os.path.isfile(os.path.join(place, "pkgsuite", "scenario.py"))


# Modules


@lru_cache(maxsize=4096)
def files_of(name: str) -> frozenset[str]:
    """The files of a module and of every module that it uses, its packages too."""
    found: set[str] = set()
    left = [name]
    known = set(left)
    while left:
        module = sys.modules.get(left.pop())
        file = getattr(module, "__file__", None)
        if isinstance(module, ModuleType) and isinstance(file, str) and not is_library(file):
            found.add(file)
            more = used_by(module.__name__) - known
            known |= more
            left += more
    return frozenset(found)


@lru_cache(maxsize=4096)
def used_by(name: str) -> frozenset[str]:
    """The names of the modules that a module uses, as far as its globals show."""
    parts = name.split(".")
    above = {".".join(parts[:count]) for count in range(1, len(parts))}
    return frozenset(above.union(homes(sys.modules[name])))


def homes(module: ModuleType) -> Iterator[str]:
    """Where the globals of a module come from."""
    for value in list(vars(module).values()):
        if isinstance(value, ModuleType):
            yield value.__name__
        else:
            home = (value if isinstance(value, (type, FunctionType)) else type(value)).__module__
            if isinstance(home, str):
                yield home


def is_library(file: str) -> bool:
    """Whether a file is not followed: it is of Python or installed, and stays as it is, or is our own."""
    return file.startswith((STANDARD, PACKAGE)) or bool(LIBRARY.search(file))


@lru_cache(maxsize=8192)
def content(file: str) -> bytes:
    """What stands for a file's content as it is now."""
    try:
        return hashlib.blake2b(Path(file).read_bytes(), digest_size=8).digest()
    except OSError:
        return b""


# Settings


@lru_cache(maxsize=1)
def settings() -> str:
    """Our version and files, what is set, and the state of the programs that are set."""
    told = [VERSION, *own_files()]
    for name in sorted(os.environ):
        if name.startswith(SETTINGS) and name not in NO_CODE:
            value = os.environ[name]
            told += [f"{name}={value}", *(states(value) if os.sep in value else ())]
    return "\n".join(told)


def own_files() -> Iterator[str]:
    """Size and date of each of our own modules, unless they are installed: then the version stands for them."""
    if LIBRARY.search(PACKAGE):
        return
    for place, directories, files in os.walk(PACKAGE):
        directories[:] = sorted(name for name in directories if name != "__pycache__")
        for name in sorted(name for name in files if name.endswith(".py")):
            with contextlib.suppress(OSError):
                found = os.stat(os.path.join(place, name))
                yield f"{place}/{name} {found.st_size} {found.st_mtime_ns}"


def states(path: str) -> Iterator[str]:
    """Size and date of a program and of what lies beside it, such as its library; of a directory, of what is in it."""
    with contextlib.suppress(OSError, ValueError):
        place = path if os.path.isdir(path) else os.path.dirname(os.path.realpath(path))
        beside = [entry for entry in os.scandir(place) if entry.is_file()]
        if len(beside) > MOST_BESIDE:
            beside = [entry for entry in beside if entry.path == os.path.realpath(path)]
        for entry in sorted(beside, key=lambda entry: entry.name):
            found = entry.stat()
            yield f"{entry.name} {found.st_size} {found.st_mtime_ns}"
