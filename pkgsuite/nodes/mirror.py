"""A mirror: a node that serves files over HTTP/1.1, keeps a journal, and misbehaves on request."""

from __future__ import annotations

import posixpath
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import quote

from pkgsuite.errors import BadValue, SuiteError
from pkgsuite.model.file import File
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Archive, Repository, as_repository
from pkgsuite.nodes import tls
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.content import Tree, load
from pkgsuite.nodes.control import Receiver
from pkgsuite.nodes.faults import Fault, Refusing
from pkgsuite.nodes.journal import Journal
from pkgsuite.nodes.server import Server
from pkgsuite.system.sandbox import OLD_S

__all__ = ["Mirror", "Render"]

Render = Callable[[str, Repository], Iterable[File]]
"""The files of a repository, by its name and what it offers; their paths are those that clients ask for."""


class Mirror(Node):
    """A mirror that runs; *files* are served by their paths, and so is what lies in *directory*.

    *credentials* are `user:password`, without which nobody gets anything. With *encrypted* it speaks TLS. Asked for a
    tunnel, as proxies are, it leads to *tunnel_to*, whatever host is named. *render* makes files of what `publish`
    gets. *patience_s* is how long a client may take for a request.
    """

    kind = "mirror"

    def __init__(
        self,
        name: str = "mirror",
        files: Mapping[str, bytes] | None = None,
        *,
        directory: str = "",
        address: str = "",
        port: int = 0,
        hosts: Sequence[str] = (),
        credentials: str = "",
        encrypted: bool = False,
        tunnel_to: Mirror | None = None,
        render: Render | None = None,
        patience_s: float = 10.0,
    ) -> None:
        if credentials and not all(credentials.partition(":")):
            raise BadValue("credentials", credentials, "'user:password'")
        super().__init__(name, address, port, hosts)
        self.repositories: dict[str, Repository] = {}
        self.published: list[Archive] = []
        self._watchers: list[Callable[[], object]] = []
        self.credentials = credentials
        self.date_s = OLD_S
        self._render = render
        self._patience_s = patience_s
        self._way = None if tunnel_to is None else (tunnel_to.address, tunnel_to.port)
        self._context = tls.context() if encrypted else None
        self._tree = Tree(directory)
        self._tree.put(as_files(files or {}), self.date_s)
        self._offered = set(files or {})

    @property
    def url(self) -> str:
        """Where it is, by its first name if it has one; user and password are in it, and no slash is at its end."""
        scheme = "https" if self._context else "http"
        user = "".join(f"{quote(part, '')}:" for part in self.credentials.split(":", 1) if part)[:-1]
        return f"{scheme}://{user}{'@' if user else ''}{(*self.hosts, self.address)[0]}:{self.port}"

    @property
    def authority(self) -> bytes:
        """The certificate that a client must trust where the mirror speaks TLS."""
        return tls.AUTHORITY.read_bytes()

    def live(self, listener: socket.socket, orders: Receiver, journal: int) -> None:
        """Serve until the parent is gone."""
        server = Server(listener, self._tree, Journal(journal), credentials=self.credentials, context=self._context)
        server.patience_s, server.way = self._patience_s, self._way
        server.run(orders)

    # What it serves

    def put(self, files: Mapping[str, bytes], date_s: int | None = None) -> None:
        """Serve *files*, in place of what was under their paths; they appear in the order that is given.

        They are dated *date_s*, in seconds since the epoch, or a second after what was put before: managers compare
        whole seconds.
        """
        self.date_s = self.date_s + 1 if date_s is None else date_s
        self._offered |= set(files)
        known = as_files(files)
        self._tree.put(known, self.date_s)
        for watcher in self._watchers:
            watcher()
        if self.pid:
            order = {"do": "put", "paths": list(known), "mtime_s": self.date_s}
            self.ask(order, list(known.values()))

    def watch(self, watcher: Callable[[], object]) -> None:
        """Call *watcher* whenever there are new files, before anybody is served any."""
        self._watchers.append(watcher)

    def remove(self, *paths: str) -> None:
        """Serve these files no more."""
        for path in paths:
            if path not in self._offered:
                raise BadValue("path", path, f"a path that {self.name} has or had")
            self._tree.remove(path)
            self.ask({"do": "remove", "path": path})

    def publish(
        self, name: str, repository: Repository | Iterable[Package | Archive], date_s: int | None = None
    ) -> None:
        """Serve a repository, in place of the one that had this name, even while a command runs."""
        if self._render is None:
            raise SuiteError(f"{self.name} was started without a manager: start it by Scenario.start_mirror, or put()")
        offered = as_repository(repository)
        self.repositories[name] = offered
        self.published += offered.archives
        self.put({file.path: file.data for file in self._render(name, offered)}, date_s)

    @property
    def paths(self) -> tuple[str, ...]:
        """What it has by now of all that it was given."""
        return tuple(sorted(path for path in self._offered if self._has(path)))

    def _has(self, path: str) -> bool:
        found = self._tree.find(path)
        if found is None:
            return False
        found.content.close()
        return True

    def offers(self, path: str) -> bool:
        """Whether it has a path, or had it once."""
        return path in self._offered or self._has(path)

    def content(self, path: str) -> bytes:
        """The bytes of *path* as they are without faults; raises BadValue where there are none."""
        found = self._tree.find(path)
        if found is None:
            raise BadValue("path", path, f"a path that {self.name} has")
        try:
            return load(found.content.pieces(0, found.content.size))
        finally:
            found.content.close()

    # What is wrong with it

    def fault(self, fault: Fault, path: str = "*", times: int | None = None) -> None:
        """Let *fault* be at work from now on, for paths that match the pattern, and for so many requests if given.

        Several faults are at work together, in the order in which they came; the first thing that they change is what
        stands under a path, then what is answered.
        """
        if not isinstance(fault, Fault):
            raise BadValue("fault", fault, "a fault, such as Truncated(after=100)")
        if isinstance(fault, Refusing) and (path, times) != ("*", None):
            raise BadValue("fault", fault, "no path and no times: connections are refused before anything is asked")
        if times is not None and (type(times) is not int or times < 1):
            raise BadValue("times", times, "a number from 1 on")
        self.ask({"do": "fault", "fault": repr(fault), "pattern": path, "times": times})

    def heal(self) -> None:
        """End all faults; answers that were silent go on."""
        self.ask({"do": "heal"})

    def is_sending(self, path: str, sent: int = 0) -> bool:
        """Whether an answer for *path* is on its way to a client, of whose body so many bytes at least were sent.

        Stall(after=sent) keeps it there.
        """
        return any(each.path == path and each.is_open and each.sent_bytes >= sent for each in self.journal)

    def served(self, path: str) -> int:
        """How often the body of *path* was delivered."""
        return sum(1 for served in self.journal if served.path == path and served.is_delivery)


def as_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Content by path; raises BadValue for a path that no client can ask for, or content that is not bytes."""
    for path, data in files.items():
        if not path or posixpath.normpath(path) != path or path.startswith(("/", "..")):
            raise BadValue("path", path, "a plain path without a slash before it")
        if not isinstance(data, bytes):
            raise BadValue(f"files[{path!r}]", data, "bytes")
    return dict(files)
