"""What a machine can do: managers and versions, isolation and why it is not better, optional programs."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict

import psutil

from pkgsuite.errors import SuiteError, Unsupported, WorldError
from pkgsuite.managers.base import Manager
from pkgsuite.managers.registry import MANAGERS
from pkgsuite.system import ladder, shell
from pkgsuite.values import dataclass
from pkgsuite.version import VERSION

__all__ = ["Finding", "Findings", "check_settings", "examine"]

PROGRAMS = (
    ("newuidmap", "many users in a sandbox", "uidmap"),
    ("gpg", "signed packages and databases", "gpg"),
    ("bsdtar", "a second opinion on archives", "libarchive-tools"),
    ("fakeroot", "isolation without namespaces", "fakeroot"),
    ("fakechroot", "isolation without namespaces", "fakechroot"),
    ("zstd", "zst archives", "zstd"),
    ("xz", "a second opinion on xz archives", "xz-utils"),
)
"""Optional programs: what each is for, and Debian's package with it."""

VERSION_TIMEOUT = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is there or not, and the command that gets it."""

    name: str
    is_there: bool
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found, by section; *can_run* tells whether any scenario could run."""

    sections: dict[str, list[Finding]]
    can_run: bool

    def as_json(self) -> dict[str, object]:
        """The findings for a program."""
        sections = {title.lower(): [asdict(finding) for finding in found] for title, found in self.sections.items()}
        return {"version": VERSION, "can_run": self.can_run, **sections}


def examine() -> Findings:
    """Look at everything; makes a world for real and takes it away again."""
    managers = [of_manager(manager) for manager in MANAGERS.values()]
    rungs = of_isolation()
    scriptlets = of_shell()
    sections = {
        "Python": [
            Finding("python", True, f"{platform.python_version()} at {sys.executable}"),
            Finding("psutil", True, psutil.__version__),
            Finding("pkgsuite", True, VERSION),
        ],
        "Managers": managers,
        "Isolation": [*rungs, scriptlets],
        "Programs": [of_program(*program) for program in PROGRAMS],
    }
    can_run = all(any(each.is_there for each in found) for found in (managers, rungs)) and scriptlets.is_there
    return Findings(sections, can_run)


def check_settings() -> None:
    """Raise SuiteError for an environment variable that asks for what is not there: that is no reason to skip."""
    ladder.allowed_rungs()
    try:
        if os.environ.get(shell.CHOICE):
            shell.find_shell()
        for manager in MANAGERS.values():
            if os.environ.get(manager.variable):
                manager.find()
    except Unsupported as missing:
        raise SuiteError(str(missing)) from missing


def of_manager(manager: Manager) -> Finding:
    """Where a manager is and which version."""
    try:
        program = manager.find()
    except Unsupported as missing:
        return Finding(manager.name, False, "not found", str(missing))
    return Finding(manager.name, True, f"{version_of(program)} at {program}")


def version_of(program: str) -> str:
    """What a program says of its version, in a line."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, timeout=VERSION_TIMEOUT, env={"LC_ALL": "C"}, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"version unknown ({error})"
    words = done.stdout.decode("utf-8", "replace").split()
    numbers = [word.strip(",") for word in words if word.lstrip("v")[:1].isdigit()]
    return numbers[0] if numbers else "version unknown"


def of_isolation() -> list[Finding]:
    """Each rung of the ladder down to the one that works."""
    try:
        climbed = ladder.climb()
    except WorldError as error:
        return [Finding(ladder.ALLOWED, False, str(error))]
    found = [Finding(name, False, reason, remedy_for(name)) for name, reason in climbed.refused]
    if climbed.world is not None and climbed.rung is not None:
        limits = f"; {climbed.world.limits}" if climbed.world.limits else ""
        found.append(Finding(climbed.rung.name, True, f"{climbed.rung.gives}{limits}"))
        climbed.world.close()
    elif not found:
        found.append(Finding(ladder.ALLOWED, False, f"{os.environ.get(ladder.ALLOWED)!r} allows no isolation"))
    return found


def remedy_for(rung: str) -> str:
    """What may make a rung work."""
    return {
        "user-range": "apt-get install uidmap, and ids in /etc/subuid and /etc/subgid",
        "user-single": "sysctl user.max_user_namespaces=10000 kernel.apparmor_restrict_unprivileged_userns=0",
        "root": "run as root",
        "fakechroot": "apt-get install fakeroot fakechroot",
        "chroot": "run as root",
    }[rung]


def of_shell() -> Finding:
    """The shell for scriptlets."""
    try:
        return Finding("shell", True, f"{shell.find_shell()} for scriptlets")
    except Unsupported as missing:
        return Finding("shell", False, "none for scriptlets", str(missing))


def of_program(name: str, use: str, package: str) -> Finding:
    """Where an optional program is."""
    found = shutil.which(name)
    return Finding(
        name, found is not None, f"{use}: {found}" if found else use, "" if found else f"apt-get install {package}"
    )
