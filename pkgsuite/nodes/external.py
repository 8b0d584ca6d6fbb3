"""A node that is a real program: run beside the machines with a configuration of ours, ready when it answers."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from pkgsuite.errors import ProgramMissing, SuiteError
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.control import Message, Receiver
from pkgsuite.system import cable, nobody
from pkgsuite.system.wait import wait_until

__all__ = ["External", "can_run", "dpkg_query", "find_program"]

READY_S = 60.0
"""How long a program may take until it answers."""

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": PATH, "LC_ALL": "C"}
VERSION_S = 10.0
UNKNOWN = "(version unknown)"
KNOCK_S = 1.0


class External(Node):
    """A program that listens at an address of its own and keeps what it writes in *directory*.

    A subclass says what to run and with which files. Raises ProgramMissing where there is no such program.
    """

    program: ClassVar[str] = ""
    package: ClassVar[str] = ""
    """Debian's package with the program."""

    refuses_root: ClassVar[bool] = False
    """Whether it does not work, or works otherwise, for root."""

    def __init__(
        self, name: str, directory: str, *, address: str = "", port: int = 0, hosts: Sequence[str] = ()
    ) -> None:
        self._path = self.find()
        super().__init__(name, address, port, hosts)
        self.directory = directory

    def find(self) -> str:
        """The path of the program; raises ProgramMissing."""
        return find_program(self.program, f"apt-get install {self.package}")

    @property
    def version(self) -> str:
        """The program's name and the version of its package, as far as dpkg knows one."""
        return f"{self.program} {dpkg_query('--show', '--showformat=${Version}', self.package) or UNKNOWN}"

    # What to run

    @abstractmethod
    def argv(self) -> Sequence[str]:
        """The command; its first word is the program's name."""

    def files(self) -> Mapping[str, str | bytes]:
        """What it finds in its directory when it starts, by paths below that; a path with a slash at its end is one."""
        return {}

    def environment(self) -> Mapping[str, str]:
        """Variables besides PATH and LC_ALL."""
        return {}

    @property
    def line(self) -> str:
        """The command for a shell."""
        return shlex.join(self._words)

    @property
    def _words(self) -> list[str]:
        """The command with the path of its program, by which some find their own files."""
        return [self._path, *self.argv()[1:]]

    # Its life

    def start(self) -> None:
        """Start the program and wait until it answers; raises SuiteError with its last words where it does not."""
        with self._from_inside():
            self._furnish()
            for listener in self._listeners:
                listener.close()
            super().start()
            wait_until(self._is_ready_or_gone, timeout=READY_S, what=f"{self.name} answers at {self.url} ({self.line})")
            if not self.is_alive:
                raise SuiteError(f"{self.kind} {self.name} {self.how_it_ended}: {self.line}{self._last_words()}")

    @contextlib.contextmanager
    def _from_inside(self) -> Iterator[None]:
        """See its address as the program itself must, which listens where the relay of its link finds it."""
        own, known = cable.at(self.address), self.address
        self.address = own.inside if own is not None else known
        try:
            yield
        finally:
            self.address = known

    def _furnish(self) -> None:
        os.makedirs(self.directory, exist_ok=True)
        for path, content in self.files().items():
            target = Path(self.directory, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.endswith("/"):
                target.mkdir(exist_ok=True)
            else:
                target.write_bytes(content.encode() if isinstance(content, str) else content)

    def _is_ready_or_gone(self) -> bool:
        return not self.is_alive or self.is_ready()

    def is_ready(self) -> bool:
        """Whether somebody listens at its port."""
        try:
            with socket.create_connection((self.address, self.port), KNOCK_S):
                return True
        except OSError:
            return False

    @property
    def _listeners(self) -> tuple[socket.socket, ...]:
        """The sockets that keep its ports until it starts, since the program makes its own."""
        return tuple(listener for listener in super()._listeners if listener.fileno() >= 0)

    def live(self, listener: socket.socket, orders: Receiver, journal: int) -> None:
        """Become the program."""
        os.chdir(self.directory)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        if self.refuses_root:
            nobody.become(self.directory)
        os.execve(self._path, self._words, {**ENVIRONMENT, "HOME": self.directory, **self.environment()})

    @property
    def is_whole(self) -> bool:
        """No: it keeps no journal that rules could compare with another node's."""
        return False

    def ask(self, message: Message, blobs: Sequence[bytes] = ()) -> Message:
        """Programs take no orders; raises SuiteError."""
        raise SuiteError(f"{self.kind} {self.name} is a program of its own and does not know {message.get('do')!r}")


def find_program(name: str, remedy: str) -> str:
    """The absolute path of a program; raises ProgramMissing with a *remedy*."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:{PATH}")
    if found is None:
        raise ProgramMissing(f"no {name} on PATH; {remedy}")
    return str(Path(found).absolute())


def dpkg_query(*words: str) -> str:
    """What dpkg-query says, or nothing."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(
            ["dpkg-query", *words], capture_output=True, timeout=VERSION_S, env=ENVIRONMENT, check=False, text=True
        )
        return done.stdout
    return ""


def can_run(argv: Sequence[str]) -> bool:
    """Whether a command succeeds."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(argv, capture_output=True, timeout=VERSION_S, env=ENVIRONMENT, check=True)
        return True
    return False
