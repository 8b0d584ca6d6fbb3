"""A world without namespaces: a directory of the host, and a janitor that clears it when the runner has ended.

It serves where namespaces are refused. Commands run on the host, so this guards against accidents only as far as the
user's own rights do; what a scenario leaves running or lying about is found by its mark and its directory.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from pkgsuite.errors import WorldError
from pkgsuite.later import later
from pkgsuite.system import conversation, fake, family, namespaces, temporary, trees
from pkgsuite.system.generation import generation
from pkgsuite.system.place import MARK, Place, stay_at

if TYPE_CHECKING:
    import psutil
else:
    psutil = later("psutil")

__all__ = ["BareWorld"]

SHARED_MEMORY = "/dev/shm"
NO_EXECUTION = os.ST_NOEXEC
GONE = -1


class BareWorld:
    """A place on the host; with *pretend* through fakeroot and fakechroot, else by root's own chroot.

    Raises WorldError where that is not possible.
    """

    def __init__(self, rung: str, *, pretend: bool) -> None:
        self._runner = os.getpid()
        self._generation = generation()
        added = fake.environment() if pretend else {}
        if not pretend and os.geteuid() != 0:
            raise WorldError("only root can do that")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        life = os.pidfd_open(self._runner)
        self._janitor = os.fork()
        if self._janitor == 0:
            be_janitor(theirs, life, added)
        theirs.close()
        os.close(life)
        with ours:
            told = conversation.expect(ours, "the janitor is ready")
        environment = told["environment"]
        assert isinstance(environment, dict)
        self.place = Place(
            rung,
            str(told["directory"]),
            has_mounts=False,
            needs_static_shell=not pretend,
            environment={MARK: str(told["directory"]), **environment},
        )
        self.limits = "commands run on the host"
        self._children: set[int] = set()

    @property
    def is_alive(self) -> bool:
        """Whether the janitor still watches, seen from the runner."""
        if self._janitor == GONE or generation() != self._generation:
            return False
        try:
            return os.waitpid(self._janitor, os.WNOHANG) == (0, 0)
        except ChildProcessError:
            return False

    def fork(self) -> int:
        """Like os.fork, but the child may set up sandboxes; it ends with the thread that forked it."""
        pid = os.fork()
        if pid == 0:
            namespaces.die_with_parent()
            namespaces.adopt_orphans()
            os.umask(0o022)
            stay_at(self.place)
            if os.getppid() != self._runner:
                os._exit(125)
        self._children.add(pid)
        return pid

    def close(self) -> None:
        """End everything that was started here and delete what is left."""
        if self._janitor == GONE or generation() != self._generation:
            return
        for pid in self._children:
            with contextlib.suppress(ChildProcessError):
                if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                    os.kill(pid, signal.SIGKILL)
        if self.is_alive:
            os.kill(self._janitor, signal.SIGTERM)
            os.waitpid(self._janitor, 0)
        self._janitor = GONE


def be_janitor(runner: socket.socket, life: int, added: dict[str, str]) -> NoReturn:
    """The janitor's life: make the directory, wait for the end, leave nothing."""
    asked = os.eventfd(0)
    directory, daemon = "", None
    try:
        conversation.detach({runner.fileno(), life, asked})
        with contextlib.suppress(OSError):
            Path("/proc/self/comm").write_text(family.JANITOR)
        signal.signal(signal.SIGTERM, lambda number, frame: os.eventfd_write(asked, 1))
        directory = temporary.make(directory_for_roots())
        daemon = fake.Daemon(added) if added else None
        environment = daemon.environment if daemon else {}
        if environment:
            fake.prove(environment)
        conversation.tell(runner, {"directory": directory, "environment": environment})
        runner.close()
        poll = select.poll()
        poll.register(life, select.POLLIN)
        poll.register(asked, select.POLLIN)
        poll.poll()
    except BaseException as error:
        with contextlib.suppress(OSError):
            conversation.tell(runner, {"error": str(error) or type(error).__name__})
    finally:
        if directory:
            end_all_at(directory)
            trees.remove(directory)
        if daemon:
            daemon.stop()
    os._exit(0)


def directory_for_roots() -> str:
    """Where roots are made: in memory if programs may be run there."""
    with contextlib.suppress(OSError):
        if os.access(SHARED_MEMORY, os.W_OK) and not os.statvfs(SHARED_MEMORY).f_flag & NO_EXECUTION:
            return SHARED_MEMORY
    return tempfile.gettempdir()


def end_all_at(directory: str) -> None:
    """Kill every process that says it is at the place of *directory*, until there is none."""
    mark = directory.encode()
    while found := [pid for pid in psutil.pids() if pid != os.getpid() and says(pid, mark)]:
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def says(pid: int, mark: bytes) -> bool:
    """Whether a living process has *mark* in its environment's word about places."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    variables = (entry for entry in environment.split(b"\0") if entry.startswith(MARK.encode() + b"="))
    return any(mark in entry for entry in variables)
