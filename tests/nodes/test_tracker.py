"""A tracker tells peers of each other, forgets those who are silent, and survives whatever it is asked."""

from __future__ import annotations

import contextlib
import http.client
import random
import signal
import socket
import tempfile
import unittest
from pathlib import Path

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import announce
from pkgsuite.formats.announce import COMPLETED, STARTED, STOPPED, Announce, Answer, Counts, Refused
from pkgsuite.nodes import swarms
from pkgsuite.nodes.swarms import Swarms
from pkgsuite.nodes.tracker import Tracker
from pkgsuite.system.wait import wait_until
from tests.formats.damage import mutate
from tests.loopback import setUpModule  # noqa: F401 - unittest calls it
from tests.nodes.running import converse
from tests.soak import amount

INFO_HASH = b"i" * 20


def asked(number: int, left: int = 0, event: str = STARTED, wanted: int = 50) -> Announce:
    """What a peer says, which listens at the port *number*."""
    return Announce(INFO_HASH, b"%020d" % number, number, left=left, event=event, wanted=wanted)


class Knowledge(unittest.TestCase):
    """What a tracker knows, at a clock that stands still unless it is moved."""

    def setUp(self) -> None:
        self.now = 0.0
        self.swarms = Swarms(10.0, lambda: self.now)

    def tell(self, number: int, left: int = 0, event: str = STARTED, wanted: int = 50) -> Answer:
        return self.swarms.announce(asked(number, left, event, wanted), "127.0.0.9")

    def test_others(self) -> None:
        """A peer hears of all others, and not of itself."""
        self.tell(1, left=5)
        self.tell(2)

        answer = self.tell(1, left=5, event="")

        self.assertEqual([str(peer) for peer in answer.peers], ["127.0.0.9:2"])
        self.assertEqual((answer.complete, answer.incomplete, answer.interval_s), (1, 1, 10))

    def test_as_many_as_wanted(self) -> None:
        """None twice, and another choice each time."""
        for number in range(1, 31):
            self.tell(number)

        choices = [tuple(str(peer) for peer in self.tell(99, wanted=5).peers) for _ in range(20)]

        self.assertEqual({len(set(choice)) for choice in choices}, {5})
        self.assertGreater(len(set(choices)), 1)
        self.assertEqual(self.tell(99, wanted=0).peers, ())

    def test_good_bye(self) -> None:
        """Who stops is told of nobody, and nobody of it."""
        self.tell(1)
        self.tell(2)

        self.assertEqual(self.tell(1, event=STOPPED).peers, ())
        self.assertEqual(self.tell(2, event="").peers, ())

    def test_silence(self) -> None:
        """A peer is forgotten after two intervals and a half."""
        self.tell(1)
        self.now = 25.0
        self.assertEqual(len(self.tell(2).peers), 1)
        self.now = 25.1

        self.assertEqual(self.tell(3).complete, 2)

    def test_short_intervals(self) -> None:
        """Peers are told whole seconds, and forgotten by those."""
        self.swarms = Swarms(0.2, lambda: self.now)
        self.assertEqual(1, self.tell(1).interval_s)
        self.now = 2.4

        self.assertEqual(1, len(self.tell(2).peers))

    def test_whoever_only_says_good_bye(self) -> None:
        """Nothing is left of swarms without members, of which nobody ever had all."""
        for number in range(10):
            self.swarms.announce(Announce(b"%020d" % number, b"p" * 20, 1, left=1, event=STOPPED), "127.0.0.9")
        self.tell(1, event=COMPLETED)
        self.tell(1, event=STOPPED)

        self.assertEqual({INFO_HASH: Counts(0, 0, 1)}, self.swarms.scrape())

    def test_counts(self) -> None:
        """A peer becomes complete once, whatever it says."""
        self.tell(1, left=5)
        for _ in range(3):
            self.tell(1, event=COMPLETED)
        self.tell(2, left=1)

        self.assertEqual(self.swarms.scrape(), {INFO_HASH: Counts(1, 1, 1)})
        self.assertEqual(self.swarms.scrape([INFO_HASH, b"?" * 20]), {INFO_HASH: Counts(1, 1, 1)})
        self.assertEqual(self.swarms.scrape([b"?" * 20]), {})

    def test_state(self) -> None:
        """What is written is known again; anything else is refused."""
        self.tell(1, left=5)
        self.tell(2, event=COMPLETED)
        other = Swarms(10.0)

        other.read(self.swarms.write())

        self.assertEqual(other.scrape(), self.swarms.scrape())
        for data in (b"", b"le", b"d20:" + INFO_HASH + b"i1ee", b"d1:ad10:downloadedi1e7:membersl1:xeee"):
            with self.subTest(data), self.assertRaises(BadArchive):
                other.read(data)

    def test_room(self) -> None:
        """There is an end to what strangers can make it remember."""
        most, swarms.MOST_MEMBERS = swarms.MOST_MEMBERS, 3
        self.addCleanup(setattr, swarms, "MOST_MEMBERS", most)
        for number in range(1, 4):
            self.tell(number)

        with self.assertRaises(Refused):
            self.tell(4)
        self.assertEqual(len(self.tell(3).peers), 2)


