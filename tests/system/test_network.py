"""Networks of their own: who reaches whom, and what a cable does that is cut, slow or long."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import threading
import time
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import psutil

from pkgsuite.errors import BadValue, Unsupported
from pkgsuite.system import cable, ladder
from pkgsuite.system.netlink import Netlink
from pkgsuite.system.network import HUB, Network
from pkgsuite.system.wait import wait_until
from tests.system.joined import answer_of

PATIENCE_S = 30.0
DATA = bytes(range(256)) * 8000


def reason_for_none() -> str:
    """Why there are no networks here, or nothing."""

    def tried() -> str:
        try:
            Network().close()
        except Unsupported as reason:
            return str(reason)
        return ""

    return str(answer_of(tried))


def setUpModule() -> None:
    """Skip where networks cannot be had."""
    reason = reason_for_none()
    if reason:
        raise unittest.SkipTest(reason)


def listen(own: Network) -> socket.socket:
    """A socket in a network that takes connections."""
    with own.entered():
        return socket.create_server((own.address, 0))


def connect(own: Network | None, server: socket.socket) -> socket.socket:
    """A connection from a network, or from the world, to a server."""
    with own.entered() if own else contextlib.nullcontext():
        return socket.create_connection(server.getsockname(), PATIENCE_S)


@contextlib.contextmanager
def connected(one: Network, other: Network) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection, that of *one* first."""
    with listen(one) as server, connect(other, server) as client:
        accepted, _ = server.accept()
        with accepted:
            yield accepted, client


def receive(end: socket.socket, count: int) -> bytes:
    """So many bytes."""
    data = bytearray()
    while len(data) < count:
        more = end.recv(count - len(data))
        if not more:
            break
        data += more
    return bytes(data)


def seconds_for(end: socket.socket, other: socket.socket, data: bytes) -> float:
    """How long it takes to send *data* through and have an answer."""
    sender = threading.Thread(target=end.sendall, args=(data,))
    start = time.monotonic()
    sender.start()
    received = receive(other, len(data))
    other.sendall(b".")
    receive(end, 1)
    seconds = time.monotonic() - start
    sender.join()
    assert hashlib.sha1(received).digest() == hashlib.sha1(data).digest()
    return seconds


def in_world(test: Callable[[NetworkTest], Any]) -> Callable[[NetworkTest], None]:
    """The test method, with its body in a world."""

    def method(self: NetworkTest) -> None:
        answer_of(lambda: test(self))

    method.__name__, method.__doc__ = test.__name__, test.__doc__
    return method


