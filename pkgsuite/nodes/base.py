"""A node: a server in a process of its own, forked beside the machines, ready as soon as it exists."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import gc
import io
import itertools
import os
import resource
import signal
import socket
import sys
import traceback
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn, TextIO

from pkgsuite.errors import SuiteError
from pkgsuite.model.journal import Note, Served, decode
from pkgsuite.nodes import addresses
from pkgsuite.nodes.control import Caller, Message, Receiver
from pkgsuite.nodes.stopping import LADDER, Step, stop
from pkgsuite.system import cable, namespaces
from pkgsuite.system.wait import wait_until

__all__ = ["Node", "stop_all"]

LOG_BYTES = 1 << 18
"""How long a log may become; what comes later is lost."""

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FATAL = (signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV)
SPARE_DESCRIPTORS = 128
MOST_DESCRIPTORS = 1 << 16
TAIL_CHARACTERS = 2000
BURIED = "is gone; somebody else has buried it, and nobody knows how it ended"
ANSWER_S = 20.0
"""How long a node may take to do what its parent says."""


class Node(ABC):
    """A server that listens at an address of its own; it ends with the process that started it.

    *kind* is what it is called in reports, *hosts* are the names by which clients may find it, if somebody tells them
    where that is. A subclass calls `start` when it is all there. Whoever starts one stops it.
    """

    kind = "node"
    ladder: Sequence[Step] = LADDER
    ends_gently = False
    """Whether it notes what is going on when it is asked to end."""

    def __init__(self, name: str, address: str = "", port: int = 0, hosts: Sequence[str] = ()) -> None:
        self.name = name
        self.hosts = addresses.check_names(hosts)
        self._listener = addresses.listen(address, port)
        self._also_listens: list[socket.socket] = []
        self._more_ports: list[int] = []
        self.address, self.port = self._listener.getsockname()
        if cable.at(address) is not None:
            self.address = address
        self._parent = os.getpid()
        self.pid = 0
        self._status: int | None = None
        self._is_buried = False
        self._last_log = ""
        self._was_asked = self._was_cut_short = False
        self._read_bytes = 0
        self._notes: list[Note] = []
        self._log = self._journal = -1

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} at {self.address}:{self.port}>"

    @abstractmethod
    def live(self, listener: socket.socket, orders: Receiver, journal: int) -> None:
        """What the node does in its process, until it returns; *journal* is a file for lines of notes."""

    # Starting

    def start(self) -> None:
        """Fork; clients may connect from now on."""
        ours, theirs = socket.socketpair()
        if self._log < 0:
            self._log = bounded_file("log", LOG_BYTES)
            self._journal = os.memfd_create("journal")
        make_room_for_descriptors(self._journal)
        own_streams()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        try:
            self.pid = os.fork()
            if self.pid == 0:
                self._be(theirs, mask)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        theirs.close()
        own = cable.at(self.address)
        if own is not None:
            own.adopted(self.pid)
        for listener in self._listeners:
            listener.close()
        ours.settimeout(ANSWER_S)
        self._caller = Caller(ours)

    @property
    def _listeners(self) -> tuple[socket.socket, ...]:
        """All sockets at which it takes clients; a subclass may have more than the one that its URL names."""
        return (self._listener, *self._also_listens)

    def _be(self, channel: socket.socket, mask: Iterable[int]) -> NoReturn:
        """The child's life; nothing of the parent's but its memory is used.

        Signals wait until they end it: those of the parent would raise KeyboardInterrupt, in the midst of forking too.
        """
        status = 1
        try:
            for number in (*ENDING, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            gc.freeze()
            os.setsid()
            namespaces.die_with_parent()
            if os.getppid() != self._parent:
                os._exit(0)
            own = cable.at(self.address)
            if own is not None:
                own.enter()
            listening = (listener.fileno() for listener in self._listeners)
            become_a_node(self._log, (*listening, channel.fileno(), self._journal))
            self.live(self._listener, Receiver(channel), self._journal)
            status = 0
        except BaseException:
            with contextlib.suppress(OSError):
                os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(status)

    def _listen_too(self, ports: Iterable[int] = (0,)) -> int:
        """The first of *ports* that is free at its address, where it takes other clients too; 0 is any free one."""
        trouble: SuiteError | None = None
        for port in ports:
            try:
                listener = addresses.listen(self.address, port)
            except SuiteError as error:
                trouble = error
            else:
                self._also_listens.append(listener)
                self._more_ports.append(listener.getsockname()[1])
                return self._more_ports[-1]
        raise trouble or SuiteError(f"{self.name} was given no port to listen at")

    # Talking

    def ask(self, message: Message, blobs: Sequence[bytes] = ()) -> Message:
        """The node's answer; raises SuiteError where it says no, or has ended."""
        try:
            if self.is_alive:
                return self._caller.ask(message, blobs)
        except OSError:
            pass
        raise SuiteError(f"{self.kind} {self.name} {self.how_it_ended or 'does not answer'}{self._last_words()}")

    @property
    def is_alive(self) -> bool:
        """Whether its process runs."""
        return self.pid != 0 and not self._has_ended()

    def _has_ended(self) -> bool:
        if self._status is None and not self._is_buried:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self._is_buried = True
            else:
                self._status = os.waitstatus_to_exitcode(status) if pid else None
        return self._is_buried or self._status is not None

    @property
    def is_stopped(self) -> bool:
        """Whether a signal made its process stand still; proc_pid_stat(5)."""
        try:
            state = Path(f"/proc/{self.pid}/stat").read_bytes().rpartition(b") ")[2][:1]
        except OSError:
            return False
        return state in (b"T", b"t")

    @property
    def is_whole(self) -> bool:
        """Whether its journal has all: no life of it ended before it could note what was going on."""
        return not self._was_cut_short and not self.ended_unasked

    @property
    def how_it_ended(self) -> str:
        """How the process ended, in words, or nothing while it runs."""
        if not self.pid or not self._has_ended():
            return ""
        if self._status is None:
            return BURIED
        if self._status < 0:
            return f"was ended by {signal.Signals(-self._status).name}"
        return f"ended itself with status {self._status}"

    @property
    def ended_unasked(self) -> bool:
        """Whether the process is gone though nobody here stopped it."""
        return self.pid != 0 and not self._was_asked and not self.is_alive

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"tcp://{self.address}:{self.port}"

    @property
    def log(self) -> str:
        """What the node said on its stdout and stderr, as far as that was kept."""
        return self.log_bytes().decode("utf-8", "backslashreplace") if self.pid else self._last_log

    def log_bytes(self, start: int = 0) -> bytes:
        """What a node that was started has said from there on, as far as that was kept."""
        return os.pread(self._log, os.lseek(self._log, 0, os.SEEK_CUR) - start, start)

    @property
    def log_tail(self) -> str:
        """The end of its log."""
        return self.log.strip()[-TAIL_CHARACTERS:]

    def _last_words(self) -> str:
        return f"; it said last:\n{self.log_tail}" if self.log_tail else ""

    # The journal

    @property
    def journal(self) -> tuple[Served, ...]:
        """Every request that was whole by now and what became of it, in order, even if the node has ended since."""
        return tuple(note for note in self.notes if isinstance(note, Served))

    @property
    def notes(self) -> tuple[Note, ...]:
        """Everything that the node noted, in the order in which it began, even if the node has ended since."""
        waiting: list[Note] = []
        if self.is_alive and not self.is_stopped:
            with contextlib.suppress(SuiteError):
                waiting = [decode(line) for line in self.ask({"do": "flush"}).get("done", ())]
        self._read_journal()
        return tuple(sorted([*self._notes, *waiting], key=lambda note: note.at_s))

    def _read_journal(self) -> None:
        if not self.pid:
            return
        data = os.pread(self._journal, os.fstat(self._journal).st_size - self._read_bytes, self._read_bytes)
        whole = data[: data.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        self._notes += map(decode, whole.splitlines())

    # Stopping

    def signal(self, number: int = signal.SIGKILL) -> None:
        """Send its process a signal, as whoever stops or kills it would; from then on its end is no surprise.

        It stands still, or is gone, when this returns, if the signal leaves it no choice.
        """
        self._was_asked = True
        self._was_cut_short |= number in FATAL or (number in ENDING and not self.ends_gently)
        if self.is_alive:
            os.kill(self.pid, number)
        if number == signal.SIGKILL:
            wait_until(lambda: not self.is_alive, timeout=ANSWER_S, what=f"{self.name} is gone")
        if number == signal.SIGSTOP:
            wait_until(lambda: self.is_stopped or not self.is_alive, timeout=ANSWER_S, what=f"{self.name} stands still")

    def stop(self) -> str:
        """End the node; gives the name of the signal that it took, or nothing if it had ended already."""
        self._was_asked = True
        self._was_cut_short |= not self.ends_gently and self.is_alive
        if not self.pid:
            return ""
        return stop(self.pid, self._has_ended, self.ladder)

    def restart(self) -> None:
        """End the node if it runs, and start it anew where it was; its journal goes on.

        It has what it was given here, and what it left on disk.
        """
        self.stop()
        self._read_journal()
        self._caller.close()
        self._listener = addresses.listen(self.address, self.port)
        self._also_listens = [addresses.listen(self.address, port) for port in self._more_ports]
        self.pid, self._status, self._is_buried, self._was_asked = 0, None, False, False
        self.start()

    def close(self) -> None:
        """End the node and forget what it noted; raises SuiteError where it had ended by itself."""
        trouble = "" if not self.ended_unasked else f"{self.kind} {self.name} {self.how_it_ended}{self._last_words()}"
        self.stop()
        if self.pid:
            self._last_log = self.log
            self._caller.close()
            os.close(self._log)
            os.close(self._journal)
            self.pid = 0
        for listener in self._listeners:
            listener.close()
        addresses.release(self.address)
        if trouble:
            raise SuiteError(trouble)


def stop_all(nodes: Iterable[Node]) -> None:
    """Stop many at once: all are asked before one is waited for."""
    asked = list(nodes)
    for node in asked:
        node.signal(signal.SIGINT)
    for node in asked:
        node.stop()


def bounded_file(name: str, most_bytes: int) -> int:
    """A file in memory that cannot grow beyond a size; how much is written tells its position."""
    descriptor = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.truncate(descriptor, most_bytes)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
    return descriptor


def make_room_for_descriptors(highest: int) -> None:
    """Let this process open more files when it comes near its limit; each node takes a few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft - highest < SPARE_DESCRIPTORS and soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(2 * soft, 1024), MOST_DESCRIPTORS), hard))


def become_a_node(log: int, kept: Iterable[int]) -> None:
    """Give the process streams of its own, and close what is not *kept*."""
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    edges = [2, *sorted(kept), os.sysconf("SC_OPEN_MAX")]
    for below, above in itertools.pairwise(edges):
        os.closerange(below + 1, above)
    sys.stdout, sys.stderr = own_streams()


@functools.cache
def own_streams() -> tuple[TextIO, TextIO]:
    """What a node has for stdout and stderr; made before it is forked, so that all share the memory."""
    raw = (io.FileIO(descriptor, "w", closefd=False) for descriptor in (1, 2))
    out, err = (
        io.TextIOWrapper(io.BufferedWriter(each), "utf-8", "backslashreplace", line_buffering=True) for each in raw
    )
    return out, err
