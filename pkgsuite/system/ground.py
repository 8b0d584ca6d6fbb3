"""The ground that a root stands on: where its paths lie on the disk, so that no link leads out of it."""

from __future__ import annotations

import os
import stat

from pkgsuite.errors import SuiteError
from pkgsuite.links import follow

__all__ = ["Ground", "inside"]

DIRECTORY_MODE = 0o755
NEW = os.O_WRONLY | os.O_CLOEXEC | os.O_CREAT | os.O_EXCL
OLD = os.O_WRONLY | os.O_CLOEXEC | os.O_TRUNC


def inside(root: str, path: str, *, follow_last: bool = True) -> str:
    """Where *path* is below *root*, links followed as if *root* were `/`; raises SuiteError for a loop of links."""

    def read_link(place: str) -> str | None:
        try:
            return os.readlink(f"{root}/{place}")
        except OSError:
            return None

    found = follow(path, read_link, follow_last=follow_last)
    if found is None:
        raise SuiteError(f"{path} goes round in a loop of symbolic links")
    return f"{root}/{found}" if found else root


class Ground:
    """A root while it is furnished; nobody else changes its directories meanwhile, so each is looked for once."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._known = {"": root}

    def directory(self, path: str) -> str:
        """Where the directory *path* lies; made with those above it where there is none; raises OSError."""
        known = self._known.get(path)
        if known is None:
            place = self.place(path)
            try:
                os.mkdir(place, DIRECTORY_MODE)
            except FileExistsError:
                if not stat.S_ISDIR(os.lstat(place).st_mode):
                    place = inside(self.root, path)
                    os.makedirs(place, DIRECTORY_MODE, exist_ok=True)
            known = self._known[path] = place
        return known

    def place(self, path: str) -> str:
        """Where *path* itself lies, a last link not followed; the directories above it are made."""
        above, _, name = path.rpartition("/")
        return f"{self.directory(above)}/{name}"

    def open(self, path: str, mode: int) -> int:
        """A descriptor to write the regular file with; one that is there is emptied, links followed. Raises OSError."""
        place = self.place(path)
        try:
            return os.open(place, NEW, mode)
        except FileExistsError:
            if not os.path.islink(place):
                return os.open(place, OLD)
        place = inside(self.root, path)
        os.makedirs(os.path.dirname(place), DIRECTORY_MODE, exist_ok=True)
        return os.open(place, OLD | os.O_CREAT, mode)
