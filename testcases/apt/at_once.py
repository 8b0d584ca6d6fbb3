"""Commands that run beside the test, and scripts that wait for it."""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Iterator
from typing import Any

READY, GO = "ready", "go"
WAIT = f"echo > /{READY}; read word < /{GO}"
"""A script that says when it runs and goes on when it is told to; `waiting` is the other side."""

LOOK_MS = 20


@contextlib.contextmanager
def waiting(machine: Any, command: str, *others: str) -> Iterator[None]:
    """Run *command*, one of whose scripts is WAIT, and let it go on behind the block.

    *others* begin as soon as the script waits. All have ended behind the block, where what they raise is raised.
    """
    ready, go = (fifo(f"{machine.root}/{name}") for name in (READY, GO))
    try:
        with contextlib.ExitStack() as commands:
            first = commands.enter_context(machine.running(command))
            until_ready(ready, first)
            for other in others:
                commands.enter_context(machine.running(other))
            try:
                yield
            finally:
                os.write(go, b"go\n")
    finally:
        os.close(ready)
        os.close(go)


def fifo(path: str) -> int:
    """A new FIFO, open at both ends so that nobody waits for the other to come; fifo(7)."""
    os.mkfifo(path)
    return os.open(path, os.O_RDWR | os.O_NONBLOCK)


def until_ready(ready: int, command: Any) -> None:
    """Wait until the script has written, or its command has ended without it."""
    poll = select.poll()
    poll.register(ready, select.POLLIN)
    while command.is_running and not poll.poll(LOOK_MS):
        pass
