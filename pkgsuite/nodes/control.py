"""How a node and the process that forked it talk: a message as a line of JSON, bytes behind it, one answer each."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from typing import Any, TypeAlias

from pkgsuite.errors import SuiteError

__all__ = ["Caller", "Message", "Receiver"]

Message: TypeAlias = "dict[str, Any]"


class Caller:
    """The parent's end."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._answers = channel.makefile("rb")

    def ask(self, message: Message, blobs: Sequence[bytes] = ()) -> Message:
        """The answer; raises SuiteError where the node says no, ConnectionError where there is no node any more."""
        line = json.dumps({**message, "sizes": [len(blob) for blob in blobs]}).encode() + b"\n"
        for data in (line, *blobs):
            self._channel.sendall(data)
        answer = self._answers.readline()
        if not answer:
            raise ConnectionResetError("no answer")
        told: Message = json.loads(answer)
        if "error" in told:
            raise SuiteError(str(told["error"]))
        return told

    def close(self) -> None:
        """Hang up."""
        self._answers.close()
        self._channel.close()


class Receiver:
    """The node's end."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._messages = channel.makefile("rb")

    def fileno(self) -> int:
        """For selectors."""
        return self._channel.fileno()

    def receive(self) -> tuple[Message, list[bytes]] | None:
        """The next message with its bytes; None when the parent has hung up."""
        line = self._messages.readline()
        if not line:
            return None
        message: Message = json.loads(line)
        return message, [self._messages.read(count) for count in message.pop("sizes")]

    def answer(self, message: Message) -> None:
        """Answer the last message."""
        self._channel.sendall(json.dumps(message).encode() + b"\n")
