"""Sandboxes that are kept: each a tar with owners, in a directory of the host.

The directory is chosen before the fork, and worlds may write to it and to little else of the host.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pkgsuite.errors import BadValue, SuiteError
from pkgsuite.later import later
from pkgsuite.system import passages
from pkgsuite.values import dataclass

if TYPE_CHECKING:
    import tempfile

    from pkgsuite.system import packing
else:
    tempfile = later("tempfile")
    packing = later("pkgsuite.system.packing")

__all__ = [
    "ALWAYS",
    "DIRECTORY",
    "FAILED",
    "Facts",
    "MODE",
    "NEVER",
    "WHOLE",
    "directory",
    "facts",
    "keep",
    "kept",
    "mode",
    "path",
    "prepare",
    "promise",
    "unfinished",
    "wants",
]

MODE, DIRECTORY = "PKGSUITE_KEEP", "PKGSUITE_KEEP_DIR"
"""The environment variables that say when to keep sandboxes, and where."""

NEVER, FAILED, ALWAYS = MODES = ("never", "failed", "always")

WHOLE, UNFINISHED = ".tar.gz", ".tar.gz.part"

_opened: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a kept sandbox says of itself: whose it is, where its root stood, and the commands with how they ended.

    *working_directory* is relative to the root.
    """

    test: str
    machine: str
    manager: str
    root: str
    working_directory: str = ""
    commands: tuple[tuple[str, str], ...] = ()

    def encode(self) -> bytes:
        """The facts as JSON."""
        return json.dumps(asdict(self), indent=2).encode()

    @classmethod
    def decode(cls, data: bytes) -> Facts:
        """The facts that *data* holds; raises SuiteError where it holds none."""
        try:
            told = json.loads(data)
            commands = tuple((str(command), str(status)) for command, status in told.pop("commands"))
            return cls(**{name: str(value) for name, value in told.items()}, commands=commands)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise SuiteError(f"its facts are not whole: {error}") from error


def mode() -> str:
    """When sandboxes are kept; raises BadValue for an unknown word."""
    word = os.environ.get(MODE) or NEVER
    if word not in MODES:
        raise BadValue(MODE, word, f"one of {', '.join(MODES)}")
    return word


def directory() -> Path:
    """Where kept sandboxes lie: as the variable says, in the state directory, or where HOME is of no use in /tmp."""
    return chosen(os.environ.get(DIRECTORY, ""), os.environ.get("XDG_STATE_HOME", ""), os.path.expanduser("~"))


@lru_cache
def chosen(given: str, state: str, home: str) -> Path:
    """The directory that these settings lead to; found out once, on the host, since a world sees it read-only."""
    if given:
        return Path(given).absolute()
    state = state or (f"{home}/.local/state" if os.path.isdir(home) else "")
    above = Path(state)
    while not os.path.exists(above):
        above = above.parent
    if os.path.isabs(state) and os.access(above, os.W_OK):
        return Path(state, "pkgsuite", "kept")
    return Path(tempfile.gettempdir(), f"pkgsuite-{os.geteuid()}", "kept")


def path(test: str, machine: str) -> Path:
    """Where the sandbox of a machine is kept."""
    return directory() / (re.sub(r"[^A-Za-z0-9._-]", "_", f"{test}.{machine}") + WHOLE)


def prepare() -> None:
    """Open the directory, on the host, if anything is to be kept; raises SuiteError where that is not possible."""
    place = directory()
    if mode() == NEVER or str(place) in _opened:
        return
    passages.allow(str(place))
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SuiteError(f"sandboxes cannot be kept in {place}: {error.strerror}; set {DIRECTORY}") from error
    if not os.access(place, os.W_OK | os.X_OK) or not is_safe(opened):
        os.close(opened)
        raise SuiteError(f"sandboxes cannot be kept in {place}: expected a directory of yours; set {DIRECTORY}")
    _opened[str(place)] = opened


def is_safe(opened: int) -> bool:
    """Whether nobody else may put links where sandboxes are kept; a directory that was asked for is trusted."""
    status = os.fstat(opened)
    is_own = status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return is_own or bool(os.environ.get(DIRECTORY))


def wants(has_failed: bool) -> bool:
    """Whether the sandboxes of a test are kept."""
    return mode() == ALWAYS or (mode() == FAILED and has_failed)


def keep(facts: Facts, pack: Callable[[bytes, BinaryIO], None]) -> Path:
    """Let *pack* write the sandbox's tar with *facts*; one that is cut short never bears the name of a whole one.

    Raises SuiteError where there is no room.
    """
    place = path(facts.test, facts.machine)
    above = _opened.get(str(place.parent))
    name = str(place) if above is None else place.name
    unfinished = f"{name.removesuffix(WHOLE)}.{os.urandom(6).hex()}{UNFINISHED}"  # others may keep the same test
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        descriptor = os.open(unfinished, flags, 0o600, dir_fd=above)
        with open(descriptor, "wb") as file:
            pack(facts.encode(), file)
        os.rename(unfinished, name, src_dir_fd=above, dst_dir_fd=above)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(unfinished, dir_fd=above)
        if not isinstance(error, OSError):
            raise
        raise SuiteError(f"the sandbox cannot be kept as {place}: {error.strerror}; set {DIRECTORY}") from error
    return place


def promise(test: str, machine: str) -> str:
    """Where the sandbox of a failed test will be, in words."""
    return str(path(test, machine)) if wants(has_failed=True) else "not kept; run with --keep failed"


def kept() -> list[Path]:
    """The sandboxes that were kept."""
    return sorted(directory().glob(f"*{WHOLE}"))


def unfinished() -> list[Path]:
    """What is left where the writing of a sandbox was cut short."""
    return sorted(directory().glob(f"*{UNFINISHED}"))


def facts(place: Path) -> Facts:
    """What the kept sandbox *place* says of itself; raises SuiteError where it is none."""
    try:
        with place.open("rb") as file:
            return Facts.decode(packing.read_facts(file))
    except OSError as error:
        raise SuiteError(f"{place} cannot be read: {error.strerror}") from error
    except SuiteError as error:
        raise SuiteError(f"{place} is no kept sandbox: {error}") from error
