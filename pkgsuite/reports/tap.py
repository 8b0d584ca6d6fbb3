"""TAP, version 13, as prove, Meson and Jenkins read it: a line a test, with a block of YAML that says more.

See https://testanything.org/tap-version-13-specification.html. The plan stands at the end, so a stream that breaks off
has none, and what fails beside the tests has a line of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TextIO

from pkgsuite import events
from pkgsuite.reports.readable import capped, readable

__all__ = ["Tap"]

DIRECTIVE = re.compile(r"#(?=\s*(?:skip|todo))", re.IGNORECASE)
"""What must not stand in a name by accident; not every reader knows an escape for it."""

DIRECTIVES = {"skipped": "SKIP", "xfailed": "TODO"}
PASSING = ("passed", "skipped")

MOST_TEXT = 16 * 1024
MOST_LINE = 500


class Tap:
    """Writes each test when it has ended."""

    def __init__(self, target: TextIO) -> None:
        self._target = target
        self._count = 0
        self._write(["TAP version 13"])

    def event(self, event: events.Event) -> None:
        """Write what there is to say of it."""
        if isinstance(event, events.Result):
            self._write(self._lines(event.test, event.outcome, event.reason, event.details, event))
        elif isinstance(event, events.Trouble):
            self._write(self._lines(event.where, "error", event.reason, event.details))
        elif isinstance(event, events.Note):
            self._write([f"# {line_of(event.text)}"])
        elif isinstance(event, events.Done):
            self._write(self._end(event))

    def _lines(
        self, name: str, outcome: str, reason: str, details: str, result: events.Result | None = None
    ) -> Iterator[str]:
        self._count += 1
        directive = DIRECTIVES.get(outcome)
        words = f" # {directive} {escaped(reason or outcome)}" if directive else ""
        yield f"{'ok' if outcome in PASSING else 'not ok'} {self._count} - {escaped(name)}{words}"
        yield "  ---"
        yield f"  outcome: {outcome}"
        if result is not None:
            yield f"  duration_ms: {result.seconds * 1000:.3f}"
        if result is not None and result.is_flaky:
            yield "  flaky: true"
        if reason:
            yield f"  message: {json.dumps(line_of(reason), ensure_ascii=False)}"
        if details and outcome not in PASSING:
            yield "  details: |"
            yield from (f"    {line}" for line in capped(readable(details), MOST_TEXT).strip().split("\n"))
        yield "  ..."

    def _end(self, done: events.Done) -> Iterator[str]:
        """The plan, which counts what was not run too."""
        if done.is_interrupted:
            yield f"Bail out! interrupted, {done.not_run} tests were not run"
        yield f"1..{self._count + done.not_run}"

    def _write(self, lines: Iterator[str] | list[str]) -> None:
        self._target.write("".join(f"{line}\n" for line in lines))
        self._target.flush()


def line_of(text: str) -> str:
    """*text* in a line that is not too long."""
    return capped(" ".join(readable(text).split()), MOST_LINE).replace("\n", " ")


def escaped(text: str) -> str:
    """*text* in a line in which nothing is a directive."""
    return DIRECTIVE.sub("#_", line_of(text))
