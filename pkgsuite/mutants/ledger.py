"""What a manager keeps of the packages in a root, as far as mutants need it."""

from __future__ import annotations

import os

__all__ = ["Ledger", "mark"]


class Ledger:
    """The database and the cache of one manager.

    An entry is what the database has of one package. *cache* is where archives lie below a root.
    """

    cache = ""

    def entries(self, place: str) -> dict[str, object]:
        """The entries by their names, with something that changes when one is written; *place* is the root."""
        raise NotImplementedError

    def package(self, entry: str) -> str:
        """The name of the package that an entry is of."""
        raise NotImplementedError

    def listed(self, place: str, entry: str) -> list[str]:
        """The paths that an entry lists; nothing for one that cannot be read."""
        raise NotImplementedError


def mark(path: str) -> object:
    """Something that changes when a file is written anew."""
    status = os.stat(path)
    return status.st_ino, status.st_mtime_ns
