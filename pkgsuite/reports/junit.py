"""JUnit XML, as GitLab, Jenkins and the readers of GitHub take it.

There is no standard. What is written here is what the schema junit-10.xsd of Jenkins' plugin xUnit allows, and beside
that the attributes `file` and `line` and the properties of a test case, which GitLab and GitHub's readers show; the
strict form leaves those out.
"""

from __future__ import annotations

import itertools
import os
import shlex
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from pkgsuite import events
from pkgsuite.reports.gathering import NOT_RUN, UNFINISHED, Attempt, Run, Test
from pkgsuite.reports.markup import Markup, tag
from pkgsuite.reports.readable import capped, readable

__all__ = ["write", "write_strictly"]

MOST_TEXT = 16 * 1024
MOST_ALL_TEXT = 16 * 1024 * 1024
"""How much text a case, and a file, may hold: GitLab takes no file of 30 MB."""

MOST_LINE = 500

FAILURES = {"failed": "failure", "xpassed": "failure", "error": "error", "crashed": "error", UNFINISHED: "error"}
"""The element for each state of a test that somebody has to look at."""

SKIPS = ("skipped", "xfailed", NOT_RUN)

WORDS = {
    "xpassed": "expected to fail, and passed",
    "xfailed": "failed, as expected",
    "crashed": "the process of the test died",
    UNFINISHED: "the test began, and the run ended before it did",
    NOT_RUN: "the run ended before this test began",
}


def write(run: Run, target: TextIO, *, is_strict: bool = False) -> None:
    """Write *run* as one document."""
    writer = Writer(run, is_strict=is_strict)
    tests = list(run.tests.values())
    sums = sums_of(tests, run.troubles)
    words = {"name": "pkgsuite", "time": seconds(run.seconds), **{key: str(value) for key, value in sums.items()}}
    if is_strict:
        del words["skipped"]
    start = tag("testsuites", **words).removesuffix("</testsuites>")
    target.write(f'<?xml version="1.0" encoding="utf-8"?>\n{start}\n')
    for text in writer.suites(tests):
        target.write(f"{text}\n")
    target.write("</testsuites>\n")


def write_strictly(run: Run, target: TextIO) -> None:
    """Write *run* as one document that junit-10.xsd allows."""
    write(run, target, is_strict=True)


class Writer:
    """What is the same for all suites of a document, and how much text it may still hold."""

    def __init__(self, run: Run, *, is_strict: bool) -> None:
        self._run = run
        self._is_strict = is_strict
        self._left = MOST_ALL_TEXT

    def suites(self, tests: Sequence[Test]) -> Iterator[Markup]:
        """A suite for each module, and one for what failed beside the tests."""
        by_module = sorted(tests, key=lambda test: test.group)
        for module, members in itertools.groupby(by_module, key=lambda test: test.group):
            yield self._suite(module, list(members))
        if self._run.troubles:
            yield self._trouble_suite(self._run.troubles)

    def _suite(self, module: str, tests: Sequence[Test]) -> Markup:
        at = min((attempt.at for test in tests for attempt in test.attempts if attempt.at), default=self._run.at)
        files = {place(test.planned.file) for test in tests if test.planned and test.planned.file}
        cases = [self._case(test) for test in tests]
        return tag(
            "testsuite",
            "\n",
            self._properties(suite_properties(self._run)),
            *cases,
            name=module or "tests",
            **{key: str(value) for key, value in sums_of(tests).items()},
            time=seconds(sum(test.seconds for test in tests)),
            timestamp=moment(at),
            hostname=socket.gethostname(),
            file=files.pop() if len(files) == 1 else None,
        )

    def _trouble_suite(self, troubles: Sequence[events.Trouble]) -> Markup:
        cases = [
            tag(
                "testcase",
                tag("error", self._text(trouble.details), message=line(trouble.reason), type="error"),
                name=trouble.where,
                classname="pkgsuite",
                time=seconds(0),
            )
            for trouble in troubles
        ]
        sums = {key: str(value) for key, value in sums_of((), troubles).items()}
        words = {"name": "beside the tests", "time": seconds(0), "timestamp": moment(self._run.at)}
        return tag("testsuite", "\n", *(Markup(f"{case}\n") for case in cases), **words, **sums)

    def _case(self, test: Test) -> Markup:
        planned = test.planned
        more: dict[str, str | None] = {}
        if planned and not self._is_strict:
            more = {"file": place(planned.file) or None, "line": str(planned.line) if planned.line else None}
        name = test.id.removeprefix(f"{test.group}.") if test.group else test.id
        class_name, _, method = name.partition(".")
        case = tag(
            "testcase",
            None if self._is_strict else self._properties(case_properties(test)),
            *self._outcomes(test),
            self._output(test),
            name=method or name,
            classname=".".join(filter(None, (test.group, class_name if method else ""))) or "tests",
            time=seconds(test.seconds),
            **more,
        )
        return Markup(f"{case}\n")

    def _outcomes(self, test: Test) -> Iterator[Markup]:
        """What came of a test: the attempt that decides, and the others that went wrong."""
        worst = test.worst
        if test.state in SKIPS:
            yield tag("skipped", message=line(test.reason or WORDS.get(test.state, "")), type=test.state)
        for attempt in test.attempts:
            kind = FAILURES.get(attempt.state)
            if kind and attempt is worst:
                yield tag(kind, self._text(details_of(attempt)), message=message(test, attempt), type=attempt.state)
            elif kind:
                trace = tag("stackTrace", self._text(details_of(attempt)))
                yield tag(f"rerun{kind.title()}", trace, message=line(reason_of(attempt)), type=attempt.state)

    def _output(self, test: Test) -> Markup | None:
        """What the commands and the test of the attempt that decides have written."""
        if test.state not in FAILURES or test.worst is None:
            return None
        text = self._text("\n".join(said(test.worst)))
        return tag("system-out", text) if text else None

    def _properties(self, pairs: Iterable[tuple[str, str]]) -> Markup | None:
        found = [tag("property", name=name, value=value) for name, value in pairs if value]
        return tag("properties", *found) if found else None

    def _text(self, text: str) -> str:
        """As much of *text* as there is room for."""
        text = capped(readable(text), min(MOST_TEXT, max(self._left, MOST_LINE)))
        self._left -= len(text)
        return text


