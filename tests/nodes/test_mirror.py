"""A mirror serves what it has as HTTP/1.1 wants it, whatever it is asked, and notes what it did."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import ssl
import tempfile
import threading
import unittest
from pathlib import Path

from pkgsuite.errors import BadValue, SuiteError
from pkgsuite.model.file import File
from pkgsuite.model.package import Package
from pkgsuite.nodes import dates
from pkgsuite.nodes.faults import Refusing, Reset, Stall, Status, Truncated
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.system.wait import wait_until
from tests.loopback import setUpModule  # noqa: F401 - unittest calls it
from tests.nodes.running import FILES, TIMEOUT, Answer, WithMirror, ask, converse

DATA = FILES["core/a.deb"]


class Serving(WithMirror):
    """Files in memory."""

    def test_get(self) -> None:
        """The body with its length, date and tag; a path by its hash is like any other."""
        for path, data in FILES.items():
            with self.subTest(path):
                answer = self.get(path)

                self.assertEqual((answer.status, answer.body), (200, data))
                self.assertEqual(answer.headers["content-length"], str(len(data)))
                self.assertEqual(answer.headers["accept-ranges"], "bytes")
                self.assertEqual(answer.headers["last-modified"], dates.show(self.mirror.date_s))

    def test_head(self) -> None:
        """The same head without a body."""
        wanted, seen = self.get("core/a.deb"), self.get("core/a.deb", "HEAD")

        self.assertEqual((seen.status, seen.body), (200, b""))
        self.assertEqual(seen.headers | {"date": ""}, wanted.headers | {"date": ""})

    def test_missing(self) -> None:
        """What is not there, directories among them."""
        for path in ("nothing", "core", "core/", "", "core//a.deb"):
            with self.subTest(path):
                self.assertEqual(self.get(path).status, 404)

    def test_other_methods(self) -> None:
        """Only GET and HEAD are known."""
        answer = self.get("core/a.deb", "DELETE")

        self.assertEqual((answer.status, answer.headers["allow"]), (405, "GET, HEAD"))

    def test_one_range(self) -> None:
        """A part, and where it stands."""
        answer = self.get("core/a.deb", Range="bytes=10-19")

        self.assertEqual((answer.status, answer.body), (206, DATA[10:20]))
        self.assertEqual(answer.headers["content-range"], "bytes 10-19/1024")

    def test_several_ranges(self) -> None:
        """Parts in one body, in the order of asking."""
        answer = self.get("core/a.deb", Range="bytes=-4,0-1")

        kind, _, boundary = answer.headers["content-type"].partition("; boundary=")
        parts = answer.body.split(f"\r\n--{boundary}".encode())
        self.assertEqual((answer.status, kind, len(parts)), (206, "multipart/byteranges", 4))
        self.assertEqual(parts[1], b"\r\nContent-Range: bytes 1020-1023/1024\r\n\r\n" + DATA[-4:])
        self.assertEqual(parts[2], b"\r\nContent-Range: bytes 0-1/1024\r\n\r\n" + DATA[:2])
        self.assertEqual(parts[3], b"--\r\n")

    def test_no_such_range(self) -> None:
        """416 tells how long it is."""
        answer = self.get("core/a.deb", Range="bytes=1024-")

        self.assertEqual((answer.status, answer.headers["content-range"]), (416, "bytes */1024"))

    def test_range_that_does_not_count(self) -> None:
        """All comes where the range is malformed, or of something else."""
        for headers in ({"Range": "bytes=x"}, {"Range": "bytes=0-1", "If_Range": '"other"'}):
            with self.subTest(headers):
                self.assertEqual(self.get("core/a.deb", **headers).status, 200)

    def test_conditions(self) -> None:
        """304 without a body where it is the same, by its tag and by its date."""
        first = self.get("core/a.deb").headers
        for headers in ({"If_None_Match": first["etag"]}, {"If_Modified_Since": first["last-modified"]}):
            with self.subTest(headers):
                answer = self.get("core/a.deb", **headers)

                self.assertEqual((answer.status, answer.body), (304, b""))
                self.assertNotIn("content-length", answer.headers)

    def test_keep_alive(self) -> None:
        """Many answers come over one connection."""
        client = self.connect()
        self.addCleanup(client.close)

        answers = [ask(client, path) for path in ("core/a.deb", "nothing", "core/b.deb", "empty") * 3]

        self.assertEqual([answer.status for answer in answers], [200, 404, 200, 200] * 3)
        self.assertFalse(any(answer.will_close for answer in answers))

    def test_pipelining(self) -> None:
        """Requests that are sent at once are answered in their order, even byte by byte."""
        one = b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n"
        wanted = one % b"core/a.deb" + one % b"nothing" + b"\r\n" + one % b"by-hash/SHA256/0a"
        last = b"HEAD /empty HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        with self.raw() as client:
            together = converse(client, wanted + last)
        with self.raw() as client:
            for byte in wanted:
                client.sendall(bytes([byte]))
            apart = converse(client, last)

        for received in (together, apart):
            self.assertEqual(received.count(b"HTTP/1.1 200 OK\r\n"), 3)
            self.assertLess(received.index(DATA), received.index(b"404 Not Found"))
            self.assertLess(received.index(b"404 Not Found"), received.index(b"index"))
        self.assertEqual(
            [each.path for each in self.mirror.journal[:4]], ["core/a.deb", "nothing", "by-hash/SHA256/0a", "empty"]
        )

    def test_old_clients(self) -> None:
        """HTTP/1.0 without a Host gets its file and a closed connection."""
        with self.raw() as client:
            received = converse(client, b"GET /by-hash/SHA256/0a HTTP/1.0\r\n\r\n")

        self.assertTrue(received.endswith(b"\r\n\r\nindex"))

    def test_many_at_once(self) -> None:
        """Two hundred connections, all open, each answered."""
        clients = [self.connect() for _ in range(200)]
        for client in clients:
            self.addCleanup(client.close)
            client.connect()

        self.assertEqual({ask(client, "core/a.deb").status for client in clients}, {200})

    def test_journal(self) -> None:
        """Each request with its status and its bytes, as soon as a client has the answer."""
        for number in range(50):
            self.get("core/b.deb")
            self.assertEqual(self.mirror.served("core/b.deb"), number + 1)
        self.get("core/a.deb", Range="bytes=0-9")
        self.get("nothing?x=1")

        *_, part, missing = self.mirror.journal
        self.assertEqual((part.status, part.sent_bytes, part.range), (206, 10, "bytes=0-9"))
        self.assertEqual(
            (missing.status, missing.path, missing.query, missing.is_delivery), (404, "nothing", "x=1", False)
        )
        self.assertGreaterEqual(missing.at_s, part.at_s)

    def test_client_that_gives_up(self) -> None:
        """What was not sent to the end is no delivery."""
        self.mirror.put({"large": bytes(64 << 20)})
        with self.raw() as client:
            client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            client.recv(100)

        self.assertEqual(self.mirror.served("large"), 0)
        self.assertLess(self.mirror.journal[0].sent_bytes, 64 << 20)


class Changing(WithMirror):
    """What is served changes while the mirror runs."""

    def test_put(self) -> None:
        """New content is a second younger, so that every client notices."""
        first = self.get("core/a.deb").headers
        self.mirror.put({"core/a.deb": b"new", "more": b"m"})

        answer = self.get("core/a.deb", If_Modified_Since=first["last-modified"])

        self.assertEqual((answer.status, answer.body), (200, b"new"))
        self.assertEqual(dates.parse(answer.headers["last-modified"]), (dates.parse(first["last-modified"]) or 0) + 1)
        self.assertNotEqual(answer.headers["etag"], first["etag"])
        self.assertEqual(self.get("more").body, b"m")

    def test_date(self) -> None:
        """A date can be given."""
        self.mirror.put({"old": b""}, date_s=1_000_000_000)

        self.assertEqual(self.get("old").headers["last-modified"], "Sun, 09 Sep 2001 01:46:40 GMT")

    def test_remove(self) -> None:
        """What is removed is missing, yet it was offered once."""
        self.mirror.remove("core/a.deb")

        self.assertEqual(self.get("core/a.deb").status, 404)
        self.assertTrue(self.mirror.offers("core/a.deb"))
        self.assertFalse(self.mirror.offers("nothing"))
        with self.assertRaises(BadValue):
            self.mirror.remove("nothing")

    def test_publish(self) -> None:
        """Repositories are what a function makes of them."""
        with self.assertRaisesRegex(SuiteError, "without a manager"):
            self.mirror.publish("core", [Package("a")])

        mirror = self.start(
            "other", {}, render=lambda name, given: [File(f"{name}/{each}", "x") for each in given.packages]
        )
        mirror.publish("core", [Package("a")])

        self.assertTrue(mirror.offers("core/a-1.0-1"))

    def test_nonsense(self) -> None:
        """Paths that nobody can ask for, and what is not bytes."""
        for path, data in (("/a", b""), ("../a", b""), ("a/../b", b""), ("", b""), ("a//b", b""), ("a", "text")):
            with self.subTest(path), self.assertRaises(BadValue):
                self.mirror.put({path: data})  # type: ignore[dict-item]


class OnDisk(unittest.TestCase):
    """A directory is served as it is."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.outside = Path(place.name, "secret")
        self.outside.write_text("secret")
        self.directory = Path(place.name, "served")
        (self.directory / "pool").mkdir(parents=True)
        (self.directory / "pool/a.deb").write_bytes(DATA)
        os.utime(self.directory / "pool/a.deb", (1000, 1000))

    def start(self, **options: object) -> WithMirror:
        """A test case for this directory."""
        case = WithMirror()
        case.mirror = case.start("mirror", {"index": b"i"}, directory=str(self.directory), **options)
        self.addCleanup(case.doCleanups)
        return case

    def test_files(self) -> None:
        """By sendfile, whole and in parts, with their own dates; memory goes before the disk."""
        case = self.start()
        (self.directory / "index").write_text("disk")

        whole, part = case.get("pool/a.deb"), case.get("pool/a.deb", Range="bytes=5-,0-1")

        self.assertEqual((whole.body, whole.headers["last-modified"]), (DATA, dates.show(1000)))
        self.assertIn(DATA[5:], case.get("pool/a.deb", Range="bytes=5-").body)
        self.assertEqual(part.status, 206)
        self.assertEqual(case.get("index").body, b"i")
        self.assertTrue(case.mirror.offers("pool/a.deb"))

    def test_what_is_no_file_of_it(self) -> None:
        """Links out of the directory, directories, pipes, and what nobody may read."""
        (self.directory / "out").symlink_to(self.outside)
        (self.directory / "up").symlink_to("..")
        (self.directory / "round").symlink_to("round")
        (self.directory / "in").symlink_to("pool/a.deb")
        os.mkfifo(self.directory / "pipe")
        case = self.start()

        for path in (
            "out",
            "up/secret",
            "round",
            "pipe",
            "pool",
            "pool/",
            "pool//a.deb",
            "a" * 5000,
            "%ff",
            "pool/a.deb/x",
        ):
            with self.subTest(path):
                self.assertEqual(case.get(path).status, 404)
        self.assertEqual(case.get("in").body, DATA)

    def test_file_that_shrinks(self) -> None:
        """A file that becomes shorter while it is sent costs its connection, not the mirror."""
        (self.directory / "large").write_bytes(bytes(32 << 20))
        case = self.start()
        with case.raw() as client:
            client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            client.recv(1000)
            os.truncate(self.directory / "large", 10)
            received = converse(client, b"")

        self.assertLess(len(received), 32 << 20)
        self.assertEqual(case.get("index").status, 200)


