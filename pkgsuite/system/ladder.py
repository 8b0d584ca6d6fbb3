"""The ladder of isolation: the best world that this machine can make, and why it is not a better one.

Each rung is tried by making its world for real, since only that tells: a namespace may be made and then hold no rights.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from pkgsuite.errors import Unsupported, WorldError
from pkgsuite.later import later
from pkgsuite.system import passages
from pkgsuite.system.generation import generation
from pkgsuite.system.place import SINGLE, Place
from pkgsuite.system.world import World
from pkgsuite.values import dataclass

if TYPE_CHECKING:
    from pkgsuite.system import bare
else:
    bare = later("pkgsuite.system.bare")

__all__ = ["ALLOWED", "RUNGS", "Climb", "Isolation", "Rung", "another_world", "climb", "the_world"]

ALLOWED = "PKGSUITE_ISOLATION"
"""The environment variable that names the rungs to try, such as `user-single` or `root,none`."""

REMEDIES = (
    "sysctl user.max_user_namespaces=10000",
    "sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    "run as root",
)


class Isolation(Protocol):
    """A place for sandboxes that a child can be forked into; *limits* says what it cannot do, or nothing."""

    place: Place
    limits: str

    @property
    def is_alive(self) -> bool:
        """Whether children can be forked into it."""

    def fork(self) -> int:
        """Like os.fork, but the child is there; raises WorldError."""

    def close(self) -> None:
        """End it with everything in it."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to isolate: what it is called and gives, and how it is made; some only when they are asked for."""

    name: str
    gives: str
    open: Callable[[tuple[str, ...]], Isolation]
    is_automatic: bool = True


def as_root(writable: tuple[str, ...]) -> World:
    """Root's own namespaces; raises WorldError."""
    if os.geteuid() != 0:
        raise WorldError("only root can do that")
    return World("root", user=False, writable=writable)


RUNGS = {
    rung.name: rung
    for rung in (
        Rung(
            "user-range",
            "namespaces of its own, with many users and groups",
            lambda writable: World("user-range", user=True, ids="range", writable=writable),
        ),
        Rung(
            SINGLE,
            "namespaces of its own, with one user and one group",
            lambda writable: World(SINGLE, user=True, ids="single", writable=writable),
        ),
        Rung("root", "root's own mount, pid and network namespaces; guards against accidents, not malice", as_root),
        Rung(
            "fakechroot",
            "a directory, with root and chroot pretended by fakeroot and fakechroot; slow, and no network of its own",
            lambda writable: bare.BareWorld("fakechroot", pretend=True),
        ),
        Rung(
            "chroot",
            "a directory and root's real chroot; nothing guards the host",
            lambda writable: bare.BareWorld("chroot", pretend=False),
            is_automatic=False,
        ),
    )
}
"""Every rung, the best first."""

SHORT = {
    "user": ("user-range", "user-single"),
    "none": (),
    "auto": tuple(rung.name for rung in RUNGS.values() if rung.is_automatic),
}


@dataclass(frozen=True, slots=True)
class Climb:
    """What came of trying: the world with its rung, or neither, and why each better rung was not to be had."""

    world: Isolation | None
    rung: Rung | None
    refused: tuple[tuple[str, str], ...]
    writable: tuple[str, ...] = ()

    def explain(self) -> str:
        """Why there is no world, and what to do about it."""
        reasons = "; ".join(f"{name}: {reason}" for name, reason in self.refused) or f"{ALLOWED} allows none"
        return f"no isolation on this machine ({reasons}); one of these may help: {', '.join(REMEDIES)}"


def allowed_rungs() -> list[Rung]:
    """The rungs to try, the best first; raises WorldError where the variable names an unknown one."""
    names: list[str] = []
    for word in (os.environ.get(ALLOWED) or "auto").replace(",", " ").split():
        if word not in RUNGS and word not in SHORT:
            raise WorldError(f"{ALLOWED}={word!r}: expected some of {', '.join((*SHORT, *RUNGS))}")
        names += SHORT.get(word, (word,))
    return [RUNGS[name] for name in names]


def climb(writable: tuple[str, ...] = ()) -> Climb:
    """Make the best world that is possible and allowed."""
    refused: list[tuple[str, str]] = []
    for rung in allowed_rungs():
        try:
            return Climb(rung.open(writable), rung, tuple(refused), writable)
        except (WorldError, OSError) as error:
            refused.append((rung.name, str(error)))
    return Climb(None, None, tuple(refused))


_climbs: dict[int, Climb] = {}


def the_world() -> Isolation:
    """The world of this process, made when it is first asked for; raises Unsupported where none can be had."""
    known = _climbs.get(generation())
    wanted = passages.allowed()
    if known is not None and known.world is not None and not set(wanted) <= set(known.writable):
        known.world.close()
    if known is None or (known.world is not None and not known.world.is_alive):
        _climbs.clear()
        known = _climbs[generation()] = climb(wanted)
    if known.world is None:
        raise Unsupported(known.explain())
    return known.world


def another_world() -> Isolation:
    """A world beside that of this process, for whoever closes it; raises Unsupported where none can be had."""
    found = climb(passages.allowed())
    if found.world is None:
        raise Unsupported(found.explain())
    return found.world