def sums_of(tests: Sequence[Test], troubles: Sequence[events.Trouble] = ()) -> dict[str, int]:
    """The attributes that count."""
    kinds = [FAILURES.get(test.state) for test in tests]
    return {
        "tests": len(tests) + len(troubles),
        "failures": kinds.count("failure"),
        "errors": kinds.count("error") + len(troubles),
        "skipped": sum(test.state in SKIPS for test in tests),
    }


def suite_properties(run: Run) -> Iterator[tuple[str, str]]:
    """What is known of the whole run."""
    if run.plan:
        yield "jobs", str(run.plan.jobs)
        yield "seed", "" if run.plan.seed is None else str(run.plan.seed)
    if not run.is_whole:
        yield "interrupted", "true"


def case_properties(test: Test) -> Iterator[tuple[str, str]]:
    """What is known of a test besides what came of it."""
    yield "description", line(test.description)
    yield "state", test.state
    yield "tags", " ".join(test.planned.tags) if test.planned else ""
    yield "flaky", "true" if test.is_flaky else ""
    yield "attempts", str(len(test.attempts)) if len(test.attempts) > 1 else ""
    yield "history", " ".join(test.past)
    yield "worker", str(test.worst.worker) if test.worst and test.worst.worker else ""
    for kept in test.worst.kept if test.worst else ():
        yield "kept", kept.path


def message(test: Test, attempt: Attempt) -> str:
    """Why a test is not well, in a line."""
    words = reason_of(attempt)
    broken = sum(each.state in FAILURES for each in test.attempts)
    if len(test.attempts) > 1:
        words = f"{words} (in {broken} of {len(test.attempts)} attempts)"
    return line(f"flaky: {words}" if test.is_flaky else words)


def reason_of(attempt: Attempt) -> str:
    """The one line of an attempt that did not go well."""
    return (attempt.result.reason if attempt.result else "") or WORDS.get(attempt.state, attempt.state)


def details_of(attempt: Attempt) -> str:
    """All that is told of an attempt that did not go well."""
    return (attempt.result.details if attempt.result else "") or reason_of(attempt)


def said(attempt: Attempt) -> Iterator[str]:
    """Each command with how it ended and the end of its output, and what the test wrote itself."""
    share = MOST_TEXT // max(1, len(attempt.commands))
    for command in attempt.commands.values():
        yield f"{command.machine}$ {command.command}"
        if isinstance(command, events.Launched):
            yield f"did not end: {shlex.join(command.argv)}"
        else:
            yield f"{command.status} after {command.seconds:.2f} s: {shlex.join(command.argv)}"
            yield capped(readable(command.output), share)
    if attempt.output and attempt.output.text:
        yield attempt.output.text


def place(file: str) -> str:
    """The path of *file* from the current directory where it lies below: so a reader finds it in its checkout."""
    top = os.getcwd()
    return os.path.relpath(file, top) if os.path.isabs(file) and os.path.commonpath((file, top)) == top else file


def line(text: str) -> str:
    """*text* in a line that is not too long."""
    text = " ".join(readable(text).split())
    return text if len(text) <= MOST_LINE else f"{text[: MOST_LINE - 1]}…"


def seconds(number: float) -> str:
    """Seconds with three places and nothing else, as the schema wants them."""
    return f"{max(0.0, number):.3f}"


def moment(at: float) -> str | None:
    """*at* as ISO 8601 in UTC, or None where it is not known."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) if at else None
