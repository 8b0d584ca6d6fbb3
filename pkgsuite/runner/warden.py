"""A process with a warden: whatever it starts, wherever that hides, ends with it and with the runner.

The warden stands between the two. It inherits the orphans of everything below it, so a daemon that has left its family
is still found. It ends all of that when the worker ends, when the runner says so, and when the runner is gone, however
hard that was killed.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
from typing import NoReturn

from pkgsuite.errors import SuiteError
from pkgsuite.system import family, namespaces
from pkgsuite.system.wait import wait_until

__all__ = ["end", "fork"]

GONE_S = 5.0
ENDED = 1 << 32
"""What a request to end adds to a counter to which each child that ends adds one."""


def fork() -> int:
    """Like os.fork, but with a warden in between, whose pid this gives; it ends as the child ends."""
    runner = os.pidfd_open(os.getpid())
    try:
        pid = os.fork()
    except BaseException:
        os.close(runner)
        raise
    if pid == 0:
        be_warden(runner)
        return 0
    os.close(runner)
    return pid


def end(pid: int) -> None:
    """Ask the warden *pid* to end everything; whoever forked it waits for its end."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def be_warden(runner: int) -> None:
    """The warden's life; returns in the child only."""
    child = os.getpid()
    try:
        asked = os.eventfd(0)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda number, frame: os.eventfd_write(asked, 1))
        signal.signal(signal.SIGTERM, lambda number, frame: os.eventfd_write(asked, ENDED))
        with contextlib.suppress(PermissionError):
            os.setsid()
        namespaces.adopt_orphans()
        warden = os.getpid()
        child = os.fork()
        if child == 0:
            become_a_worker(warden, (runner, asked))
            return
        watch(child, runner, asked)
    except BaseException:
        with contextlib.suppress(Exception):
            family.end(family.descendants())
    os._exit(1)


def become_a_worker(warden: int, theirs: tuple[int, ...]) -> None:
    """Take nothing of the warden's along, and end with it."""
    namespaces.die_with_parent()
    if os.getppid() != warden:
        os._exit(1)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    for descriptor in theirs:
        os.close(descriptor)


def watch(child: int, runner: int, asked: int) -> NoReturn:
    """Wait for one of three ends, end all that is left, and end as the child did."""
    close_all_but(runner, asked)
    poll = select.poll()
    for descriptor in (runner, asked):
        poll.register(descriptor, select.POLLIN)
    buried: dict[int, int] = {}
    while child not in buried:
        ready = dict(poll.poll())
        bury(buried)
        if runner in ready or (os.eventfd_read(asked) >= ENDED and child not in buried):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            poll.unregister(runner) if runner in ready else None
    with contextlib.suppress(SuiteError):
        wait_until(lambda: is_all_gone(buried), timeout=GONE_S, what="all that the worker started is gone")
    end_as(buried[child])


def is_all_gone(buried: dict[int, int]) -> bool:
    """End what lives below, bury the dead, and tell whether that was all.

    Janitors end when they have cleaned up, and with them whom they have started, which has things of its own to clean.

    Who is not buried can hold up others: the first process of a pid namespace ends behind all the rest of it.
    """
    living = family.descendants()
    janitors = {each for each in living if each.name == family.JANITOR}
    for each in living.difference(janitors, *(family.below(janitor.number) for janitor in janitors)):
        each.kill()
    bury(buried)
    return not living


def bury(buried: dict[int, int]) -> None:
    """Note the status of each child that has ended, adopted ones too."""
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            buried[ended[0]] = os.waitstatus_to_exitcode(ended[1])


def end_as(status: int) -> NoReturn:
    """End this process as one with this status did."""
    if status < 0:
        with contextlib.suppress(OSError, ValueError):
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status & 0xFF)


def close_all_but(*kept: int) -> None:
    """Close every other descriptor: the worker's pipes must end with the worker."""
    above = 0
    for descriptor in sorted(kept):
        os.closerange(above, descriptor)
        above = descriptor + 1
    os.closerange(above, os.sysconf("SC_OPEN_MAX"))
