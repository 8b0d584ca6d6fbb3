"""Modules that are imported when they are first used: a short run needs few of them.

The importing module names them twice, so that type checkers, editors and the test of our layers see a plain import:

    if TYPE_CHECKING:
        import tarfile
    else:
        tarfile = later("tarfile")
"""

from __future__ import annotations

import importlib
from types import ModuleType

__all__ = ["later"]


class Later(ModuleType):
    """Stands for the module of its name; whoever asks it for anything gets that of the module."""

    def __getattr__(self, name: str) -> object:
        return getattr(importlib.import_module(self.__name__), name)


def later(name: str) -> ModuleType:
    """The module called *name*, which is imported when something of it is used; raises ImportError only then."""
    return Later(name)
