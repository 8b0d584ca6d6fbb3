"""All that the window knows of one scenario, gathered from the events that speak of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from pkgsuite import events

from .logbook import Logbook
from .names import label_of_test
from .outcomes import ENDED, IDLE, INTERRUPTED

__all__ = ["BROKEN", "HELD", "PENDING", "Bar", "Claim", "Peer", "Sample", "Scenario"]

PENDING, HELD, BROKEN = "pending", "held", "broken"

MOST_SAMPLES = 600
"""Ten minutes of a curve."""

SWEEP_S = 0.5
"""Samples that lie closer than this were taken at the same time, of several trees of processes."""

GONE_S = 10.0
"""A tree of processes of which nothing was heard for so long has ended."""

MOST_OUTCOMES = 10

WORDS = {
    "xfailed": "failed, as expected",
    "xpassed": "passed, though a failure was expected",
    "crashed": "crashed",
}
"""Outcomes that say more than the status that they give."""


@dataclass(slots=True)
class Claim:
    """A rule: judged, or still to be; *at* is when, in seconds since the epoch; *diff* has lines of a unified diff."""

    rule: str
    machine: str = ""
    state: str = PENDING
    expected: str = ""
    seen: str = ""
    at: float = 0.0
    diff: tuple[str, ...] = ()


@dataclass(slots=True)
class Bar:
    """A command of a machine; *seconds* is None while it runs."""

    number: int
    machine: str
    command: str
    argv: tuple[str, ...]
    at: float
    seconds: float | None = None
    status: str = ""
    returncode: int = 0
    peak_rss_bytes: int = 0

    @property
    def has_failed(self) -> bool:
        """Whether it ended badly."""
        return self.seconds is not None and self.returncode != 0


@dataclass(frozen=True, slots=True)
class Sample:
    """What a whole process tree used: the share of one core since the last sample, and memory."""

    at: float
    cpu_percent: float
    rss_bytes: int


@dataclass(slots=True)
class Peer:
    """A machine or a node: what it is, when it lived, what it uses."""

    name: str
    kind: str = "machine"
    url: str = ""
    state: str = ""
    started_at: float = 0.0
    ended_at: float = 0.0
    waiting: int = 0
    samples: deque[Sample] = field(default_factory=lambda: deque(maxlen=MOST_SAMPLES))
    processes: tuple[tuple[events.Process, float], ...] = ()
    trees: dict[int, events.Usage] = field(default_factory=dict)
    swept: set[int] = field(default_factory=set)

    def take(self, usage: events.Usage) -> None:
        """Add what a process tree uses, to the last sample if that was taken at the same time of another tree.

        A downloader and its machine have one name and two trees. CPU time becomes a share of one core.
        """
        tree = usage.processes[0].pid if usage.processes else 0
        before = self.trees.get(tree)
        previous = before.at if before else max(self.started_at, self._last_at(usage.at))
        seconds = usage.at - previous
        known = {each.pid: each.cpu_s for each in before.processes} if before else {}

        def percent(cpu_s: float, cpu_before_s: float) -> float:
            return max(0.0, 100 * (cpu_s - cpu_before_s) / seconds) if seconds > 0 else 0.0

        cpu = percent(usage.cpu_s, before.cpu_s if before else 0.0)
        processes = tuple((each, percent(each.cpu_s, known.get(each.pid, 0.0))) for each in usage.processes)
        self.trees[tree] = usage
        if self.samples and tree not in self.swept and usage.at - self.samples[-1].at < SWEEP_S:
            last = self.samples.pop()
            self.samples.append(Sample(last.at, last.cpu_percent + cpu, last.rss_bytes + usage.rss_bytes))
            self.swept.add(tree)
            self.processes += processes
        else:
            self.samples.append(Sample(usage.at, cpu, usage.rss_bytes))
            self.trees = {pid: each for pid, each in self.trees.items() if usage.at - each.at < GONE_S}
            self.swept, self.processes = {tree}, processes

    def _last_at(self, at: float) -> float:
        """When the last sample before this sweep was taken."""
        return next((each.at for each in reversed(self.samples) if at - each.at >= SWEEP_S), 0.0)


@dataclass(slots=True)
class Scenario:
    """One test: what is known before it runs, and what came of its last run."""

    test: str
    label: str = ""
    description: str = ""
    file: str = ""
    line: int = 0
    tags: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    expected_s: float = 0.0
    outcomes: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    durations: tuple[float, ...] = ()

    status: str = IDLE
    outcome: str = ""
    seconds: float = 0.0
    started_at: float = 0.0
    last_at: float = 0.0
    reason: str = ""
    details: str = ""
    claims: list[Claim] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    peers: dict[str, Peer] = field(default_factory=dict)
    log: Logbook = field(default_factory=Logbook)
    kept: dict[str, str] = field(default_factory=dict)
    changed: dict[str, events.Changed] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    heard: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.label = self.label or label_of_test(self.test)

    @property
    def held(self) -> int:
        """How many rules held."""
        return sum(claim.state == HELD for claim in self.claims)

    @property
    def word(self) -> str:
        """The status in a word, with the outcome where that says more."""
        if self.status == IDLE and self.reason == INTERRUPTED:
            return "stopped"
        return WORDS.get(self.outcome, self.status) if self.status in ENDED else self.status

    @property
    def place(self) -> str:
        """The file and line, or nothing."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file

    def lately(self) -> tuple[str, ...]:
        """The outcomes of the last runs, the newest last, this one with them."""
        return self.outcomes[-MOST_OUTCOMES:]

    def clear(self) -> None:
        """Forget the last run; what is known before a run stays."""
        self.outcome = self.reason = self.details = ""
        self.seconds = self.started_at = self.last_at = 0.0
        self.claims = [Claim(rule) for rule in self.named]
        self.bars, self.peers, self.log = [], {}, Logbook()
        self.kept, self.changed, self.notes, self.heard = {}, {}, [], set()

    def at(self, at: float) -> float:
        """Remember that something happened at *at*, if that is known, and give the time of the latest."""
        self.last_at = max(self.last_at, at)
        return self.last_at

    def peer(self, name: str, kind: str = "machine") -> Peer:
        """The machine or node of that name."""
        return self.peers.setdefault(name, Peer(name, kind))

    def expect(self, machine: str, rule: str) -> None:
        """A rule will be judged; one that was named before a run is found again."""
        if not self._waiting(machine, rule):
            self.claims.append(Claim(rule, machine))

    def judge(self, event: events.Rule) -> None:
        """A rule was judged."""
        claim = self._waiting(event.machine, event.rule)
        if claim is None:
            claim = Claim(event.rule, event.machine)
            self.claims.append(claim)
        claim.state = HELD if event.held else BROKEN
        claim.expected, claim.seen, claim.diff = event.expected, event.seen, event.diff
        claim.at = self.last_at

    def _waiting(self, machine: str, rule: str) -> Claim | None:
        """The claim for a rule that waits to be judged; one that is on no machine yet comes to be on this one."""
        waiting = [each for each in self.claims if each.state == PENDING and each.rule == rule]
        for each in waiting:
            if each.machine == machine:
                return each
        for each in waiting:
            if not each.machine:
                each.machine = machine
                return each
        return None

    def bar(self, number: int, machine: str) -> Bar | None:
        """The command with that number that runs, or the one that runs on the machine."""
        running = [each for each in self.bars if each.seconds is None and each.machine == machine]
        return next((each for each in running if each.number == number), running[-1] if running else None)
