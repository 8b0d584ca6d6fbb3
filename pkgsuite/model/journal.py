"""What nodes have answered, as values that travel as JSON lines, and what rules see of a node."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

__all__ = ["NodeRecord", "Served"]

DELIVERIES = (200, 206)


@dataclass(frozen=True, slots=True)
class Served:
    """One request and what became of it.

    *path* has no slash before it and no escapes. *body_bytes* is what the head promised, *sent_bytes* what of it was
    sent. *at_s* is when the request was whole, in seconds since the epoch; *seconds* is how long the answer took.
    *fault* describes the faults that were at work. An answer that *is_open* was still being sent.
    """

    method: str
    path: str
    status: int
    body_bytes: int = 0
    sent_bytes: int = 0
    at_s: float = 0.0
    seconds: float = 0.0
    query: str = ""
    range: str = ""
    fault: str = ""
    is_open: bool = False

    @property
    def is_delivery(self) -> bool:
        """Whether a body, or the part of it that was asked for, was sent from the first byte to the last."""
        whole = not self.is_open and self.sent_bytes == self.body_bytes
        return self.method == "GET" and self.status in DELIVERIES and whole

    def __str__(self) -> str:
        """The request in a line."""
        part = f" [{self.range}]" if self.range else ""
        fault = f" ({self.fault})" if self.fault else ""
        sent = f"{self.sent_bytes} of {self.body_bytes} bytes{' so far' if self.is_open else ''}"
        return f"{self.method} {self.path}{part}: {self.status}, {sent} in {self.seconds:.3f} s{fault}"

    def encode(self) -> str:
        """One line of JSON, without the newline."""
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, line: str | bytes) -> Served:
        """The value that `encode` wrote; raises ValueError or TypeError where it is none."""
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """A node as rules see it: whether it runs, what it has answered, and whether it has or had a path to offer."""

    is_alive: bool
    served: tuple[Served, ...] = ()
    offers: Callable[[str], bool] | None = None
