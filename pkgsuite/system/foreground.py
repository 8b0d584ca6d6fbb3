"""A command that has a world and the terminal for itself: a shell, a debugger, coverage."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Mapping
from typing import NoReturn, TypeAlias

from pkgsuite.errors import SuiteError, Unsupported
from pkgsuite.system import ladder

__all__ = ["Prepare", "run"]

Prepare: TypeAlias = "Callable[[], tuple[list[str], Mapping[str, str]]]"
"""What happens in the world before the command; gives its words and its environment."""

WRONG_USAGE, NO_PROGRAM = 2, 127


def run(prepare: Prepare, writable: tuple[str, ...] = ()) -> int:
    """Run a command in a new world and give its status; raises Unsupported where no world with mounts can be had."""
    climbed = ladder.climb(writable)
    world = climbed.world
    if world is None:
        raise Unsupported(climbed.explain())
    try:
        if not world.place.has_mounts:
            raise Unsupported(f"this needs namespaces; there is only {world.place.rung!r} (pkgsuite doctor)")
        pid = world.fork()
        if pid == 0:
            become(prepare)
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        signal.signal(signal.SIGINT, before)
    finally:
        world.close()
    return status if status >= 0 else 128 - status


def become(prepare: Prepare) -> NoReturn:
    """Turn this process into the command."""
    status = 1
    try:
        with contextlib.suppress(OSError):
            os.tcsetpgrp(0, os.getpgrp())
        words, environment = prepare()
        try:
            os.execvpe(words[0], words, environment)
        except OSError as error:
            status = NO_PROGRAM
            complain(f"{words[0]} cannot be run: {error.strerror}")
    except (SuiteError, Unsupported, OSError) as error:
        status = WRONG_USAGE
        complain(str(error))
    finally:
        os._exit(status)


def complain(text: str) -> None:
    """Say what is wrong, in a line."""
    os.write(2, f"pkgsuite: {text}\n".encode(errors="backslashreplace"))
