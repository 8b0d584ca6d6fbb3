"""A downloader: a node that is apt's proxy and takes packages from other downloaders, and from the mirror at need.

Its peers speak BitTorrent (BEP 3). An index describes the swarm as DebTorrent had it: each file of a package is a
torrent of one piece, made of what the index says of it.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterable, Sequence

from pkgsuite.errors import BadValue
from pkgsuite.model.journal import Announced, Exchanged, Fetched, encode
from pkgsuite.nodes.announcing import Announcer, Me
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.client import Client, Place
from pkgsuite.nodes.control import Receiver
from pkgsuite.nodes.documents import Documents
from pkgsuite.nodes.ending import ends_gently
from pkgsuite.nodes.fetching import Fetcher, Terms
from pkgsuite.nodes.front import Front
from pkgsuite.nodes.journal import Journal
from pkgsuite.nodes.log import WARNING, Log
from pkgsuite.nodes.loop import Loop, start_thread
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.nodes.peer import Habits
from pkgsuite.nodes.store import Store
from pkgsuite.nodes.swarming import Swarming
from pkgsuite.values import dataclass

__all__ = ["Downloader", "Options", "live"]

CLIENT = b"-PS0001-"
"""How the ids of these peers begin; BEP 20."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a downloader behaves.

    It announces to all *trackers*, which are URLs. Without *http* no file of a package comes from the mirror; indexes
    do. Rates are bytes per second, 0 for no limit, and *most_uploads* is how many peers are given to at a time. A peer,
    a tracker or a mirror may be silent for *timeout_s* seconds; without *http* peers have *give_up_s* seconds to give a
    file. Release files are kept in *cache_dir*, all else in *download_dir*, which is the same unless it is given. With
    *security* an address has one connection for each torrent only. What is less important than *log_level* is not said.
    """

    cache_dir: str
    trackers: tuple[str, ...] = ()
    http: bool = True
    upload_bytes_per_s: int = 0
    download_bytes_per_s: int = 0
    most_uploads: int = 10
    timeout_s: float = 10.0
    give_up_s: float = 20.0
    download_dir: str = ""
    security: bool = False
    log_level: int = WARNING

    def __post_init__(self) -> None:
        for url in self.trackers:
            if Place.of_url(url) is None:
                raise BadValue("trackers", url, "URLs such as http://127.0.0.2:6969/announce")
        for name in ("upload_bytes_per_s", "download_bytes_per_s"):
            if getattr(self, name) < 0:
                raise BadValue(name, getattr(self, name), "bytes per second, or 0 for no limit")
        for name in ("most_uploads", "timeout_s", "give_up_s"):
            if not 0 < getattr(self, name) < float("inf"):
                raise BadValue(name, getattr(self, name), "more than 0")
        if not os.path.isdir(self.cache_dir):
            raise BadValue("cache_dir", self.cache_dir, "a directory")


class Downloader(Node):
    """A downloader that runs; apt asks it at *port*, and peers at the first of *peer_ports* that is free."""

    kind = "downloader"
    ends_gently = True

    def __init__(
        self,
        name: str,
        options: Options,
        *,
        address: str = "",
        port: int = 0,
        peer_ports: Iterable[int] = (0,),
        hosts: Sequence[str] = (),
    ) -> None:
        super().__init__(name, address, port, hosts)
        self.options = options
        self.peer_port = self._listen_too(peer_ports)

    @property
    def url(self) -> str:
        """Where apt asks it; the host of a mirror and a path go behind it."""
        return f"http://{(*self.hosts, self.address)[0]}:{self.port}"

    def url_of(self, mirror: Mirror) -> str:
        """Where it has what a mirror has, without a slash at the end; raises BadValue for one that it cannot ask."""
        if mirror.credentials or not mirror.url.startswith("http:"):
            raise BadValue("mirror", mirror, "a mirror without credentials and without TLS")
        return f"{self.url}/{mirror.url.partition('//')[2]}"

    @property
    def peer(self) -> str:
        """Where other peers find it, as `host:port`."""
        return f"{self.address}:{self.peer_port}"

    @property
    def fetched(self) -> tuple[Fetched, ...]:
        """The files that it got for its clients, and from where."""
        return tuple(note for note in self.notes if isinstance(note, Fetched))

    @property
    def exchanged(self) -> tuple[Exchanged, ...]:
        """Its connections to peers, and what passed there."""
        return tuple(note for note in self.notes if isinstance(note, Exchanged))

    @property
    def announced(self) -> tuple[Announced, ...]:
        """What it said to its trackers."""
        return tuple(note for note in self.notes if isinstance(note, Announced))

    def live(self, listener: socket.socket, orders: Receiver, journal: int) -> None:
        """Serve until the parent is gone, or a signal ends it."""
        (peers,) = self._also_listens
        live(self.options, listener, peers, Journal(journal), orders, address=self.address)


def live(
    options: Options,
    apt: socket.socket,
    peers: socket.socket,
    journal: Journal,
    orders: Receiver | None = None,
    address: str = "",
) -> None:
    """Serve apt and peers; without *orders* until a signal. Others know it by *address*, if it has another."""
    host, port = apt.getsockname()
    me = Me(CLIENT + secrets.token_hex(6).encode(), address or host, peers.getsockname()[1])
    log = Log(options.log_level)
    habits = Habits(
        me.peer_id,
        most_uploads=options.most_uploads,
        upload_bytes_per_s=options.upload_bytes_per_s,
        download_bytes_per_s=options.download_bytes_per_s,
        timeout=options.timeout_s,
        patience_s=options.timeout_s if options.http else options.give_up_s,
    )
    store = Store(options.download_dir or options.cache_dir)
    mirrors = Client(host, options.timeout_s)
    announcer = Announcer(options.trackers, me, journal, Client(host, min(options.timeout_s, 3.0)))
    swarming = Swarming(store, habits, announcer, journal, host, log, security=options.security)
    terms = Terms(options.http, options.give_up_s)
    fetcher = Fetcher(store, swarming, mirrors, journal, terms, habits.download)
    documents = Documents(os.path.join(options.cache_dir, "releases"), mirrors, journal)
    front = Front(f"{me.host}:{port}", store, documents, fetcher, swarming, log, http=options.http)
    doors = {
        apt: lambda client: front.serve(client, journal, options.timeout_s),
        peers: swarming.serve,
    }
    with ends_gently(announcer.farewell, journal.finish):
        front.reopen()
        if announcer.has_trackers:
            start_thread(announcer.run, swarming.hear)
        Loop(doors, {"flush": lambda message, blobs: [encode(note) for note in journal.flush()]}).run(orders)
