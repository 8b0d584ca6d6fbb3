"""Requests are read as RFC 9112 has them, and what is none is refused, never misread."""

from __future__ import annotations

import random
import unittest

from pkgsuite.nodes import http
from pkgsuite.nodes.http import BadRequest, Request, parse
from tests.soak import amount

SEED, ROUNDS = 20240101, amount(4000, 1_000_000)
PLAIN = b"GET /a/b.deb?x=1 HTTP/1.1\r\nHost: mirror\r\nRange: bytes=0-1\r\nConnection: keep-alive\r\n\r\n"


def request(first: str, *fields: str) -> bytes:
    """A head with a Host."""
    return "\r\n".join([first, "Host: mirror", *fields, "", ""]).encode("latin-1")


class Requests(unittest.TestCase):
    """What a good request says."""

    def test_plain(self) -> None:
        """Method, path, query and headers."""
        headers = {"host": "mirror", "range": "bytes=0-1", "connection": "keep-alive"}

        self.assertEqual(parse(PLAIN), Request("GET", "a/b.deb", "x=1", headers))

    def test_targets(self) -> None:
        """Escapes are read once; proxies get the whole URL."""
        for target, path, query in (
            ("/", "", ""),
            ("/a%20b%2Bc+d", "a b+c+d", ""),
            ("/%2525", "%25", ""),
            ("/%C3%A9?%41", "é", "%41"),
            ("/%ff", "\udcff", ""),
            ("/a//b", "a//b", ""),
            ("/...", "...", ""),
            ("http://mirror:80/a/b?c", "a/b", "c"),
            ("HTTPS://mirror", "", ""),
        ):
            with self.subTest(target):
                found = parse(request(f"GET {target} HTTP/1.1"))

                self.assertEqual((found.path, found.query), (path, query))

    def test_connections(self) -> None:
        """HTTP/1.1 keeps them unless told otherwise, HTTP/1.0 the other way round; a body is not read."""
        for version, fields, keeps in (
            ("1.1", (), True),
            ("1.1", ("Connection: Close",), False),
            ("1.1", ("Connection: Upgrade, close",), False),
            ("1.0", (), False),
            ("1.0", ("Connection: Keep-Alive",), True),
            ("1.1", ("Content-Length: 3",), False),
            ("1.1", ("Content-Length: 0",), True),
            ("1.1", ("Transfer-Encoding: chunked",), False),
        ):
            with self.subTest(version, fields=fields):
                self.assertEqual(parse(request(f"GET / HTTP/{version}", *fields)).keeps_alive, keeps)

    def test_lists_may_come_twice(self) -> None:
        """Fields that are lists are joined."""
        found = parse(request("GET / HTTP/1.1", "If-None-Match: a", "if-none-match:b "))

        self.assertEqual(found.headers["if-none-match"], "a, b")

    def test_lenient_about_line_ends(self) -> None:
        """A newline alone ends a line, as people type it."""
        self.assertEqual(parse(b"GET /a HTTP/1.0\nHost: x\n\n").path, "a")


class Refused(unittest.TestCase):
    """What is no request."""

    def test_statuses(self) -> None:
        """Each kind of nonsense has its status."""
        for head, status in (
            (b"\x16\x03\x01\r\n\r\n", 400),
            (b"GET /\r\n\r\n", 400),
            (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
            (b"GET / HTTP/1.1\r\n\r\n", 400),
            (b"GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            (b"G\xc3\xa9T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            (request("GET / HTTP/1.1", "no colon"), 400),
            (request("GET / HTTP/1.1", "Na me: x"), 400),
            (request("GET / HTTP/1.1", " folded: x"), 400),
            (request("GET / HTTP/1.1", "A: b\0c"), 400),
            (request("GET / HTTP/1.1", "Host: other"), 400),
            (request("GET / HTTP/1.1", "Range: bytes=0-1", "Range: bytes=2-3"), 400),
            (request("GET / HTTP/1.1", "Content-Length: -1"), 400),
            (request("GET / HTTP/1.1", "Content-Length: ²"), 400),
            (request("GET / HTTP/1.1", "Content-Length: 3", "Transfer-Encoding: chunked"), 400),
            (request("GET / HTTP/1.1", *["A: b"] * 101), 431),
        ):
            with self.subTest(head), self.assertRaises(BadRequest) as caught:
                parse(head)
            self.assertEqual(caught.exception.status, status)

    def test_paths_out_of_the_tree(self) -> None:
        """No spelling of `..`, of a control character, or of half an escape gets through."""
        for target in (
            *("/..", "/../etc/passwd", "/a/../b", "/%2e%2e/etc", "/.%2E/", "/a/%2e%2e%2fetc", "/./../a"),
            *("/a%00b", "/%0a", "/%7f", "/%", "/%2", "/%zz", "*", "//../a", "http://x/../a"),
        ):
            with self.subTest(target), self.assertRaises(BadRequest):
                parse(request(f"GET {target} HTTP/1.1"))

    def test_paths_that_stand_still(self) -> None:
        """Apt asks for the files of a flat repository so."""
        for target, path in {"/./a": "a", "/a/./b": "a/b", "/%2e/a": "a", "/a/.": "a"}.items():
            with self.subTest(target):
                self.assertEqual(path, parse(request(f"GET {target} HTTP/1.1")).path)

    def test_endless_head(self) -> None:
        """A head that does not end is refused once it is long enough, not collected for ever."""
        self.assertEqual(http.end_of_head(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 100), 0)
        with self.assertRaises(BadRequest) as caught:
            http.end_of_head(b"A" * http.MOST_HEAD_BYTES)
        self.assertEqual(caught.exception.status, 431)

    def test_head_of_an_answer(self) -> None:
        """The head of an answer is lines with a blank one behind them."""
        self.assertEqual(http.head(206, [("A", "b")]), b"HTTP/1.1 206 Partial Content\r\nA: b\r\n\r\n")


class Fuzz(unittest.TestCase):
    """Bytes at random."""

    def test_request_or_refusal(self) -> None:
        """Whatever comes is a request or a BadRequest, and no path leads out of the tree."""
        chance = random.Random(SEED)
        for _ in range(ROUNDS):
            data = bytearray(PLAIN)
            for _ in range(chance.randint(1, 8)):
                place = chance.randrange(len(data))
                piece = chance.choice(
                    (b"", b"\r\n", b"%2e", b"..", b"/", b"\0", b":", b" ", chance.randbytes(3), data[:9])
                )
                data[place : place + chance.randint(0, 4)] = piece
            with self.subTest(bytes(data)):
                try:
                    found = parse(bytes(data))
                except BadRequest as trouble:
                    self.assertIn(trouble.status, http.REASONS)
                    continue
                self.assertNotIn("..", found.path.split("/"))
                self.assertNotIn("\0", found.path)
                self.assertFalse(found.path.startswith("/") and found.path.strip("/") == "..")
