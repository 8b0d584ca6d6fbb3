"""Commands that run beside the test, and scripts that wait for it."""

from __future__ import annotations

import contextlib
import os
import select
import threading
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
            first = commands.enter_context(running(machine, command))
            until_ready(ready, first)
            for other in others:
                commands.enter_context(running(machine, other))
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


def until_ready(ready: int, thread: threading.Thread) -> None:
    """Wait until the script has written, or its command has ended without it."""
    poll = select.poll()
    poll.register(ready, select.POLLIN)
    while thread.is_alive() and not poll.poll(LOOK_MS):
        pass


@contextlib.contextmanager
def running(machine: Any, command: str) -> Iterator[threading.Thread]:
    """Run *command* beside the block, and wait for its end behind it; what it raises is raised there."""
    troubles: list[Exception] = []

    def run() -> None:
        try:
            machine.execute(command, side_by_side=True)
        except Exception as trouble:
            troubles.append(trouble)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        thread.join()
    if troubles:
        raise troubles[0]
