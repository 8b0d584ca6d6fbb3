"""A test file: its text, what can be told without running it, and its execution against a recorder."""

from __future__ import annotations

import ast
import contextlib
import linecache
import os
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import field
from functools import cached_property
from pathlib import Path
from types import ModuleType, TracebackType

from pkgsuite.dialects.pactest_manager import LOG
from pkgsuite.dialects.pactest_package import ARCHIVE_SUFFIX, PactestPackage
from pkgsuite.dialects.pactest_recorder import Database, Recorder, ended
from pkgsuite.errors import SuiteError
from pkgsuite.managers.pacman import CACHE, CONFIGURATION, DATABASE, HOOKS, PUBLISHED, TEMPORARY
from pkgsuite.model.file import File
from pkgsuite.values import dataclass

__all__ = ["Script", "clean_environment", "find"]

__unittest = True

PATHS = {
    "PM_ROOT": "/",
    "PM_DBPATH": DATABASE,
    "PM_SYNCDBPATH": f"{DATABASE}/sync",
    "PM_LOCK": f"{DATABASE}/db.lck",
    "PM_CACHEDIR": CACHE,
    "PM_EXT_PKG": ARCHIVE_SUFFIX,
    "PM_HOOKDIR": HOOKS,
    "PACCONF": CONFIGURATION,
    "TMPDIR": TEMPORARY,
    "SYNCREPO": PUBLISHED,
    "LOGFILE": LOG,
}
"""What the module `util` holds: paths relative to the root."""

MORE = re.compile(
    r"\b(?:import|exec|eval|compile|open|globals|locals|vars|[gsd]e[tl]attr|breakpoint|input|while)\b|__"
    r"|\bos\b(?!\.path\.[a-z]+\()|\.os\b|\.(?:gi|cr|ag|f|tb|co)_|\bpmpkg\s*\.|\butil\.\w+\s*="
)
"""What a file may do more with than declare a test."""

HARMLESS = re.compile(r"^import (?:os|os\.path|util)$", re.MULTILINE)

ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath, "HOME": "/"}


@dataclass(frozen=True)
class Script:
    """One test file; what it holds is read on the host, since the file may not be seen in a world."""

    path: str
    data: bytes = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Script:
        """The script at *path*; raises SuiteError where it cannot be read."""
        if path.exists() and not path.is_file():
            raise SuiteError(f"{path}: expected a test file or a directory of them")
        try:
            return cls(str(path), path.read_bytes())
        except OSError as error:
            raise SuiteError(f"{path}: the test file cannot be read: {error.strerror}") from error

    @cached_property
    def source(self) -> str:
        """The text, for whoever reads it; Python itself finds out how it is encoded (PEP 263)."""
        return self.data.decode("utf-8", "surrogateescape")

    @property
    def name(self) -> str:
        """The name of the file without its ending."""
        return Path(self.path).name.removesuffix(".py")

    @cached_property
    def description(self) -> str:
        """What the file says of itself, as far as that can be told without running it."""
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            for node in ast.parse(self.data).body:
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "self.description":
                    with contextlib.suppress(ValueError):
                        return str(ast.literal_eval(node.value))
        return ""

    @cached_property
    def only_declares(self) -> bool:
        """Whether nothing in the file can change what comes behind it; any other is better kept apart."""
        return MORE.search(HARMLESS.sub("", self.source)) is None

    def run(self, recorder: Recorder) -> None:
        """Run the file with *recorder* as `self`; whatever it raises comes with the file's own lines only."""
        linecache.cache[self.path] = (len(self.source), None, self.source.splitlines(keepends=True), self.path)
        names = {"__name__": self.name, "__file__": self.path, "__builtins__": __builtins__}
        names |= {"self": recorder, "os": os, "pmpkg": PactestPackage, "util": module("util", PATHS)}
        try:
            with guest():
                exec(compile(self.data, self.path, "exec", dont_inherit=True), names)
        except (SystemExit, KeyboardInterrupt, GeneratorExit) as error:
            trouble = SuiteError(f"the test file ended itself with {error!r}; it must only declare")
            raise trouble.with_traceback(own_frames(error.__traceback__, self.path)) from None
        except Exception as error:
            raise error.with_traceback(own_frames(error.__traceback__, self.path)) from None


def find(path: Path) -> list[Path]:
    """The test files that *path* stands for: itself, or those in the directory; raises SuiteError for none."""
    if not path.is_dir():
        if not path.exists():
            raise SuiteError(f"{path}: no such test file or directory")
        return [path]
    files = sorted(each for each in path.glob("*.py") if not each.name.startswith(".") and not each.is_dir())
    found = [each for each in files if b"self." in Script.read(each).data]
    if not found:
        raise SuiteError(f"{path}: no test files in this directory")
    return found


def own_frames(trace: TracebackType | None, path: str) -> TracebackType | None:
    """The part of a traceback from the first to the last frame of the file."""
    steps = []
    while trace is not None:
        steps.append(trace)
        trace = trace.tb_next
    own = [place for place, step in enumerate(steps) if step.tb_frame.f_code.co_filename == path]
    if not own:
        return None
    steps[own[-1]].tb_next = None
    return steps[own[0]]


@contextlib.contextmanager
def guest() -> Iterator[None]:
    """Let a file run with a clean environment and the dialect's modules, and take back what it changed of ours."""
    here, environment, path = os.getcwd(), dict(os.environ), list(sys.path)
    modules = {name: sys.modules.get(name) for name in MODULES}
    sys.modules.update({name: module(name, held) for name, held in MODULES.items()})
    adapt(os.environ, ENVIRONMENT)
    try:
        yield
    finally:
        adapt(os.environ, environment)
        sys.path[:] = path
        for name, ours in modules.items():
            if ours is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = ours
        os.umask(0o022)
        os.chdir(here)


def clean_environment() -> None:
    """Leave nothing of the runner's environment but the suite's own settings."""
    own = {name: value for name, value in os.environ.items() if name.startswith("PKGSUITE_")}
    adapt(os.environ, {**ENVIRONMENT, **own})


def adapt(environment: MutableMapping[str, str], wanted: Mapping[str, str]) -> None:
    """Make *environment* hold what is *wanted* and nothing else, touching only what differs."""
    for name in environment.keys() - wanted.keys():
        del environment[name]
    for name, value in wanted.items():
        if environment.get(name) != value:
            environment[name] = value


def module(name: str, held: Mapping[str, object]) -> ModuleType:
    """A module that holds these names."""
    made = ModuleType(name)
    vars(made).update(held)
    return made


def as_file(path: str, content: str, mode: int = 0o644) -> File:
    """A file for `filesystem` with any content, in whole lines."""
    return File(path, ended(content), mode=mode)


MODULES: dict[str, dict[str, object]] = {
    "util": dict(PATHS),
    "pmpkg": {"pmpkg": PactestPackage},
    "pmdb": {"pmdb": Database},
    "pmfile": {"pmfile": as_file},
}
"""What test files may import besides the standard library."""
