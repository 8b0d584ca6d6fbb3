"""The run on a terminal: a line a test, failures in full, a summary that says what to do next."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable

from pkgsuite import events
from pkgsuite.reports.progress import Progress
from pkgsuite.reports.readable import readable
from pkgsuite.reports.repeated import test_of
from pkgsuite.reports.screen import Screen

__all__ = ["Console"]

GLYPHS = {
    "passed": "✓",
    "failed": "✗",
    "error": "⚠",
    "crashed": "⚠",
    "skipped": "⊖",
    "xfailed": "✓",
    "xpassed": "✗",
}
WORDS = {"error": "in error", "xfailed": "failed as expected", "xpassed": "passed unexpectedly"}
COLOURS = {
    "passed": "32",
    "failed": "31",
    "error": "35",
    "crashed": "35",
    "skipped": "33",
    "xfailed": "32",
    "xpassed": "31",
}
BROKEN = ("failed", "error", "xpassed", "crashed")
DIM = "2"


class Console:
    """Writes for people; colour only on a terminal and without NO_COLOR, and a live line at the bottom there."""

    def __init__(
        self, screen: Screen, *, quiet: bool = False, is_echoed: bool = False, now: Callable[[], float] = time.monotonic
    ) -> None:
        """What tests write *is_echoed* where it was shown when they wrote it."""
        self._screen = screen
        self._quiet = quiet
        self._is_echoed = is_echoed
        self._progress = Progress(now)
        self._test_of: dict[str, str] = {}
        self._outputs: dict[str, events.Output] = {}
        self._attempts: defaultdict[str, Counter[bool]] = defaultdict(Counter)
        self._flaky: dict[str, None] = {}
        self._broken: list[tuple[str, str, str]] = []
        self._skips: Counter[str] = Counter()

    def event(self, event: events.Event) -> None:
        """Show one event."""
        self._progress.event(event)
        if isinstance(event, events.Plan):
            self._test_of = test_of(event.tests)
        elif isinstance(event, events.Output):
            self._outputs[event.test] = event
        elif isinstance(event, events.Result):
            self._result(event)
        elif isinstance(event, events.Trouble):
            self._trouble(event)
        elif isinstance(event, events.Note):
            self._screen.line(f"! {readable(event.text)}")
        elif isinstance(event, events.Done):
            self._done(event)
        self.tick()

    def tick(self) -> None:
        """Show how far the run is by now."""
        if self._screen.is_live:
            self._screen.live(*map(readable, self._progress.lines()))

    def _result(self, event: events.Result) -> None:
        output = self._outputs.pop(event.test, None)
        self._remember(event)
        is_shown = not self._quiet or event.outcome in BROKEN
        if output is not None and is_shown and not self._is_echoed and output.text not in event.details:
            self._written(output)
        if is_shown:
            took = self._colour(f"{event.seconds:6.2f} s", DIM)
            mark = "  (flaky)" if event.is_flaky else ""
            name = readable(event.test)
            self._screen.line(f"{self._progress.position()} {self._glyph(event.outcome)} {took}  {name}{mark}")
        if event.outcome in BROKEN:
            self._details(event.details)

    def _remember(self, event: events.Result) -> None:
        """Keep what the summary needs; attempts of one test are told under its id there."""
        test = self._test_of.get(event.test, event.test)
        attempts = self._attempts[test] if test != event.test else Counter()
        attempts[event.outcome in BROKEN] += 1
        if event.outcome in BROKEN and attempts[True] == 1:
            self._broken.append((event.outcome, test, event.reason))
        if event.outcome == "skipped":
            self._skips[event.reason] += 1
        if event.is_flaky or len(attempts) > 1:
            self._flaky[test] = None

    def _written(self, output: events.Output) -> None:
        """Show what a test wrote: the end of it, and where the rest is."""
        left_out = output.size_bytes - len(output.text.encode("utf-8", "replace"))
        if output.log or left_out > 0:
            place = f"; all of it: {output.log}" if output.log else ""
            self._screen.line(f"… {max(left_out, 0)} bytes before{place}")
        self._screen.line(readable(output.text).removesuffix("\n"))

    def _trouble(self, event: events.Trouble) -> None:
        self._broken.append(("error", event.where, event.reason))
        self._screen.line(f"{self._glyph('error')} {readable(event.where)}")
        self._details(event.details or event.reason)

    def _details(self, text: str) -> None:
        if text:
            self._screen.line(indent(readable(text).rstrip()) + "\n")

    def _done(self, event: events.Done) -> None:
        self._screen.line("")
        for reason, count in self._skips.most_common():
            self._screen.line(self._marked("skipped", f"{count} skipped: {readable(reason)}"))
        if self._broken:
            self._screen.line("These did not pass; a name behind `python3 -m pkgsuite run` repeats it:")
            for outcome, name, reason in self._broken:
                self._screen.line(f"  {self._glyph(outcome)} {readable(name)}{self._share(name)}: {readable(reason)}")
        for name in self._flaky:
            self._screen.line(f"! flaky, its last runs disagree: {readable(name)}")
        words = [self._marked(name, f"{count} {WORDS.get(name, name)}") for name, count in event.counts.items()]
        words += [self._marked("error", f"{event.troubles} beside the tests")] if event.troubles else []
        words += [f"{event.not_run} not run"] if event.not_run else []
        how = "; interrupted after" if event.is_interrupted else " in"
        self._screen.line(f"{', '.join(words) or 'no test ran'}{how} {event.seconds:.1f} s")

    def _share(self, name: str) -> str:
        """How many attempts of a test did not pass, where there were several."""
        attempts = self._attempts.get(name, Counter())
        return f" ({attempts[True]} of {attempts.total()} times)" if attempts.total() > 1 else ""

    def _marked(self, outcome: str, words: str) -> str:
        """Words that say the outcome themselves, behind its sign where there is one."""
        return f"{self._glyph(outcome)} {words}" if self._screen.is_unicode else words

    def _glyph(self, outcome: str) -> str:
        return self._colour(GLYPHS[outcome] if self._screen.is_unicode else outcome.upper(), COLOURS[outcome])

    def _colour(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._screen.has_colour else text


def indent(text: str) -> str:
    """*text* moved to the right."""
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())
