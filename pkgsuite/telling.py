"""What the machines and nodes of a test do, told as events; and about once a second, what they use and say."""

from __future__ import annotations

import codecs
import contextlib
import itertools
from collections.abc import Callable, Iterable, Sequence
from time import time
from typing import TYPE_CHECKING, Protocol

from pkgsuite import events
from pkgsuite.later import later
from pkgsuite.model.command import CommandResult
from pkgsuite.model.tree import Change
from pkgsuite.system import pulse

if TYPE_CHECKING:
    from pkgsuite.system import usage
else:
    usage = later("pkgsuite.system.usage")

__all__ = ["Running", "Speaker", "Teller"]

__unittest = True

PERIOD_S = 1.0
"""How often usage and logs are told; what ends earlier is told by its end alone."""

MOST_LINES = 200
"""How many lines of a command's output its event carries."""

MOST_LOG_BYTES = 1 << 16
"""How much of what a source says in a period is told."""

MOST_PATHS = 2000
"""How many paths of each kind a Changed names."""


class Speaker(Protocol):
    """A node, as far as it is told of."""

    name: str
    kind: str
    pid: int

    @property
    def url(self) -> str:
        """Where it answers."""

    @property
    def log_tail(self) -> str:
        """The end of its log."""

    def log_bytes(self, start: int) -> bytes:
        """What it has said from there on."""


class Running:
    """A command that runs; it is the `Follower` of `system.process`."""

    def __init__(self, machine: str, number: int) -> None:
        self.machine = machine
        self.number = number
        self.at = time()
        self.pid = 0
        self.waiting = bytearray()
        self.left_out = 0
        self.was_heard = False
        self._decode = decoder()

    def began(self, pid: int) -> None:
        """It runs as this process."""
        self.pid = pid

    def said(self, data: bytes) -> None:
        """It wrote this."""
        self.waiting += data
        extra = len(self.waiting) - MOST_LOG_BYTES
        if extra > 0:
            self.left_out += extra
            del self.waiting[:extra]

    def text(self) -> str:
        """What it said since this was last asked."""
        data, left_out = bytes(self.waiting), self.left_out
        self.waiting.clear()
        self.left_out = 0
        return (f"[{left_out} bytes left out]\n" if left_out else "") + self._decode(data)


class Listened:
    """A node that runs, and how much of its log was told."""

    def __init__(self, node: Speaker) -> None:
        self.node = node
        self.told_bytes = 0
        self._decode = decoder()

    def text(self) -> str:
        """What it said since this was last asked."""
        data = self.node.log_bytes(self.told_bytes)
        self.told_bytes += len(data)
        left_out = len(data) - MOST_LOG_BYTES
        note = f"[{left_out} bytes left out]\n" if left_out > 0 else ""
        return note + self._decode(data[-MOST_LOG_BYTES:])


