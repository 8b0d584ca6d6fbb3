"""A mirror, a tracker and downloaders that run beside a test, and peers that do what they are told."""

from __future__ import annotations

import contextlib
import http.client
import random
import socket
import struct
import tempfile
import threading
import unittest
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from pkgsuite.errors import BadArchive
from pkgsuite.formats import peer_wire as wire
from pkgsuite.formats.announce import Announce, Answer
from pkgsuite.formats.apt_repository import publish
from pkgsuite.formats.peer_wire import Block, Handshake, Message, Reader
from pkgsuite.formats.torrent import Torrent, of_file
from pkgsuite.model.file import File
from pkgsuite.model.package import Package
from pkgsuite.model.repository import Repository
from pkgsuite.model.suite import Suite
from pkgsuite.nodes.downloader import Downloader, Options
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.nodes.tracker import Tracker
from tests.nodes.running import Answer as Answered
from tests.nodes.running import ask

__all__ = ["BIG", "Behaviour", "PACKAGES", "SMALL", "Peer", "Talk", "WithSwarm", "repository"]

TIMEOUT = 30.0
BIG, SMALL = "fop-doc", "bison-doc"


def package(name: str, size: int) -> Package:
    """A package whose archive is about so long."""
    return Package(name, files=[File(f"usr/share/{name}", random.Random(name).randbytes(size))])


PACKAGES = (package(BIG, 200_000), package(SMALL, 500))


def repository(*packages: Package) -> dict[str, bytes]:
    """The files of a Debian repository by their paths."""
    return publish([Suite("sid", {"main": Repository(packages or PACKAGES)}, architectures=("amd64",), by_hash=True)])


class WithSwarm(unittest.TestCase):
    """A test with `self.mirror`, which has PACKAGES, and `self.tracker`."""

    def setUp(self) -> None:
        self.files = repository()
        self.mirror = Mirror(files=self.files)
        self.tracker = Tracker(interval_s=1)
        for node in (self.mirror, self.tracker):
            self.addCleanup(node.close)
            node.start()

    def start(self, name: str = "downloader", **options: object) -> Downloader:
        """A downloader that has learned what the mirror has."""
        downloader = self.start_empty(name, **options)
        self.refresh(downloader)
        return downloader

    def start_empty(self, name: str = "downloader", **options: object) -> Downloader:
        """A downloader that knows nothing yet."""
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        chosen = {"trackers": (self.tracker.url,), "timeout_s": 2.0, "give_up_s": 4.0, **options}
        downloader = Downloader(name, Options(place.name, **chosen))  # type: ignore[arg-type]
        self.addCleanup(downloader.close)
        downloader.start()
        return downloader

    def refresh(self, downloader: Downloader) -> None:
        """Ask for the indexes, as apt does."""
        for path in ("dists/sid/Release", "dists/sid/main/binary-amd64/Packages.xz"):
            self.assertEqual(self.get(downloader, path).status, 200)

    def get(self, downloader: Downloader, path: str, method: str = "GET", **headers: str) -> Answered:
        """What the downloader answers for a path of the mirror."""
        client = http.client.HTTPConnection(downloader.address, downloader.port, timeout=TIMEOUT)
        with contextlib.closing(client):
            return ask(client, f"{self.mirror.address}:{self.mirror.port}/{path}", method, **headers)

    def path(self, name: str) -> str:
        """Where the archive of a package is."""
        return next(path for path in self.files if path.endswith(f"/{name}_1.0-1_all.deb"))

    def archive(self, name: str) -> bytes:
        """The archive of a package."""
        return self.files[self.path(name)]

    def torrent(self, name: str) -> Torrent:
        """The torrent that downloaders make of a package."""
        index = self.files["dists/sid/main/binary-amd64/Packages"].decode()
        (stanza,) = (part for part in index.split("\n\n") if part.startswith(f"Package: {name}\n"))
        fields = dict(line.split(": ", 1) for line in stanza.splitlines() if ": " in line)
        return of_file(fields["Filename"].rpartition("/")[2], int(fields["Size"]), fields["SHA1"])

    def fetch(self, downloader: Downloader, name: str = BIG) -> None:
        """Get a package, which must be right."""
        answer = self.get(downloader, self.path(name))
        self.assertEqual((answer.status, answer.body == self.archive(name)), (200, True), answer.body[:200])

    def fetch_together(self, downloaders: Sequence[Downloader]) -> None:
        """Get a package from all of them at the same time."""
        with ThreadPoolExecutor(len(downloaders)) as threads:
            list(threads.map(self.fetch, downloaders))

    def sources(self, downloader: Downloader, name: str = BIG) -> list[tuple[int, int, int]]:
        """The bytes from peers, mirror and cache, for each time that a package was wanted."""
        return [
            (note.from_peers, note.from_mirror, note.from_cache) for note in downloader.fetched if note.package == name
        ]

    def announce(self, peer: Peer, name: str = BIG, left: int = 0) -> Answer:
        """Let the tracker know of a peer."""
        said = Announce(self.torrent(name).info_hash, peer.peer_id, peer.port, left=left, event="started")
        client = http.client.HTTPConnection(self.tracker.address, self.tracker.port, timeout=TIMEOUT)
        with contextlib.closing(client):
            client.request("GET", f"/announce?{said.write()}&ip={peer.host}")
            return Answer.read(client.getresponse().read())


