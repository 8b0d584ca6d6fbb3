"""The stream of a run: TAP 13 with one plan, a line for each file, its rules as a subtest behind `#`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from pkgsuite import events
from pkgsuite.rules.show import printable

__all__ = ["TapStream"]

DIRECTIVE = re.compile(r"#(?=\s*(?:skip|todo))", re.IGNORECASE)
"""What must not stand in a description by accident."""

EXPECTED = "expected to fail"
MOST_SHOWN = 2000

BROKEN = ("failed", "error", "crashed")


class TapStream:
    """Writes what happens to *tests*, given as pairs of an id and a name, in their order.

    *says_todo* tells whether expected failures are marked: Meson takes care of them itself.
    """

    def __init__(
        self, write: Callable[[str], object], tests: Sequence[tuple[str, str]], *, says_todo: bool, verbose: int
    ) -> None:
        self._write = write
        self._order = [test for test, _ in tests]
        self._names = dict(tests)
        self._says_todo = says_todo
        self._verbose = verbose
        self._descriptions: dict[str, str] = {}
        self._rules: dict[str, list[events.Rule]] = {}
        self._notes: dict[str, list[str]] = {}
        self._waiting: dict[str, events.Result] = {}
        self._count = 0
        self.has_failed = False
        write("TAP version 13\n")
        write(f"1..{len(tests)}\n")

    def event(self, event: events.Event) -> None:
        """Take in what happened, and write the tests whose turn it is."""
        if isinstance(event, events.Started):
            self._descriptions[event.test] = event.description
        elif isinstance(event, events.Rule):
            self._rules.setdefault(event.test, []).append(event)
        elif isinstance(event, events.Kept):
            self._note(event.test, f"pacman testing root saved: {event.path}")
        elif isinstance(event, events.Command) and self._verbose:
            self._note(event.test, f"{event.status} after {event.seconds:.3f} s: {' '.join(event.argv)}")
            if self._verbose > 1:
                for line in event.output.split("\n"):
                    self._note(event.test, f"│ {line}")
        elif isinstance(event, events.Result):
            self._waiting[event.test] = event
            while self._count < len(self._order) and self._order[self._count] in self._waiting:
                self._tell(self._waiting.pop(self._order[self._count]))

    def _note(self, test: str, text: str) -> None:
        self._notes.setdefault(test, []).append(text)

    def _tell(self, result: events.Result) -> None:
        self._count += 1
        self._comment([f"Running '{self._names[result.test]}'", *self._notes.pop(result.test, ())])
        rules = self._rules.pop(result.test, [])
        if rules:
            self._write("".join(f"#    {line}\n" for line in subtest(rules)))
        passed = result.outcome in ("passed", "skipped", "xpassed")
        self.has_failed = self.has_failed or result.outcome in BROKEN
        description = self._descriptions.get(result.test) or self._names[result.test]
        line = f"{'ok' if passed else 'not ok'} {self._count} - {DIRECTIVE.sub('#_', printable(description))}"
        if result.outcome == "skipped":
            line += f" # SKIP {printable(result.reason)}"
        elif result.outcome in ("xfailed", "xpassed") and self._says_todo:
            line += f" # TODO {EXPECTED}{', and passed' if passed else ''}"
        self._write(f"{line}\n")
        if result.outcome in BROKEN:
            self._comment(result.details.rstrip("\n").split("\n"))
        elif result.outcome == "xpassed":
            self._comment(["unexpected pass: remove expectfailure, or find out why the test proves nothing"])

    def _comment(self, lines: Iterable[str]) -> None:
        self._write("".join(f"# {shown(line)}\n" for line in lines))


def subtest(rules: Sequence[events.Rule]) -> Iterator[str]:
    """The rules as a stream of their own, with a reason under each broken one."""
    yield f"1..{len(rules)}"
    for number, rule in enumerate(rules, 1):
        yield f"{'ok' if rule.held else 'not ok'} {number} - {DIRECTIVE.sub('#_', shown(rule.rule))}"
        if not rule.held:
            yield from reason("expected", rule.expected)
            yield from reason("seen", rule.seen)


def reason(label: str, text: str) -> Iterator[str]:
    """A part of the reason, a comment for each of its lines."""
    for line in text.split("\n"):
        yield f"#   {label:8}  {shown(line)}"
        label = ""


def shown(text: str) -> str:
    """*text* in one line that no terminal obeys."""
    text = printable(text)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
