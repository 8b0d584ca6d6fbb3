"""A real pacman with a root, databases and caches of its own, so that the host's are never touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from collections.abc import Mapping
from pathlib import Path

__all__ = ["ScratchPacman", "needed"]


def needed(program: str, package: str) -> str:
    """Where *program* is; skips the test where it is missing."""
    found = shutil.which(program)
    if not found:
        raise unittest.SkipTest(f"no {program} on PATH: apt-get install {package}")
    return found


class ScratchPacman:
    """Pacman as the current user, in a directory that ends with the test."""

    def __init__(self, test: unittest.TestCase) -> None:
        self._program = needed("pacman", "pacman-package-manager")
        place = tempfile.TemporaryDirectory(prefix="pkgsuite-alpm-")
        test.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.root = self.place / "root"
        self.database = self.place / "db"
        for made in ("root", "db/local", "db/sync", "cache", "hooks", "gpg", "served"):
            (self.place / made).mkdir(parents=True)
        self._config = self.place / "pacman.conf"
        self._config.write_text(
            "[options]\nArchitecture = auto\nSigLevel = Never\n"
            f"[repo]\nSigLevel = Never\nServer = file://{self.place}/served\n"
        )

    def write(self, path: str, content: bytes) -> Path:
        """A file below the scratch directory."""
        written = self.place / path
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_bytes(content)
        return written

    def install_entry(self, name: str, entry: Mapping[str, bytes], version: int) -> None:
        """Put one package into the local database, which is of *version*."""
        self.write("db/local/ALPM_DB_VERSION", f"{version}\n".encode())
        for file, content in entry.items():
            self.write(f"db/local/{name}/{file}", content)

    def run(self, *arguments: str | Path, as_root: bool = False) -> str:
        """What pacman says on standard output; it must succeed and warn of nothing."""
        command = [self._program, *map(str, arguments), "--noconfirm", *self._options()]
        if as_root and os.geteuid() != 0:
            command.insert(0, needed("fakeroot", "fakeroot"))
        environment = {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath), "HOME": str(self.place)}
        result = subprocess.run(command, env=environment, capture_output=True, timeout=60, cwd=self.place)
        said = result.stdout.decode("utf-8", "backslashreplace")
        complaint = result.stderr.decode("utf-8", "backslashreplace")
        if result.returncode or complaint:
            raise AssertionError(f"{' '.join(command)}: exit {result.returncode}\n{said}{complaint}")
        return said

    def _options(self) -> list[str]:
        paths = {"root": "root", "dbpath": "db", "cachedir": "cache", "hookdir": "hooks", "gpgdir": "gpg"}
        chosen = [word for option, path in paths.items() for word in (f"--{option}", f"{self.place}/{path}")]
        return [*chosen, "--logfile", f"{self.place}/log", "--config", str(self._config)]