Behaviour = Callable[["Talk"], None]


class Peer:
    """A peer at an address of its own that speaks with whoever connects as *behaviour* says."""

    def __init__(self, test: WithSwarm, host: str, torrent: Torrent, behaviour: Behaviour) -> None:
        self.peer_id = b"-XX0001-" + host.encode().rjust(12, b"0")[-12:]
        self.torrent = torrent
        self._behaviour = behaviour
        self._listener = socket.create_server((host, 0))
        self.host, self.port = self._listener.getsockname()
        self.calls = 0
        test.addCleanup(self._listener.close)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.calls += 1
                threading.Thread(target=self._speak, args=(client,), daemon=True).start()

    def _speak(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError, BadArchive):
            client.settimeout(TIMEOUT)
            self._behaviour(Talk(client, self))


class Talk:
    """One connection of a peer."""

    def __init__(self, client: socket.socket, peer: Peer) -> None:
        self.client = client
        self.torrent = peer.torrent
        self._peer_id = peer.peer_id
        self._reader = Reader()

    def shake_hands(self) -> Handshake:
        """Say who it is, and hear who is there."""
        theirs = b""
        while len(theirs) < wire.HANDSHAKE_BYTES:
            more = self.client.recv(wire.HANDSHAKE_BYTES - len(theirs))
            if not more:
                raise ConnectionResetError("no handshake")
            theirs += more
        self.client.sendall(Handshake(self.torrent.info_hash, self._peer_id).write())
        return Handshake.read(theirs)

    def say(self, kind: int, payload: bytes = b"") -> None:
        """Send a message."""
        self.client.sendall(wire.message(kind, payload))

    def listen(self) -> list[Message]:
        """The next messages; raises ConnectionResetError at the end."""
        data = self.client.recv(1 << 16)
        if not data:
            raise ConnectionResetError("the end")
        return self._reader.feed(data)

    def give(self, change: Callable[[Block, bytes], bytes], content: bytes, most: int = 1 << 30) -> None:
        """Have everything, and give what *change* makes of each block, up to so many of them."""
        self.say(wire.BITFIELD, b"\x80")
        given = 0
        while True:
            for message in self.listen():
                if message.kind == wire.INTERESTED:
                    self.say(wire.UNCHOKE)
                elif message.kind == wire.REQUEST:
                    if given >= most:
                        return
                    given += 1
                    block = message.block
                    data = change(block, content[block.offset : block.offset + block.size])
                    self.say(wire.PIECE, struct.pack(">II", block.piece, block.offset) + data)