class OverHttp(unittest.TestCase):
    """A tracker that runs."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.tracker = Tracker(directory=place.name, patience_s=0.5)
        self.addCleanup(self.tracker.close)
        self.tracker.start()

    def get(self, target: str) -> bytes:
        client = http.client.HTTPConnection(self.tracker.address, self.tracker.port, timeout=20)
        with contextlib.closing(client):
            client.request("GET", target)
            return client.getresponse().read()

    def test_announce_and_scrape(self) -> None:
        """Peers come compact or in dictionaries, as they are asked for; both ends of an announce are noted."""
        self.get(f"/announce?{asked(7000, 5).write()}")

        compact = self.get(f"/announce?{asked(7001).write()}")
        long = self.get(f"/announce?{asked(7001).write().replace('compact=1', 'compact=0')}")

        self.assertIn(b"5:peers6:\x7f\0\0\1", compact)
        self.assertEqual([(peer.port, peer.peer_id) for peer in Answer.read(long).peers], [(7000, b"%020d" % 7000)])
        scraped = self.get(f"/scrape?info_hash={'i' * 20}")
        self.assertEqual(announce.read_scrape(scraped), {INFO_HASH: Counts(1, 1, 0)})
        self.assertEqual(self.tracker.scrape(), {INFO_HASH.hex(): Counts(1, 1, 0)})
        notes = [note for note in self.tracker.notes if type(note).__name__ == "Announced"]
        self.assertEqual([note.told for note in notes], [(), ("127.0.0.1:7000",), ("127.0.0.1:7000",)])  # type: ignore[union-attr]

    def test_where_a_peer_listens(self) -> None:
        """Who asks from this machine may say another address; names are not looked up."""
        for host in ("127.0.0.77", "example.org", "1.2.3"):
            self.get(f"/announce?{asked(7000).write()}&ip={host}")

        told = Answer.read(self.get(f"/announce?{asked(7002).write()}"))

        self.assertEqual({str(peer) for peer in told.peers}, {"127.0.0.77:7000", "127.0.0.1:7000"})

    def test_wrong_ones(self) -> None:
        """They are refused in bencoded words; other paths are not there."""
        for query in ("", "info_hash=a", f"{asked(7000).write()}&info_hash=a", asked(0).write()):
            with self.subTest(query), self.assertRaises(Refused):
                Answer.read(self.get(f"/announce?{query}"))
        with self.assertRaises(Refused):
            announce.read_scrape(self.get("/scrape?info_hash=a"))
        self.assertIn(b"404", self.get("/"))

    def test_another_life(self) -> None:
        """After a gentle end it knows what it knew; after a hard one, what was a second old, and its first peer."""
        self.get(f"/announce?{asked(7000).write()}")
        self.tracker.signal(signal.SIGKILL)
        self.tracker.restart()
        self.assertEqual(self.tracker.scrape(), {INFO_HASH.hex(): Counts(1, 0, 0)})
        for number in (7001, 7002):
            self.get(f"/announce?{asked(number).write()}")
        state = Path(self.tracker.directory, "swarms")
        wait_until(lambda: b"i7002e" in state.read_bytes(), timeout=30, what="all are written down, though nobody asks")
        self.tracker.signal(signal.SIGKILL)
        self.tracker.restart()
        self.assertEqual(self.tracker.scrape(), {INFO_HASH.hex(): Counts(3, 0, 0)})
        for number in (7001, 7002):
            self.get(f"/announce?{asked(number, event=STOPPED).write()}")
        self.tracker.restart()
        self.assertEqual(self.tracker.scrape(), {INFO_HASH.hex(): Counts(1, 0, 0)})
        self.tracker.signal(signal.SIGKILL)
        self.tracker.restart()

        self.assertEqual(self.tracker.scrape(), {INFO_HASH.hex(): Counts(1, 0, 0)})

    def test_a_state_of_no_use(self) -> None:
        """It is told, and the tracker starts without."""
        self.tracker.stop()
        Path(self.tracker.directory, "swarms").write_bytes(b"garbage")

        self.tracker.restart()

        self.assertEqual(self.tracker.scrape(), {})
        self.assertIn("is of no use", self.tracker.log)

    def test_hostile_clients(self) -> None:
        """Whatever they send, the next one is answered."""
        sample = f"GET /announce?{asked(7000).write()} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        for seed in range(amount(200, 5000)):
            with (
                self.subTest(seed=seed),
                socket.create_connection((self.tracker.address, self.tracker.port), 20) as client,
                contextlib.suppress(OSError),
            ):
                client.sendall(mutate(sample, random.Random(seed)))
                client.shutdown(socket.SHUT_WR)
                converse(client, b"")

        Answer.read(self.get(f"/announce?{asked(7003).write()}"))
        self.assertEqual(self.tracker.log, "")

    def test_intervals(self) -> None:
        """They are seconds, and few of them may be asked for in tests."""
        for interval in (0, -1, 1e9):
            with self.subTest(interval), self.assertRaises(BadValue):
                Tracker(interval_s=interval)
