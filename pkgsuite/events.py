"""What happens during a run, as frozen values that travel as JSON lines."""

from __future__ import annotations

import json
from dataclasses import asdict, field, fields
from typing import Any, TypeAlias

from pkgsuite.errors import SuiteError
from pkgsuite.values import dataclass

__all__ = [
    "INTERRUPTED",
    "VERSION",
    "Changed",
    "Command",
    "Done",
    "Event",
    "Judging",
    "Kept",
    "Launched",
    "Log",
    "Node",
    "Note",
    "Output",
    "Plan",
    "Planned",
    "Process",
    "Queue",
    "Result",
    "Rule",
    "Started",
    "Trouble",
    "UnknownKind",
    "Usage",
    "as_object",
    "decode",
    "encode",
    "from_object",
]

VERSION = 1
"""The version of the event format; a line of another version is refused."""

INTERRUPTED = "interrupted"
"""The reason of a test in error that somebody ended with the run, which says nothing of what was tested."""

OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed", "crashed")
"""How a test may end; `crashed` is the outcome of one whose process died under it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The run begins: the ids of all tests in their order, by how many workers, *at* seconds since the epoch.

    *seed* is that of a random order, or None. A run of a *shard*, such as `2/4`, leaves the *others* to other machines.
    A Planned for each test follows.
    """

    tests: tuple[str, ...]
    jobs: int = 1
    seed: int | None = None
    at: float = 0.0
    shard: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """What is known of a test before it runs: where it is, its tags, how long it took of late, the rules it names.

    *outcomes* are those of its last runs, the newest last.
    """

    test: str
    description: str = ""
    file: str = ""
    line: int = 0
    tags: tuple[str, ...] = ()
    expected_s: float = 0.0
    rules: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """A test begins; *at* is seconds since the epoch, *worker* the number of the worker that runs it."""

    test: str
    description: str = ""
    at: float = 0.0
    worker: int = 0


@dataclass(frozen=True, slots=True)
class Queue:
    """Commands wait on a machine, and will be launched in this order."""

    test: str
    machine: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Launched:
    """A command begins: the *number*th of its test, counted from 1; a Command with the same number follows."""

    test: str
    machine: str
    number: int
    command: str
    argv: tuple[str, ...]
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a test has ended: what was asked, how it was run, how it ended, what it took.

    *output* is the end of what it wrote, *log* the file with all of it where there is one; *at* is when it began.
    """

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
    number: int = 0
    at: float = 0.0
    log: str = ""


@dataclass(frozen=True, slots=True)
class Judging:
    """These rules will be judged on a machine now: a Rule for each of them follows."""

    test: str
    machine: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule was judged on a machine; *diff* leads from what it expected to what was seen, where both have lines."""

    test: str
    machine: str
    rule: str
    held: bool
    expected: str
    seen: str
    diff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """What the commands of a test changed on the disk of a machine: absolute paths, as the machine sees them."""

    test: str
    machine: str
    created: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


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
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a Usage: ids as its world counts them, CPU time since it began, resident memory now."""

    pid: int
    parent: int
    name: str
    cpu_s: float
    rss_bytes: int


@dataclass(frozen=True, slots=True)
class Usage:
    """A sample of what the processes of a machine or node use, about once a second.

    *source* names the machine or node; *cpu_s* is the CPU time of its whole tree so far, dead children too.
    """

    test: str
    source: str
    at: float
    cpu_s: float
    rss_bytes: int
    processes: tuple[Process, ...] = ()


@dataclass(frozen=True, slots=True)
class Log:
    """What a node or a running command has said since the last Log of *source*."""

    test: str
    source: str
    text: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Output:
    """What a test itself wrote on its standard output and error: the end of it, and the file that has it all."""

    test: str
    text: str
    log: str = ""
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth saying that is no result."""

    text: str
    test: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A test has ended: *outcome* is one of OUTCOMES; *reason* is one line, *details* all of it.

    *is_flaky* tells that the last runs of the same test on the same code disagreed.
    """

    test: str
    outcome: str
    seconds: float = 0.0
    reason: str = ""
    details: str = ""
    at: float = 0.0
    worker: int = 0
    is_flaky: bool = False

    @property
    def is_interrupted(self) -> bool:
        """Whether the run was ended under it."""
        return self.outcome == "error" and self.reason == INTERRUPTED


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


Event: TypeAlias = (
    "Plan | Planned | Started | Queue | Launched | Command | Judging | Rule | Changed | Kept | Node | Usage | Log | "
    "Output | Note | Result | Trouble | Done"
)

KINDS: dict[str, type[Event]] = {
    kind.__name__.lower(): kind
    for kind in (
        Plan,
        Planned,
        Started,
        Queue,
        Launched,
        Command,
        Judging,
        Rule,
        Changed,
        Kept,
        Node,
        Usage,
        Log,
        Output,
        Note,
        Result,
        Trouble,
        Done,
    )
}


NAMES = {kind: tuple(each.name for each in fields(kind)) for kind in KINDS.values()}
"""What an event of each kind tells."""


class UnknownKind(SuiteError):
    """An event of this version is of a kind that a later release has; it may be left out."""


def encode(event: Event) -> str:
    """*event* as one line of JSON, without the newline."""
    return json.dumps(as_object(event))


def as_object(event: Event) -> dict[str, object]:
    """*event* as an object for JSON."""
    kind = type(event)
    found: dict[str, object] = {"version": VERSION, "event": kind.__name__.lower()}
    found |= {name: getattr(event, name) for name in NAMES[kind]}
    if isinstance(event, Usage):
        found["processes"] = [asdict(each) for each in event.processes]
    return found


def decode(line: str) -> Event:
    """The event that *line* holds; raises SuiteError where it holds none."""
    try:
        return from_object(json.loads(line))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise SuiteError(f"expected an event as a JSON object, saw {line[:80]!r}") from error


def from_object(told: Any) -> Event:
    """The event that an object of JSON holds; raises SuiteError, or what a dictionary of another form raises."""
    version, name = told.pop("version"), told.pop("event")
    if version != VERSION or not isinstance(name, str):
        raise SuiteError(f"expected an event of version {VERSION}, saw {name!r} of version {version!r}")
    if name not in KINDS:
        raise UnknownKind(f"expected one of {', '.join(KINDS)}, saw {name!r}")
    kind: Any = KINDS[name]
    known = NAMES[kind]
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items() if key in known}
    try:
        if "processes" in values:
            values["processes"] = tuple(Process(**each) for each in values["processes"])
        event: Event = kind(**values)
    except TypeError as error:
        raise SuiteError(f"the event {name!r} is not whole: {error}") from error
    return event
