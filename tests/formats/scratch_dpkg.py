"""A real dpkg with a root and a database of its own, run in a world, so that the host's are never touched."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from pkgsuite.formats import dpkg
from pkgsuite.model.file import File
from pkgsuite.model.package import Package

__all__ = ["ADMINDIR", "ScratchDpkg", "write"]

ADMINDIR = "var/lib/dpkg"
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}


def write(root: Path, files: Iterable[File]) -> None:
    """Put *files* on disk below *root*."""
    for file in files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.is_directory:
            path.mkdir(exist_ok=True)
        elif file.target is not None:
            path.symlink_to(file.target)
        else:
            path.write_bytes(file.data)
        if file.target is None:
            path.chmod(file.permissions)


class ScratchDpkg:
    """Dpkg on a root that a database says *installed* packages are in; only to be made in a world."""

    def __init__(self, installed: Iterable[Package] = (), native: str = dpkg.NATIVE) -> None:
        packages = list(installed)
        self._place = Path(tempfile.mkdtemp(prefix="pkgsuite-dpkg-"))
        self.root = self._place / "root"
        database = dpkg.database(packages, native=native)
        write(self.root / ADMINDIR, [File("updates", is_directory=True), *database])
        for package in packages:
            write(self.root, package.entries)

    def run(self, *words: str | Path, fails: bool = False) -> str:
        """What dpkg says, on both streams; it must succeed, or fail where that is wanted."""
        command = ["dpkg", f"--root={self.root}", "--log=/dev/null", "--force-script-chrootless", *words]
        done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False, cwd=self._place)
        if (done.returncode != 0) != fails:
            raise AssertionError(f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stderr + done.stdout

    def install(self, archives: Mapping[str, bytes]) -> str:
        """Unpack and configure archives by their names."""
        for name, content in archives.items():
            (self._place / name).write_bytes(content)
        return self.run("-i", *(self._place / name for name in archives))

    def read(self, path: str) -> str:
        """A file of the root as text."""
        return (self.root / path).read_text(encoding="utf-8", errors="surrogateescape")

    def info(self) -> dict[str, bytes]:
        """The files in info/ by name."""
        place = self.root / ADMINDIR / "info"
        return {name: (place / name).read_bytes() for name in os.listdir(place)}

    def triggers(self) -> dict[str, bytes]:
        """The files in triggers/ that hold anything, by name."""
        place = self.root / ADMINDIR / "triggers"
        found = {name: (place / name).read_bytes() for name in os.listdir(place)}
        return {name: content for name, content in found.items() if content}
