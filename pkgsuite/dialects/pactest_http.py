"""The server of `add_simple_http_server`: fixed replies on loopback; RFC 9110, RFC 9112."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Mapping
from typing import TypeAlias, TypedDict

__all__ = ["Answer", "Reply", "Server", "answer"]


class Answer(TypedDict, total=False):
    """A reply with its status and headers."""

    code: int
    headers: Mapping[str, str]
    body: str | bytes


Reply: TypeAlias = "str | bytes | Answer"

FALLBACK = ""
IDLE_S = 5.0
MOST_REQUEST_BYTES = 1 << 16
PHRASES = {
    200: "OK",
    206: "Partial Content",
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    304: "Not Modified",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    403: "Forbidden",
    404: "Not Found",
    416: "Range Not Satisfiable",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}
WITHOUT_BODY = (204, 304)
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Server:
    """Listens from the start, so that its port is known, and answers between `start` and `close`.

    *log* has a line for each request.
    """

    def __init__(self, replies: Mapping[str, Reply]) -> None:
        self._replies = dict(replies)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.log: list[str] = []

    def start(self) -> None:
        """Answer, in threads that die with the process."""
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _listen(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            peer.settimeout(IDLE_S)
            received = b""
            while True:
                while b"\r\n\r\n" not in received:
                    data = peer.recv(MOST_REQUEST_BYTES)
                    if not data or len(received) > MOST_REQUEST_BYTES:
                        return
                    received += data
                head, _, received = received.partition(b"\r\n\r\n")
                line, *headers = head.decode("latin-1").split("\r\n")
                status, reply = answer(self._replies, line, dict(map(header, headers)))
                self.log.append(f'127.0.0.1 "{line}" {status}')
                peer.sendall(reply)


def header(line: str) -> tuple[str, str]:
    """The lower-case name of a header, and its value."""
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def answer(replies: Mapping[str, Reply], line: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """The status and the bytes of the reply to a request."""
    method, _, rest = line.partition(" ")
    path = rest.partition(" ")[0]
    if method not in ("GET", "HEAD"):
        return packed(501, {}, b"", has_body=True)
    found = replies.get(path, replies.get(FALLBACK))
    if found is None:
        found = {"code": 404, "body": "not found\n"}
    if not isinstance(found, Mapping):
        found = {"body": found}
    given, code = found.get("body", ""), found.get("code", 200)
    body = given.encode() if isinstance(given, str) else given
    sent = {"Content-Type": "text/plain; charset=utf-8" if isinstance(given, str) else "application/octet-stream"}
    if code == 200:
        code, more, body = ranged(body, headers.get("range", ""))
        sent |= more
    return packed(code, sent | dict(found.get("headers", {})), body, has_body=method == "GET")


def ranged(body: bytes, wanted: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body for a request of the range *wanted*, both of whose ends count."""
    match = RANGE.fullmatch(wanted)
    if match is None or match[0] == "bytes=-":
        return 200, {}, body
    size = len(body)
    if match[1]:
        first, last = int(match[1]), min(int(match[2] or size), size - 1)
    else:
        first, last = max(size - int(match[2]), 0), size - 1
    if first > last:
        return 416, {"Content-Range": f"bytes */{size}"}, b""
    return 206, {"Content-Range": f"bytes {first}-{last}/{size}"}, body[first : last + 1]


def packed(code: int, headers: Mapping[str, str], body: bytes, *, has_body: bool) -> tuple[int, bytes]:
    """A reply as it goes over the wire."""
    given = {name.lower() for name in headers}
    length = {} if "content-length" in given or code < 200 or code in WITHOUT_BODY else {"Content-Length": len(body)}
    lines = [
        f"HTTP/1.1 {code} {PHRASES.get(code, 'Unknown')}",
        *(f"{name}: {text}" for name, text in {**headers, **length}.items()),
    ]
    return code, "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + (body if has_body else b"")
