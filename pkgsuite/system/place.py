"""Where this process works: on the host, or at a place where sandboxes may stand."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, field
from functools import lru_cache

from pkgsuite.values import dataclass

__all__ = ["MARK", "Place", "SINGLE", "here", "is_inside", "stay_at"]

SINGLE = "user-single"
"""The rung whose worlds have one user and one group."""

MARK = "PKGSUITE_WORLD"
"""The environment variable that tells a process, and whatever it starts, at which place it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place for sandboxes: the directory of their roots, and what can be done there.

    With *has_mounts* each root is a tmpfs that goes with its process. *environment* is added to that of every command
    that is run for a root, and *needs_static_shell* tells whether a shell is alone in there.
    """

    rung: str
    sandboxes: str
    has_mounts: bool = True
    needs_static_shell: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_pretended(self) -> bool:
        """Whether a chroot is only pretended: programs of the host run there, shells too."""
        return not self.needs_static_shell

    @property
    def keeps_owners(self) -> bool:
        """Whether files can have any owner: where there is a range of ids, or root is real."""
        return self.rung != SINGLE and not self.is_pretended


def stay_at(place: Place) -> None:
    """Say that this process, and whatever it starts, is at *place* from now on."""
    os.environ[MARK] = json.dumps({"namespaces": namespaces(), **asdict(place)})


def here() -> Place | None:
    """The place of this process; None on the host."""
    text = os.environ.get(MARK)
    if not text:
        return None
    where, place = read(text)
    return place if where == namespaces() else None


@lru_cache(maxsize=1)
def read(text: str) -> tuple[str, Place | None]:
    """The namespaces and the place that the variable names; nothing where it makes no sense."""
    try:
        told = json.loads(text)
        return told.pop("namespaces"), Place(**told)
    except (ValueError, TypeError, AttributeError, KeyError):
        return "", None


def is_inside() -> bool:
    """Whether this process is at a place for sandboxes."""
    return here() is not None


def namespaces() -> str:
    """The namespaces of this process, in a word; the variable may have come from elsewhere."""
    return os.readlink("/proc/self/ns/user") + os.readlink("/proc/self/ns/net")
