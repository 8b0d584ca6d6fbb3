"""What process trees below this process use, all of them found in one walk of /proc."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pkgsuite.later import later
from pkgsuite.system import family
from pkgsuite.values import dataclass

if TYPE_CHECKING:
    import psutil
else:
    psutil = later("psutil")

__all__ = ["Share", "Used", "sample"]


@dataclass(frozen=True, slots=True)
class Used:
    """One process: ids as its world counts them, CPU seconds since it began, bytes of resident memory."""

    pid: int
    parent: int
    name: str
    cpu_s: float
    rss_bytes: int
    reaped_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Share:
    """What the processes of one tree use; *cpu_s* holds that of children they have buried."""

    processes: tuple[Used, ...]

    @property
    def cpu_s(self) -> float:
        """The CPU time of all of them, in seconds."""
        return sum(each.cpu_s + each.reaped_s for each in self.processes)

    @property
    def rss_bytes(self) -> int:
        """The memory of all of them."""
        return sum(each.rss_bytes for each in self.processes)


def sample(roots: Mapping[str, int]) -> dict[str, Share]:
    """What each of *roots*, children of this process by name, uses with all below it and in its session."""
    owners = {pid: name for name, pid in roots.items()}
    found: dict[str, list[Used]] = {name: [] for name in roots}
    todo = [(number, 0, "") for number in family.children("self")]
    while todo:
        number, parent, owner = todo.pop()
        used = look(number, parent)
        if used is None:
            continue
        owner = owner or owners.get(used.pid) or owners.get(session_of(used.pid), "")
        if owner:
            found[owner].append(used)
        todo += [(child, used.pid, owner) for child in family.children(number)]
    return {name: Share(tuple(sorted(processes, key=lambda each: each.pid))) for name, processes in found.items()}


def look(number: int, parent: int) -> Used | None:
    """The process that /proc shows under *number*; None where it is gone."""
    try:
        process = psutil.Process(number)
        with process.oneshot():
            times = process.cpu_times()
            return Used(
                family.pid_of(number),
                parent,
                process.name(),
                times.user + times.system,
                process.memory_info().rss,
                times.children_user + times.children_system,
            )
    except (psutil.Error, OSError):
        return None


def session_of(pid: int) -> int:
    """The leader of the session of a process, or 0: a daemon may have left its family and kept that."""
    try:
        return os.getsid(pid)
    except OSError:
        return 0
