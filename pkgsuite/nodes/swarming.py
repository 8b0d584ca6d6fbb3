"""The torrents of a downloader, and its connections to the peers of each."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from pkgsuite.errors import BadArchive
from pkgsuite.formats.announce import COMPLETED, STARTED, Peer
from pkgsuite.formats.peer_wire import Block, Handshake
from pkgsuite.formats.torrent import Torrent
from pkgsuite.nodes.announcing import Announcer
from pkgsuite.nodes.assembly import Assembly
from pkgsuite.nodes.catalogue import Known
from pkgsuite.nodes.client import connect
from pkgsuite.nodes.journal import Journal
from pkgsuite.nodes.log import Log
from pkgsuite.nodes.loop import start_thread
from pkgsuite.nodes.peer import Habits, PeerConnection, read_handshake, shake_hands
from pkgsuite.nodes.store import Store

__all__ = ["Sharing", "Swarming"]

MOST_DIALLED = 8
"""To how many peers of one torrent connections are made at a time; others wait until one of these is of no use."""

MOST_CANDIDATES = 200
DIAL_S = 3.0
"""How long a peer may take to accept a connection, in seconds, and how long to shake hands."""


class Sharing:
    """A file that this node has or wants, and the peers it speaks with about that."""

    def __init__(self, known: Known, torrent: Torrent, store: Store) -> None:
        self.known = known
        self.torrent = torrent
        self.assembly: Assembly | None = None
        self.connections: set[PeerConnection] = set()
        self.candidates: dict[str, Peer] = {}
        self.dialled: set[str] = set()
        self._store = store

    @property
    def is_whole(self) -> bool:
        """Whether the file is there and right."""
        return self._store.has(self.known)

    @property
    def left(self) -> int:
        """The bytes that are missing."""
        if self.is_whole:
            return 0
        assembly = self.assembly
        return self.known.size if assembly is None else sum(stop - start for start, stop in assembly.gaps())

    def read(self, block: Block) -> bytes | None:
        """The bytes of a block; None where they are not there."""
        try:
            with open(self._store.path(self.known), "rb", buffering=0) as file:
                data = os.pread(file.fileno(), block.size, block.offset)
        except OSError:
            return None
        return data if len(data) == block.size else None

    def may_help(self, name: str) -> bool:
        """Whether the peer of this name may give blocks."""
        return any(each.name == name and each.may_help for each in list(self.connections))

    @property
    def has_hope(self) -> bool:
        """Whether blocks may come from peers that are known."""
        connections = list(self.connections)
        return bool(self.dialled or self.candidates or any(each.may_help for each in connections))


class Swarming:
    """All torrents of one node; *security* lets one address have one connection for each torrent only."""

    def __init__(
        self,
        store: Store,
        habits: Habits,
        announcer: Announcer,
        journal: Journal,
        host: str,
        log: Log,
        *,
        security: bool = False,
    ) -> None:
        self.announcer = announcer
        self._store = store
        self._habits = habits
        self._journal = journal
        self._host = host
        self._log = log
        self._security = security
        self._sharings: dict[bytes, Sharing] = {}
        self._met: dict[str, Peer] = {}
        self._banned: set[str] = set()
        self._lock = threading.Lock()

    def sharing(self, known: Known) -> Sharing | None:
        """The torrent of a file, from now on known to peers; None where it has none."""
        if known.torrent is None:
            return None
        with self._lock:
            return self._sharings.setdefault(known.torrent.info_hash, Sharing(known, known.torrent, self._store))

    # Announcing

    def announce(self, sharing: Sharing, event: str) -> bool:
        """Tell the trackers, and note which peers they tell of; whether one has answered.

        Where none does, peers that were met before are asked.
        """
        told, has_answer = self.announcer.tell(sharing.torrent, sharing.known.package, lambda: sharing.left, event)
        self._add_candidates(sharing, told)
        if not has_answer and not sharing.is_whole:
            with self._lock:
                met = list(self._met.values())
            self._add_candidates(sharing, met)
        return has_answer

    def hear(self, info_hash: bytes, peers: Sequence[Peer]) -> None:
        """Take peers that a tracker told of in the meantime."""
        sharing = self._sharings.get(info_hash)
        if sharing is not None and not sharing.is_whole:
            self._add_candidates(sharing, peers)
            self._dial_more(sharing)

    def _add_candidates(self, sharing: Sharing, peers: Iterable[Peer]) -> None:
        with self._lock:
            busy = sharing.dialled | {each.name for each in sharing.connections}
            for peer in peers:
                if str(peer) not in self._banned | busy and len(sharing.candidates) < MOST_CANDIDATES:
                    sharing.candidates[str(peer)] = peer

    # Getting a file

    def begin(self, sharing: Sharing, assembly: Assembly) -> None:
        """Get blocks for *assembly* from now on."""
        sharing.assembly = assembly
        self.wake(sharing)

    def ask_around(self, sharing: Sharing, event: str = STARTED) -> bool:
        """Announce, and connect to those who may have the file; whether a tracker has answered."""
        has_answer = self.announce(sharing, event)
        self._dial_more(sharing)
        return has_answer

    def end(self, sharing: Sharing) -> None:
        """Get no more blocks; if the file is whole, trackers and peers are told."""
        with self._lock:
            sharing.assembly = None
            sharing.candidates.clear()
        if sharing.is_whole:
            self.announce(sharing, COMPLETED)
        self.wake(sharing)

    def take_only(self, sharing: Sharing, assembly: Assembly) -> None:
        """Take blocks from one peer alone, so that it is to blame if they are wrong; from all if there is none."""
        helpful = [each.name for each in list(sharing.connections) if each.may_help and each.name not in self._banned]
        assembly.only = next(iter(helpful), "")
        self.wake(sharing)

    def wake(self, sharing: Sharing) -> None:
        """Let all connections look at what has changed."""
        for each in list(sharing.connections):
            each.wake()

    def ban(self, sharing: Sharing, name: str) -> None:
        """Have nothing to do any more with a peer that gave wrong bytes."""
        with self._lock:
            self._banned.add(name)
            self._met.pop(name, None)
            connections = [each for each in sharing.connections if each.name == name]
        for each in connections:
            each.end("it gave wrong bytes")

    # Connections

    def _dial_more(self, sharing: Sharing) -> None:
        """Connect to some of those that may have what is missing."""
        while True:
            with self._lock:
                busy = len(sharing.dialled) + sum(1 for each in sharing.connections if not each.is_incoming)
                if sharing.assembly is None or not sharing.candidates or busy >= MOST_DIALLED:
                    return
                name = next(iter(sharing.candidates))
                peer = sharing.candidates.pop(name)
                sharing.dialled.add(name)
            if not start_thread(self._dial, sharing, peer):
                self._dialled(sharing, name)

    def _dial(self, sharing: Sharing, peer: Peer) -> None:
        """The life of a connection that this side begins."""
        name = str(peer)
        try:
            connection = connect(peer.host, peer.port, self._host, min(DIAL_S, self._habits.timeout))
        except OSError as trouble:
            self._forget(peer)
            self._log.info(f"peer {name}: {trouble}")
        else:
            try:
                mine = Handshake(sharing.torrent.info_hash, self._habits.peer_id)
                theirs = shake_hands(connection, mine, self._habits.timeout)
                if theirs.info_hash != mine.info_hash or theirs.peer_id == mine.peer_id:
                    raise BadArchive("the peer is another, or this node itself")
                with self._lock:
                    self._met[name] = peer
                self._speak(connection, name, sharing)
            except (OSError, BadArchive) as trouble:
                self._log.info(f"peer {name}: {trouble}")
            finally:
                connection.close()
        self._dialled(sharing, name)
        self._dial_more(sharing)

    def _speak(self, connection: socket.socket, name: str, sharing: Sharing) -> None:
        """Ask a peer that was dialled, unless it has come by itself meanwhile and security lets it have no more."""
        peer = self._enter(connection, name, sharing, is_incoming=False)
        if peer is not None:
            with self._leaving(peer, sharing):
                peer.run()

    def _forget(self, peer: Peer) -> None:
        with self._lock:
            self._met.pop(str(peer), None)

    def _dialled(self, sharing: Sharing, name: str) -> None:
        with self._lock:
            sharing.dialled.discard(name)
            assembly = sharing.assembly
        if assembly is not None:
            assembly.wake()

    def serve(self, connection: socket.socket) -> None:
        """The life of a connection that a peer began."""
        host, port = connection.getpeername()[:2]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            theirs = read_handshake(connection, min(DIAL_S, self._habits.timeout))
            sharing = self._sharings.get(theirs.info_hash)
            if sharing is None or theirs.peer_id == self._habits.peer_id:
                return
            peer = self._enter(connection, f"{host}:{port}", sharing, is_incoming=True)
            if peer is None:
                return
        except (OSError, BadArchive):
            return
        with self._leaving(peer, sharing):
            peer.run(Handshake(theirs.info_hash, self._habits.peer_id).write())

    def _enter(
        self, connection: socket.socket, name: str, sharing: Sharing, *, is_incoming: bool
    ) -> PeerConnection | None:
        """A new connection; None where there is one from the same address, and security lets that have no more."""
        peer = PeerConnection(connection, name, sharing, self._habits, is_incoming=is_incoming)
        with self._lock:
            hosts = [each.name.rpartition(":")[0] for each in sharing.connections]
            is_welcome = not (self._security and name.rpartition(":")[0] in hosts)
            if is_welcome:
                sharing.connections.add(peer)
            sharing.dialled.discard(name)
        if is_welcome:
            self._journal.watch(peer)
            return peer
        peer.close()
        return None

    @contextmanager
    def _leaving(self, peer: PeerConnection, sharing: Sharing) -> Iterator[None]:
        """Forget the connection in the end."""
        try:
            yield
        except OSError as trouble:
            peer.end(str(trouble))
        finally:
            with self._lock:
                sharing.connections.discard(peer)
            self._journal.end(peer)
            peer.close()
            if (assembly := sharing.assembly) is not None:
                assembly.wake()