class Credentials(WithMirror):
    """A mirror for those who know the password."""

    options = {"credentials": "user:pass:word"}

    def test_password(self) -> None:
        """Only the right one helps, and nothing else is told before."""
        right = base64.b64encode(b"user:pass:word").decode()
        for authorization, status in (
            (f"Basic {right}", 200),
            (f"basic {right}", 200),
            ("Basic " + base64.b64encode(b"user:other").decode(), 401),
            ("Basic !", 401),
            (f"Bearer {right}", 401),
            ("", 401),
        ):
            with self.subTest(authorization):
                answer = self.get("core/a.deb", Authorization=authorization)

                self.assertEqual(answer.status, status)
                self.assertEqual("www-authenticate" in answer.headers, status == 401)
        self.assertEqual(self.get("nothing").status, 401)
        self.assertIn("//user:pass%3Aword@127.", self.mirror.url)

    def test_password_of_a_proxy(self) -> None:
        """Who asks for the file of another host asks a proxy, which has its own status and fields."""
        right = f"Basic {base64.b64encode(b'user:pass:word').decode()}"
        for headers, status in (
            ({"Proxy-Authorization": right}, 200),
            ({"Authorization": right}, 407),
            ({"Proxy-Authorization": "Basic !"}, 407),
            ({}, 407),
        ):
            with self.subTest(headers), contextlib.closing(self.connect()) as client:
                client.request("GET", "http://deb.example/core/a.deb", headers=headers)
                answer = Answer(client.getresponse())

                self.assertEqual(answer.status, status)
                self.assertEqual("proxy-authenticate" in answer.headers, status == 407)
                self.assertNotIn("www-authenticate", answer.headers)

    def test_nonsense(self) -> None:
        """Both must be there."""
        for credentials in ("user", "user:", ":password"):
            with self.assertRaises(BadValue):
                Mirror(credentials=credentials)


