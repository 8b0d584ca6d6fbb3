"""HTTP/1.1 as a client: how nodes ask mirrors and trackers; RFC 9112."""

from __future__ import annotations

import re
import select
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote

from pkgsuite.nodes import http
from pkgsuite.values import dataclass

__all__ = ["Broken", "Client", "Place", "Reply", "connect", "escaped"]

URL = re.compile(r"http://(?P<host>[a-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?(?P<target>/[!-~]*)?", re.IGNORECASE)
AUTHORITY = re.compile(r"(?P<host>[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?)(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
STATUS_LINE = re.compile(r"HTTP/1\.[01] ([1-5][0-9]{2})(?: .*)?")
CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?")
HTTP_PORT = 80
RECEIVED_BYTES = 1 << 18
MOST_LINE_BYTES = 1024
MOST_DIGITS = 18
MOST_IDLE = 4
UNESCAPED = "/:~!$&'()*+,;=@-._"
NO_BODY = (204, 304)
IP_BIND_ADDRESS_NO_PORT = 24
"""Choose the port when connecting, so that there are enough of them; ip(7)."""


class Broken(OSError):
    """The server's answer is none, or breaks off."""


@dataclass(frozen=True, slots=True)
class Place:
    """A server, and what is asked of it: an escaped path with its query."""

    host: str
    port: int
    target: str = "/"

    @classmethod
    def of_url(cls, text: str) -> Place | None:
        """The place that a URL names; None for what is not HTTP."""
        match = URL.fullmatch(text)
        port = int(match["port"] or HTTP_PORT) if match else 0
        return cls(match["host"].lower(), port, match["target"] or "/") if match and 0 < port < 1 << 16 else None

    @classmethod
    def of_authority(cls, text: str, path: str, query: str = "") -> Place | None:
        """The place of a path, without a slash before it and not escaped, at a host that may have a port behind it."""
        match = AUTHORITY.fullmatch(text)
        port = int(match["port"] or HTTP_PORT) if match else 0
        if match is None or not 0 < port < 1 << 16:
            return None
        return cls(match["host"].lower(), port, f"/{escaped(path)}{'?' if query else ''}{query}")

    @property
    def authority(self) -> str:
        """The host, with its port if that is not the usual one."""
        return self.host if self.port == HTTP_PORT else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"http://{self.authority}{self.target}"


def escaped(path: str) -> str:
    """A path as it stands in a request."""
    return quote(path.encode("utf-8", "surrogateescape"), UNESCAPED)


def connect(host: str, port: int, source: str, timeout: float) -> socket.socket:
    """A connection that comes from the address *source* where it can; raises OSError.

    A loopback address is the source of connections to loopback only.
    """
    found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)
    target = found[0][4]
    is_near = str(target[0]).startswith("127.")
    connection = socket.socket()
    try:
        connection.settimeout(timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if source and (is_near or not source.startswith("127.")):
            connection.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
            connection.bind((source, 0))
        connection.connect(target)
    except BaseException:
        connection.close()
        raise
    return connection


class Reply:
    """An answer whose head is there; its body is read in pieces. All raise OSError where the server breaks off."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._data = b""
        self.status = 100
        while self.status < 200:
            self._read_head()
        self._is_chunked = self.headers.get("transfer-encoding", "").lower() == "chunked"
        self.length = self._length()
        self._left = self.length
        self.is_done = self.length == 0

    def _read_head(self) -> None:
        try:
            while not (end := http.end_of_head(self._data)):
                self._more()
            first, *lines = re.split(r"\r?\n", self._data[:end].decode("latin-1").rstrip("\r\n"))
            match = STATUS_LINE.fullmatch(first)
            if match is None:
                raise Broken(f"{first[:60]!r} is no status line")
            self.status = int(match[1])
            self.headers: Mapping[str, str] = http.fields(lines)
            self._data = self._data[end:]
        except http.BadRequest as trouble:
            raise Broken(f"an answer with {trouble}") from trouble

    def _length(self) -> int | None:
        if self.status in NO_BODY:
            return 0
        if self._is_chunked or "content-length" not in self.headers:
            return None
        length = self.headers["content-length"]
        if len(length) > MOST_DIGITS:
            raise Broken("a body without an end")
        return int(length)

    @property
    def keeps_alive(self) -> bool:
        """Whether the connection can be used for more."""
        wishes = self.headers.get("connection", "").lower()
        return self.is_done and "close" not in wishes and (self._is_chunked or self.length is not None)

    def pieces(self) -> Iterator[bytes]:
        """The body."""
        if self._is_chunked:
            yield from self._chunks()
        else:
            while not self.is_done:
                piece = self._piece(self._left)
                if self._left is not None:
                    self._left -= len(piece)
                self.is_done = self._left == 0 or not piece
                if piece:
                    yield piece

    def read(self, most: int) -> bytes:
        """The body at once; raises Broken where it is longer."""
        found = bytearray()
        for piece in self.pieces():
            found += piece
            if len(found) > most:
                raise Broken(f"a body of more than {most} bytes")
        return bytes(found)

    def _piece(self, most: int | None) -> bytes:
        """Some bytes of the body; nothing at its end if that is not told, else raises Broken."""
        if not self._data:
            self._data = self._connection.recv(RECEIVED_BYTES)
            if not self._data and most is not None:
                raise Broken(f"{most} bytes are missing")
        piece, self._data = (self._data, b"") if most is None else (self._data[:most], self._data[most:])
        return piece

    def _more(self) -> None:
        data = self._connection.recv(RECEIVED_BYTES)
        if not data:
            raise Broken("it hung up")
        self._data += data

    def _chunks(self) -> Iterator[bytes]:
        while left := self._chunk_size():
            while left:
                piece = self._piece(left)
                left -= len(piece)
                yield piece
            if self._line():
                raise Broken("a chunk that is longer than was said")
        while self._line():
            pass
        self.is_done = True

    def _chunk_size(self) -> int:
        match = CHUNK_SIZE.fullmatch(self._line())
        if match is None:
            raise Broken("a chunk without a size")
        return int(match[1], 16)

    def _line(self) -> bytes:
        while b"\n" not in self._data:
            if len(self._data) > MOST_LINE_BYTES:
                raise Broken("a line that does not end")
            self._more()
        line, _, self._data = self._data.partition(b"\n")
        return line.rstrip(b"\r")


class Client:
    """Asks servers from the address *source*, and keeps some connections for more.

    A server may be silent for *timeout* seconds.
    """

    def __init__(self, source: str = "", timeout: float = 10.0) -> None:
        self._source = source
        self._timeout = timeout
        self._idle: dict[tuple[str, int], list[socket.socket]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def get(self, place: Place, headers: Mapping[str, str] | None = None) -> Iterator[Reply]:
        """The answer to a GET; raises OSError."""
        fields = {"Host": place.authority, "User-Agent": "pkgsuite", **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        request = f"GET {place.target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1", "replace")
        connection, reply = self._ask(place, request)
        try:
            yield reply
        except BaseException:
            connection.close()
            raise
        self._keep(place, connection, reply)

    def _ask(self, place: Place, request: bytes) -> tuple[socket.socket, Reply]:
        while (kept := self._kept(place)) is not None:
            try:
                kept.sendall(request)
                return kept, Reply(kept)
            except TimeoutError:
                kept.close()
                raise
            except OSError:
                kept.close()
        connection = connect(place.host, place.port, self._source, self._timeout)
        try:
            connection.sendall(request)
            return connection, Reply(connection)
        except BaseException:
            connection.close()
            raise

    def _kept(self, place: Place) -> socket.socket | None:
        """A connection that is not in use, and that the server has not closed."""
        with self._lock:
            idle = self._idle.get((place.host, place.port), [])
            while idle:
                connection = idle.pop()
                poll = select.poll()
                poll.register(connection, select.POLLIN)
                if not poll.poll(0):
                    return connection
                connection.close()
        return None

    def _keep(self, place: Place, connection: socket.socket, reply: Reply) -> None:
        with self._lock:
            idle = self._idle.setdefault((place.host, place.port), [])
            if reply.keeps_alive and len(idle) < MOST_IDLE:
                idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Let go of the connections that were kept."""
        with self._lock:
            for connection in (each for idle in self._idle.values() for each in idle):
                connection.close()
            self._idle.clear()
