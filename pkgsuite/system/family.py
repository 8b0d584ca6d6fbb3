"""The living processes below this one, and the end of them.

A process may have two numbers: the one under which /proc shows it and the one that signals know it by. They differ in a
pid namespace that had to keep the /proc of the host; proc_pid_status(5), NSpid.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
from collections.abc import Iterable

from pkgsuite.system.generation import generation
from pkgsuite.system.wait import wait_until
from pkgsuite.values import dataclass

__all__ = ["JANITOR", "Relative", "below", "children", "descendants", "end", "number_of", "of_leader", "pid_of", "told"]

JANITOR = "pkgsuite-clean"
"""What a janitor calls itself, so that whoever ends everything lets it finish: it ends by itself."""

GONE_S = 5.0
DEAD = {"Z", "X"}
MOST_READ = 1 << 16


@dataclass(frozen=True, slots=True)
class Relative:
    """One process: its number in /proc, its number for signals, and when it started, in ticks since boot."""

    number: int
    pid: int
    started: int

    @property
    def name(self) -> str:
        """What the process calls itself, or nothing when it is gone."""
        try:
            return told(f"{self.number}/comm").decode("utf-8", "replace").strip()
        except OSError:
            return ""

    @property
    def is_alive(self) -> bool:
        """Whether it still runs; a zombie does not."""
        state, started = look(self.number)
        return started == self.started and state not in DEAD

    def kill(self) -> None:
        """End it at once."""
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, signal.SIGKILL)


def told(name: str) -> bytes:
    """What a file of /proc says; raises OSError."""
    file = os.open(f"/proc/{name}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        text = b""
        while more := os.read(file, MOST_READ):
            text += more
        return text
    finally:
        os.close(file)


def look(number: int | str) -> tuple[str, int]:
    """State and start of a process; an X, dead, for one that is not there. See proc_pid_stat(5)."""
    try:
        fields = told(f"{number}/stat").rpartition(b")")[2].split()
        return fields[0].decode(), int(fields[19])
    except (OSError, IndexError, ValueError):
        return "X", 0


def children(number: int | str) -> list[int]:
    """The children of a process, by their numbers in /proc."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{number}/task"):
            with contextlib.suppress(OSError):
                found += map(int, told(f"{number}/task/{thread}/children").split())
    return found


def relative(number: int) -> Relative:
    """The process that /proc shows under *number*."""
    return Relative(number, pid_of(number), look(number)[1])


def pid_of(number: int) -> int:
    """What signals of this process know the process as that /proc shows under *number*.

    It has one number more for each pid namespace that it is in and we are not: there, others of ours may have those.
    """
    with contextlib.suppress(OSError, IndexError, ValueError):
        return numbers_of(number)[depth(generation()) - 1]
    return number


def numbers_of(number: int | str) -> list[int]:
    """The numbers of a process, from the one in the pid namespace of /proc to that in its own; raises OSError."""
    return [int(each) for each in told(f"{number}/status").partition(b"NSpid:")[2].partition(b"\n")[0].split()]


@functools.lru_cache(maxsize=1)
def depth(life: int) -> int:
    """How many numbers this process has, which is told apart from those that forked it by its generation."""
    return len(numbers_of("self"))


def number_of(pid: int) -> int:
    """The number in /proc of a child that signals know as *pid*."""
    if os.readlink("/proc/self") == str(os.getpid()):
        return pid
    return next((number for number in children("self") if relative(number).pid == pid), pid)


def below(number: int | str) -> set[Relative]:
    """Every process below *number*, zombies among them."""
    found: set[Relative] = set()
    todo = children(number)
    while todo:
        each = todo.pop()
        found.add(relative(each))
        todo += children(each)
    return found


def descendants() -> set[Relative]:
    """Every living process below this one; where it adopts orphans that includes daemons."""
    return {each for each in below("self") if each.is_alive} if has_children() else set()


def has_children() -> bool:
    """Whether there is any process below this one, asked of the kernel in one call."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def of_leader(leader: int) -> set[Relative]:
    """The process that signals know as *leader*, what is below it, and all of its session."""
    found: set[Relative] = set()
    for each in descendants():
        with contextlib.suppress(ProcessLookupError):
            if each.pid == leader or os.getsid(each.pid) == leader:
                found |= {each} | below(each.number)
    return found


def end(relatives: Iterable[Relative], spare: int = 0) -> None:
    """Kill *relatives* with whatever they fork meanwhile and reap adopted ones; returns when all are gone.

    The zombie of *spare* is left to whoever waits for it.
    """
    todo = set(relatives)

    def none_is_left() -> bool:
        todo.update([one for each in todo for one in below(each.number) if each.is_alive])
        living = [each for each in todo if each.is_alive]
        for each in living:
            each.kill()
        return not living

    wait_until(none_is_left, timeout=GONE_S, what=f"killed processes are gone: {sorted(each.pid for each in todo)}")
    for each in todo:
        if each.pid != spare:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(each.pid, os.WNOHANG)
