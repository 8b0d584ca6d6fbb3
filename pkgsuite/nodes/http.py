"""HTTP/1.1 requests from bytes, and heads of answers to bytes; RFC 9110 and RFC 9112, no sockets in here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_to_bytes

from pkgsuite.values import dataclass

__all__ = ["MOST_HEAD_BYTES", "REASONS", "BadRequest", "Request", "end_of_head", "head", "parse"]

MOST_HEAD_BYTES = 16384
MOST_FIELDS = 100

REASONS = {
    **{200: "OK", 206: "Partial Content", 304: "Not Modified"},
    **{301: "Moved Permanently", 302: "Found", 303: "See Other", 307: "Temporary Redirect", 308: "Permanent Redirect"},
    **{400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"},
    **{407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone", 412: "Precondition Failed"},
    **{416: "Range Not Satisfiable"},
    **{429: "Too Many Requests", 431: "Request Header Fields Too Large", 505: "HTTP Version Not Supported"},
    **{500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"},
}

BLANK_LINE = re.compile(rb"\r?\n\r?\n")
REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/(\d)\.(\d)")
FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
WRONG_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
AUTHORITY = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
ABSOLUTE = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
SINGLE = {"host", "content-length", "range", "if-range", "authorization", "proxy-authorization"}
"""Fields that a request may have once only."""


class BadRequest(Exception):
    """The client sent what no server should answer otherwise than with *status*."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """One request; *path* has no slash before it and no escapes, *headers* go by names in small letters.

    *authority* is the host that a proxy is asked for, with its port if that is said; who asks for a tunnel asks for
    nothing else, and that is the path too.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    is_old: bool = False
    authority: str = ""

    @property
    def place(self) -> str:
        """The path, with the host before it where a proxy is asked."""
        return f"{self.authority}/{self.path}" if self.authority else self.path

    @property
    def has_body(self) -> bool:
        """Whether bytes follow that are no request."""
        return "transfer-encoding" in self.headers or self.headers.get("content-length", "0") != "0"

    @property
    def keeps_alive(self) -> bool:
        """Whether the client wants the connection for more."""
        wishes = {wish.strip().lower() for wish in self.headers.get("connection", "").split(",")}
        return not self.has_body and "close" not in wishes and (not self.is_old or "keep-alive" in wishes)


def end_of_head(data: bytes | bytearray) -> int:
    """The length of the head that *data* starts with; 0 while it is not whole. Raises BadRequest for one too long."""
    found = BLANK_LINE.search(data, 0, MOST_HEAD_BYTES)
    if found:
        return found.end()
    if len(data) >= MOST_HEAD_BYTES:
        raise BadRequest(431, f"a head of more than {MOST_HEAD_BYTES} bytes")
    return 0


def parse(data: bytes) -> Request:
    """The request whose head is *data*; raises BadRequest."""
    first, *lines = re.split(r"\r?\n", data.decode("latin-1").rstrip("\r\n"))
    match = REQUEST_LINE.fullmatch(first)
    if match is None:
        raise BadRequest(400, "no request line")
    method, target, major, minor = match.groups()
    if major != "1":
        raise BadRequest(505, f"HTTP/{major}")
    headers = fields(lines)
    is_old = minor == "0"
    if not is_old and "host" not in headers:
        raise BadRequest(400, "no Host")
    if method == "CONNECT":
        if AUTHORITY.fullmatch(target) is None:
            raise BadRequest(400, "no host and port")
        return Request(method, target.lower(), "", headers, is_old, target.lower())
    path, query = split(target)
    absolute = ABSOLUTE.match(target)
    return Request(method, path, query, headers, is_old, absolute[1].lower() if absolute else "")


def fields(lines: Iterable[str]) -> dict[str, str]:
    """The header fields, those that come twice joined as lists are; raises BadRequest."""
    found: dict[str, str] = {}
    for count, line in enumerate(lines):
        match = FIELD.fullmatch(line)
        if match is None or CONTROL.search(match[2].replace("\t", " ")):
            raise BadRequest(400, "no header field")
        if count >= MOST_FIELDS:
            raise BadRequest(431, f"more than {MOST_FIELDS} header fields")
        name, value = match[1].lower(), match[2]
        if name in found and name in SINGLE:
            raise BadRequest(400, f"{name} comes twice")
        found[name] = f"{found[name]}, {value}" if name in found else value
    length = found.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or {"content-length", "transfer-encoding"} <= found.keys():
        raise BadRequest(400, "no length that can be told")
    return found


def split(target: str) -> tuple[str, str]:
    """The path and the query of a request's target, in origin or absolute form; raises BadRequest.

    No path leads up: those who ask so want out of the tree. Steps that stand still, as apt takes them to a flat
    repository, are left out.
    """
    absolute = ABSOLUTE.match(target)
    path, _, query = (target[absolute.end() :] or "/" if absolute else target).partition("?")
    if not path.startswith("/") or WRONG_ESCAPE.search(path):
        raise BadRequest(400, "no path")
    text = unquote_to_bytes(path.encode("latin-1")).decode("utf-8", "surrogateescape")
    parts = [part for part in text[1:].split("/") if part != "."]
    if CONTROL.search(text) or ".." in parts:
        raise BadRequest(400, "a path that no file has")
    return "/".join(parts), query


def head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    """The head of an answer, with the blank line behind it."""
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Unknown')}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
