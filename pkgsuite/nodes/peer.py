"""A connection between two peers about one torrent: blocks are asked for, given and taken; BEP 3.

One thread owns the socket. Others only wake it, after which it looks at what has changed.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
import time
from collections import deque
from typing import Protocol

from pkgsuite.errors import BadArchive
from pkgsuite.formats import peer_wire as wire
from pkgsuite.formats.peer_wire import Block, Handshake, Message
from pkgsuite.formats.torrent import BLOCK_BYTES, Torrent
from pkgsuite.model.journal import Exchanged
from pkgsuite.nodes.assembly import Assembly
from pkgsuite.nodes.catalogue import Known
from pkgsuite.nodes.pace import Pace, Slots

__all__ = ["Habits", "PeerConnection", "Share", "shake_hands"]

RECEIVED_BYTES = 1 << 16
FIRST_PIPELINED, PIPELINED = 4, 16
"""How many blocks a new peer is asked for at a time, and one that has given some; so slow ones leave some to others."""

MOST_ASKED = 512
"""How many blocks a peer may ask for at a time; one that asks for more wants no blocks."""

IDLE_S = 120.0
KEEP_ALIVE_S = 60.0
FIRST_WORD_S = 0.5
"""How long to wait for what a new peer has; one that has nothing need not say so (BEP 3), others do at once."""

PATIENCES = 3
"""A block may take this many times as long as a silence."""


class Share(Protocol):
    """A torrent that this node has or wants."""

    known: Known
    torrent: Torrent

    @property
    def assembly(self) -> Assembly | None:
        """What is being put together, if anything is."""

    @property
    def is_whole(self) -> bool:
        """Whether the file is there and right."""

    def read(self, block: Block) -> bytes | None:
        """The bytes of a block; None where they are not there."""


class Habits:
    """How a node deals with all its peers.

    A peer may be silent for *timeout* seconds while something is expected of it. *patience_s* is how long the node
    waits for its turn.
    """

    def __init__(
        self,
        peer_id: bytes,
        *,
        most_uploads: int,
        upload_bytes_per_s: int,
        download_bytes_per_s: int,
        timeout: float,
        patience_s: float,
    ) -> None:
        self.peer_id = peer_id
        self.slots = Slots(most_uploads)
        self.upload = Pace(upload_bytes_per_s)
        self.download = Pace(download_bytes_per_s)
        self.timeout = timeout
        self.patience_s = patience_s


class Over(Exception):
    """There is nothing more to be said on this connection."""


class PeerConnection:
    """One connection; *name* is where the other side is, as `host:port`."""

    def __init__(
        self, connection: socket.socket, name: str, share: Share, habits: Habits, *, is_incoming: bool
    ) -> None:
        self.name = name
        self.is_incoming = is_incoming
        self.is_ending = False
        self._socket = connection
        self._share = share
        self._habits = habits
        self._reader = wire.Reader()
        self._waker = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._lock = threading.Lock()
        self._out = bytearray()
        self._asked: deque[Block] = deque()
        self._wanted: set[Block] = set()
        self._is_choked = self._is_choking = True
        self._is_interested = self._they_are_interested = self._they_have = False
        self._told = self._has_spoken = False
        self._received = self._sent = 0
        self._at_s, self._start_s = time.time(), time.monotonic()
        self._heard_s = self._told_s = self._progress_s = self._block_s = self._start_s
        self._send_at_s = self._read_at_s = 0.0
        self._ending = ""
        self._depth = FIRST_PIPELINED

    # For others

    def wake(self) -> None:
        """Look at what has changed."""
        with self._lock:
            if self._waker >= 0:
                os.eventfd_write(self._waker, 1)

    def end(self, why: str) -> None:
        """Hang up."""
        self._ending = self._ending or why
        self.wake()

    @property
    def may_help(self) -> bool:
        """Whether blocks may come from here: the other side has them, or has not said yet what it has."""
        silent_s = time.monotonic() - self._start_s
        is_new = not self._has_spoken and silent_s < min(FIRST_WORD_S, self._habits.timeout / 2)
        return not self._ending and (self._they_have or is_new)

    def value(self, *, is_open: bool) -> Exchanged:
        """What passed by now."""
        return Exchanged(
            self._share.torrent.info_hash.hex(),
            self.name,
            self._share.known.package,
            self._received,
            self._sent,
            self.is_incoming,
            "" if is_open else self._ending,
            round(self._at_s, 6),
            round(time.monotonic() - self._start_s, 6),
            is_open,
        )

    # The life of the connection

    def run(self, greeting: bytes = b"") -> None:
        """Speak until one side has no more to say, a *greeting* first; what was asked for and did not come goes back.

        What this side has goes with its greeting, since the other one waits for it.
        """
        try:
            self._out += greeting
            self._told = self._share.is_whole
            pieces = len(self._share.torrent.sums)
            self._say(wire.BITFIELD, wire.bitfield(pieces) if self._told else bytes(-(-pieces // 8)))
            while not self._ending:
                self._act()
                self._flush()
                if not self._give():
                    self._listen()
        except Over as why:
            self.end(str(why))
        except (OSError, BadArchive) as trouble:
            self.end(str(trouble) or type(trouble).__name__)
        finally:
            self._habits.slots.leaves(self)
            if (assembly := self._share.assembly) is not None:
                assembly.give_back(self.name)
            self._socket.close()

    def close(self) -> None:
        """Let go of what others use to wake it."""
        with self._lock:
            os.close(self._waker)
            self._waker = -1

    def _act(self) -> None:
        """Say what follows from how things are."""
        now = time.monotonic()
        if self._share.is_whole and not self._told:
            self._told = True
            for piece in range(len(self._share.torrent.sums)):
                self._say(wire.HAVE, struct.pack(">I", piece))
        if self._share.is_whole and self._they_have:
            raise Over("both have all")
        self._choke_or_not()
        self._ask(now)
        if now - self._heard_s > IDLE_S:
            raise Over("the peer is silent")
        if now - self._told_s > KEEP_ALIVE_S and not self._out:
            self._out += wire.KEEP_ALIVE

    def _choke_or_not(self) -> None:
        slots = self._habits.slots
        if self._they_are_interested and self._share.is_whole:
            slots.rotate()
            slots.wants(self)
        if slots.has(self) and self._is_choking:
            self._is_choking = False
            self._say(wire.UNCHOKE)
        elif not slots.has(self) and not self._is_choking:
            self._is_choking = True
            self._asked.clear()
            self._say(wire.CHOKE)

    def _ask(self, now: float) -> None:
        """Ask for blocks, if some are missing that the other side has."""
        assembly = self._share.assembly
        is_interested = assembly is not None and self._they_have and not assembly.is_complete
        if is_interested != self._is_interested:
            self._is_interested = is_interested
            self._say(wire.INTERESTED if is_interested else wire.NOT_INTERESTED)
            self._progress_s = self._block_s = now
        if assembly is None or not is_interested:
            self._wanted.clear()
            return
        while not self._is_choked and len(self._wanted) < self._depth:
            number = assembly.take(self.name)
            if number is None:
                break
            if not self._wanted:
                self._progress_s = self._block_s = now
            block = self._block(number)
            self._wanted.add(block)
            self._say(wire.REQUEST, block.write())
        self._lose_patience(now)

    def _block(self, number: int) -> Block:
        """The block of a file as one of its only piece."""
        offset = number * BLOCK_BYTES
        return Block(0, offset, min(BLOCK_BYTES, self._share.torrent.length - offset))

    def _lose_patience(self, now: float) -> None:
        """Raise Over where the other side keeps this one waiting."""
        timeout = self._habits.timeout
        if self._is_choked and now - self._progress_s >= self._habits.patience_s:
            raise Over(f"not its turn for {self._habits.patience_s:g} s")
        if self._wanted and now - self._progress_s >= timeout:
            raise Over(f"no byte for {timeout:g} s")
        if self._wanted and now - self._block_s >= PATIENCES * timeout:
            raise Over(f"no block for {PATIENCES * timeout:g} s")

    def _patience_s(self, now: float) -> float:
        """How long to wait at most before looking again."""
        times = [self._heard_s + IDLE_S, self._told_s + KEEP_ALIVE_S]
        if self._is_interested and self._is_choked:
            times.append(self._progress_s + self._habits.patience_s)
        if self._wanted:
            times += [self._progress_s + self._habits.timeout, self._block_s + PATIENCES * self._habits.timeout]
        if self._is_interested and not self._is_choked and len(self._wanted) < self._depth:
            times.append(now + self._habits.timeout / 4)
        if self._asked:
            times.append(self._send_at_s)
        if self._read_at_s > now:
            times.append(self._read_at_s)
        change_s = self._habits.slots.until_change_s()
        if change_s is not None and self._they_are_interested and self._share.is_whole:
            times.append(now + change_s)
        return max(min(times) - now, 0.0)

    # The socket

    def _say(self, kind: int, payload: bytes = b"") -> None:
        self._out += wire.message(kind, payload)

    def _flush(self) -> None:
        if self._out:
            self._socket.settimeout(self._habits.timeout)
            self._socket.sendall(self._out)
            self._out.clear()
            self._told_s = time.monotonic()

    def _listen(self) -> None:
        """Wait for what the other side says, or for something else to happen."""
        now = time.monotonic()
        poll = select.poll()
        poll.register(self._waker, select.POLLIN)
        if self._read_at_s <= now:
            poll.register(self._socket, select.POLLIN)
        for descriptor, _ in poll.poll(self._patience_s(now) * 1000 + 1):
            if descriptor == self._waker:
                with contextlib.suppress(BlockingIOError):
                    os.eventfd_read(self._waker)
            else:
                self._read()

    def _read(self) -> None:
        data = self._socket.recv(RECEIVED_BYTES)
        if not data:
            raise Over("the peer hung up")
        self._heard_s = time.monotonic()
        if self._wanted:
            self._progress_s = self._heard_s
        self._read_at_s = self._heard_s + self._habits.download.passed(len(data) if self._wanted else 0)
        for message in self._reader.feed(data):
            self._hear(message)
            self._has_spoken = True

    # What the other side says

    def _hear(self, message: Message) -> None:
        """Take one message; raises BadArchive, Over."""
        match message.kind:
            case wire.CHOKE:
                self._is_choked = True
                self._progress_s = time.monotonic()
                self._wanted.clear()
                if (assembly := self._share.assembly) is not None:
                    assembly.give_back(self.name)
            case wire.UNCHOKE:
                self._is_choked = False
            case wire.INTERESTED:
                self._they_are_interested = True
            case wire.NOT_INTERESTED:
                self._they_are_interested = False
                self._habits.slots.leaves(self)
            case wire.HAVE:
                self._note_pieces(frozenset({message.number}))
            case wire.BITFIELD:
                self._note_pieces(wire.has_pieces(message.payload, len(self._share.torrent.sums)))
            case wire.REQUEST:
                self._note_request(message.block)
            case wire.CANCEL:
                with contextlib.suppress(ValueError):
                    self._asked.remove(message.block)
            case wire.PIECE:
                self._take(message)

    def _note_pieces(self, pieces: frozenset[int]) -> None:
        if any(piece >= len(self._share.torrent.sums) for piece in pieces):
            raise Over("the peer speaks of pieces that there are not")
        self._they_have = self._they_have or bool(pieces)
        if (assembly := self._share.assembly) is not None:
            assembly.wake()

    def _note_request(self, block: Block) -> None:
        torrent = self._share.torrent
        is_inside = block.piece < len(torrent.sums) and block.offset + block.size <= torrent.size(block.piece)
        if not is_inside or not 0 < block.size <= wire.MOST_BLOCK_BYTES or len(self._asked) >= MOST_ASKED:
            raise Over(f"the peer asks for {block}, which nobody can give")
        if not self._is_choking and block not in self._asked:
            if not self._asked:
                self._send_at_s = time.monotonic() + self._habits.upload.take(block.size)
            self._asked.append(block)

    def _give(self) -> bool:
        """Send one block that was asked for, if it is time; whether one was sent."""
        if not self._asked or time.monotonic() < self._send_at_s or self._is_readable():
            return False
        block = self._asked.popleft()
        data = self._share.read(block)
        if data is None:
            raise Over("the file is not there any more")
        self._socket.settimeout(self._habits.timeout)
        self.is_ending = True
        try:
            self._socket.sendall(wire.piece_head(block) + data)
            self._sent += block.size
        finally:
            self.is_ending = False
        self._told_s = time.monotonic()
        if self._asked:
            self._send_at_s = self._told_s + self._habits.upload.take(self._asked[0].size)
        return True

    def _is_readable(self) -> bool:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))

    def _take(self, message: Message) -> None:
        """Take a block, if it is one that was asked for."""
        block = message.block
        self._received += block.size
        if block not in self._wanted:
            return
        self._wanted.discard(block)
        self._depth = min(self._depth + 1, PIPELINED)
        self._block_s = time.monotonic()
        if (assembly := self._share.assembly) is not None:
            assembly.put(block.offset // BLOCK_BYTES, message.data, self.name)


def shake_hands(connection: socket.socket, mine: Handshake, timeout: float) -> Handshake:
    """The other side's handshake for ours, on a connection that this side began; raises OSError, BadArchive."""
    connection.settimeout(timeout)
    connection.sendall(mine.write())
    return read_handshake(connection, timeout)


def read_handshake(connection: socket.socket, timeout: float) -> Handshake:
    """The handshake that the other side sends; raises OSError, BadArchive."""
    deadline = time.monotonic() + timeout
    data = b""
    while len(data) < wire.HANDSHAKE_BYTES:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        more = connection.recv(wire.HANDSHAKE_BYTES - len(data))
        if not more:
            raise ConnectionResetError("the peer hung up before it shook hands")
        data += more
    return Handshake.read(data)
