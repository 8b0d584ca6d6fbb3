"""What the window remembers: how it looks in one file, what was checked and opened in another."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["Memory", "Settings", "config_path", "load", "runs_path", "save", "state_path"]


@dataclass(slots=True)
class Settings:
    """How the window looks and runs; *jobs* is 0 for as many as the runner thinks right."""

    geometry: str = ""
    theme: str = "light"
    jobs: int = 0
    keep_failed: bool = True
    sash: int = 0
    editor: str = ""
    terminal: str = ""


@dataclass(slots=True)
class Memory:
    """What was done with the scenarios: which are not checked, which groups are open, the last run."""

    unchecked: list[str] | None = None
    expanded: list[str] | None = None
    last_run: list[str] | None = None


OWN = "pkgsuite"

Kind = TypeVar("Kind", Settings, Memory)


def config_path(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file of Settings, or None where there is no place for it; see the XDG base directory specification."""
    base = place(environment, "XDG_CONFIG_HOME", ".config")
    return base and base / "gui.json"


def state_path(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file of Memory."""
    base = place(environment, "XDG_STATE_HOME", ".local/state")
    return base and base / "gui.json"


def runs_path(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The directory of earlier runs."""
    base = place(environment, "XDG_STATE_HOME", ".local/state")
    return base and base / "runs"


def place(environment: Mapping[str, str], variable: str, otherwise: str) -> Path | None:
    """Our directory below a base directory, where one that is not absolute does not count, or below the home."""
    base = environment.get(variable, "")
    if os.path.isabs(base):
        return Path(base, OWN)
    home = os.path.expanduser("~")
    can_be_used = os.path.isdir(home) and os.access(home, os.W_OK | os.X_OK)
    return Path(home, otherwise, OWN) if can_be_used else None


def load(kind: type[Kind], path: Path | None) -> tuple[Kind, str]:
    """What *path* holds, and a warning, or nothing; what cannot be used is left at its default."""
    if path is None:
        return kind(), ""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return kind(), ""
    except (OSError, ValueError, RecursionError) as error:
        return kind(), f"{path} is ignored: {error}"
    if not isinstance(told, dict):
        return kind(), f"{path} is ignored: expected a JSON object"
    found, wrong = kind(), []
    for field in fields(kind):
        if field.name in told:
            if fits(told[field.name], getattr(found, field.name)):
                setattr(found, field.name, told[field.name])
            else:
                wrong.append(field.name)
    return found, f"{path}: ignored what it says of {', '.join(wrong)}" if wrong else ""


def fits(value: Any, default: Any) -> bool:
    """Whether *value* is of the kind of *default*; where that is None a list of strings is."""
    if default is None:
        return value is None or (isinstance(value, list) and all(isinstance(each, str) for each in value))
    return type(value) is type(default)


def save(values: Settings | Memory, path: Path | None) -> str:
    """Write *values* whole or not at all; gives a warning, or nothing."""
    if path is None:
        return ""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                json.dump(asdict(values), file, indent=1)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        return f"{path} cannot be written: {error.strerror}"
    return ""
