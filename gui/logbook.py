"""What the machines and nodes of one scenario have said: lines with their source, the oldest let go."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import TypeAlias

__all__ = ["MOST_LINES", "Line", "Logbook"]

MOST_LINES = 5000
"""How many lines are kept."""

LONGEST_LINE = 2000

Line: TypeAlias = "tuple[str, str]"
"""Who said it, and what."""

ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\^_])|[\x00-\x08\x0b-\x1f\x7f]")


class Logbook:
    """Lines in the order in which they came; a line without its end waits until the rest of it comes."""

    def __init__(self, most: int = MOST_LINES) -> None:
        self._lines: deque[Line] = deque(maxlen=most)
        self._begun: dict[str, str] = {}
        self.total = 0

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def let_go(self) -> int:
        """How many lines are kept no longer."""
        return self.total - len(self._lines)

    def add(self, source: str, text: str) -> None:
        """Take what *source* has said since it last spoke."""
        *whole, rest = (self._begun.pop(source, "") + text).split("\n")
        if rest:
            self._begun[source] = rest[-LONGEST_LINE:]
        self._lines.extend((source, clean(line)) for line in whole)
        self.total += len(whole)

    def end(self) -> None:
        """Take lines that have no end as they are: nobody will say more."""
        for source, text in self._begun.items():
            self._lines.append((source, clean(text)))
            self.total += 1
        self._begun.clear()

    def since(self, position: int) -> Sequence[Line]:
        """The lines from the *position*th of all on, as far as they are kept."""
        return list(islice(self._lines, max(0, position - self.let_go), None))

    def last(self, number: int) -> Sequence[Line]:
        """The last *number* of lines at most."""
        return self.since(self.total - number)

    def sources(self) -> list[str]:
        """Everyone who has said what is kept, in the order of their first words."""
        return list(dict.fromkeys(source for source, _ in self._lines))

    def forget(self) -> int:
        """Let go of everything; gives how many lines that were."""
        number = len(self._lines)
        self._lines.clear()
        return number


def clean(line: str) -> str:
    """A line as a terminal would leave it: what follows the last carriage return, without escapes, not too long."""
    line = line.rstrip("\r")
    if "\r" in line:
        line = line.rpartition("\r")[2]
    if not line.isprintable():
        line = ESCAPES.sub("", line.expandtabs())
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} …"
