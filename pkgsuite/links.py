"""Where a path leads: symbolic links followed as if a root were `/`; path_resolution(7)."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["follow"]

MOST_LINKS = 40
"""How many symbolic links the kernel follows in one path."""


def follow(path: str, read_link: Callable[[str], str | None], *, follow_last: bool = True) -> str | None:
    """The path without links that *path* leads to, relative to the root; None where links go round in a loop.

    *read_link* gives the target of a link, and None for what is none, by its path relative to the root; what it raises
    ends the walk.
    """
    todo = steps(path)
    at: list[str] = []
    followed = 0
    while todo:
        step = todo.pop()
        if step == "..":
            at = at[:-1]
            continue
        target = read_link("/".join([*at, step])) if todo or follow_last else None
        if target is None:
            at.append(step)
            continue
        followed += 1
        if followed > MOST_LINKS:
            return None
        if target.startswith("/"):
            at = []
        todo += steps(target)
    return "/".join(at)


def steps(path: str) -> list[str]:
    """The steps of *path*, the first one last."""
    return [step for step in reversed(path.split("/")) if step not in ("", ".")]
