"""Locks as another program holds them."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from typing import NoReturn


@contextlib.contextmanager
def held(path: str) -> Iterator[None]:
    """Let another process hold the lock on *path*, an absolute path, for a while; fcntl(2)."""
    ready, holding = os.pipe()
    waiting, end = os.pipe()
    pid = os.fork()
    if pid == 0:
        hold(path, holding, waiting, end)
    os.close(holding)
    try:
        assert os.read(ready, 1), f"{path} cannot be locked"
        yield
    finally:
        for descriptor in (ready, waiting, end):
            os.close(descriptor)
        os.waitpid(pid, 0)


def hold(path: str, holding: int, waiting: int, end: int) -> NoReturn:
    """Lock *path*, say so, and wait until the parent closes its end."""
    try:
        os.close(end)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(holding, b"!")
        os.read(waiting, 1)
    finally:
        os._exit(0)
