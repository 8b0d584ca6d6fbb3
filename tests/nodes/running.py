"""A mirror that runs beside a test, and clients for it that send what they are told, byte for byte."""

from __future__ import annotations

import contextlib
import http.client
import socket
import unittest
from collections.abc import Iterator

from pkgsuite.nodes.mirror import Mirror

__all__ = ["FILES", "Answer", "WithMirror", "ask", "converse"]

FILES = {"core/a.deb": bytes(range(256)) * 4, "core/b.deb": b"b" * 200_000, "empty": b"", "by-hash/SHA256/0a": b"index"}
TIMEOUT = 10.0


class Answer:
    """An answer as a client has it."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.will_close = response.will_close
        self.trouble = ""
        try:
            self.body = response.read()
        except http.client.IncompleteRead as error:
            self.body, self.trouble = error.partial, "incomplete"
        except OSError as error:
            self.body, self.trouble = b"", type(error).__name__


class WithMirror(unittest.TestCase):
    """A test with `self.mirror`, which serves FILES unless a class says otherwise."""

    options: dict[str, object] = {}

    def setUp(self) -> None:
        self.mirror = self.start("mirror", FILES, **self.options)

    def start(self, name: str, files: dict[str, bytes], **options: object) -> Mirror:
        """Another mirror."""
        mirror = Mirror(name, files, **options)  # type: ignore[arg-type]
        self.addCleanup(mirror.close)
        mirror.start()
        return mirror

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """The answer to one request on a connection of its own; names of headers have _ for -."""
        with contextlib.closing(self.connect()) as client:
            return ask(client, path, method, **headers)

    def connect(self) -> http.client.HTTPConnection:
        """A client that keeps its connection."""
        return http.client.HTTPConnection(self.mirror.address, self.mirror.port, timeout=TIMEOUT)

    @contextlib.contextmanager
    def raw(self) -> Iterator[socket.socket]:
        """A connected socket."""
        with socket.create_connection((self.mirror.address, self.mirror.port), TIMEOUT) as client:
            yield client


def ask(client: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str) -> Answer:
    """The answer to one more request of *client*."""
    client.request(method, f"/{path}", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return Answer(client.getresponse())


def converse(client: socket.socket, data: bytes) -> bytes:
    """All that comes back for *data* until the mirror hangs up."""
    with contextlib.suppress(ConnectionError):
        client.sendall(data)
    received = bytearray()
    with contextlib.suppress(ConnectionError):
        while more := client.recv(65536):
            received += more
    return bytes(received)
