"""The list of all tests, module by module."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from pkgsuite.reports.gathering import BROKEN, STATES, Run, Test
from pkgsuite.reports.html.glyphs import WORDS, glyph, past, slug
from pkgsuite.reports.html.quantities import counted, duration
from pkgsuite.reports.markup import Markup, join, tag

__all__ = ["anchor", "chips", "groups"]

MOST_REASON = 240
OPEN_ROWS = 3_000
"""With more tests than this, only modules where something is broken are open at first."""


def anchor(number: int) -> str:
    """The name of the *number*th test in the page."""
    return f"t{number}"


def chips(run: Run) -> Iterator[Markup]:
    """A count for each state there is, which filters by it."""
    found = run.counts()
    counts = {state: found[state] for state in sorted(found, key=order_of_chips)}
    tests = run.tests.values()
    counts |= {"flaky": sum(test.is_flaky for test in tests), "new": sum(test.is_new for test in tests)}
    for state, count in counts.items():
        if count:
            word = tag("span", f" {WORDS[state]}", class_="word")
            yield tag(
                "button",
                glyph(state),
                tag("b", f"{count:,}"),
                word,
                type="button",
                class_="chip",
                data_state=slug(state),
                aria_pressed="false",
                title=f"Show only: {WORDS[state]}",
            )


def order_of_chips(state: str) -> tuple[bool, int]:
    """What passed comes first, as nearly all should."""
    return state != "passed", STATES.index(state)


def groups(run: Run) -> Iterator[Markup]:
    """A list that can be folded for each module, in the order of the plan."""
    numbered = sorted(enumerate(run.tests.values()), key=lambda pair: pair[1].group)
    is_small = len(numbered) <= OPEN_ROWS
    for module, members in itertools.groupby(numbered, key=lambda pair: pair[1].group):
        yield group(module, list(members), is_small=is_small)


def group(module: str, members: Sequence[tuple[int, Test]], *, is_small: bool) -> Markup:
    """One module with its tests."""
    tests = [test for _, test in members]
    worst = min((test.state for test in tests), key=STATES.index)
    good = sum(test.state in ("passed", "xfailed") for test in tests)
    head = tag(
        "summary",
        glyph(worst),
        tag("span", worst if worst != "passed" else None, class_="unseen"),
        tag("span", breakable(module or "tests"), class_="name"),
        tag("span", f"{good}/{len(tests)}", class_="count", title=f"{good} of {counted(len(tests), 'test')} passed"),
    )
    items = [Markup(f"{row(number, test)}\n") for number, test in members]
    is_open = is_small or worst in BROKEN
    return tag("details", head, tag("ul", "\n", *items), class_="group", open=is_open)


def row(number: int, test: Test) -> Markup:
    """One test: a link to all about it."""
    state = test.state
    words = WORDS[state] + (f": {test.reason[:MOST_REASON]}" if test.reason else "")
    name = tag("span", breakable(test.name), class_="name")
    marks = [tag("i", glyph(mark), WORDS[mark], class_=f"mark-{mark}") for mark in marks_of(test)]
    reason = tag("span", *marks, words if state != "passed" else None, class_="reason")
    link = tag(
        "a",
        glyph(state),
        tag("span", "passed ", class_="unseen") if state == "passed" else None,
        name,
        past(test.past),
        tag("span", duration(test.seconds) if test.attempts else "", class_="time"),
        reason if state != "passed" or marks else None,
        href=f"#{anchor(number)}",
    )
    tags = [f"tag:{each}" for each in test.planned.tags] if test.planned else []
    return tag(
        "li",
        link,
        class_=f"row is-{slug(state)}",
        data_state=" ".join([slug(state), *marks_of(test)]),
        data_find=" ".join([test.id, *tags, test.description, test.planned.file if test.planned else ""]).strip(),
    )


def marks_of(test: Test) -> list[str]:
    """What else is worth a sign."""
    return [name for name, holds in (("flaky", test.is_flaky), ("new", test.is_new)) if holds]


def breakable(name: str) -> Markup:
    """A dotted name that may be broken behind dots and before underscores."""
    pieces: list[str | None] = []
    for piece in name.replace("_", "\0_").replace(".", ".\0").split("\0"):
        pieces += [Markup("<wbr>") if pieces else None, piece]
    return join(*pieces)
