"""Loopback addresses for nodes: each its own, so that a program can be told from another by where it listens."""

from __future__ import annotations

import contextlib
import errno
import random
import re
import socket
import struct
from collections.abc import Sequence

from pkgsuite.errors import BadValue, SuiteError
from pkgsuite.system import cable

__all__ = ["BACKLOG", "check_names", "listen", "release"]

LOOPBACK = 0x7F000000
FIRST, LAST = 2, (1 << 24) - 2
HOST = re.compile(r"[a-z](?:[a-z0-9.-]{0,200}[a-z0-9])?", re.IGNORECASE)
PORTS = range(1 << 16)
FREE_PORTS = range(10_000, 1 << 15)
"""Where nodes listen that were given no port: below what the kernel gives to whoever connects."""

MOST_TRIES = 100
BACKLOG = 1024

_taken: set[int] = set()
_chance = random.SystemRandom()


def listen(address: str = "", port: int = 0) -> socket.socket:
    """A TCP socket that listens at *address*, or at the next free one from 127.0.0.2 on; port 0 is a free one.

    Where the address is at the end of a link, the socket is there. Raises SuiteError where that is taken, BadValue for
    what is neither that nor loopback.
    """
    if port not in PORTS:
        raise BadValue("port", port, "a port from 1 on, or 0 for a free one")
    own = cable.at(address)
    if own is not None:
        with own.entered():
            found = bound(own.inside, port)
        own.opened(found.getsockname()[1])
        return found
    if address:
        check_loopback(address)
        return bound(address, port)
    for number in range(FIRST, LAST):
        if number not in _taken and number & 0xFF not in (0, 255):
            with contextlib.suppress(SuiteError):
                return bound(socket.inet_ntoa(struct.pack("!I", LOOPBACK + number)), port)
    raise SuiteError("every loopback address is taken")


def check_loopback(address: str) -> None:
    """Refuse an address that others can reach; raises BadValue."""
    try:
        is_loopback = socket.inet_aton(address)[0] == LOOPBACK >> 24 and address.count(".") == 3
    except OSError:
        is_loopback = False
    if not is_loopback:
        raise BadValue("address", address, "a loopback address, such as 127.0.0.2")


def check_names(hosts: Sequence[str]) -> tuple[str, ...]:
    """Host names as a tuple; raises BadValue for what is none."""
    names = (hosts,) if isinstance(hosts, str) else tuple(hosts)
    for name in names:
        if not HOST.fullmatch(name) or name == "localhost":
            raise BadValue("hosts", name, "a host name, such as deb.debian.org")
    return names


def bound(address: str, port: int) -> socket.socket:
    """A socket that listens there; raises SuiteError.

    Linux keeps a port for a socket that stops listening only if it was asked for by its number.
    """
    reason = ""
    for number in [port] if port else (_chance.choice(FREE_PORTS) for _ in range(MOST_TRIES)):
        found = socket.socket()
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((address, number))
            found.listen(BACKLOG)
        except OSError as error:
            found.close()
            reason = "it is taken" if error.errno == errno.EADDRINUSE else str(error.strerror)
            continue
        _taken.add(number_of(address))
        return found
    raise SuiteError(f"no node can listen at {address}:{port}: {reason}; choose another, or port 0")


def release(address: str) -> None:
    """Let another node have the address."""
    _taken.discard(number_of(address))


def number_of(address: str) -> int:
    """The place of a loopback address among all of them."""
    number: int = struct.unpack("!I", socket.inet_aton(address))[0]
    return number - LOOPBACK
