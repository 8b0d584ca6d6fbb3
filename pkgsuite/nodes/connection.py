"""One client's connection: its requests read one after the other, its answers sent as they were decided."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import socket
import struct
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from pkgsuite.nodes import http
from pkgsuite.nodes.answer import RESET, STALL, Answer
from pkgsuite.nodes.content import FilePart, Piece
from pkgsuite.nodes.journal import Open

if TYPE_CHECKING:
    import ssl

__all__ = ["Connection", "Gone"]

CHUNK_BYTES, RECEIVED_BYTES, TLS_BYTES = 1 << 22, 1 << 16, 1 << 18
JOINED_BYTES = 1 << 16
"""The longest first piece that is sent in one go with the head."""

IDLE_S, SEND_S, LINGER_S = 60.0, 60.0, 2.0
PACE_S = 0.02
BROKEN = select.POLLHUP | select.POLLERR
"""What poll(2) says of a dead connection; of one that the client has only stopped writing to it says POLLRDHUP."""


class Gone(Exception):
    """The client has gone, or the answer ended the connection."""


class Connection:
    """A connected socket; a client must have sent a whole head *patience_s* after its first byte.

    *heals* counts how often the mirror was healed. Raises OSError where a TLS handshake fails.
    """

    def __init__(
        self, plain: socket.socket, context: ssl.SSLContext | None, patience_s: float, heals: Callable[[], int]
    ) -> None:
        self._patience_s = patience_s
        self._heals = heals
        self._data = bytearray()
        self._context = context
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(SEND_S), 0))
        self.client = str(plain.getpeername()[0])
        self.socket = plain if context is None else shake_hands(plain, context, patience_s)

    # Receiving

    def heads(self) -> Iterator[bytes]:
        """The head of each request, until the client has no more; raises BadRequest."""
        while head := self._head():
            yield head

    def _head(self) -> bytes:
        """The next head; nothing where there is no more, or none is begun for long. Raises BadRequest."""
        deadline, has_begun = time.monotonic() + IDLE_S, False
        while True:
            self._data = self._data.lstrip(b"\r\n")
            if self._data and not has_begun:
                deadline, has_begun = time.monotonic() + self._patience_s, True
            if end := http.end_of_head(self._data):
                head = bytes(self._data[:end])
                del self._data[:end]
                return head
            left = deadline - time.monotonic()
            if left <= 0:
                if has_begun:
                    raise http.BadRequest(408, "a head that takes too long")
                return b""
            try:
                self.socket.settimeout(left)
                data = self.socket.recv(RECEIVED_BYTES)
            except TimeoutError:
                continue
            except OSError:
                return b""
            if not data:
                return b""
            self._data += data

    def take(self) -> bytes:
        """What has come of the client behind its last head."""
        data = bytes(self._data)
        self._data.clear()
        return data

    # Sending

    def pass_on(self, data: bytes, entry: Open) -> None:
        """Send bytes of a body whose length nobody has told, and note them in *entry*; raises OSError."""
        self.socket.sendall(data)
        entry.pass_on(len(data))

    def send(self, answer: Answer, entry: Open) -> None:
        """Send *answer* and note in *entry* what went out; raises Gone where the connection is of no more use."""
        self.socket.settimeout(None if self._context is None else SEND_S)
        headers = list(answer.headers)
        if answer.has_body or answer.promised:
            headers.append(("Content-Length", str(answer.promised)))
        headers.append(("Connection", "keep-alive" if answer.keeps_alive else "close"))
        pieces = answer.pieces if answer.has_body else ()
        first, rest = cut(pieces, answer.cut_at)
        try:
            self.wait(answer.delay_s)
            self._send_pieces(http.head(answer.status, headers), first, answer.rate_bytes_per_s, entry)
            if answer.cut_at is not None and answer.has_body:
                entry.is_ending = False
                self.interrupt(answer.ending)
                self._send_pieces(b"", rest, answer.rate_bytes_per_s, entry)
        except OSError as error:
            raise Gone from error
        if not answer.keeps_alive:
            raise Gone

    def _send_pieces(self, head: bytes, pieces: Sequence[Piece], rate_bytes_per_s: int, entry: Open) -> None:
        total, passed = sum(map(size, pieces)), 0
        most = CHUNK_BYTES if self._context is None else TLS_BYTES
        if rate_bytes_per_s:
            most = min(most, max(int(rate_bytes_per_s * PACE_S), 1))
        start = time.monotonic()
        if not total:
            entry.is_ending = True
            self.socket.sendall(head)
        for piece in chunks(pieces, most):
            passed += size(piece)
            entry.is_ending = passed == total
            self._send_piece(head, piece, entry)
            head = b""
            if rate_bytes_per_s and passed < total:
                self.wait(start + passed / rate_bytes_per_s - time.monotonic())

    def _send_piece(self, head: bytes, piece: Piece, entry: Open) -> None:
        """Send a piece, with the head before it in one packet where there is one."""
        if isinstance(piece, FilePart):
            if self._context is None:
                self.socket.sendall(head, socket.MSG_MORE)
                self._send_file(piece, entry)
                return
            piece = memoryview(os.pread(piece.descriptor, piece.size, piece.offset))
        if head and len(piece) <= JOINED_BYTES:
            self.socket.sendall(b"".join((head, piece)))
            entry.sent_bytes += len(piece)
            return
        if head:
            self.socket.sendall(head)
        while len(piece):
            count = self.socket.send(piece)
            entry.sent_bytes += count
            piece = piece[count:]

    def _send_file(self, part: FilePart, entry: Open) -> None:
        """Let the kernel send; raises OSError where the file has become shorter."""
        done = 0
        while done < part.size:
            count = os.sendfile(self.socket.fileno(), part.descriptor, part.offset + done, part.size - done)
            if not count:
                raise OSError("the file has become shorter")
            done += count
            entry.sent_bytes += count

    # What is wrong on purpose

    def wait(self, seconds: float) -> None:
        """Let time pass; raises Gone once the connection is dead."""
        if seconds > 0 and self._poll(BROKEN, seconds):
            raise Gone

    def _poll(self, events: int, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self.socket, events)
        return bool(poll.poll(seconds * 1000))

    def interrupt(self, ending: str) -> None:
        """Stop in the middle of a body: raises Gone, or returns once a silent mirror was healed."""
        if ending == STALL:
            before = self._heals()
            while self._heals() == before:
                if self._poll(BROKEN | select.POLLRDHUP, PACE_S):
                    raise Gone
            return
        if ending == RESET:
            deadline = time.monotonic() + LINGER_S
            while self._unsent_bytes() and time.monotonic() < deadline and not self._poll(BROKEN, PACE_S / 10):
                pass
            self.will_reset()
        raise Gone

    def _unsent_bytes(self) -> int:
        """What the client's side has not taken yet, which a reset would lose; tcp(7), SIOCOUTQ."""
        told: int = struct.unpack("i", fcntl.ioctl(self.socket, termios.TIOCOUTQ, b"\0" * 4))[0]
        return told

    def will_reset(self) -> None:
        """Let the connection break when it is closed."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self) -> None:
        """End the connection so that the client gets all that was sent, though it may still have sent more."""
        lingers = struct.unpack("ii", self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
        with contextlib.suppress(OSError):
            if lingers != (1, 0):
                self.socket.shutdown(socket.SHUT_WR)
                deadline = time.monotonic() + LINGER_S
                while (left := deadline - time.monotonic()) > 0:
                    self.socket.settimeout(left)
                    if not socket.socket.recv(self.socket, RECEIVED_BYTES):
                        break
        self.socket.close()


def shake_hands(plain: socket.socket, context: ssl.SSLContext, timeout: float) -> socket.socket:
    """The encrypted socket in place of *plain*; raises OSError where client and server come to no terms."""
    plain.settimeout(timeout)
    encrypted = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
    try:
        encrypted.do_handshake()
    except OSError:
        encrypted.close()
        raise
    return encrypted


def size(piece: Piece) -> int:
    """The bytes of a piece."""
    return piece.size if isinstance(piece, FilePart) else len(piece)


def sliced(piece: Piece, start: int, stop: int) -> Piece:
    """A part of a piece."""
    if isinstance(piece, FilePart):
        return FilePart(piece.descriptor, piece.offset + start, stop - start)
    return piece[start:stop]


def chunks(pieces: Sequence[Piece], most: int) -> Iterator[Piece]:
    """The same bytes in pieces of at most so many."""
    for piece in pieces:
        for start in range(0, size(piece), most):
            yield sliced(piece, start, min(start + most, size(piece)))


def cut(pieces: Sequence[Piece], at: int | None) -> tuple[list[Piece], list[Piece]]:
    """Pieces before and behind a place; all are before None."""
    before: list[Piece] = []
    behind: list[Piece] = []
    for piece in pieces:
        here = size(piece) if at is None else min(at, size(piece))
        before.append(sliced(piece, 0, here))
        behind.append(sliced(piece, here, size(piece)))
        at = None if at is None else at - here
    return before, behind