class NetworkTest(unittest.TestCase):
    @in_world
    def test_everybody_reaches_everybody_by_an_address_of_its_own(self):
        one, other = Network(), Network()

        with listen(one) as server, connect(other, server) as far, connect(None, server) as near:
            peers = [far.getsockname()[0], near.getsockname()[0]]
            for client in (far, near):
                accepted, peer = server.accept()
                with accepted:
                    self.assertEqual(client.getsockname(), peer)

        self.assertEqual([other.address, HUB], peers)
        self.assertEqual(3, len({one.address, other.address, HUB}))

    @in_world
    def test_each_has_a_loopback_of_its_own(self):
        one, other = Network(), Network()

        with one.entered():
            server = socket.create_server(("127.0.0.1", 0))

        with server, self.assertRaises(ConnectionRefusedError):
            connect(other, server)

    @in_world
    def test_a_thread_that_leaves_is_where_it_was(self):
        before = os.readlink("/proc/thread-self/ns/net")
        own = Network()

        with self.assertRaises(ZeroDivisionError), own.entered():
            inside = os.readlink("/proc/thread-self/ns/net")
            _ = 1 / 0

        self.assertEqual(before, os.readlink("/proc/thread-self/ns/net"))
        self.assertNotEqual(before, inside)

    @in_world
    def test_nothing_comes_through_a_cut_and_all_of_it_once_that_is_joined(self):
        one, other = Network(), Network()

        with connected(one, other) as (end, far):
            one.cut()
            end.sendall(b"lost?")
            far.settimeout(0.5)
            with self.assertRaises(TimeoutError):
                far.recv(10)
            one.join()
            far.settimeout(PATIENCE_S)

            self.assertEqual(b"lost?", receive(far, 5))

    @in_world
    def test_a_cut_goes_both_ways(self):
        one, other = Network(), Network()

        with connected(one, other) as (end, far):
            one.cut()
            far.sendall(b"lost?")
            end.settimeout(0.5)

            with self.assertRaises(TimeoutError):
                end.recv(10)

    @in_world
    def test_others_do_not_notice_a_cut(self):
        one, other, third = Network(), Network(), Network()
        third.cut()

        with connected(one, other) as (end, far):
            end.sendall(b"here")

            self.assertEqual(b"here", receive(far, 4))

    @in_world
    def test_a_slow_cable_takes_the_time_that_its_rate_says_each_way(self):
        one, other = Network(), Network()
        one.slow(400_000)

        with connected(one, other) as (end, far):
            for sender, receiver in ((end, far), (far, end)):
                seconds = seconds_for(sender, receiver, DATA[:400_000])

                self.assertGreater(seconds, 0.8)

    @in_world
    def test_it_is_fast_again_when_the_limit_is_lifted(self):
        one, other = Network(), Network()
        one.slow(1000)
        one.slow(0)

        with connected(one, other) as (end, far):
            self.assertLess(seconds_for(end, far, DATA), len(DATA) / 1000 / 10)

    @in_world
    def test_a_cut_cable_that_is_joined_is_as_slow_as_before(self):
        one, other = Network(), Network()
        one.slow(400_000)
        one.cut()
        one.join()

        with connected(one, other) as (end, far):
            self.assertGreater(seconds_for(end, far, DATA[:400_000]), 0.8)

    @in_world
    def test_a_delay_is_added_each_way_and_at_both_ends(self):
        one, other = Network(), Network()
        one.delay(0.1)
        other.delay(0.15)

        with connected(one, other) as (end, far):
            self.assertGreater(seconds_for(end, far, b"there and back"), 2 * (0.1 + 0.15))

    @in_world
    def test_what_is_delayed_arrives_whole_and_in_order(self):
        one, other = Network(), Network()
        with connected(one, other) as (end, far):
            one.delay(0.02)

            self.assertLess(0.04, seconds_for(end, far, DATA))

    @in_world
    def test_a_delayed_cable_can_be_cut_slowed_and_hurried_again(self):
        one, other = Network(), Network()
        one.delay(5)
        one.cut()
        one.slow(400_000)
        one.join()
        one.delay(0)

        with connected(one, other) as (end, far):
            seconds = seconds_for(end, far, DATA[:400_000])

        self.assertGreater(seconds, 0.8)
        self.assertLess(seconds, 10)

    @in_world
    def test_nothing_is_left_when_it_is_closed(self):
        before = psutil.Process().children()
        own = Network()
        own.delay(0.1)
        inode = os.fstat(own._namespace).st_ino
        address = own.address

        own.close()
        own.close()

        self.assertEqual(before, psutil.Process().children())
        self.assertIsNone(cable.at(address))
        self.assertNotIn(inode, [each.stat().st_ino for each in Path("/proc/self/fd").iterdir() if each.exists()])
        self.assertEqual(address, Network().address)

    @in_world
    def test_a_hundred_reach_one(self):
        many = [Network() for _ in range(100)]

        with listen(many[0]) as server:
            for each in many[1:]:
                connect(each, server).close()

        self.assertEqual(100, len({each.address for each in many}))

    @in_world
    def test_what_cannot_be_asked_for_is_refused(self):
        own = Network()

        for ask, value, words in (
            (own.slow, -1, "bytes_per_s=-1: expected a whole number from 0"),
            (own.slow, 0.5, "bytes_per_s=0.5"),
            (own.slow, 1 << 32, "to 4294967295"),
            (own.delay, -0.1, "seconds=-0.1: expected a number from 0 to 60"),
            (own.delay, "1", "seconds='1'"),
        ):
            with self.subTest(value=value), self.assertRaisesRegex(BadValue, words):
                ask(value)

    @in_world
    def test_a_kernel_without_such_devices_is_told_of(self):
        with (
            mock.patch.object(Netlink, "make_pair", side_effect=OSError(95, "make a cable: Operation not supported")),
            self.assertRaisesRegex(Unsupported, "this kernel says: .*make a cable: Operation not supported"),
        ):
            Network()


class ElsewhereTest(unittest.TestCase):
    def test_on_the_host_there_are_none(self):
        with self.assertRaisesRegex(Unsupported, "links need a network namespace, which only a world has"):
            Network()

    def test_without_namespaces_there_are_none(self):
        with (
            mock.patch.dict(os.environ, {ladder.ALLOWED: "fakechroot"}),
            contextlib.ExitStack() as stack,
        ):
            climbed = ladder.climb()
            if climbed.world is None:
                self.skipTest(climbed.explain())
            stack.callback(climbed.world.close)

            def tried() -> str:
                try:
                    Network()
                except Unsupported as reason:
                    return str(reason)
                return ""

            self.assertIn("which 'fakechroot' has not", answer_of(tried, climbed.world))

    def test_what_the_kernel_refuses_is_said_with_what_was_tried(self):
        def tried() -> str:
            with Netlink() as netlink:
                try:
                    netlink.delete(4242)
                except OSError as error:
                    return str(error)
            return ""

        self.assertIn("delete device 4242: No such device", answer_of(tried))


class EndTest(unittest.TestCase):
    def test_the_process_that_delays_ends_with_the_one_that_asked_for_it(self):
        def leave_one() -> int:
            reader, writer = os.pipe()
            pid = os.fork()
            if pid == 0:
                Network().delay(1)
                os.write(writer, str(psutil.Process().children()[0].pid).encode())
                os._exit(0)
            os.waitpid(pid, 0)
            return int(os.read(reader, 20))

        def tried() -> None:
            carrier = leave_one()
            wait_until(lambda: not is_alive(carrier), timeout=PATIENCE_S, what="no process is left")

        answer_of(tried)


def is_alive(pid: int) -> bool:
    """Whether a process runs."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
