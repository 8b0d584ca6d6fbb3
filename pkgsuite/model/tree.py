"""What lies below a root at one moment, and what changed between two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from pkgsuite.links import follow
from pkgsuite.values import dataclass

__all__ = ["Change", "FileState", "Tree"]


class FileState(NamedTuple):
    """One path: its type (`file`, `dir`, `link` or `other`), owner, mode bits, times and content.

    A tuple, since a snapshot makes and compares so many. *digest* is None for what has no content and for very large
    files, which size and times identify well enough.
    """

    kind: str
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    size: int = 0
    mtime_ns: int = 0
    ctime_ns: int = 0
    digest: int | None = None
    target: str = ""

    def differs(self, other: FileState) -> list[str]:
        """What is not the same in *other*, in words; times of directories do not count, ctime never does."""
        found = [
            name for name in ("kind", "mode", "uid", "gid", "target") if getattr(self, name) != getattr(other, name)
        ]
        if self.kind == other.kind == "file":
            if (self.size, self.digest) != (other.size, other.digest):
                found.append("content")
            if self.mtime_ns != other.mtime_ns:
                found.append("mtime")
        return found


@dataclass(frozen=True, slots=True)
class Change:
    """One path that is not as it was: `created`, `deleted`, or what of it changed."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.what} {self.path}"


class Tree(Mapping[str, FileState]):
    """Every path below a root, relative to it, with its state; given at once, or looked at when first asked for."""

    def __init__(self, states: Mapping[str, FileState] | Callable[[], Mapping[str, FileState]]) -> None:
        self._given = states

    @cached_property
    def _states(self) -> dict[str, FileState]:
        given = self._given() if callable(self._given) else self._given
        return given._states if isinstance(given, Tree) else dict(given)

    def __getitem__(self, path: str) -> FileState:
        return self._states[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)

    def resolve(self, path: str, *, follow_last: bool = True) -> str | None:
        """The path that *path* leads to, links followed as if the root were `/`; None where it leads nowhere."""
        try:
            found = follow(path, self._read_link, follow_last=follow_last)
            if found:
                self._states[found]
        except KeyError:
            return None
        return found

    def _read_link(self, path: str) -> str | None:
        """The target of a link, None for anything else that is there; raises KeyError where nothing is."""
        state = self._states[path]
        return state.target if state.kind == "link" else None

    def look(self, path: str) -> FileState | None:
        """The state of what *path* leads to, links followed; None where there is nothing."""
        found = self.resolve(path)
        if found == "":
            return FileState("dir", 0o755)
        return None if found is None else self._states[found]

    def look_at(self, path: str) -> FileState | None:
        """The state of *path* itself, a last link not followed; None where there is nothing."""
        found = self.resolve(path, follow_last=False)
        return self._states.get(found) if found else None

    def changes_since(self, before: Tree) -> list[Change]:
        """What is not as it was *before*, in order of the paths."""
        found = []
        old, new = before._states, self._states
        others = [path for path, state in new.items() if state != old.get(path)]
        for path in sorted([*others, *(old.keys() - new.keys())]):
            if path not in old:
                found.append(Change(path, "created"))
            elif path not in new:
                found.append(Change(path, "deleted"))
            elif differences := old[path].differs(new[path]):
                found.append(Change(path, f"changed {'+'.join(differences)} of"))
        return found
