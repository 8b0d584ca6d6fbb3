"""A link without a network: a process that carries each TCP connection to a node, and may cut, slow and delay it.

A node listens at an address that nobody is told of, and the relay at the one that all know, on the same port. Whose
link a connection comes from is seen by its source, or by the process that opened it. All are loopback addresses.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import struct
import traceback
from collections.abc import Iterator
from typing import NoReturn

from pkgsuite.errors import SuiteError, Unsupported, WorldError
from pkgsuite.system import cable, conversation, namespaces
from pkgsuite.system.cable import Cable
from pkgsuite.system.generation import generation
from pkgsuite.system.latency import close_others
from pkgsuite.system.passing import Carrier

__all__ = ["RelayedNetwork"]

LOOPBACK = 127 << 24
FIRST_NUMBER, MOST_NUMBERS = 1 << 16, (1 << 24) - (1 << 17)
STEP = 64
"""How far apart the addresses of processes begin whose ids follow each other."""

MOST_TRIES = 10_000
LOCK_PORT = 28415
"""A UDP port that is taken at each address that is in use, so that two runs on one host have different ones."""


class RelayedNetwork(Cable):
    """An address that is reached by way of the relay alone; it lasts until it is closed.

    Raises Unsupported where loopback addresses cannot be had.
    """

    def __init__(self) -> None:
        with contextlib.ExitStack() as on_failure:
            self._locks = [on_failure.enter_context(reserved()) for _ in range(2)]
            self.address, self.inside = (lock.getsockname()[0] for lock in self._locks)
            self._relay = the_relay()
            self._relay.ask("add", address=self.address, inside=self.inside)
            self._relay.users += 1
            on_failure.pop_all()
        cable.register(self)

    def _apply(self) -> None:
        self._relay.ask("set", address=self.address, is_cut=self.is_cut, rate=self.rate_bytes_per_s, s=self.seconds)

    def _delay(self) -> None:
        self._apply()

    def enter(self) -> None:
        """Nothing: a process is at the end of the link by its id."""

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Nothing: processes are told of by `adopted`, sockets are at their address."""
        yield

    def opened(self, port: int) -> None:
        """Let others reach a port; raises SuiteError where somebody else has it at this address."""
        self._relay.ask("open", address=self.address, port=port)

    def adopted(self, pid: int) -> None:
        """Let connections that a process and its children make go by this link."""
        self._relay.ask("adopt", address=self.address, pid=pid)

    def close(self) -> None:
        """Let go of it; connections that go by it end."""
        if not cable.release(self):
            return
        with contextlib.suppress(SuiteError):
            self._relay.ask("remove", address=self.address)
        self._relay.users -= 1
        if not self._relay.users:
            self._relay.close()
        for lock in self._locks:
            lock.close()


class Relay:
    """The process, seen from the one that runs the test and that it ends with; it lasts as long as it has *users*."""

    def __init__(self) -> None:
        self.generation = generation()
        self.users = 0
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            be_relay(theirs, parent)
        theirs.close()

    def ask(self, do: str, **told: object) -> None:
        """Let it do something; raises SuiteError where it cannot."""
        try:
            conversation.tell(self._orders, {"do": do, **told})
            answer = conversation.expect(self._orders, "the relay has done what it was told")
        except (OSError, WorldError) as error:
            raise SuiteError(f"the relay of links has ended: {error}") from error
        if answer.get("trouble"):
            raise SuiteError(str(answer["trouble"]))

    def close(self) -> None:
        """End it."""
        _relays.clear()
        self._orders.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


_relays: list[Relay] = []


def the_relay() -> Relay:
    """The relay of this process, which has one for all of its links."""
    if not _relays or _relays[0].generation != generation():
        _relays[:] = [Relay()]
    return _relays[0]


def be_relay(orders: socket.socket, parent: int) -> NoReturn:
    """The life of the process."""
    status = 1
    try:
        namespaces.die_with_parent()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        if os.getppid() == parent:
            close_others({0, 1, 2, orders.fileno()})
            Carrier(orders, parent).run()
        status = 0
    except BaseException:
        with contextlib.suppress(OSError):
            os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(status)


_numbers = itertools.count()


def reserved() -> socket.socket:
    """A socket that keeps the next loopback address that no run has; raises Unsupported where none can be had."""
    trouble: OSError | None = None
    for _ in range(MOST_TRIES):
        number = FIRST_NUMBER + (os.getpid() * STEP + next(_numbers)) % MOST_NUMBERS
        if number & 0xFF in (0, 255):
            continue
        lock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            lock.bind((socket.inet_ntoa(struct.pack("!I", LOOPBACK + number)), LOCK_PORT))
        except OSError as error:
            lock.close()
            trouble = error
        else:
            return lock
    raise Unsupported(f"links need loopback addresses of their own, and there are none: {trouble}")
