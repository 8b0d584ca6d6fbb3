"""While tests are loaded, modules of strangers are imported: what they do meanwhile does not pass for a result."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

__all__ = ["importing"]

__unittest = True


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """Have what modules print on stderr, stay alive and with our streams, and heed Ctrl-C.

    Raises KeyboardInterrupt behind the block where unittest took it for a fault of the module that it imported.
    """
    with contextlib.ExitStack() as stack:
        for guard in (own_output, own_streams, own_life, own_interrupt):
            stack.enter_context(guard())
        yield


@contextlib.contextmanager
def own_output() -> Iterator[None]:
    """Let descriptor 1 be stderr: stdout may be a report's, or hold JSON."""
    flush()
    try:
        kept = os.dup(1)
        os.dup2(2, 1)
    except OSError:  # one of them is closed
        yield
        return
    try:
        yield
    finally:
        flush()
        os.dup2(kept, 1)
        os.close(kept)


def flush() -> None:
    """Write what waits for descriptor 1, if that can be done."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()


@contextlib.contextmanager
def own_streams() -> Iterator[None]:
    """Keep `sys.stdout` and `sys.stderr`."""
    kept = sys.stdout, sys.stderr
    try:
        yield
    finally:
        sys.stdout, sys.stderr = kept


@contextlib.contextmanager
def own_life() -> Iterator[None]:
    """Let no module end this process without a word."""
    really_end, own, is_over = os._exit, os.getpid(), False

    def end(status: int) -> NoReturn:
        if is_over or os.getpid() != own:
            really_end(status)
        raise ImportError(f"it calls os._exit({status!r}), which would end the run")

    os._exit = end
    try:
        yield
    finally:
        is_over = True
        os._exit = really_end


@contextlib.contextmanager
def own_interrupt() -> Iterator[None]:
    """Remember a Ctrl-C, whoever catches it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: Callable[[int, Any], Any] | int | None = signal.getsignal(signal.SIGINT)
    if not callable(before):
        yield
        return
    was_interrupted = False

    def heed(number: int, frame: object) -> None:
        nonlocal was_interrupted
        was_interrupted = True
        before(number, frame)

    signal.signal(signal.SIGINT, heed)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is heed:
            signal.signal(signal.SIGINT, before)
    if was_interrupted:
        raise KeyboardInterrupt
