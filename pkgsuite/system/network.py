"""A network of its own for a node or a machine: a namespace and a cable to the world, to be cut, slowed and delayed.

The world stands in the middle of a star. Each network has one address, sends everything to the world, and the world
passes it on. Both ends of a cable have a queue for what leaves there, which the kernel can let lose everything or limit
to a rate (tc-tbf(8)). Time on the way is added by a process of our own, since few kernels have tc-netem(8).
"""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import struct
from collections.abc import Iterator

from pkgsuite.errors import Unsupported
from pkgsuite.system import cable, namespaces
from pkgsuite.system.cable import Cable
from pkgsuite.system.latency import Latency
from pkgsuite.system.netlink import Netlink
from pkgsuite.system.place import here

__all__ = ["HUB", "Network"]

NETWORKS = 0x0A000000
HUB = "10.0.0.1"
"""The world's own address among the networks, which are 10.0.0.2 and following."""

HARDWARE = b"\x02\0\0\0\0\1"
FAR_END = "eth0"
BURST_BYTES = 1 << 14
LEAST_WAITING_BYTES = 1 << 16

_serial = itertools.count()


class Network(Cable):
    """A network namespace with one address, reached from the world and all other networks.

    It lasts until it is closed and everything in it has ended. Raises Unsupported where it cannot be had.
    """

    def __init__(self) -> None:
        place = here()
        if place is None or not place.has_mounts:
            which = f"which {place.rung!r} has not (pkgsuite doctor)" if place else "which only a world has"
            raise Unsupported(f"links need a network namespace, {which}")
        self.address = self.inside = free_address()
        self._latency: Latency | None = None
        self._near = f"p{os.getpid()}n{next(_serial)}"
        with contextlib.ExitStack() as on_failure:
            try:
                self._namespace = make_namespace()
                on_failure.callback(os.close, self._namespace)
                self._connect()
            except OSError as error:
                raise Unsupported(f"links need virtual network devices, and this kernel says: {error}") from error
            on_failure.pop_all()
        cable.register(self)

    def _connect(self) -> None:
        with Netlink() as world:
            world.add_address(socket.if_nametoindex("lo"), HUB)
            world.make_pair(self._near, FAR_END, self._namespace, HARDWARE)
            self._lead_to(world, self._near)
        with self.entered(), Netlink() as inside:
            namespaces.bring_loopback_up()
            device = socket.if_nametoindex(FAR_END)
            inside.bring_up(device)
            inside.add_address(device, self.address)
            inside.add_route(device)

    def _lead_to(self, world: Netlink, name: str) -> None:
        """Let a device of the world lead to this network and back."""
        device = socket.if_nametoindex(name)
        world.let_forward(device)
        world.add_route(device, self.address, HUB)

    # Being there

    def enter(self) -> None:
        """Let this thread, and whatever it starts, be in this network from now on."""
        namespaces.join(self._namespace, namespaces.NET)

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Let this thread be in this network for a while; what it starts and opens meanwhile stays there."""
        home = own_namespace()
        try:
            self.enter()
            yield
        finally:
            namespaces.join(home, namespaces.NET)
            os.close(home)

    def close(self) -> None:
        """Let go of it; raises nothing."""
        if not cable.release(self):
            return
        if self._latency is not None:
            self._latency.close()
        os.close(self._namespace)

    # Its link

    def _delay(self) -> None:
        if self._latency is None and self.seconds:
            self._put_between()
        if self._latency is not None:
            self._latency.set(self.seconds)

    def _put_between(self) -> None:
        """Let a process carry every packet between the near end of the cable and a new one."""
        between, name = make_namespace(), f"{self._near}d"
        try:
            with Netlink() as world:
                world.move(socket.if_nametoindex(self._near), between)
                world.make_pair(name, FAR_END, between, HARDWARE)
                self._lead_to(world, name)
            self._latency = Latency(between, (self._near, FAR_END))
        finally:
            os.close(between)
        self._near = name
        self._apply()

    def _apply(self) -> None:
        with Netlink() as world:
            self._set_queue(world, self._near)
        with self.entered(), Netlink() as inside:
            self._set_queue(inside, FAR_END)

    def _set_queue(self, netlink: Netlink, name: str) -> None:
        device, rate = socket.if_nametoindex(name), self.rate_bytes_per_s
        if self.is_cut:
            netlink.lose_everything(device)
        elif rate:
            netlink.limit_rate(device, rate, BURST_BYTES, max(LEAST_WAITING_BYTES, rate // 2))
        else:
            netlink.be_free(device)


def free_address() -> str:
    """The next address that no network has, without those that end in 0 or 255."""
    numbers = itertools.count(2)
    while True:
        number = next(numbers)
        address = socket.inet_ntoa(struct.pack("!I", NETWORKS + number))
        if number & 0xFF not in (0, 255) and not cable.is_taken(address):
            return address


def own_namespace() -> int:
    """A descriptor of the network namespace of this thread."""
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def make_namespace() -> int:
    """A descriptor of a new network namespace, which lasts as long as that or a process in it."""
    home = own_namespace()
    try:
        namespaces.unshare(namespaces.NET)
        try:
            return own_namespace()
        finally:
            namespaces.join(home, namespaces.NET)
    finally:
        os.close(home)
