"""Announces, scrapes and their answers: what is written is read again, in every form, and nonsense is refused."""

from __future__ import annotations

import unittest

from pkgsuite.errors import BadArchive
from pkgsuite.formats import announce
from pkgsuite.formats.announce import Announce, Answer, Counts, Peer, Refused
from tests.formats.damage import Damage

INFO_HASH, PEER_ID = bytes(range(20)), bytes(range(230, 250))
ASKED = Announce(INFO_HASH, PEER_ID, 6881, 1, 2, 3, "started", 30)
PEERS = (Peer("127.0.0.5", 6881, PEER_ID), Peer("10.1.2.3", 65535, b"q" * 20))


class Announces(Damage):
    """What peers ask."""

    def test_both_ways(self) -> None:
        """Every byte of a hash survives."""
        self.assertEqual(Announce.read(ASKED.write()), ASKED)

    def test_what_need_not_be_said(self) -> None:
        """Only hash, id and port must be; peers come as dictionaries, as BEP 3 has it, unless compact is asked."""
        asked = Announce.read("info_hash=" + "%00" * 20 + "&peer_id=" + "a" * 20 + "&port=1")

        self.assertEqual((asked.left, asked.event, asked.wanted, asked.is_compact), (1, "", 50, False))

    def test_a_plus_is_no_space(self) -> None:
        """Clients leave it as it is."""
        self.assertEqual(Announce.read(f"info_hash={'+' * 20}&peer_id={'a' * 20}&port=1").info_hash, b"+" * 20)

    def test_how_many_peers(self) -> None:
        """Below zero is the usual number, and nobody gets all there are."""
        for said, wanted in (("-1", 50), ("0", 0), ("7", 7), ("999999", 200)):
            asked = Announce.read(f"{ASKED.write()}".replace("numwant=30", f"numwant={said}"))
            with self.subTest(said):
                self.assertEqual(asked.wanted, wanted)

    def test_wrong_ones(self) -> None:
        """Each is refused in words that a tracker can send."""
        good = ASKED.write()
        for old, new in (
            ("info_hash=", "info_hash=a"),
            ("info_hash=", "info="),
            ("peer_id=", "peer_id=a"),
            ("port=6881", "port=0"),
            ("port=6881", "port=65536"),
            ("port=6881", "port=-1"),
            ("port=6881", "port=x"),
            ("left=3", "left=-3"),
            ("left=3", "left=%C2%B2"),
            ("uploaded=1", f"uploaded={'9' * 5000}"),
            ("event=started", "event=paused"),
            ("numwant=30", "numwant=many"),
        ):
            with self.subTest(new), self.assertRaisesRegex(BadArchive, "expected"):
                Announce.read(good.replace(old, new))

    def test_damage(self) -> None:
        """Damaged queries are read or refused."""
        self.refuses_or_reads(ASKED.write().encode(), lambda data: Announce.read(data.decode("latin-1")))


class Answers(Damage):
    """What trackers answer."""

    def test_dictionaries(self) -> None:
        """Peers with their ids, or without."""
        answer = Answer(30, 5, 2, 1, PEERS)

        self.assertEqual(Answer.read(answer.write(is_compact=False)), answer)
        told = Answer.read(answer.write(is_compact=False, names_peers=False))
        self.assertEqual(
            [str(peer) + peer.peer_id.decode() for peer in told.peers], ["127.0.0.5:6881", "10.1.2.3:65535"]
        )

    def test_compact(self) -> None:
        """Six bytes for each."""
        data = Answer(30, 5, 2, 1, PEERS).write()

        self.assertIn(b"5:peers12:\x7f\0\0\x05\x1a\xe1\x0a\1\2\3\xff\xff", data)
        self.assertEqual([str(peer) for peer in Answer.read(data).peers], ["127.0.0.5:6881", "10.1.2.3:65535"])

    def test_refusals(self) -> None:
        """A tracker's own words come through."""
        with self.assertRaisesRegex(Refused, "^no such torrent$"):
            Answer.read(announce.refusal("no such torrent"))
        with self.assertRaisesRegex(Refused, "^no such torrent$"):
            announce.read_scrape(announce.refusal("no such torrent"))

    def test_order_of_fields(self) -> None:
        """Real trackers do not always sort."""
        self.assertEqual(Answer.read(b"d5:peers0:8:intervali9ee").interval_s, 9)

    def test_wrong_ones(self) -> None:
        """Other values, peers that are none."""
        for data in (
            b"i1e",
            b"<html>",
            b"d8:interval1:xe",
            b"d8:intervali-1ee",
            b"d5:peers5:12345e",
            b"d5:peersi1ee",
            b"d5:peersl1:aee",
            b"d5:peersld2:ip1:a4:porti0eeee",
        ):
            with self.subTest(data), self.assertRaisesRegex(BadArchive, "expected"):
                Answer.read(data)

    def test_damage(self) -> None:
        """Damaged answers are read or refused."""
        for is_compact in (True, False):
            self.refuses_or_reads(Answer(30, 5, 2, 1, PEERS).write(is_compact=is_compact), read_or_refused)


class Scrapes(Damage):
    """Counts of many torrents."""

    def test_both_ways(self) -> None:
        """What is asked for, and what is answered."""
        counts = {INFO_HASH: Counts(1, 2, 3), PEER_ID: Counts(0, 0, 0)}

        self.assertEqual(announce.read_scrape(announce.write_scrape(counts)), counts)
        self.assertEqual(announce.scraped("info_hash=" + "a" * 20 + "&info_hash=" + "%41" * 20), (b"a" * 20, b"A" * 20))
        self.assertEqual(announce.scraped(""), ())

    def test_wrong_ones(self) -> None:
        """Hashes of another length, too many of them, answers that are none."""
        for query in ("info_hash=a", "info_hash=" + "&info_hash=".join(["a" * 20] * 101)):
            with self.subTest(query[:40]), self.assertRaises(BadArchive):
                announce.scraped(query)
        for data in (b"de", b"d5:filesi1ee", b"d5:filesd1:ad8:complete1:xeee"):
            with self.subTest(data), self.assertRaises(BadArchive):
                announce.read_scrape(data)


def read_or_refused(data: bytes) -> None:
    """Read an answer; one that says no in other words is as good."""
    try:
        Answer.read(data)
    except Refused as reason:
        raise BadArchive(f"expected an answer, seen {reason}") from reason


class Names(unittest.TestCase):
    """Peers in words."""

    def test_peer(self) -> None:
        """A peer is told by where it listens."""
        self.assertEqual(str(Peer("10.0.0.1", 80, b"x")), "10.0.0.1:80")
