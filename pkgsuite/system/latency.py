"""Time on the way: a process that carries packets between two devices and holds each back for a while; packet(7)."""

from __future__ import annotations

import collections
import contextlib
import os
import select
import signal
import socket
import struct
import time
from typing import NoReturn

from pkgsuite.system import namespaces
from pkgsuite.system.netlink import Netlink

__all__ = ["Latency"]

ETH_P_IP = 0x0800
SOL_PACKET = 263
PACKET_VNET_HDR = 15
"""Packets come with what is still to be done to them, checksums and cutting to size, and go on like that."""

MOST_BYTES = 1 << 17
ROOM_BYTES = 1 << 24
WORD = struct.Struct("=d")

Held = collections.deque[tuple[float, bytes]]


class Latency:
    """Carries IPv4 packets between two *devices* of a network *namespace*, in a process of its own."""

    def __init__(self, namespace: int, devices: tuple[str, str]) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            carry(namespace, devices, theirs, parent)
        theirs.close()
        self._expect()

    def _expect(self) -> None:
        """Wait for the answer; raises OSError where the process could not do what it should."""
        answer = self._orders.recv(1024)
        if answer != b"done":
            self.close()
            raise OSError(answer.decode() or "the process that delays packets has ended")

    def set(self, seconds: float) -> None:
        """Hold each packet back so long from now on; those that are held keep their time."""
        self._orders.send(WORD.pack(seconds))
        self._expect()

    def close(self) -> None:
        """End the process; no packet comes through any more."""
        self._orders.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def carry(namespace: int, devices: tuple[str, str], orders: socket.socket, parent: int) -> NoReturn:
    """The life of the process."""
    status = 1
    try:
        namespaces.die_with_parent()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        if os.getppid() == parent:
            namespaces.join(namespace, namespaces.NET)
            ends = [open_end(device) for device in devices]
            close_others({0, 1, 2, orders.fileno(), *(end.fileno() for end in ends)})
            orders.send(b"done")
            carry_between(ends[0], ends[1], orders)
        status = 0
    except BaseException as error:
        with contextlib.suppress(OSError):
            orders.send((str(error) or type(error).__name__).encode()[:1024])
    finally:
        os._exit(status)


def open_end(device: str) -> socket.socket:
    """A socket that takes what comes in by a device and sends what should leave by it."""
    with Netlink() as here:
        here.bring_up(socket.if_nametoindex(device))
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    end.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        end.setsockopt(socket.SOL_SOCKET, option, ROOM_BYTES)
    end.bind((device, ETH_P_IP))
    end.setblocking(False)
    return end


def close_others(kept: set[int]) -> None:
    """Close every descriptor but those that are *kept*."""
    edges = sorted(kept)
    for below, above in zip(edges, [*edges[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(below + 1, above)


def carry_between(one: socket.socket, other: socket.socket, orders: socket.socket) -> None:
    """Carry until nobody gives orders any more."""
    held: dict[socket.socket, Held] = {one: collections.deque(), other: collections.deque()}
    targets = {one: other, other: one}
    by_number = {end.fileno(): end for end in (one, other, orders)}
    seconds = 0.0
    poll = select.poll()
    for number in by_number:
        poll.register(number, select.POLLIN)
    while True:
        due = min((waiting[0][0] for waiting in held.values() if waiting), default=None)
        pause = None if due is None else max(due - time.monotonic(), 0) * 1000
        for number, _ in poll.poll(pause):
            end = by_number[number]
            if end is orders:
                order = orders.recv(WORD.size)
                if not order:
                    return
                (seconds,) = WORD.unpack(order)
                orders.send(b"done")
            else:
                hold(end, held[targets[end]], seconds)
        for end, waiting in held.items():
            let_go(end, waiting)


def hold(end: socket.socket, waiting: Held, seconds: float) -> None:
    """Take what has come; packets stay in their order."""
    with contextlib.suppress(BlockingIOError):
        while True:
            packet = end.recv(MOST_BYTES)
            due = time.monotonic() + seconds
            waiting.append((max(due, waiting[-1][0]) if waiting else due, packet))


def let_go(end: socket.socket, waiting: Held) -> None:
    """Send what has waited long enough; what the device does not take is lost."""
    now = time.monotonic()
    while waiting and waiting[0][0] <= now:
        with contextlib.suppress(OSError):
            end.send(waiting[0][1])
        waiting.popleft()
