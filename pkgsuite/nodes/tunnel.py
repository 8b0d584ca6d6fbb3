"""A tunnel through a proxy: bytes passed on between a client and another server; RFC 9110, section 9.3.6."""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from typing import TypeAlias

from pkgsuite.nodes.answer import Answer
from pkgsuite.nodes.connection import PACE_S, RECEIVED_BYTES, SEND_S, Connection, Gone
from pkgsuite.nodes.journal import Open

__all__ = ["CONNECT", "Way", "carry", "reach"]

CONNECT = "CONNECT"
"""The method that asks for one."""

Way: TypeAlias = "tuple[str, int]"
"""An address and a port."""

REACH_S = 10.0


def reach(way: Way) -> socket.socket | None:
    """A connection to the server at the other end; None where there is none to be had."""
    try:
        far = socket.create_connection(way, REACH_S)
    except OSError:
        return None
    far.settimeout(SEND_S)
    return far


def carry(connection: Connection, far: socket.socket, answer: Answer, entry: Open) -> None:
    """Pass bytes on until one of both ends has no more, or *answer* breaks off what the client gets; raises Gone."""
    near, start, cut_at = connection.socket, time.monotonic(), answer.cut_at
    most = min(RECEIVED_BYTES, max(int(answer.rate_bytes_per_s * PACE_S), 1)) if answer.rate_bytes_per_s else None
    with contextlib.closing(far), selectors.DefaultSelector() as selector:
        try:
            far.sendall(connection.take())
            for each in (near, far):
                selector.register(each, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is near:
                        far.sendall(received(near))
                        continue
                    data = received(far, most)
                    if cut_at is not None and entry.sent_bytes + len(data) >= cut_at:
                        left = cut_at - entry.sent_bytes
                        connection.pass_on(data[:left], entry)
                        connection.interrupt(answer.ending)
                        data, cut_at = data[left:], None
                    connection.pass_on(data, entry)
                    if answer.rate_bytes_per_s:
                        connection.wait(start + entry.sent_bytes / answer.rate_bytes_per_s - time.monotonic())
        except OSError as error:
            raise Gone from error


def received(end: socket.socket, most: int | None = None) -> bytes:
    """What has come from an end; raises Gone where nothing more does."""
    data = end.recv(most or RECEIVED_BYTES)
    if not data:
        raise Gone
    return data
