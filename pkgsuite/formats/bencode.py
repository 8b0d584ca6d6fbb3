"""Bencoding, the form of torrents and of a tracker's answers: numbers, strings, lists and dictionaries; BEP 3."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from pkgsuite.errors import BadArchive, BadValue

__all__ = ["Encodable", "Value", "decode", "encode"]

Value: TypeAlias = "int | bytes | list[Value] | dict[bytes, Value]"
"""What bencoded bytes stand for."""

Encodable: TypeAlias = "int | bytes | str | Sequence[Encodable] | Mapping[str, Encodable] | Mapping[bytes, Encodable]"
"""What can be bencoded; texts are UTF-8."""

DEEPEST = 32
NUMBER = re.compile(rb"i(0|-?[1-9][0-9]{0,18})e")
LENGTH = re.compile(rb"(0|[1-9][0-9]{0,9}):")
END = b"e"


def encode(value: Encodable) -> bytes:
    """The one form that *value* has; raises BadValue for what has none."""
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogateescape")
    if isinstance(value, bytes):
        return b"%d:%b" % (len(value), value)
    if isinstance(value, int) and not isinstance(value, bool):
        return b"i%de" % value
    if isinstance(value, Mapping):
        items = sorted((as_key(key), encode(item)) for key, item in value.items())
        return b"d%be" % b"".join(encode(key) + item for key, item in items)
    if isinstance(value, (list, tuple)):
        return b"l%be" % b"".join(map(encode, value))
    raise BadValue("value", value, "a number, a string, a list or a dictionary")


def as_key(key: object) -> bytes:
    """A key of a dictionary; raises BadValue."""
    if isinstance(key, str):
        return key.encode("utf-8", "surrogateescape")
    if isinstance(key, bytes):
        return key
    raise BadValue("key", key, "a string")


def decode(data: bytes, *, is_sorted: bool = True) -> Value:
    """What *data* stands for; raises BadArchive with where, expected and seen.

    The keys of dictionaries must be sorted, as they are in a torrent, unless *is_sorted* is false; none comes twice.
    """
    value, end = Decoder(data, is_sorted).value(0, 0)
    if end != len(data):
        raise BadArchive(f"bencoded data, byte {end}: expected the end, seen {data[end : end + 20]!r}")
    return value


class Decoder:
    """Reads one value after the other out of *data*."""

    def __init__(self, data: bytes, is_sorted: bool) -> None:
        self._data = data
        self._is_sorted = is_sorted

    def value(self, at: int, depth: int) -> tuple[Value, int]:
        """The value that starts at a place, and where it ends."""
        if depth > DEEPEST:
            raise self._wrong(at, f"at most {DEEPEST} values in one another")
        first = self._data[at : at + 1]
        if first == b"l":
            return self._list(at + 1, depth + 1)
        if first == b"d":
            return self._dictionary(at + 1, depth + 1)
        if number := NUMBER.match(self._data, at):
            return int(number[1]), number.end()
        return self._string(at)

    def _list(self, at: int, depth: int) -> tuple[list[Value], int]:
        found = []
        while self._data[at : at + 1] != END:
            value, at = self.value(at, depth)
            found.append(value)
        return found, at + 1

    def _dictionary(self, at: int, depth: int) -> tuple[dict[bytes, Value], int]:
        found: dict[bytes, Value] = {}
        before: bytes | None = None
        while self._data[at : at + 1] != END:
            key, after = self._string(at)
            if key in found or (self._is_sorted and before is not None and key < before):
                raise self._wrong(at, f"a key that comes after {before!r}")
            found[key], at = self.value(after, depth)
            before = key
        return found, at + 1

    def _string(self, at: int) -> tuple[bytes, int]:
        length = LENGTH.match(self._data, at)
        if length is None:
            raise self._wrong(at, "a value")
        start, end = length.end(), length.end() + int(length[1])
        if end > len(self._data):
            raise self._wrong(at, f"{end - start} bytes, of which there are {len(self._data) - start}")
        return self._data[start:end], end

    def _wrong(self, at: int, expected: str) -> BadArchive:
        return BadArchive(f"bencoded data, byte {at}: expected {expected}, seen {self._data[at : at + 20]!r}")
