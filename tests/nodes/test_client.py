"""A client takes whatever proper servers answer, and refuses the rest."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import unittest

from pkgsuite.nodes.client import Broken, Client, Place
from tests.formats.damage import mutate
from tests.loopback import setUpModule  # noqa: F401 - unittest calls it
from tests.soak import amount

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nspam\r\n3;x=y\r\nham\r\n0\r\nTrailer: x\r\n\r\n"


class Server:
    """Answers each request with the next of some answers, and counts connections."""

    def __init__(self, test: unittest.TestCase, *answers: bytes) -> None:
        self._answers = list(answers)
        self._listener = socket.create_server(("127.0.1.1", 0))
        self.place = Place(*self._listener.getsockname(), "/x")
        self.clients: list[str] = []
        test.addCleanup(self._listener.close)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while self._answers:
                client, (host, _) = self._listener.accept()
                self.clients.append(host)
                with client, contextlib.suppress(OSError):
                    client.settimeout(20)
                    while self._answers and client.recv(1 << 16):
                        answer = self._answers.pop(0)
                        client.sendall(answer)
                        if not answer.startswith(OK + b"Content-Length") and answer != CHUNKED:
                            break


class Asking(unittest.TestCase):
    """Answers of all forms."""

    def ask(self, *answers: bytes) -> bytes:
        """The body of the first answer."""
        client = Client(timeout=5.0)
        try:
            with client.get(Server(self, *answers).place) as reply:
                return reply.read(1 << 20)
        finally:
            client.close()

    def test_bodies(self) -> None:
        """With a length, in chunks, until the end of the connection, after news in between, and none."""
        for answer, body in (
            (OK + b"Content-Length: 4\r\n\r\nspam", b"spam"),
            (CHUNKED, b"spamham"),
            (OK + b"\r\nspam", b"spam"),
            (b"HTTP/1.0 200\r\n\r\n", b""),
            (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 4\r\n\r\nspam", b"spam"),
            (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 40\r\n\r\n", b""),
        ):
            with self.subTest(answer):
                self.assertEqual(self.ask(answer), body)

    def test_a_connection_is_used_again(self) -> None:
        """As long as the server keeps it; one that it has closed is replaced."""
        server = Server(self, *[OK + b"Content-Length: 1\r\n\r\na"] * 3, CHUNKED, OK + b"\r\nb", OK + b"\r\nc")
        client, bodies = Client(timeout=5.0), []
        self.addCleanup(client.close)

        for _ in range(6):
            with client.get(server.place) as reply:
                bodies.append(reply.read(10))

        self.assertEqual(bodies, [b"a", b"a", b"a", b"spamham", b"b", b"c"])
        self.assertEqual(len(server.clients), 2)

    def test_where_it_comes_from(self) -> None:
        """It has the address of its node."""
        server = Server(self, OK + b"Content-Length: 0\r\n\r\n")
        client = Client("127.0.1.77")
        self.addCleanup(client.close)
        with client.get(server.place):
            pass

        self.assertEqual(server.clients, ["127.0.1.77"])

    def test_what_breaks_off(self) -> None:
        """Fewer bytes than were promised, chunks that are none, heads that do not end, other protocols."""
        for answer in (
            OK + b"Content-Length: 5\r\n\r\nspam",
            OK + b"Content-Length: x\r\n\r\n",
            OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
            OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nspam",
            OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nspam\r\n",
            OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
            OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 5000,
            OK + b"A: b\r\n" * 9000,
            b"SSH-2.0\r\n\r\n",
            b"HTTP/2 200\r\n\r\n",
            b"",
        ):
            with self.subTest(answer[:60]), self.assertRaises(Broken):
                self.ask(answer)

    def test_too_much(self) -> None:
        """Nobody reads more than is of use."""
        with self.assertRaises(Broken), Client().get(Server(self, OK + b"\r\n" + b"a" * 1000).place) as reply:
            reply.read(999)

    def test_silence(self) -> None:
        """It costs one timeout."""
        with socket.create_server(("127.0.1.1", 0)) as listener, self.assertRaises(TimeoutError):
            Client(timeout=0.2).get(Place(*listener.getsockname())).__enter__()

    def test_damage(self) -> None:
        """Damaged answers have a body or are refused."""
        for seed in range(amount(200, 5000)):
            with self.subTest(seed=seed), contextlib.suppress(OSError):
                self.ask(mutate(CHUNKED, random.Random(seed)))


class Places(unittest.TestCase):
    """Where servers are."""

    def test_urls(self) -> None:
        """HTTP with a host, perhaps a port; nothing else."""
        self.assertEqual(Place.of_url("http://A.b:81/c?d"), Place("a.b", 81, "/c?d"))
        self.assertEqual(Place.of_url("http://a"), Place("a", 80, "/"))
        for url in (
            "https://a/",
            "http:///x",
            "http://a:0/",
            "http://a:99999/",
            "ftp://a",
            "http://u:p@a/",
            "a",
            "http://a/ b",
        ):
            with self.subTest(url):
                self.assertIsNone(Place.of_url(url))

    def test_paths(self) -> None:
        """They are escaped as apt escapes them."""
        found = Place.of_authority("a:80", "pool/g++_1%2_é b.deb", "q=1")

        self.assertEqual(str(found), "http://a/pool/g++_1%252_%C3%A9%20b.deb?q=1")
