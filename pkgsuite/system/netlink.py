"""Devices, addresses, routes and queues of a network namespace, by the kernel's own messages; rtnetlink(7)."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Sequence

__all__ = ["Attribute", "Netlink", "attribute", "nested", "text"]

Attribute = bytes
"""One attribute of a message: length, type, data, padding."""

NEW_LINK, DELETE_LINK, SET_LINK = 16, 17, 19
NEW_ADDRESS, NEW_ROUTE, NEW_QUEUE, DELETE_QUEUE = 20, 24, 36, 37
REQUEST, ACKNOWLEDGE, REPLACE, EXCLUSIVE, CREATE = 0x1, 0x4, 0x100, 0x200, 0x400
ERROR = 2

HEADER = struct.Struct("=IHHII")
LINK, ADDRESS, ROUTE, QUEUE = struct.Struct("=BxHiII"), struct.Struct("=BBBBI"), struct.Struct("=8BI"), "=BxxxiIII"
UP, NO_ARP = 0x1, 0x80
MOST_BYTES = 1 << 16


class Netlink:
    """A conversation about the network namespace in which it was opened; everything raises OSError saying what failed.

    Devices are told by their indexes there.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
        self._socket.bind((0, 0))
        self._sequence = 0

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def __enter__(self) -> Netlink:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def tell(self, what: str, kind: int, flags: int, head: bytes, attributes: Sequence[Attribute] = ()) -> None:
        """Send one message and wait for its answer."""
        self._sequence += 1
        body = head.ljust(-(-len(head) // 4) * 4, b"\0") + b"".join(attributes)
        header = HEADER.pack(HEADER.size + len(body), kind, REQUEST | ACKNOWLEDGE | flags, self._sequence, 0)
        self._socket.send(header + body)
        while True:
            answer = self._socket.recv(MOST_BYTES)
            _, answered, _, sequence, _ = HEADER.unpack_from(answer)
            if answered == ERROR and sequence == self._sequence:
                (number,) = struct.unpack_from("=i", answer, HEADER.size)
                if number:
                    raise OSError(-number, f"{what}: {os.strerror(-number)}")
                return

    # Devices

    def make_pair(self, name: str, other: str, namespace: int, hardware: bytes) -> None:
        """A cable: device *name* here, which is up, and *other* in the network *namespace*; veth(4).

        Both have one *hardware* address and do not ask for any, so that nobody keeps tables of neighbours: those of all
        namespaces of a machine together are small.
        """
        ready, bare = link_head(flags=UP | NO_ARP, change=UP | NO_ARP), link_head()
        mac = attribute(1, hardware)
        peer = attribute(1, bare + text(3, other) + mac + attribute(28, struct.pack("=I", namespace)))
        info = nested(18, text(1, "veth"), nested(2, peer))
        self.tell(f"make a cable for {name}", NEW_LINK, CREATE | EXCLUSIVE, ready, [text(3, name), mac, info])

    def move(self, index: int, namespace: int) -> None:
        """Put a device into another network namespace, where it is down and bare."""
        self.tell(f"move device {index}", SET_LINK, 0, link_head(index), [attribute(28, struct.pack("=I", namespace))])

    def bring_up(self, index: int) -> None:
        """Let a device work; it asks for no hardware addresses."""
        self.tell(f"bring device {index} up", SET_LINK, 0, link_head(index, UP | NO_ARP, UP | NO_ARP))

    def let_forward(self, index: int) -> None:
        """Pass on what comes in by a device and is for others."""
        forwarding = nested(socket.AF_INET, nested(1, attribute(1, struct.pack("=I", 1))))
        self.tell(f"let device {index} forward", SET_LINK, 0, link_head(index), [nested(26, forwarding)])

    def delete(self, index: int) -> None:
        """Take a device away, and with it the other end of its cable."""
        self.tell(f"delete device {index}", DELETE_LINK, 0, link_head(index))

    # Addresses and routes

    def add_address(self, index: int, address: str) -> None:
        """Let a device have one address, without a network around it; it may have it already."""
        head = ADDRESS.pack(socket.AF_INET, 32, 0, 0, index)
        own = socket.inet_aton(address)
        self.tell(f"give {address}", NEW_ADDRESS, CREATE | REPLACE, head, [attribute(1, own), attribute(2, own)])

    def add_route(self, index: int, address: str = "", source: str = "") -> None:
        """Send what is for *address*, or for anybody, to a device; it comes from *source* if nobody says otherwise."""
        table, protocol, scope, unicast = 254, 4, 253, 1
        length = 32 if address else 0
        head = ROUTE.pack(socket.AF_INET, length, 0, 0, table, protocol, scope, unicast, 0)
        attributes = [attribute(4, struct.pack("=I", index))]
        attributes += [attribute(1, socket.inet_aton(address))] if address else []
        attributes += [attribute(7, socket.inet_aton(source))] if source else []
        self.tell(f"make a route to {address or 'all'}", NEW_ROUTE, CREATE | REPLACE, head, attributes)

    # Queues

    def lose_everything(self, index: int) -> None:
        """Let what should leave by a device vanish."""
        self.tell("cut", NEW_QUEUE, CREATE | REPLACE, queue_head(index), [text(1, "blackhole")])

    def limit_rate(self, index: int, rate_bytes_per_s: int, burst_bytes: int, waiting_bytes: int) -> None:
        """Let no more than so many bytes a second leave by a device, with so many waiting; tc-tbf(8)."""
        rate = struct.pack("=BBHhHI", 0, 0, 0, -1, 0, rate_bytes_per_s)
        none = struct.pack("=BBHhHI", 0, 0, 0, -1, 0, 0)
        parameters = attribute(1, rate + none + struct.pack("=III", waiting_bytes, 0, 0))
        options = nested(2, parameters, attribute(6, struct.pack("=I", burst_bytes)))
        self.tell("slow down", NEW_QUEUE, CREATE | REPLACE, queue_head(index), [text(1, "tbf"), options])

    def be_free(self, index: int) -> None:
        """Let what should leave by a device leave at once."""
        self.tell("be free", NEW_QUEUE, CREATE | REPLACE, queue_head(index), [text(1, "pfifo")])


def attribute(kind: int, data: bytes) -> Attribute:
    """One attribute."""
    return struct.pack("=HH", 4 + len(data), kind) + data.ljust(-(-len(data) // 4) * 4, b"\0")


def nested(kind: int, *attributes: Attribute) -> Attribute:
    """An attribute made of others."""
    return attribute(kind, b"".join(attributes))


def text(kind: int, value: str) -> Attribute:
    """An attribute that is a word."""
    return attribute(kind, value.encode() + b"\0")


def link_head(index: int = 0, flags: int = 0, change: int = 0) -> bytes:
    """The head of a message about a device."""
    return LINK.pack(0, 0, index, flags, change)


def queue_head(index: int) -> bytes:
    """The head of a message about what waits to leave by a device."""
    handle, root = 0, 0xFFFFFFFF
    return struct.pack(QUEUE, 0, index, handle, root, 0)
