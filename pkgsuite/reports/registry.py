"""All report formats there are, by name; a new one is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TextIO

from pkgsuite import events
from pkgsuite.reports.jsonl import JsonLines

__all__ = ["REPORTS", "Report"]


class Report(Protocol):
    """Whoever takes events."""

    def event(self, event: events.Event) -> None:
        """Take one event."""


REPORTS: dict[str, Callable[[TextIO], Report]] = {"jsonl": JsonLines}
