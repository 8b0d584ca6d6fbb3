"""The run on a terminal: a line a test, failures in full, a summary that says what to do next."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from typing import TextIO

from pkgsuite import events

__all__ = ["Console"]

GLYPHS = {"passed": "✓", "failed": "✗", "error": "⚠", "skipped": "⊖", "xfailed": "✓", "xpassed": "✗"}
WORDS = {"error": "in error", "xfailed": "failed as expected", "xpassed": "passed unexpectedly"}
COLOURS = {"passed": "32", "failed": "31", "error": "35", "skipped": "33", "xfailed": "32", "xpassed": "31"}
DIM = "2"


class Console:
    """Writes for people; colour only on a terminal and without NO_COLOR, and a live line at the bottom there."""

    def __init__(self, target: TextIO, *, quiet: bool = False) -> None:
        self._target = target
        self._quiet = quiet
        self._is_live = target.isatty() and os.environ.get("TERM") != "dumb"
        self._has_colour = self._is_live and not os.environ.get("NO_COLOR")
        self._is_unicode = "utf" in (getattr(target, "encoding", "") or "").lower()
        self._count = self._total = 0
        self._trouble: list[events.Result] = []
        self._skips: Counter[str] = Counter()

    def event(self, event: events.Event) -> None:
        """Show one event."""
        if isinstance(event, events.Plan):
            self._total = len(event.tests)
        elif isinstance(event, events.Started):
            self._live(f"{self._position(self._count + 1)} {event.test}")
        elif isinstance(event, events.Result):
            self._result(event)
        elif isinstance(event, events.Note):
            self._line(f"! {event.text}")
        elif isinstance(event, events.Done):
            self._done(event)

    def _result(self, event: events.Result) -> None:
        self._count += 1
        if event.outcome in ("failed", "error", "xpassed"):
            self._trouble.append(event)
        if event.outcome == "skipped":
            self._skips[event.reason] += 1
        glyph = self._colour(self._glyph(event.outcome), COLOURS[event.outcome])
        if not self._quiet or event.outcome in ("failed", "error", "xpassed"):
            time = self._colour(f"{event.seconds:6.2f} s", DIM)
            self._line(f"{self._position(self._count)} {glyph} {time}  {event.test}")
        if event.details and event.outcome in ("failed", "error"):
            self._line(indent(event.details.rstrip()) + "\n")

    def _done(self, event: events.Done) -> None:
        self._line("")
        for reason, count in self._skips.most_common():
            self._line(f"{self._glyph('skipped')} {count} skipped: {reason}")
        if self._trouble:
            self._line("These did not pass; a name behind `python3 -m pkgsuite run` repeats it:")
            for result in self._trouble:
                glyph = self._colour(self._glyph(result.outcome), COLOURS[result.outcome])
                self._line(f"  {glyph} {result.test}: {result.reason}")
        words = [
            self._colour(f"{self._glyph(name)} {count} {WORDS.get(name, name)}", COLOURS[name])
            for name, count in event.counts.items()
        ]
        self._line(f"{', '.join(words) or 'no test ran'} in {event.seconds:.1f} s")

    def _position(self, number: int) -> str:
        return f"{number:>{len(str(self._total))}}/{self._total}"

    def _glyph(self, outcome: str) -> str:
        return GLYPHS[outcome] if self._is_unicode else outcome.upper()

    def _colour(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._has_colour else text

    def _line(self, text: str) -> None:
        self._target.write(("\r\x1b[K" if self._is_live else "") + text + "\n")
        self._target.flush()

    def _live(self, text: str) -> None:
        if self._is_live:
            width = shutil.get_terminal_size().columns - 1
            self._target.write("\r\x1b[K" + text[:width])
            self._target.flush()


def indent(text: str) -> str:
    """*text* moved to the right."""
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())
