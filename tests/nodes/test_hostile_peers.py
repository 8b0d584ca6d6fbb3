"""A hostile peer costs one connection, never the node, and never gets a wrong byte accepted."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
from unittest import mock

from pkgsuite.formats import peer_wire as wire
from pkgsuite.formats.announce import STARTED, Announce
from pkgsuite.formats.peer_wire import Block, Handshake
from pkgsuite.nodes import fetching, loop
from pkgsuite.nodes.downloader import Downloader
from pkgsuite.system.wait import wait_until
from tests.formats.damage import mutate
from tests.loopback import setUpModule  # noqa: F401 - unittest calls it
from tests.nodes.running import converse
from tests.nodes.swarms import BIG, Behaviour, Peer, Talk, WithSwarm
from tests.soak import amount


class Givers(WithSwarm):
    """Peers that a downloader asks for blocks."""

    def peer(self, host: str, behaviour: Behaviour) -> Peer:
        """A peer of which the tracker tells."""
        made = Peer(self, host, self.torrent(BIG), behaviour)
        self.announce(made)
        return made

    def liar(self, host: str, most: int = 1 << 30) -> Peer:
        """A peer that gives wrong bytes."""

        def behaviour(talk: Talk) -> None:
            talk.shake_hands()
            talk.give(lambda block, data: bytes(len(data)), self.archive(BIG), most)

        return self.peer(host, behaviour)

    def test_wrong_bytes(self) -> None:
        """They are thrown away, and whoever gave them is asked no more; the mirror has the right ones."""
        liar = self.liar("127.0.1.1")
        downloader = self.start()

        self.fetch(downloader)

        self.assertEqual(self.sources(downloader), [(0, len(self.archive(BIG)), 0)])
        (note,) = (note for note in downloader.exchanged if note.received_bytes)
        self.assertEqual((note.peer, note.ending), (f"{liar.host}:{liar.port}", "it gave wrong bytes"))
        self.assertEqual(liar.calls, 1)

    def test_wrong_bytes_among_right_ones(self) -> None:
        """Where several gave, each is tried alone, until the liar is found; without a mirror too."""
        honest = self.start("honest", upload_bytes_per_s=300_000)
        self.fetch(honest)
        liars = [self.liar(f"127.0.1.{number}") for number in range(1, 3)]
        downloader = self.start("taker", http=False, give_up_s=25.0)

        self.fetch(downloader)

        self.assertEqual(self.sources(downloader), [(len(self.archive(BIG)), 0, 0)])
        (note,) = (note for note in downloader.fetched if note.package)
        self.assertEqual(note.peers, (honest.peer,))
        self.assertLessEqual({liar.calls for liar in liars}, {1})

    def test_a_ban_lasts(self) -> None:
        """For another file the liar is not asked again."""
        liar = self.liar("127.0.1.1")
        downloader = self.start()
        self.fetch(downloader)
        calls = liar.calls
        self.announce(liar, "bison-doc")

        self.fetch(downloader, "bison-doc")

        self.assertEqual(liar.calls, calls)

    def test_every_kind_of_nuisance(self) -> None:
        """Each costs a timeout at most, and the file comes from somebody else."""

        def silent(talk: Talk) -> None:
            talk.client.recv(1 << 16)
            threading.Event().wait(20)

        def another_torrent(talk: Talk) -> None:
            talk.client.sendall(Handshake(b"x" * 20, b"y" * 20).write())

        def nonsense(talk: Talk) -> None:
            talk.client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10)

        def only_chokes(talk: Talk) -> None:
            talk.shake_hands()
            talk.say(wire.BITFIELD, b"\x80")
            threading.Event().wait(20)

        def never_gives(talk: Talk) -> None:
            talk.shake_hands()
            talk.say(wire.BITFIELD, b"\x80")
            talk.say(wire.UNCHOKE)
            threading.Event().wait(20)

        def breaks_off(talk: Talk) -> None:
            talk.shake_hands()
            talk.give(lambda block, data: data, self.archive(BIG), 3)

        def gives_what_nobody_asked_for(talk: Talk) -> None:
            talk.shake_hands()
            talk.say(wire.BITFIELD, b"\x80")
            for number in range(100):
                talk.say(wire.PIECE, struct.pack(">II", number, 7 * number) + b"a" * 1000)

        def too_long(talk: Talk) -> None:
            talk.shake_hands()
            talk.client.sendall(b"\x7f\xff\xff\xff" + b"a" * 100_000)

        def wrong_bitfield(talk: Talk) -> None:
            talk.shake_hands()
            talk.say(wire.BITFIELD, b"\xff" * 9)

        def short_blocks(talk: Talk) -> None:
            talk.shake_hands()
            talk.give(lambda block, data: data[:10], self.archive(BIG))

        for number, behaviour in enumerate(
            (
                *(silent, another_torrent, nonsense, only_chokes, never_gives, breaks_off),
                *(gives_what_nobody_asked_for, too_long, wrong_bitfield, short_blocks),
            ),
            10,
        ):
            with self.subTest(behaviour.__name__):
                nuisance = Peer(self, f"127.0.1.{number}", self.torrent(BIG), behaviour)
                self.announce(nuisance)
                downloader = self.start(behaviour.__name__, timeout_s=0.5)

                self.fetch(downloader)

                ((from_peers, from_mirror, _),) = self.sources(downloader)
                self.assertEqual(from_peers + from_mirror, len(self.archive(BIG)))
                self.assertEqual(nuisance.calls, 1)
                self.assertEqual(downloader.log, "")
                downloader.stop()

    def test_one_who_has_nothing_and_does_not_say_so(self) -> None:
        """It is not waited for, however patient one is with those who have something."""
        stays = threading.Event()
        self.addCleanup(stays.set)

        def says_nothing(talk: Talk) -> None:
            talk.shake_hands()
            stays.wait(60)

        self.peer("127.0.1.1", says_nothing)
        downloader = self.start(timeout_s=100.0)

        self.fetch(downloader)

        (note,) = (note for note in downloader.fetched if note.package)
        self.assertLess(note.seconds, 25)

    def test_a_drip(self) -> None:
        """A byte now and then is no block, and does not hold up anybody for long."""

        def drip(talk: Talk) -> None:
            talk.shake_hands()
            talk.say(wire.BITFIELD, b"\x80")
            talk.say(wire.UNCHOKE)
            talk.client.sendall(struct.pack(">IBII", 9 + 16384, wire.PIECE, 0, 0))
            pause = threading.Event()
            while not pause.wait(0.1):
                talk.client.sendall(b"a")

        self.peer("127.0.1.1", drip)
        downloader = self.start(timeout_s=0.4)

        self.fetch(downloader)

        self.assertEqual(self.sources(downloader), [(0, len(self.archive(BIG)), 0)])


class Newcomers(WithSwarm):
    """One host that connects again and again, from another port each time."""

    def offer(self, downloader: Downloader, is_over: threading.Event) -> None:
        """Have everything and give nothing, until it is over."""
        while not is_over.wait(0.01):
            with (
                contextlib.suppress(OSError),
                socket.create_connection((downloader.address, downloader.peer_port), 2) as client,
            ):
                client.sendall(Handshake(self.torrent(BIG).info_hash, b"-XX0001-hostile12345"[:20]).write())
                client.sendall(wire.message(wire.BITFIELD, b"\x80"))
                while client.recv(1 << 16) and not is_over.is_set():
                    pass

    def test_they_hold_up_nothing_for_ever(self) -> None:
        """The mirror has the file, although there is always hope."""
        is_over = threading.Event()

        def silent(talk: Talk) -> None:
            talk.client.recv(1 << 16)
            is_over.wait(60)

        self.announce(Peer(self, "127.0.1.9", self.torrent(BIG), silent))
        with mock.patch.object(fetching, "HOPELESS_S", 1.0):
            downloader = self.start()
        threads = [threading.Thread(target=self.offer, args=(downloader, is_over)) for _ in range(6)]
        wanted = threading.Thread(target=self.fetch, args=(downloader,))
        wanted.start()
        for number, thread in enumerate(threads):
            thread.start()
            is_over.wait(0.2 if number else 0)
        try:
            wanted.join(20)
            self.assertFalse(wanted.is_alive())
        finally:
            is_over.set()
            for thread in (*threads, wanted):
                thread.join()
        self.assertEqual(self.sources(downloader), [(0, len(self.archive(BIG)), 0)])


class Takers(WithSwarm):
    """Peers that ask a downloader for blocks, or for anything."""

    def setUp(self) -> None:
        super().setUp()
        self.downloader = self.start(timeout_s=1.0)
        self.fetch(self.downloader)

    def tearDown(self) -> None:
        """Whatever happened, the next peer is given what it wants, and nothing unexpected is in the log."""
        second = self.start("second", http=False)
        self.fetch(second)
        self.assertEqual(self.downloader.log, "")

    def connect(self) -> socket.socket:
        client = socket.create_connection((self.downloader.address, self.downloader.peer_port), 20)
        self.addCleanup(client.close)
        return client

    @property
    def hello(self) -> bytes:
        """A good beginning."""
        return Handshake(self.torrent(BIG).info_hash, b"-XX0001-hostile12345"[:20]).write()

    def test_wrong_beginnings(self) -> None:
        """They are hung up on without an answer."""
        for data in (b"GET / HTTP/1.1\r\n\r\n" + b"a" * 60, Handshake(b"?" * 20, b"p" * 20).write(), bytes(68)):
            with self.subTest(data[:20]):
                self.assertEqual(converse(self.connect(), data), b"")

    def test_wrong_wishes(self) -> None:
        """Blocks that there are not, too long ones, too many, and pieces out of nowhere."""
        size = len(self.archive(BIG))
        for block in (
            Block(1, 0, 16384),
            Block(0, size, 16384),
            Block(0, size - 5, 10),
            Block(0, 0, 1 << 20),
            Block(0, 0, 0),
            Block(0, (1 << 32) - 1, 16384),
        ):
            with self.subTest(block):
                received = converse(
                    self.connect(),
                    self.hello + wire.message(wire.INTERESTED) + wire.message(wire.REQUEST, block.write()),
                )
                self.assertNotIn(self.archive(BIG)[:100], received)
        flood = b"".join(wire.message(wire.REQUEST, Block(0, at, 1).write()) for at in range(2000))
        start = self.hello + wire.message(wire.INTERESTED)
        client = self.connect()
        client.sendall(start)
        wait_for(client, wire.message(wire.UNCHOKE))
        self.assertLess(len(converse(client, flood)), 100_000)

    def test_one_who_reads_nothing(self) -> None:
        """It asks for a lot, and is let go after a timeout; others are served meanwhile."""
        client = self.connect()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(self.hello + wire.message(wire.INTERESTED))
        wait_for(client, wire.message(wire.UNCHOKE))
        wishes = [Block(0, at * 1000, 16384) for at in range(180)]
        client.sendall(b"".join(wire.message(wire.REQUEST, wish.write()) for wish in wishes))

        self.fetch(self.start("meanwhile", http=False))

        wait_until(self._is_let_go, timeout=30, what="the one who reads nothing is let go")

    def _is_let_go(self) -> bool:
        return not any(note.is_open and note.sent_bytes for note in self.downloader.exchanged)

    def test_many_who_say_nothing(self) -> None:
        """They are let go before they take all the room."""
        crowd = [self.connect() for _ in range(100)]

        self.fetch(self.start("meanwhile", http=False))

        for client in crowd:
            self.assertEqual(client.recv(1), b"")

    def test_a_crowd_that_stays_keeps_apt_from_nothing(self) -> None:
        """All the room that there is for peers is taken by some who say that they have nothing and stay."""
        with mock.patch.object(loop, "MOST_CONNECTIONS", 20):
            node = self.start("crowded")
        self.fetch(node)
        crowd = []
        for number in range(30):
            crowd.append(socket.create_connection((node.address, node.peer_port), 20))
            self.addCleanup(crowd[-1].close)
            hello = Handshake(self.torrent(BIG).info_hash, b"-XX0001-%012d" % number)
            crowd[-1].sendall(hello.write() + wire.message(wire.BITFIELD, b"\0"))
        wait_until(lambda: sum(note.is_open for note in node.exchanged) == 20, timeout=30, what="the room is taken")

        self.fetch(node)

        self.assertEqual(20, sum(note.is_open for note in node.exchanged))

    def test_damaged_talk(self) -> None:
        """Whatever comes, the node lives."""
        talk = (
            self.hello
            + wire.message(wire.BITFIELD, b"\0")
            + wire.message(wire.INTERESTED)
            + wire.message(wire.REQUEST, Block(0, 0, 16384).write())
            + wire.message(wire.CANCEL, Block(0, 0, 16384).write())
            + wire.message(wire.NOT_INTERESTED)
        )
        for seed in range(amount(150, 3000)):
            chance = random.Random(seed)
            data = mutate(talk, chance) if chance.randrange(2) else talk[:68] + mutate(talk[68:], chance)
            with self.subTest(seed=seed), self.connect() as client, contextlib.suppress(OSError):
                client.sendall(data)
                client.shutdown(socket.SHUT_WR)
                converse(client, b"")

    def test_security(self) -> None:
        """When it is switched on, an address has one connection for each torrent."""
        strict = self.start("strict", security=True)
        self.fetch(strict)
        hello = Handshake(self.torrent(BIG).info_hash, b"q" * 20).write()
        with socket.create_connection((strict.address, strict.peer_port), 20) as first:
            first.sendall(hello)
            self.assertEqual(first.recv(68, socket.MSG_WAITALL)[:20], b"\x13BitTorrent protocol")
            with socket.create_connection((strict.address, strict.peer_port), 20) as second:
                self.assertEqual(converse(second, hello), b"")


class Clients(WithSwarm):
    """Clients of a downloader that are no apt."""

    def setUp(self) -> None:
        super().setUp()
        self.downloader = self.start(timeout_s=1.0)
        self.fetch(self.downloader)

    def client(self) -> socket.socket:
        """A connection to where apt asks."""
        made = socket.create_connection((self.downloader.address, self.downloader.port), 20)
        self.addCleanup(made.close)
        return made

    def request(self, name: str = BIG) -> bytes:
        """A good request, which asks to be answered for good."""
        place = f"{self.mirror.address}:{self.mirror.port}/{self.path(name)}"
        return f"GET /{place} HTTP/1.1\r\nHost: x\r\n\r\n".encode()

    def test_a_head_that_never_ends(self) -> None:
        """It is refused once it is too long, or takes too long."""
        for data, status in ((b"A: b\r\n" * 10_000, b"431"), (b"A: " + b"b" * 100_000, b"431"), (b"A: b\r\n", b"408")):
            with self.subTest(status):
                client = self.client()
                with contextlib.suppress(OSError):
                    client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + data)

                self.assertEqual(b"HTTP/1.1 " + status, client.recv(12))

    def test_many_at_once_who_never_read(self) -> None:
        """Each holds up itself alone."""
        for _ in range(50):
            client = self.client()
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    client.send(self.request() * 100)

        self.fetch(self.downloader)

    def test_hostile_requests(self) -> None:
        """Whatever they send, the next one is answered; what would be asked of other machines is not sent."""
        good = self.request("bison-doc")
        for seed in range(amount(200, 5000)):
            data = mutate(good, random.Random(seed))
            if data.startswith(b"GET /127.") or not data.startswith(b"GET "):
                with self.subTest(seed=seed), self.client() as client, contextlib.suppress(OSError):
                    client.sendall(data)
                    client.shutdown(socket.SHUT_WR)
                    converse(client, b"")

        self.fetch(self.downloader)
        self.assertNotIn("Traceback", self.downloader.log)


class Trackers(WithSwarm):
    """Trackers that answer nonsense."""

    def test_nonsense(self) -> None:
        """It is noted, and the mirror gives what is wanted."""
        answers = (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5000,
            b"HTTP/1.1 200 OK\r\n\r\nd8:intervali1e5:peers6:\0\0\0\0\0\0e",
            b"HTTP/1.1 200 OK\r\n\r\n" + b"l" * 100_000,
            b"SSH-2.0-OpenSSH\r\n",
            b"",
        )
        for number, data in enumerate(answers):
            with self.subTest(data[:60]), socket.create_server(("127.0.1.200", 0)) as listener:
                threading.Thread(target=serve, args=(listener, data), daemon=True).start()
                url = "http://{}:{}/announce".format(*listener.getsockname())
                downloader = self.start(f"downloader{number}", trackers=(url,))

                self.fetch(downloader)

                self.assertEqual(self.sources(downloader), [(0, len(self.archive(BIG)), 0)])
                downloader.stop()

    def test_peers_that_are_not_there(self) -> None:
        """However many a tracker tells of, the mirror is asked soon."""
        torrent = self.torrent(BIG)
        downloader = self.start(timeout_s=1.0)
        for number in range(1, 150):
            said = Announce(torrent.info_hash, b"%020d" % number, number, left=0, event=STARTED)
            with socket.create_connection((self.tracker.address, self.tracker.port), 20) as client:
                converse(client, f"GET /announce?{said.write()}&ip=127.0.1.9 HTTP/1.0\r\n\r\n".encode())

        self.fetch(downloader)

        self.assertEqual(self.sources(downloader), [(0, len(self.archive(BIG)), 0)])


def serve(listener: socket.socket, data: bytes) -> None:
    """Answer everybody the same."""
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            with client, contextlib.suppress(OSError):
                client.recv(1 << 16)
                client.sendall(data)


def wait_for(client: socket.socket, data: bytes) -> None:
    """Receive until that came."""
    received = b""
    while data not in received:
        more = client.recv(1 << 16)
        assert more, "the downloader hung up"
        received += more
