"""Scenarios install, remove and break packages, and the host's own package databases stay as they are to the byte."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import subprocess
import sys
import unittest
from collections.abc import Iterator
from pathlib import Path

from pkgsuite.managers.apt import apt
from pkgsuite.system import ladder
from tests.checkout import TOP

PLACES = (
    *("/var/lib/dpkg", "/var/lib/apt", "/var/cache/apt/archives", "/etc/apt", "/etc/dpkg", "/etc/alternatives"),
    *("/var/lib/pacman", "/var/cache/pacman", "/etc/pacman.conf", "/etc/pacman.d"),
    *("/var/log/dpkg.log", "/var/log/apt", "/var/log/alternatives.log", "/var/log/pacman.log"),
)
"""What apt, dpkg and pacman know and keep of the system that they are run for."""

SCENARIOS = (
    *("apt.test_install", "apt.test_remove", "apt.test_diversions", "apt.test_triggers"),
    "common.test_install_and_remove",
)

ATTEMPTS = 3
"""A host may be upgraded by others meanwhile; what scenarios did would be seen each time."""

TIMEOUT = 600
MOST_BYTES = 1 << 20
"""Of larger files, size and times are enough."""


class HostDatabaseTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        apt.find()
        ladder.the_world()

    def test_unchanged(self) -> None:
        for _ in range(ATTEMPTS):
            before = digests()
            self.run_scenarios()
            after = digests()
            if before == after:
                break

        changed = {path for path in {*before, *after} if before.get(path) != after.get(path)}
        self.assertEqual(set(), changed)
        self.assertTrue(before)

    def run_scenarios(self) -> None:
        """Run scenarios that change much, which must pass."""
        names = [f"pkgsuite.testcases.{name}" for name in SCENARIOS]
        done = subprocess.run(
            [sys.executable, "-m", "pkgsuite", "run", "--quiet", "--no-history", "--keep=never", *names],
            cwd=TOP,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)


def digests() -> dict[str, str]:
    """A sum of each path: what stands there, whose it is, since when, and its content where that is not large."""
    return {path: digest(path) for place in PLACES for path in below(place)}


def below(place: str) -> Iterator[str]:
    """A path and every path below it."""
    if os.path.lexists(place):
        yield place
    for above, directories, files in os.walk(place):
        yield from (os.path.join(above, name) for name in (*directories, *files))


def digest(path: str) -> str:
    """The sum of one."""
    try:
        status = os.lstat(path)
    except OSError as error:
        return str(error)
    found = hashlib.sha256(repr((*status[:2], *status[4:7], status.st_mtime_ns)).encode())
    with contextlib.suppress(OSError):
        if stat.S_ISLNK(status.st_mode):
            found.update(os.fsencode(os.readlink(path)))
        elif stat.S_ISREG(status.st_mode) and status.st_size <= MOST_BYTES:
            found.update(Path(path).read_bytes())
    return found.hexdigest()


if __name__ == "__main__":
    unittest.main()