class Encrypted(WithMirror):
    """TLS by the test authority."""

    options = {"encrypted": True, "patience_s": 0.5}

    def encrypted(self, context: ssl.SSLContext) -> bytes:
        """What a client gets."""
        with self.raw() as plain, context.wrap_socket(plain, server_hostname=self.mirror.address) as client:
            return converse(client, b"GET /core/b.deb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    def test_trusted(self) -> None:
        """Whoever trusts the authority gets the file, from every address."""
        context = ssl.create_default_context(cadata=self.mirror.authority.decode())

        self.assertTrue(self.encrypted(context).endswith(b"\r\n\r\n" + FILES["core/b.deb"]))
        self.assertEqual(self.mirror.served("core/b.deb"), 1)

    def test_stranger(self) -> None:
        """Nobody trusts it by default; that costs one connection."""
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.encrypted(ssl.create_default_context())

        self.test_trusted()

    def test_no_handshake(self) -> None:
        """Who speaks no TLS, or says nothing, is dropped."""
        with self.raw() as client:
            self.assertNotIn(b"200", converse(client, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
        with self.raw() as client:
            self.assertEqual(converse(client, b"\x16\x03"), b"")


class HalfClosed(WithMirror):
    """Clients that say that they send no more."""

    def test_get_their_answer(self) -> None:
        """Even in many threads."""
        bodies: list[bytes] = []

        def fetch() -> None:
            with self.raw() as client:
                client.sendall(b"GET /core/b.deb HTTP/1.1\r\nHost: x\r\n\r\n")
                client.shutdown(socket.SHUT_WR)
                bodies.append(converse(client, b""))

        threads = [threading.Thread(target=fetch) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(TIMEOUT)

        self.assertEqual([body.endswith(FILES["core/b.deb"]) for body in bodies], [True] * 20)


class Tunnels(WithMirror):
    """A mirror that is asked as a proxy for a way through to another server."""

    def lead(self, **options: object) -> Mirror:
        """A proxy that leads to the mirror of the test."""
        return self.start("proxy", {}, tunnel_to=self.mirror, **options)

    def through(self, proxy: Mirror, *fields: str) -> tuple[bytes, bytes]:
        """The head of the proxy's answer, and what a request through it got; nothing where it said no."""
        with socket.create_connection((proxy.address, proxy.port), TIMEOUT) as client:
            head = "\r\n".join(["CONNECT Far.Example:443 HTTP/1.1", "Host: far.example:443", *fields, "", ""])
            client.sendall(head.encode())
            answer = client.recv(1 << 16)
            if b" 200 " not in answer:
                return answer, b""
            return answer, converse(client, b"GET /core/a.deb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    def test_way_through(self) -> None:
        """Whatever host is named; the journal has the bytes that came back, and no delivery of a file."""
        proxy = self.lead()

        answer, got = self.through(proxy)

        self.assertTrue(answer.endswith(b"\r\n\r\n") and b"Content-Length" not in answer, answer)
        self.assertTrue(got.endswith(FILES["core/a.deb"]))
        self.assertEqual(self.mirror.served("core/a.deb"), 1)
        wait_until(lambda: not proxy.journal[0].is_open, timeout=TIMEOUT, what="the tunnel is closed")
        (noted,) = proxy.journal
        self.assertEqual((noted.method, noted.path, noted.status), ("CONNECT", "far.example:443", 200))
        self.assertEqual((noted.sent_bytes, noted.body_bytes, noted.is_delivery), (len(got), len(got), False))

    def test_said_with_the_request(self) -> None:
        """Bytes behind the head belong to the tunnel already."""
        proxy = self.lead()
        with socket.create_connection((proxy.address, proxy.port), TIMEOUT) as client:
            got = converse(
                client,
                b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\nGET /empty HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            )

        self.assertEqual(got.count(b"HTTP/1.1 200 OK"), 2)

    def test_nobody_leads(self) -> None:
        """A mirror that was given nowhere to lead to is no way to anywhere."""
        self.assertIn(b" 405 ", self.through(self.start("plain", {}))[0])

    def test_nobody_there(self) -> None:
        proxy = self.lead()
        self.mirror.fault(Refusing())

        self.assertIn(b" 502 ", self.through(proxy)[0])

    def test_password(self) -> None:
        proxy = self.lead(credentials="user:word")
        right = base64.b64encode(b"user:word").decode()

        self.assertIn(b" 407 ", self.through(proxy)[0])
        self.assertTrue(self.through(proxy, f"Proxy-Authorization: Basic {right}")[1])

    def test_no_host_and_port(self) -> None:
        proxy = self.lead()
        for target in ("/", "host", "host:", "http://host:1/", "a b:1", "host:123456"):
            with self.subTest(target), socket.create_connection((proxy.address, proxy.port), TIMEOUT) as client:
                self.assertIn(b" 400 ", converse(client, f"CONNECT {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()))

    def test_faults(self) -> None:
        """Those of a body are those of what comes back."""
        for fault, most in ((Truncated(after=100), 100), (Reset(after=100), 100), (Status(503), 0)):
            with self.subTest(fault):
                proxy = self.start("proxy", {}, tunnel_to=self.mirror)
                proxy.fault(fault, "far.example:443")

                try:
                    got = self.through(proxy)[1]
                except ConnectionResetError:
                    got = b""

                self.assertLessEqual(len(got), most)
                self.assertEqual(proxy.journal[0].sent_bytes if most else 0, most)

    def test_silence_ends_when_it_is_healed(self) -> None:
        """And then all the rest comes."""
        proxy = self.lead()
        proxy.fault(Stall(after=100))
        got: list[bytes] = []
        thread = threading.Thread(target=lambda: got.append(self.through(proxy)[1]))
        thread.start()

        wait_until(lambda: proxy.is_sending("far.example:443", 100), timeout=TIMEOUT, what="so much came through")
        proxy.heal()
        thread.join(TIMEOUT)

        self.assertTrue(got[0].endswith(FILES["core/a.deb"]))


class Sending(WithMirror):
    """Whoever started a mirror can see how much of a file a client has."""

    def test_how_much(self) -> None:
        self.mirror.fault(Stall(after=100))
        thread = threading.Thread(target=self.get, args=("core/a.deb",))
        thread.start()
        wait_until(lambda: self.mirror.is_sending("core/a.deb", 100), timeout=TIMEOUT, what="100 bytes are sent")

        self.assertTrue(self.mirror.is_sending("core/a.deb"))
        self.assertFalse(self.mirror.is_sending("core/a.deb", 101))
        self.assertFalse(self.mirror.is_sending("core/b.deb"))

        self.mirror.heal()
        thread.join(TIMEOUT)
        wait_until(lambda: not self.mirror.is_sending("core/a.deb"), timeout=TIMEOUT, what="the answer is whole")