class Teller:
    """Sends the events of the test *name*, unless *send* is None."""

    def __init__(self, name: str, send: Callable[[events.Event], object] | None) -> None:
        self._name = name
        self._send = send
        self._numbers = itertools.count(1)
        self._commands: dict[int, Running] = {}
        self._spent_s: dict[str, float] = {}
        self._nodes: dict[str, Listened] = {}
        self._pulse = contextlib.ExitStack()

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens."""
        return self._send is not None

    def _tell(self, event: events.Event) -> None:
        if self._send is not None:
            self._send(event)

    def close(self) -> None:
        """Tell of nothing more from time to time."""
        self._pulse.close()

    def _watch(self) -> None:
        """Look at what runs from time to time, from the first thing on that does."""
        if self.is_heard and not self._commands and not self._nodes:
            self._pulse.close()
            self._pulse.enter_context(pulse.every(PERIOD_S, self._sample))

    # Commands

    def queued(self, jobs: Iterable[tuple[str, str]]) -> None:
        """Machines and their commands wait, in this order."""
        lanes: dict[str, list[str]] = {}
        for machine, command in jobs:
            lanes.setdefault(machine, []).append(command)
        for machine, commands in lanes.items():
            self._tell(events.Queue(self._name, machine, tuple(commands)))

    def launch(self, machine: str, command: str, argv: Sequence[str]) -> Running:
        """A command is about to run on *machine*."""
        self._watch()
        running = Running(machine, next(self._numbers))
        self._commands[running.number] = running
        self._tell(events.Launched(self._name, machine, running.number, command, tuple(argv), running.at))
        return running

    def failed(self, running: Running) -> None:
        """The command could not be run, or nobody knows how it ended."""
        self._commands.pop(running.number, None)

    def ended(self, running: Running, result: CommandResult) -> None:
        """The command has ended."""
        self._commands.pop(running.number, None)
        used = result.usage
        self._spent_s[running.machine] = self._spent_s.get(running.machine, 0.0) + used.user_s + used.system_s
        if running.was_heard:
            self._tell_log(running.machine, running.text())
        self._tell(
            events.Command(
                self._name,
                running.machine,
                result.command,
                result.argv,
                result.status,
                result.returncode,
                result.seconds,
                used.user_s,
                used.system_s,
                used.peak_rss_bytes,
                "\n".join(result.lines()[-MOST_LINES:]),
                running.number,
                running.at,
            )
        )

    # Nodes

    def node_started(self, node: Speaker) -> None:
        """A node answers from now on."""
        self._watch()
        self._nodes[node.name] = Listened(node)
        self._tell(events.Node(self._name, node.name, node.kind, node.url, "started", "", time()))

    def node_ends(self, node: Speaker) -> None:
        """A node is about to be stopped: tell what it has said by now."""
        listened = self._nodes.pop(node.name, None)
        if listened is not None and self.is_heard:
            self._tell_log(node.name, listened.text())

    def node_noted(self, node: Speaker, notes: Iterable[object]) -> None:
        """A node did all that: its journal, as a log of its own."""
        text = "".join(f"{note}\n" for note in notes)
        self._tell_log(f"{node.name}: journal", text[-MOST_LOG_BYTES:])

    def node_ended(self, node: Speaker) -> None:
        """A node is gone."""
        self._tell(events.Node(self._name, node.name, node.kind, node.url, "ended", node.log_tail, time()))

    # Now and then

    def _sample(self) -> None:
        """Tell what each machine and node uses, and what it has said."""
        commands, nodes = list(self._commands.values()), list(self._nodes.values())
        roots = {f"command {each.number}": each.pid for each in commands if each.pid}
        roots |= {f"node {each.node.name}": each.node.pid for each in nodes if each.node.pid}
        shares = usage.sample(roots)
        for running in commands:
            if share := shares.get(f"command {running.number}"):
                self._tell_usage(running.machine, share, self._spent_s.get(running.machine, 0.0))
            running.was_heard = True
            self._tell_log(running.machine, running.text())
        for listened in nodes:
            if share := shares.get(f"node {listened.node.name}"):
                self._tell_usage(listened.node.name, share)
            self._tell_log(listened.node.name, listened.text())

    def _tell_usage(self, source: str, share: usage.Share, before_s: float = 0.0) -> None:
        """Tell what the processes of *share* use; *before_s* is what earlier ones of *source* took."""
        processes = tuple(
            events.Process(each.pid, each.parent, each.name, each.cpu_s, each.rss_bytes) for each in share.processes
        )
        used_s = before_s + share.cpu_s
        self._tell(events.Usage(self._name, source, time(), used_s, share.rss_bytes, processes))

    def _tell_log(self, source: str, text: str) -> None:
        if text:
            self._tell(events.Log(self._name, source, text, time()))

    # The disk

    def changed(self, machine: str, changes: Iterable[Change]) -> None:
        """The commands of the test changed this on the disk of *machine*."""
        paths: dict[str, list[str]] = {"created": [], "deleted": [], "modified": []}
        for change in changes:
            kind = change.what if change.what in paths else "modified"
            paths[kind].append(f"/{change.path}")
        created, modified, deleted = (tuple(paths[kind][:MOST_PATHS]) for kind in ("created", "modified", "deleted"))
        self._tell(events.Changed(self._name, machine, created, modified, deleted))


def decoder() -> Callable[[bytes], str]:
    """What turns bytes into text, piece by piece; what is not UTF-8 is escaped."""
    return codecs.getincrementaldecoder("utf-8")("backslashreplace").decode
