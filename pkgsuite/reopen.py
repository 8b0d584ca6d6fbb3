"""A kept sandbox, stood up again: in a new world, at the very path it had, with its manager's command line ready."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from pkgsuite import keep
from pkgsuite.errors import ProgramMissing, SuiteError
from pkgsuite.managers.base import Manager
from pkgsuite.managers.registry import MANAGERS
from pkgsuite.system import foreground, hiding, namespaces, packing
from pkgsuite.system.ground import inside
from pkgsuite.system.sandbox import SIZE_BYTES
from pkgsuite.values import dataclass

__all__ = ["Kept", "find", "listing", "run"]

PROGRAMS = "/tmp/pkgsuite-programs"
"""Where the wrappers lie in the world: outside the root, which stays as it was."""

RC_FILE = f"{PROGRAMS}/.rc"
MOST_COMMANDS = 10
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept sandbox: its file, and what it says of itself."""

    path: Path
    facts: keep.Facts

    @property
    def age(self) -> str:
        """How long ago it was kept, in words."""
        passed_s = max(time.time() - self.path.stat().st_mtime, 1)
        seconds, unit = next(each for each in UNITS if passed_s >= each[0])
        count = int(passed_s // seconds)
        return f"{count} {unit}{'s' if count > 1 else ''} ago"


def listing() -> tuple[list[Kept], list[str]]:
    """All that is kept, the oldest first, and what is wrong with files that are no kept sandboxes."""
    found, wrong = [], []
    for path in keep.kept():
        try:
            found.append(Kept(path, keep.facts(path)))
        except SuiteError as error:
            wrong.append(str(error))
    return sorted(found, key=lambda each: each.path.stat().st_mtime), wrong


def find(test: str, machine: str | None = None) -> Kept:
    """The kept sandbox of *test*: its id, the start or the last words of one, or the path of a kept file.

    Raises SuiteError where there is none, or several.
    """
    if test.endswith(keep.WHOLE) and os.sep in test:
        return Kept(Path(test), keep.facts(Path(test)))
    everything, wrong = listing()
    if not everything:
        told = "".join(f"\n  {each}" for each in wrong)
        raise SuiteError(f"no sandbox is kept in {keep.directory()}; keep some with: run --keep failed{told}")
    found = matching(everything, test)
    if not found:
        raise SuiteError(f"nothing is kept of {test!r}; see what is with: python3 -m pkgsuite shell")
    if machine is not None:
        names = sorted({each.facts.machine for each in found})
        found = [each for each in found if each.facts.machine == machine]
        if not found:
            raise SuiteError(f"there is no machine {machine!r} in {test!r}, only {', '.join(names)}")
    if len(found) > 1:
        told = "".join(sorted(f"\n  {each.facts.test} {each.facts.machine}" for each in found))
        raise SuiteError(f"{test!r} is not clear; say the test and the machine:{told}")
    return found[0]


def matching(everything: Sequence[Kept], test: str) -> list[Kept]:
    """Those that *test* means: by the whole id, else by its start, else by its last words."""
    for means in (str.__eq__, str.startswith, lambda known, given: known.endswith(f".{given}")):
        found = [each for each in everything if means(each.facts.test, test)]
        if found:
            return found
    return []


def run(kept: Kept, words: Sequence[str]) -> int:
    """Unpack *kept* in a new world and run *words* there, or a shell; gives the status. Raises Unsupported."""
    manager = MANAGERS.get(kept.facts.manager)
    if manager is None:
        raise SuiteError(f"{kept.path} was kept with {kept.facts.manager!r}, expected one of {', '.join(MANAGERS)}")
    manager.find()
    welcome = greeting(kept, manager) if not words and os.isatty(0) else []
    with kept.path.open("rb") as file:

        def prepare() -> tuple[list[str], Mapping[str, str]]:
            lost = stand_up(kept, file)
            hiding.hide(manager.hidden)
            write_programs(manager, kept.facts)
            text = "".join(f"{printable(line)}\n" for line in [*welcome, *lost])
            os.write(2, text.encode(errors="backslashreplace"))
            return list(words) or shell(), environment()

        return foreground.run(prepare)


def stand_up(kept: Kept, file: BinaryIO) -> list[str]:
    """Make the root where it was and go there; gives what could not be restored. Raises SuiteError."""
    root = kept.facts.root
    if not os.path.isabs(root) or os.path.normpath(root) != root:
        raise SuiteError(f"{kept.path}: the root {root!r} is no absolute path")
    try:
        os.makedirs(root)
        namespaces.mount("tmpfs", root, "tmpfs", namespaces.NO_DEVICES, f"mode=755,size={SIZE_BYTES}")
    except OSError as error:
        raise SuiteError(f"{kept.path}: no root can be made at {root}: {error.strerror or error}") from error
    try:
        lost = packing.unpack(file, root)
        os.chdir(inside(root, kept.facts.working_directory))
    except SuiteError as error:
        raise SuiteError(f"{kept.path}: {error}") from error
    except OSError:
        os.chdir(root)
    return lost


def write_programs(manager: Manager, facts: keep.Facts) -> None:
    """Write a wrapper for each program of the manager that is there, and the settings of an interactive shell."""
    os.mkdir(PROGRAMS)
    settings = [f"{name}={value}" for name, value in manager.environment(facts.root).items()]
    settings.append(f"TMPDIR={facts.root}/tmp")
    for name in manager.programs:
        try:
            words = ["env", "-i", *settings, *manager.argv([name], facts.root)]
        except ProgramMissing:
            continue
        place = Path(PROGRAMS, name)
        place.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
        place.chmod(0o755)
    test = re.sub(r"[^A-Za-z0-9._-]", "_", ".".join(facts.test.split(".")[-2:]))
    Path(RC_FILE).write_text(f"PS1='({test}) $PWD # '\n")


def shell() -> list[str]:
    """The words of a shell; it asks for commands where there is a terminal."""
    program = shutil.which("bash")
    if not os.isatty(0):
        return [program or "/bin/sh"]
    return [program, "--noprofile", "--rcfile", RC_FILE, "-i"] if program else ["/bin/sh", "-i"]


def environment() -> dict[str, str]:
    """The environment in there: ours, with the wrappers first on PATH; POSIX shells read ENV."""
    path = f"{PROGRAMS}:{os.environ.get('PATH', '/usr/bin:/bin')}"
    return {**os.environ, "PATH": path, "ENV": RC_FILE, "HISTFILE": ""}


def greeting(kept: Kept, manager: Manager) -> list[str]:
    """What somebody who comes in wants to know."""
    facts = kept.facts
    commands = [f"            {status:<8} {command}" for command, status in facts.commands[-MOST_COMMANDS:]]
    hidden = len(facts.commands) - len(commands)
    programs = ", ".join(manager.programs)
    return [
        f"test        {facts.test}",
        f"machine     {facts.machine}, kept {kept.age}",
        f"root        {facts.root}",
        f"here        {facts.root}/{facts.working_directory}",
        f"commands    {f'… {hidden} before' if hidden else ''}".rstrip(),
        *commands,
        f"{programs} works on that root, with the options of the scenario. Nothing of the host changes in here, and",
        "nothing of what you do is kept; leave with exit.",
        "",
    ]


def printable(line: str) -> str:
    """*line* without what would steer a terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
