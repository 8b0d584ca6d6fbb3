"""What happens during a run, as frozen values that travel as JSON lines."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeAlias

from pkgsuite.errors import SuiteError

__all__ = [
    "VERSION",
    "Command",
    "Done",
    "Event",
    "Kept",
    "Node",
    "Note",
    "Plan",
    "Result",
    "Rule",
    "Started",
    "Trouble",
    "decode",
    "encode",
]

VERSION = 1
"""The version of the event format; a line of another version is refused."""

OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


@dataclass(frozen=True, slots=True)
class Plan:
    """The run begins: the ids of all tests, in their order."""

    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Started:
    """A test begins; *at* is seconds since the epoch."""

    test: str
    description: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a test has ended: what was asked, how it was run, how it ended, what it took."""

    test: str
    machine: str
    command: str
    argv: tuple[str, ...]
    status: str
    returncode: int
    seconds: float
    user_s: float
    system_s: float
    peak_rss_bytes: int
    output: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule was judged on a machine."""

    test: str
    machine: str
    rule: str
    held: bool
    expected: str
    seen: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The sandbox of a machine was kept as a tar with owners."""

    test: str
    machine: str
    path: str


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a test has `started` or `ended`; *kind* is such as `mirror`, *log* the end of what it said."""

    test: str
    node: str
    kind: str
    url: str
    state: str
    log: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth saying that is no result."""

    text: str
    test: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A test has ended: *outcome* is one of OUTCOMES; *reason* is one line, *details* all of it."""

    test: str
    outcome: str
    seconds: float = 0.0
    reason: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something failed that is no test, such as tearDownClass: *where* names it, the rest is as in a Result."""

    where: str
    reason: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The run has ended: how many tests had each outcome, how many of the plan were not run, and other troubles."""

    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    not_run: int = 0
    troubles: int = 0
    is_interrupted: bool = False


Event: TypeAlias = "Plan | Started | Command | Rule | Kept | Node | Note | Result | Trouble | Done"

KINDS: dict[str, type[Event]] = {
    kind.__name__.lower(): kind for kind in (Plan, Started, Command, Rule, Kept, Node, Note, Result, Trouble, Done)
}


def encode(event: Event) -> str:
    """*event* as one line of JSON, without the newline."""
    return json.dumps({"version": VERSION, "event": type(event).__name__.lower(), **asdict(event)})


def decode(line: str) -> Event:
    """The event that *line* holds; raises SuiteError where it holds none."""
    try:
        told = json.loads(line)
        version, name = told.pop("version"), told.pop("event")
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise SuiteError(f"expected an event as a JSON object, saw {line[:80]!r}") from error
    if version != VERSION or not isinstance(name, str) or name not in KINDS:
        raise SuiteError(f"expected an event of version {VERSION}, saw {name!r} of version {version!r}")
    kind: Any = KINDS[name]
    known = {each.name for each in fields(kind)}
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items() if key in known}
    try:
        event: Event = kind(**values)
    except TypeError as error:
        raise SuiteError(f"the event {name!r} is not whole: {error}") from error
    return event
