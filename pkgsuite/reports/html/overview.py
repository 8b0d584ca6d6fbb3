"""What stands on the page before a test is opened: the summary of the whole run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pkgsuite.reports.gathering import BROKEN, STATES, Run, Test
from pkgsuite.reports.html.glyphs import WORDS, glyph, slug
from pkgsuite.reports.html.quantities import counted, duration, moment
from pkgsuite.reports.html.rows import anchor, breakable
from pkgsuite.reports.markup import Markup, tag

__all__ = ["bar", "headline", "overview", "title", "verdict"]

SLOWEST = 10
MOST_LISTED = 100
LANE = 10
WIDTH = 1_000
"""The size of a worker's lane in the drawing of the run, in units of its own."""


def verdict(run: Run) -> str:
    """The state of the whole run."""
    counts = run.counts()
    worst = next((state for state in STATES if state in BROKEN and state in counts), None)
    if worst or run.troubles:
        return "failed" if worst else "error"
    return "passed" if run.is_whole and "not run" not in counts else "unfinished"


def title(run: Run) -> str:
    """The run in a line."""
    counts = run.counts()
    total = len(run.tests)
    broken = sum(counts.get(state, 0) for state in BROKEN)
    good = counts.get("passed", 0) + counts.get("xfailed", 0)
    if broken:
        return f"{broken:,} of {counted(total, 'test')} did not pass"
    words = f"{good:,} of {counted(total, 'test')} passed" if total else "No test was planned"
    return f"{words}, and {len(run.troubles):,} failed beside them" if run.troubles else words


def headline(run: Run) -> Markup:
    """The title with the facts of the run."""
    plan = run.plan
    facts = [moment(run.at), f"took {duration(run.seconds)}"]
    facts += [counted(plan.jobs, "worker")] if plan else []
    facts += [f"seed {plan.seed}"] if plan and plan.seed is not None else []
    if not run.is_whole:
        facts.append("interrupted" if run.done else "the end of the run is missing")
    return tag(
        "div",
        tag("h1", tag("a", glyph(verdict(run)), title(run), href="#", id="home", title="Back to the summary")),
        tag("p", " · ".join(filter(None, facts)), class_="facts"),
        class_="headline",
    )


def bar(run: Run) -> Markup:
    """A bar in the colours of the states, as long as each has tests; the chips below say the same in words."""
    counts, total = run.counts(), len(run.tests) or 1
    order = ["passed", "xfailed", "skipped", "not run", "unfinished", "error", "crashed", "xpassed", "failed"]
    pieces, x = [], 0.0
    for state in order:
        width = 100 * counts.get(state, 0) / total
        if width:
            rect = {"x": f"{x:.3f}%", "width": f"{width:.3f}%", "height": "100%"}
            name = tag("title", f"{counts[state]:,} {WORDS[state]}")
            pieces.append(tag("rect", name, class_=f"state-{slug(state)}", **rect))
            x += width
    words = ", ".join(f"{counts[state]:,} {WORDS[state]}" for state in order if state in counts)
    return tag("svg", *pieces, class_="bar", role="img", aria_label=words or "no tests")


def overview(run: Run) -> Iterator[Markup]:
    """The sections of the summary; those that have nothing to say are left out."""
    tests = list(enumerate(run.tests.values()))
    broken = [(number, test) for number, test in tests if test.state in BROKEN]
    broken.sort(key=lambda pair: (not pair[1].is_new, STATES.index(pair[1].state)))
    yield from troubles(run)
    yield from listed("Did not pass", broken, with_reason=True)
    yield from listed("Flaky", [(n, t) for n, t in tests if t.is_flaky and t.state not in BROKEN])
    yield from notes(run)
    yield from skipped(test for _, test in tests)
    yield from workers(run)
    slowest = sorted(tests, key=lambda pair: pair[1].seconds, reverse=True)[:SLOWEST]
    yield from slow([(number, test) for number, test in slowest if test.seconds])


def troubles(run: Run) -> Iterator[Markup]:
    """What failed beside the tests."""
    if run.troubles:
        items = [
            tag("li", glyph("error"), tag("b", each.where), tag("p", each.reason), tag("pre", each.details))
            for each in run.troubles
        ]
        yield section("Failed beside the tests", len(items), tag("ul", *items, class_="troubles"))


def notes(run: Run) -> Iterator[Markup]:
    """What was worth saying."""
    if run.notes:
        yield section("Notes", None, tag("ul", *(tag("li", note) for note in run.notes[:MOST_LISTED])))


