"""How a node and the process that forked it talk: a message as a line of JSON, bytes behind it, one answer each."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from typing import Any, TypeAlias

from pkgsuite.errors import SuiteError

__all__ = ["Caller", "Message", "Receiver"]

Message: TypeAlias = "dict[str, Any]"


MOST_READ_BYTES = 1 << 16


class Lines:
    """What comes from a channel: lines, and bytes behind them. A buffered file would take more memory and time."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._data = bytearray()

    def line(self) -> bytes:
        """The next line; nothing where the other end has hung up before its end."""
        start = 0
        while (end := self._data.find(b"\n", start) + 1) == 0:
            start = len(self._data)
            if not self._receive():
                return b""
        return self._take(end)

    def exactly(self, count: int) -> bytes:
        """The next so many bytes, or fewer where the other end has hung up."""
        while len(self._data) < count and self._receive():
            pass
        return self._take(count)

    def _receive(self) -> int:
        data = self._channel.recv(MOST_READ_BYTES)
        self._data += data
        return len(data)

    def _take(self, count: int) -> bytes:
        data = bytes(self._data[:count])
        del self._data[:count]
        return data


class Caller:
    """The parent's end."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._answers = Lines(channel)

    def ask(self, message: Message, blobs: Sequence[bytes] = ()) -> Message:
        """The answer; raises SuiteError where the node says no, ConnectionError where there is no node any more."""
        line = json.dumps({**message, "sizes": [len(blob) for blob in blobs]}).encode() + b"\n"
        for data in (line, *blobs):
            self._channel.sendall(data)
        answer = self._answers.line()
        if not answer:
            raise ConnectionResetError("no answer")
        told: Message = json.loads(answer)
        if "error" in told:
            raise SuiteError(str(told["error"]))
        return told

    def close(self) -> None:
        """Hang up."""
        self._channel.close()


class Receiver:
    """The node's end."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._messages = Lines(channel)

    def fileno(self) -> int:
        """For selectors."""
        return self._channel.fileno()

    def receive(self) -> tuple[Message, list[bytes]] | None:
        """The next message with its bytes; None when the parent has hung up."""
        line = self._messages.line()
        if not line:
            return None
        message: Message = json.loads(line)
        return message, [self._messages.exactly(count) for count in message.pop("sizes")]

    def answer(self, message: Message) -> None:
        """Answer the last message."""
        self._channel.sendall(json.dumps(message).encode() + b"\n")
