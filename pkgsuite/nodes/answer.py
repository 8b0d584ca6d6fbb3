"""What a mirror answers to a request: decided as a value, before a byte is sent."""

from __future__ import annotations

import hmac
from base64 import b64decode
from dataclasses import replace

from pkgsuite.nodes import dates, ranges
from pkgsuite.nodes.content import Content, Offer, Piece
from pkgsuite.nodes.http import REASONS, BadRequest, Request
from pkgsuite.values import dataclass

__all__ = ["CLOSE", "METHODS", "RESET", "STALL", "Answer", "decide", "refuse", "said", "said_no"]

CLOSE, RESET, STALL = "close", "reset", "stall"
"""What comes behind the last byte of an answer that is cut: an orderly end, a broken connection, silence."""

BOUNDARY = "pkgsuite-part"
METHODS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer and how it is sent.

    *promised* is the length in its head, *cut_at* how many bytes of the body are sent before *ending*, all if it is
    None. *delay_s* passes before the first byte; *rate_bytes_per_s* is the pace, none if it is 0.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    pieces: tuple[Piece, ...] = ()
    promised: int = 0
    keeps_alive: bool = True
    delay_s: float = 0.0
    rate_bytes_per_s: int = 0
    cut_at: int | None = None
    ending: str = CLOSE
    has_body: bool = True

    def with_header(self, name: str, value: str) -> Answer:
        """The same with one header set."""
        others = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=(*others, (name, value)))

    def header(self, name: str) -> str:
        """The value of a header, or nothing."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), "")


def said(status: int, text: str = "", **headers: str) -> Answer:
    """An answer with a line of text; names of *headers* have _ for -."""
    body = f"{status} {text or REASONS.get(status, '')}\n".encode()
    pairs = [("Content-Type", "text/plain; charset=utf-8")]
    pairs += [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Answer(status, tuple(pairs), (memoryview(body),), len(body))


def said_no(trouble: BadRequest) -> Answer:
    """The answer to what is no proper request, after which the connection is of no use."""
    return replace(said(trouble.status, str(trouble)), keeps_alive=False)


def refuse(request: Request, credentials: str, methods: tuple[str, ...] = METHODS) -> Answer | None:
    """The answer to a request that asks for what is not done here, or without the `user:password` wanted."""
    if request.method not in methods:
        return said(405, Allow=", ".join(methods))
    asks_proxy = bool(request.authority)
    if not credentials or hmac.compare_digest(authorization(request, asks_proxy), credentials.encode()):
        return None
    challenge = 'Basic realm="pkgsuite", charset="UTF-8"'
    return said(407, Proxy_Authenticate=challenge) if asks_proxy else said(401, WWW_Authenticate=challenge)


def authorization(request: Request, asks_proxy: bool) -> bytes:
    """The user and the password for the mirror, or for the proxy that it is asked as, or nothing; RFC 7617."""
    name = "proxy-authorization" if asks_proxy else "authorization"
    scheme, _, text = request.headers.get(name, "").partition(" ")
    try:
        return b64decode(text.strip(), validate=True) if scheme.lower() == "basic" else b""
    except ValueError:
        return b""


def decide(request: Request, offer: Offer | None) -> Answer:
    """The answer to a proper request, for what stands under its path."""
    if offer is None:
        return said(404)
    facts = [("Last-Modified", dates.show(offer.mtime_s)), ("ETag", offer.etag)]
    status = ranges.precondition(request.headers, offer.etag, offer.mtime_s)
    if status == ranges.NOT_MODIFIED:
        return Answer(status, tuple(facts), has_body=False)
    if status:
        return said(status)
    wanted = None
    if offer.takes_ranges:
        facts.append(("Accept-Ranges", "bytes"))
        asks = request.method == "GET" and "range" in request.headers
        if asks and ranges.applies(request.headers.get("if-range"), offer.etag, offer.mtime_s):
            try:
                wanted = ranges.parse(request.headers["range"], offer.content.size)
            except ranges.Unsatisfiable:
                return said(416, Content_Range=f"bytes */{offer.content.size}")
    return whole(offer.content, facts) if wanted is None else part(offer.content, facts, wanted)


def whole(content: Content, facts: list[tuple[str, str]]) -> Answer:
    """All of it."""
    headers = ("Content-Type", "application/octet-stream"), *facts
    return Answer(200, headers, content.pieces(0, content.size), content.size)


def part(content: Content, facts: list[tuple[str, str]], wanted: list[tuple[int, int]]) -> Answer:
    """One range by itself, several as parts of one body; RFC 9110, section 14.6."""
    if len(wanted) == 1:
        ((start, stop),) = wanted
        where = ("Content-Range", f"bytes {start}-{stop - 1}/{content.size}")
        headers = ("Content-Type", "application/octet-stream"), *facts, where
        return Answer(206, headers, content.pieces(start, stop), stop - start)
    pieces: list[Piece] = []
    length = 0
    for start, stop in wanted:
        title = f"\r\n--{BOUNDARY}\r\nContent-Range: bytes {start}-{stop - 1}/{content.size}\r\n\r\n".encode()
        pieces += [memoryview(title), *content.pieces(start, stop)]
        length += len(title) + stop - start
    end = f"\r\n--{BOUNDARY}--\r\n".encode()
    headers = ("Content-Type", f"multipart/byteranges; boundary={BOUNDARY}"), *facts
    return Answer(206, headers, (*pieces, memoryview(end)), length + len(end))
