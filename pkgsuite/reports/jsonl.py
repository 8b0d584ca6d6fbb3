"""Every event as a line of JSON."""

from __future__ import annotations

from typing import TextIO

from pkgsuite import events

__all__ = ["JsonLines"]


class JsonLines:
    """Writes each event when it happens."""

    def __init__(self, target: TextIO) -> None:
        self._target = target

    def event(self, event: events.Event) -> None:
        """Write one line."""
        self._target.write(events.encode(event) + "\n")
        self._target.flush()
