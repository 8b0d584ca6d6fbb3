"""Sandboxes that are kept: each a tar with owners, in a directory of the host.

A world sees the host read-only, so the directory is opened before the fork and used through its descriptor.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from pkgsuite.errors import BadValue, SuiteError

__all__ = [
    "ALWAYS",
    "DIRECTORY",
    "FAILED",
    "MODE",
    "NEVER",
    "directory",
    "keep",
    "kept",
    "path",
    "prepare",
    "promise",
    "wants",
]

MODE, DIRECTORY = "PKGSUITE_KEEP", "PKGSUITE_KEEP_DIR"
"""The environment variables that say when to keep sandboxes, and where."""

NEVER, FAILED, ALWAYS = MODES = ("never", "failed", "always")

_opened: dict[str, int] = {}


def mode() -> str:
    """When sandboxes are kept; raises BadValue for an unknown word."""
    word = os.environ.get(MODE) or NEVER
    if word not in MODES:
        raise BadValue(MODE, word, f"one of {', '.join(MODES)}")
    return word


def directory() -> Path:
    """Where kept sandboxes lie: as the variable says, in the state directory, or where HOME is of no use in /tmp."""
    given = os.environ.get(DIRECTORY)
    if given:
        return Path(given).absolute()
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    above = Path(state)
    while not os.path.exists(above):
        above = above.parent
    if os.path.isabs(state) and os.access(above, os.W_OK):
        return Path(state, "pkgsuite", "kept")
    return Path(tempfile.gettempdir(), f"pkgsuite-{os.geteuid()}", "kept")


def path(test: str, machine: str) -> Path:
    """Where the sandbox of a machine is kept."""
    return directory() / (re.sub(r"[^A-Za-z0-9._-]", "_", f"{test}.{machine}") + ".tar.gz")


def prepare() -> None:
    """Open the directory, on the host, if anything is to be kept; raises SuiteError where that is not possible."""
    place = directory()
    if mode() == NEVER or str(place) in _opened:
        return
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _opened[str(place)] = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SuiteError(f"sandboxes cannot be kept in {place}: {error.strerror}; set {DIRECTORY}") from error


def wants(has_failed: bool) -> bool:
    """Whether the sandboxes of a test are kept."""
    return mode() == ALWAYS or (mode() == FAILED and has_failed)


def keep(test: str, machine: str, pack: Callable[[BinaryIO], None]) -> Path:
    """Let *pack* write the sandbox's tar."""
    place = path(test, machine)
    above = _opened.get(str(place.parent))
    descriptor = os.open(
        place if above is None else place.name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600, dir_fd=above
    )
    with open(descriptor, "wb") as file:
        pack(file)
    return place


def promise(test: str, machine: str) -> str:
    """Where the sandbox of a failed test will be, in words."""
    return str(path(test, machine)) if wants(has_failed=True) else "not kept; run with --keep failed"


def kept() -> list[Path]:
    """The sandboxes that were kept."""
    return sorted(directory().glob("*.tar.gz"))
