"""What went wrong, for readers without scripts: every broken test in plain elements."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from pkgsuite import events
from pkgsuite.reports.gathering import BROKEN, Attempt, Run, Test
from pkgsuite.reports.html.comparing import EXPECTED, SEEN
from pkgsuite.reports.html.details import judged
from pkgsuite.reports.html.glyphs import WORDS, glyph
from pkgsuite.reports.html.quantities import duration
from pkgsuite.reports.html.rows import anchor
from pkgsuite.reports.markup import Markup, tag
from pkgsuite.reports.readable import capped

__all__ = ["broken_tests"]

MOST_TESTS = 200
MOST_TEXT = 8 * 1024

LABELS = {EXPECTED: "expected", SEEN: "seen"}


def broken_tests(run: Run) -> Iterator[Markup]:
    """A section for each test that did not pass."""
    broken = [(number, test) for number, test in enumerate(run.tests.values()) if test.state in BROKEN]
    yield tag("p", "This browser runs no scripts: only tests that did not pass have their details below.")
    for number, test in broken[:MOST_TESTS]:
        yield Markup(f"{one(number, test)}\n")
    if len(broken) > MOST_TESTS:
        yield tag("p", f"{len(broken) - MOST_TESTS:,} more did not pass; a browser with scripts shows them.")


def one(number: int, test: Test) -> Markup:
    """What is known of a test."""
    attempt = test.worst
    assert attempt is not None
    head = f"{WORDS[test.state]} after {duration(test.seconds)}" + (f": {test.reason}" if test.reason else "")
    return tag(
        "section",
        tag("h2", glyph(test.state), test.id),
        tag("p", test.description) if test.description else None,
        tag("p", head),
        *rules(attempt),
        tag("pre", capped(attempt.result.details, MOST_TEXT)) if attempt.result and attempt.result.details else None,
        *commands(attempt),
        id=anchor(number),
        class_="plain-test",
    )


def rules(attempt: Attempt) -> Iterator[Markup]:
    """The broken rules."""
    for rule in attempt.rules:
        if not rule.held:
            lines = (f"{LABELS.get(mark, ''):>8} │ {line}" for mark, line in judged(rule))
            yield tag("h3", glyph("failed"), f"{rule.rule} · {rule.machine}")
            yield tag("pre", capped("\n".join(lines), MOST_TEXT))


def commands(attempt: Attempt) -> Iterator[Markup]:
    """Every command with how it ended and the end of what it wrote."""
    for command in attempt.commands.values():
        yield tag("h3", f"{command.machine}$ {command.command}")
        if isinstance(command, events.Launched):
            yield tag("p", f"did not end: {shlex.join(command.argv)}")
        else:
            yield tag("p", f"{command.status} after {duration(command.seconds)}: {shlex.join(command.argv)}")
            yield tag("pre", capped(command.output, MOST_TEXT))
