"""What peers say to each other: a handshake, then messages with their length before them; BEP 3, no sockets in here."""

from __future__ import annotations

import struct

from pkgsuite.errors import BadArchive
from pkgsuite.formats.torrent import BLOCK_BYTES, HASH_BYTES
from pkgsuite.values import dataclass

__all__ = [
    "BITFIELD",
    "CANCEL",
    "CHOKE",
    "HANDSHAKE_BYTES",
    "HAVE",
    "INTERESTED",
    "KEEP_ALIVE",
    "MOST_BLOCK_BYTES",
    "NOT_INTERESTED",
    "PIECE",
    "REQUEST",
    "UNCHOKE",
    "Block",
    "Handshake",
    "Message",
    "Reader",
    "bitfield",
    "has_pieces",
    "message",
    "piece_head",
]

PROTOCOL = b"\x13BitTorrent protocol"
HANDSHAKE_BYTES = len(PROTOCOL) + 8 + 2 * HASH_BYTES

CHOKE, UNCHOKE, INTERESTED, NOT_INTERESTED, HAVE, BITFIELD, REQUEST, PIECE, CANCEL = range(9)

KEEP_ALIVE = bytes(4)
BARE = (CHOKE, UNCHOKE, INTERESTED, NOT_INTERESTED)
LENGTH, NUMBER, PLACE, BLOCK = struct.Struct(">I"), struct.Struct(">I"), struct.Struct(">II"), struct.Struct(">III")
PAYLOADS = {**dict.fromkeys(BARE, 0), HAVE: NUMBER.size, REQUEST: BLOCK.size, CANCEL: BLOCK.size}
"""The messages that have one length only, with the bytes behind their number."""

MOST_BLOCK_BYTES = 8 * BLOCK_BYTES
"""The longest block that may be asked for; most peers ask for an eighth of it."""

MOST_MESSAGE_BYTES = (1 << 20) + 1


@dataclass(frozen=True, slots=True)
class Handshake:
    """How each side begins: the torrent it speaks of, and who it is; *reserved* are the bits of extensions."""

    info_hash: bytes
    peer_id: bytes
    reserved: bytes = bytes(8)

    def write(self) -> bytes:
        return PROTOCOL + self.reserved + self.info_hash + self.peer_id

    @classmethod
    def read(cls, data: bytes) -> Handshake:
        """The handshake that `write` wrote; raises BadArchive."""
        if len(data) != HANDSHAKE_BYTES or not data.startswith(PROTOCOL):
            raise BadArchive(f"peer wire: expected {PROTOCOL!r} and 48 bytes, seen {bytes(data[:20])!r}")
        at = len(PROTOCOL)
        return cls(data[at + 8 : at + 28], data[at + 28 :], data[at : at + 8])


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a piece, in bytes from its start."""

    piece: int
    offset: int
    size: int

    def write(self) -> bytes:
        return BLOCK.pack(self.piece, self.offset, self.size)


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its number, and what is behind it. Those with unknown numbers are to be passed over."""

    kind: int
    payload: bytes | memoryview = b""

    @property
    def number(self) -> int:
        """The piece that a HAVE speaks of."""
        number: int = NUMBER.unpack_from(self.payload)[0]
        return number

    @property
    def block(self) -> Block:
        """The block that a REQUEST, a CANCEL or a PIECE speaks of."""
        if self.kind == PIECE:
            piece, offset = PLACE.unpack_from(self.payload)
            return Block(piece, offset, len(self.payload) - PLACE.size)
        return Block(*BLOCK.unpack(self.payload))

    @property
    def data(self) -> memoryview:
        """The bytes that a PIECE brings."""
        return memoryview(self.payload)[PLACE.size :]


def message(kind: int, payload: bytes = b"") -> bytes:
    """A message as it travels."""
    return LENGTH.pack(1 + len(payload)) + bytes([kind]) + payload


def piece_head(block: Block) -> bytes:
    """A PIECE message up to its data."""
    return LENGTH.pack(1 + PLACE.size + block.size) + bytes([PIECE]) + PLACE.pack(block.piece, block.offset)


def bitfield(pieces: int) -> bytes:
    """The payload of a BITFIELD of one who has all of so many pieces."""
    bits = bytearray(b"\xff" * (-(-pieces // 8)))
    if pieces % 8:
        bits[-1] = 0xFF << (8 - pieces % 8) & 0xFF
    return bytes(bits)


def has_pieces(payload: bytes | memoryview, pieces: int) -> frozenset[int]:
    """The pieces that a BITFIELD speaks of; raises BadArchive where it is not one for so many."""
    if len(payload) != -(-pieces // 8):
        raise BadArchive(f"peer wire: expected a bitfield of {-(-pieces // 8)} bytes, seen {len(payload)}")
    found = frozenset(at for at in range(len(payload) * 8) if payload[at // 8] & (0x80 >> at % 8))
    if found and max(found) >= pieces:
        raise BadArchive(f"peer wire: expected a bitfield of {pieces} pieces, seen piece {max(found)}")
    return found


class Reader:
    """Takes bytes as they come and gives the messages that are whole."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes | memoryview) -> list[Message]:
        """The messages that *data* completes, without those that only keep alive; raises BadArchive."""
        self._data += data
        found, at = [], 0
        while len(self._data) - at >= LENGTH.size:
            length: int = LENGTH.unpack_from(self._data, at)[0]
            if length > MOST_MESSAGE_BYTES:
                raise BadArchive(f"peer wire: expected a message of at most {MOST_MESSAGE_BYTES} bytes, seen {length}")
            if len(self._data) - at - LENGTH.size < length:
                break
            start, at = at + LENGTH.size, at + LENGTH.size + length
            if length:
                found.append(checked(Message(self._data[start], bytes(memoryview(self._data)[start + 1 : at]))))
        del self._data[:at]
        return found

    @property
    def is_inside(self) -> bool:
        """Whether a message has begun and is not whole."""
        return bool(self._data)


def checked(found: Message) -> Message:
    """The same message; raises BadArchive where it cannot be that long."""
    size, wanted = len(found.payload), PAYLOADS.get(found.kind)
    if wanted is not None and size != wanted:
        raise BadArchive(f"peer wire: expected {wanted} bytes behind message {found.kind}, seen {size}")
    if found.kind == PIECE and not PLACE.size < size <= PLACE.size + MOST_BLOCK_BYTES:
        raise BadArchive(f"peer wire: expected a block of 1 to {MOST_BLOCK_BYTES} bytes, seen {size - PLACE.size}")
    return found
