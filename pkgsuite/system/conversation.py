"""How a runner and the process that keeps its world come to terms: messages, and letting go of what is not theirs."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket

from pkgsuite.errors import WorldError

__all__ = ["detach", "expect", "tell"]

MOST_BYTES = 65536


def tell(peer: socket.socket, message: dict[str, object]) -> None:
    """Send one message of the set-up conversation."""
    peer.send(json.dumps(message).encode())


def expect(peer: socket.socket, what: str) -> dict[str, object]:
    """The peer's next message; raises WorldError with its complaint, or naming *what* did not happen."""
    data = peer.recv(MOST_BYTES)
    if not data:
        raise WorldError(f"it ended before this: {what}")
    message: dict[str, object] = json.loads(data)
    if "error" in message:
        raise WorldError(str(message["error"]))
    return message


def detach(kept: set[int]) -> None:
    """Hold nothing of the runner's: its session, its open files, its signal handlers."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in kept:
            with contextlib.suppress(OSError):
                os.close(int(name))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
