"""All managers there are, by name; a new one is a file and a line here."""

from __future__ import annotations

from pkgsuite.managers.apt import apt
from pkgsuite.managers.base import Manager
from pkgsuite.managers.pacman import pacman

__all__ = ["MANAGERS"]

MANAGERS: dict[str, Manager] = {manager.name: manager for manager in (apt, pacman)}
