"""The faults of a mirror that are at work: for which paths, how often yet, in which order."""

from __future__ import annotations

import threading
from dataclasses import field
from fnmatch import fnmatchcase

from pkgsuite.nodes.faults import Fault, FirstFail, Refusing
from pkgsuite.values import dataclass

__all__ = ["Wrongs"]


@dataclass(slots=True)
class Entry:
    """One fault, the pattern of its paths, and how many requests it is still for."""

    fault: Fault
    pattern: str
    left: int | None
    met: dict[str, int] = field(default_factory=dict)

    def meet(self, path: str) -> Fault | None:
        """The fault that a request for *path* meets; counts it."""
        if self.left == 0 or not fnmatchcase(path, self.pattern):
            return None
        fault = self.fault
        if isinstance(fault, FirstFail):
            self.met[path] = self.met.get(path, 0) + 1
            if self.met[path] > fault.count:
                return None
            fault = fault.fault
        if self.left is not None:
            self.left -= 1
        return fault


class Wrongs:
    """The faults of one mirror; requests of several threads are counted one after the other."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault, pattern: str = "*", times: int | None = None) -> None:
        """Let *fault* be at work for paths that match, for so many requests or for all."""
        with self._lock:
            self._entries.append(Entry(fault, pattern, times))

    def heal(self) -> None:
        """End all faults."""
        with self._lock:
            self._entries.clear()

    @property
    def refuses(self) -> bool:
        """Whether connections are refused."""
        return any(isinstance(entry.fault, Refusing) for entry in self._entries)

    def meet(self, path: str) -> list[Fault]:
        """The faults that this request meets, in the order in which they were added."""
        with self._lock:
            return [fault for entry in self._entries if (fault := entry.meet(path))]
