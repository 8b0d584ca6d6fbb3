"""Run a command with a deadline, keep what it says, and end its whole process tree."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import selectors
import subprocess
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import IO, TYPE_CHECKING, Protocol

from pkgsuite.errors import ProgramMissing, SuiteError
from pkgsuite.later import later
from pkgsuite.system import family, pulse
from pkgsuite.values import dataclass

if TYPE_CHECKING:
    import psutil

    from pkgsuite.system.cable import Cable
else:
    psutil = later("psutil")

__all__ = ["Ended", "Follower", "KEPT_BYTES", "run"]

KEPT_BYTES = 1 << 20
"""How much of each stream is kept, half of it from the start and half from the end."""

CHUNK_BYTES = 1 << 16
NOTE_S = 0.005
"""How often the memory of a command is noted, with its output."""

FEW_BYTES = 1 << 18
REST_MS = 5
"""A command that has said little is not listened to at once: each of its words would wake us up beside it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended: status as subprocess gives it, output, wall time, CPU seconds, bytes at the peak."""

    returncode: int
    stdout: bytes
    stderr: bytes
    seconds: float
    user_s: float
    system_s: float
    peak_rss_bytes: int
    timed_out: bool
    is_cut: bool


class Follower(Protocol):
    """Whoever wants to know of a command while it runs."""

    def began(self, pid: int) -> None:
        """It runs as this process."""

    def said(self, data: bytes) -> None:
        """It wrote this, to either stream."""


class Stream:
    """What is kept of an output that may be endless: its start and its end."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        half = KEPT_BYTES // 2
        room = half - len(self._head)
        self._head += data[:room] if room > 0 else b""
        self._tail += data[max(room, 0) :]
        if len(self._tail) > 2 * half:
            self._dropped += len(self._tail) - half
            del self._tail[:-half]

    @property
    def is_cut(self) -> bool:
        """Whether bytes are left out."""
        return self._dropped > 0 or len(self._tail) > KEPT_BYTES // 2

    def value(self) -> bytes:
        """The bytes, with a line in the middle that says how many are left out."""
        if not self.is_cut:
            return bytes(self._head + self._tail)
        extra = max(len(self._tail) - KEPT_BYTES // 2, 0)
        dropped = self._dropped + extra
        return bytes(self._head) + b"\n[%d bytes left out]\n" % dropped + bytes(self._tail[extra:])


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: str | os.PathLike[str] = "/",
    timeout: float,
    stdin: bytes = b"",
    side_by_side: bool = False,
    follower: Follower | None = None,
    network: Cable | None = None,
) -> Ended:
    """Run *argv* in a session of its own, with no environment but *env*, at the end of a link if it has a *network*.

    At the deadline the command and all its descendants, daemons too, are killed; with others running *side_by_side*,
    those that can be told to be its own. What a command leaves in the background stays when it ends in time. Raises
    ProgramMissing where there is no such program.
    """
    before = set() if side_by_side else family.descendants()
    start = monotonic()
    try:
        with network.entered() if network else contextlib.nullcontext():
            child = subprocess.Popen(
                argv,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
    except (FileNotFoundError, PermissionError) as error:
        raise ProgramMissing(f"{argv[0]} cannot be run: {error.strerror}; install it or correct the path") from error
    except OSError as error:
        raise SuiteError(f"{argv[0]} cannot be run: {error}") from error
    if network is not None:
        network.adopted(child.pid)
    if follower is not None:
        follower.began(child.pid)
    watch = Watch(child, stdin, follower)
    try:
        watch.until(start + timeout)
    finally:
        if watch.status is None:
            family.end(family.of_leader(child.pid) if side_by_side else family.descendants() - before, spare=child.pid)
            watch.reap()
    assert watch.status is not None and watch.usage is not None
    return Ended(
        watch.status,
        watch.outputs["stdout"].value(),
        watch.outputs["stderr"].value(),
        monotonic() - start,
        watch.usage.ru_utime,
        watch.usage.ru_stime,
        watch.peak(),
        watch.was_late,
        any(stream.is_cut for stream in watch.outputs.values()),
    )


class Watch:
    """The parent's side of a running command: its pipes, its end, its memory."""

    def __init__(self, child: subprocess.Popen[bytes], stdin: bytes, follower: Follower | None = None) -> None:
        self.child = child
        self._follower = follower
        self.status: int | None = None
        self.usage: resource.struct_rusage | None = None
        self.peak_rss_bytes = 0
        self._note_at = 0.0
        self.was_late = False
        self._number = family.number_of(child.pid)
        self._floor_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        self.outputs = {"stdout": Stream(), "stderr": Stream()}
        self._left = memoryview(stdin)
        self._heard_bytes = 0
        self._selector = selectors.DefaultSelector()
        self._pidfd = os.pidfd_open(child.pid)
        self._selector.register(self._pidfd, selectors.EVENT_READ, "end")
        self._end = select.poll()
        self._end.register(self._pidfd, select.POLLIN)
        for name in self.outputs:
            pipe: IO[bytes] = getattr(child, name)
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ, name)
        if child.stdin:
            os.set_blocking(child.stdin.fileno(), False)
            self._selector.register(child.stdin, selectors.EVENT_WRITE, "stdin")

    def until(self, deadline: float) -> None:
        """Pass bytes on until the command ends; `was_late` tells that the deadline came first."""
        sample_at = monotonic() + pulse.BEAT_S
        while self.status is None:
            now = monotonic()
            if now >= deadline:
                self.was_late = True
                return
            if now >= sample_at:
                self._sample()
                pulse.beat()
                sample_at = now + pulse.BEAT_S
            heard_bytes = self._heard_bytes
            for key, _ in self._selector.select(min(deadline, sample_at) - now):
                self._serve(key)
            if heard_bytes < self._heard_bytes < FEW_BYTES and not self._left and self.status is None:
                self._end.poll(REST_MS)
        self._drain()

    def peak(self) -> int:
        """The most memory that was seen, in bytes; the kernel's figure counts only where it is not our own."""
        told = self.usage.ru_maxrss * 1024 if self.usage else 0
        return max(told if told > self._floor_bytes else 0, self.peak_rss_bytes)

    def reap(self) -> None:
        """Collect the status and the last output of a command that was ended."""
        if self.status is None:
            self._collect()
            self._drain()

    def _serve(self, key: selectors.SelectorKey) -> None:
        if key.data == "end":
            self._collect()
        elif key.data == "stdin":
            self._feed()
        else:
            self._note_memory()
            if not self._take(key.data):
                self._selector.unregister(key.fileobj)

    def _take(self, name: str) -> bool:
        """Read once; False at the end of the stream."""
        pipe: IO[bytes] = getattr(self.child, name)
        try:
            data = os.read(pipe.fileno(), CHUNK_BYTES)
        except BlockingIOError:
            return True
        self._keep(name, data)
        return bool(data)

    def _keep(self, name: str, data: bytes) -> None:
        self._heard_bytes += len(data)
        self.outputs[name].add(data)
        if self._follower is not None:
            self._follower.said(data)

    def _feed(self) -> None:
        assert self.child.stdin
        try:
            self._left = self._left[os.write(self.child.stdin.fileno(), self._left[:CHUNK_BYTES]) :]
        except BrokenPipeError:
            self._left = self._left[:0]
        if not self._left:
            self._selector.unregister(self.child.stdin)
            self.child.stdin.close()

    def _collect(self) -> None:
        _, status, self.usage = os.wait4(self.child.pid, 0)
        self.status = self.child.returncode = os.waitstatus_to_exitcode(status)

    def _drain(self) -> None:
        """Take what is in the pipes by now; a daemon may hold them open for ever."""
        for name in self.outputs:
            pipe: IO[bytes] = getattr(self.child, name)
            with contextlib.suppress(BlockingIOError):
                while data := os.read(pipe.fileno(), CHUNK_BYTES):
                    self._keep(name, data)
            pipe.close()
        if self.child.stdin:
            self.child.stdin.close()
        self._selector.close()
        os.close(self._pidfd)

    def _note_memory(self) -> None:
        """Note the peak of the command itself, now and then with its output: most commands end before a sample."""
        now = monotonic()
        if now < self._note_at:
            return
        self._note_at = now + NOTE_S
        with contextlib.suppress(OSError, IndexError, ValueError):
            kib = family.told(f"{self._number}/status").partition(b"VmHWM:")[2].split(None, 1)[0]
            self.peak_rss_bytes = max(self.peak_rss_bytes, int(kib) * 1024)

    def _sample(self) -> None:
        """Note the memory of the whole tree."""
        total = 0
        for number in (self._number, *(each.number for each in family.below(self._number))):
            with contextlib.suppress(psutil.Error):
                total += psutil.Process(number).memory_info().rss
        self.peak_rss_bytes = max(self.peak_rss_bytes, total)
