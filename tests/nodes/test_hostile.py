"""A hostile client costs one connection, never the mirror."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import time

from tests.loopback import setUpModule  # noqa: F401 - unittest calls it
from tests.nodes.running import FILES, WithMirror, converse

GOOD = b"GET /core/a.deb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Hostile(WithMirror):
    """Clients that want no file."""

    options = {"patience_s": 0.3}

    def tearDown(self) -> None:
        """Whatever happened, the next client is served, and nothing unexpected is in the log."""
        with self.raw() as client:
            self.assertTrue(converse(client, GOOD).endswith(FILES["core/a.deb"]))
        self.assertEqual(self.mirror.log, "")

    def test_nonsense(self) -> None:
        """What is no request gets its status and a closed connection."""
        for data, status in (
            (b"\0" * 100 + b"\r\n\r\n", b"400"),
            (b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
            (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
            (b"GET /core/a.deb%00.txt HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
            (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", b"505"),
            (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 20_000 + b"\r\n\r\n", b"431"),
            (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"431"),
            (b"GET /" + b"a" * 20_000, b"431"),
        ):
            with self.subTest(data[:40]), self.raw() as client:
                received = converse(client, data)

                self.assertEqual(received.split(b" ")[1], status)
                self.assertEqual(received.count(b"HTTP/1.1"), 1)

    def test_request_behind_nonsense(self) -> None:
        """What follows is not answered: it may be part of the nonsense."""
        smuggled = b"GET /core/a.deb HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(GOOD)
        with self.raw() as client:
            received = converse(client, smuggled + GOOD)

        self.assertEqual(received.count(b"HTTP/1.1 200"), 1)

    def test_slow_loris(self) -> None:
        """A head that comes by drops is waited for until its deadline, then refused; others are served meanwhile."""
        lorises = [socket.create_connection((self.mirror.address, self.mirror.port)) for _ in range(50)]
        start = time.monotonic()
        open_ones = list(lorises)
        for loris in lorises:
            loris.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            loris.settimeout(0.001)
        with self.raw() as client:
            self.assertIn(b"200 OK", converse(client, GOOD))
        while open_ones and time.monotonic() - start < 10:
            for loris in list(open_ones):
                try:
                    loris.sendall(b"A")
                    if loris.recv(1000) == b"":
                        open_ones.remove(loris)
                except TimeoutError:
                    continue
                except OSError:
                    open_ones.remove(loris)
        for loris in lorises:
            loris.close()

        self.assertLess(time.monotonic() - start, 8)
        self.assertEqual({each.status for each in self.mirror.journal}, {200, 408})

    def test_more_connections_than_there_is_room_for(self) -> None:
        """Those that say nothing do not keep others out for long."""
        with contextlib.ExitStack() as stack:
            for _ in range(700):
                client = stack.enter_context(self.raw())
                client.sendall(b"GET")
            with self.raw() as last:
                self.assertIn(b"200 OK", converse(last, GOOD))

    def test_hanging_up_at_any_moment(self) -> None:
        """In the middle of a request or of an answer, politely or not."""
        chance = random.Random(20240103)
        for _ in range(200):
            with self.raw() as client:
                client.sendall(GOOD[: chance.randint(0, len(GOOD))])
                if chance.random() < 0.5:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def test_fuzz(self) -> None:
        """Bytes at random."""
        chance = random.Random(20240104)
        for _ in range(300):
            data = bytearray(GOOD * 2)
            for _ in range(chance.randint(1, 6)):
                place = chance.randrange(len(data))
                data[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 4))
            with self.raw() as client:
                client.sendall(data)
                client.shutdown(socket.SHUT_WR)
                received = converse(client, b"")
            with self.subTest(bytes(data)):
                self.assertTrue(received == b"" or received.startswith(b"HTTP/1.1 "))