def listed(name: str, tests: Sequence[tuple[int, Test]], *, with_reason: bool = False) -> Iterator[Markup]:
    """Tests that one may want to open."""
    if not tests:
        return
    items = [
        tag(
            "li",
            tag("a", glyph(test.state), tag("span", breakable(test.id)), href=f"#{anchor(number)}"),
            tag("i", glyph("new"), WORDS["new"], class_="mark-new") if test.is_new else None,
            tag("p", f"{WORDS[test.state]}: {test.reason}" if test.reason else WORDS[test.state])
            if with_reason
            else None,
        )
        for number, test in tests[:MOST_LISTED]
    ]
    if len(tests) > MOST_LISTED:
        items.append(tag("li", f"… and {len(tests) - MOST_LISTED:,} more in the list"))
    yield section(name, len(tests), tag("ul", *items, class_="links"))


def skipped(tests: Iterable[Test]) -> Iterator[Markup]:
    """Why tests were skipped, the most frequent reason first."""
    reasons = Counter(test.reason for test in tests if test.state == "skipped")
    items = [
        tag("li", tag("b", f"{count:,}"), f" {reason or 'without a reason'}")
        for reason, count in reasons.most_common(MOST_LISTED)
    ]
    if items:
        yield section("Skipped", reasons.total(), tag("ul", *items, class_="reasons"))


def slow(tests: Sequence[tuple[int, Test]]) -> Iterator[Markup]:
    """The tests that took longest."""
    if not tests:
        return
    longest = tests[0][1].seconds
    rows = [
        tag(
            "tr",
            tag("th", tag("a", breakable(test.id), href=f"#{anchor(number)}"), scope="row"),
            tag("td", duration(test.seconds), class_="time"),
            tag(
                "td",
                tag("svg", tag("rect", width=f"{100 * test.seconds / longest:.1f}%", height="100%"), class_="share"),
                aria_hidden="true",
            ),
        )
        for number, test in tests
    ]
    yield section("Slowest", None, tag("table", tag("tbody", *rows), class_="slowest"))


def workers(run: Run) -> Iterator[Markup]:
    """When each worker ran which tests, as a drawing."""
    lanes = sorted({attempt.worker for test in run.tests.values() for attempt in test.attempts if attempt.at})
    start, end = run.at, max((end_of(test) for test in run.tests.values()), default=0.0)
    if not lanes or end <= start:
        return
    scale = WIDTH / (end - start)
    drawn = Counter[str]()
    paths: dict[str, list[str]] = {}
    for test in run.tests.values():
        for attempt in test.attempts:
            if attempt.at and attempt.result:
                x, y = (attempt.at - start) * scale, lanes.index(attempt.worker) * LANE + 1
                width = max(attempt.result.seconds * scale - 0.4, 0.4)
                paths.setdefault(attempt.state, []).append(f"M{x:.1f} {y}h{width:.1f}v{LANE - 2}h-{width:.1f}z")
                drawn[attempt.state] += 1
    shapes = [tag("path", class_=f"state-{slug(state)}", d="".join(paths[state])) for state in sorted(paths, key=rank)]
    words = f"{counted(len(lanes), 'worker')} from 0 to {duration(end - start)}; " + ", ".join(
        f"{count:,} {WORDS[state]}" for state, count in drawn.items()
    )
    box = f"0 0 {WIDTH} {len(lanes) * LANE}"
    options = {"viewBox": box, "preserveAspectRatio": "none", "height": f"{len(lanes) * 18}"}
    image = tag("svg", *shapes, class_="workers", role="img", aria_label=words, **options)
    scales = tag("p", tag("span", "0 s"), tag("span", duration(end - start)), class_="scale", aria_hidden="true")
    yield section("Workers", len(lanes), image, scales)


def rank(state: str) -> int:
    """What is broken is drawn last, over the rest."""
    return -STATES.index(state)


def end_of(test: Test) -> float:
    """When the last attempt of a test ended."""
    return max((each.at + each.result.seconds for each in test.attempts if each.result), default=0.0)


def section(name: str, count: int | None, *children: Markup) -> Markup:
    """A part of the summary with its heading."""
    number = tag("span", f"{count:,}", class_="count") if count is not None else None
    return Markup(f"{tag('section', tag('h2', f'{name} ', number), *children)}\n")
