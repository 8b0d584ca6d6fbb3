"""What a failed test tells besides its broken rules: the command, its output, the disk, and how to see it again."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

from pkgsuite import keep
from pkgsuite.model.command import CommandResult
from pkgsuite.model.tree import Change

__all__ = ["again", "tell"]

TAIL_LINES = 15
MOST_CHANGES = 30
UNSAID = ("PKGSUITE_WORLD", keep.MODE, keep.DIRECTORY)
"""Environment variables that do not change what a test does."""


def tell(test: str, machine: str, command: CommandResult | None, changes: Sequence[Change], repeated: str) -> list[str]:
    """The lines below the broken rules of *test*; *repeated* is the line that repeats it."""
    lines = [] if command is None else ["", *of_command(machine, command)]
    lines += ["", *of_changes(changes)]
    return [*lines, "", f"  sandbox  {keep.promise(test, machine)}", f"  again    {repeated}"]


def of_command(machine: str, command: CommandResult) -> list[str]:
    """A command, how it was run and ended, and the tail of its output."""
    output = command.lines()
    hidden = len(output) - TAIL_LINES
    lines = [f"  {machine}$ {command.command}", f"    {command.status} after {command.seconds:.2f} s: {command.line}"]
    lines += [f"    … {hidden} lines before"] if hidden > 0 else []
    return lines + [f"    │ {line}" for line in output[-TAIL_LINES:]]


def of_changes(changes: Sequence[Change]) -> list[str]:
    """What changed on the disk."""
    if not changes:
        return ["  nothing changed on disk"]
    hidden = len(changes) - MOST_CHANGES
    lines = ["  changed on disk", *(f"    {change}" for change in changes[:MOST_CHANGES])]
    return lines + ([f"    … and {hidden} more"] if hidden > 0 else [])


def again(words: Sequence[str]) -> str:
    """One line that calls `pkgsuite` with *words*, and with the settings that count."""
    given = [(name, value) for name, value in sorted(os.environ.items()) if name.startswith("PKGSUITE_")]
    settings = [f"{name}={shlex.quote(value)}" for name, value in given if name not in UNSAID]
    return " ".join([*settings, "python3 -m pkgsuite", shlex.join(words)])
