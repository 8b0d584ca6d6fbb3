"""Trackers and clients of others in one swarm with our downloaders: each takes from the other, over the real wire."""

from __future__ import annotations

import random

from pkgsuite import (
    Aria2,
    File,
    Libtorrent,
    Opentracker,
    Package,
    Scenario,
    announced,
    apt,
    cached,
    fetched_from_mirror,
    fetched_from_peers,
    given_to_peers,
    served,
)

BIG = Package("fop-doc", files=[File("usr/share/doc/fop", random.Random(6).randbytes(400_000))])
SMALL = Package("bison-doc", files=[File("usr/share/doc/bison", random.Random(7).randbytes(30_000))])
POOL = "repository/pool/main/"
BIG_ARCHIVE = f"{POOL}f/fop-doc/fop-doc_1.0-1_all.deb"


class Mixed(Scenario):
    """A mirror with two packages, and a tracker."""

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(BIG, SMALL)
        self.big = self.torrent(BIG_ARCHIVE)
        self.tracker = self.start_a_tracker()

    def start_a_tracker(self):
        """The tracker of all peers, which announce often."""
        return self.start_tracker(interval_s=2)

    def torrent(self, path):
        """The torrent that the index makes of a file of the mirror."""
        return self.torrent_of(self.mirror, path)

    def download(self, downloader):
        """Let the machine behind a downloader fetch both packages."""
        self.queue(downloader, "apt-get update")
        self.queue(downloader, "apt-get -d install fop-doc")
        self.run_queue()


class WithAClient:
    """A client of others gives to a downloader, and takes from one."""

    def start_client(self, data, name=""):
        """The client; without data it wants the package."""
        return self.start_program(self.client, name, tracker=self.tracker.url, torrents={self.big: data})

    def test_it_gives(self):
        """With its mirror switched off, a downloader has the package from the client."""
        client = self.start_client(self.mirror.content(BIG_ARCHIVE))
        client.wait_for()
        second = self.start_downloader(self.tracker, self.mirror, http=False, give_up_s=60)

        self.download(second)

        self.check(
            second,
            cached("fop-doc", "1.0-1"),
            fetched_from_peers("fop-doc"),
            ~fetched_from_mirror("fop-doc"),
            ~served(BIG_ARCHIVE),
        )

    def test_it_takes(self):
        """What a downloader has from the mirror goes on to the client."""
        first = self.start_downloader(self.tracker, self.mirror)
        self.download(first)

        client = self.start_client(None)
        client.wait_for()

        self.assertTrue(client.has(self.big))
        self.check(first, served(BIG_ARCHIVE, 1), given_to_peers("fop-doc"))

    def test_it_passes_on(self):
        """From the mirror to a downloader, from there to the client, and from the client to another downloader."""
        first = self.start_downloader(self.tracker, self.mirror)
        self.download(first)
        client = self.start_client(None)
        client.wait_for()
        first.stop()
        third = self.start_downloader(self.tracker, self.mirror, http=False, give_up_s=60)

        self.download(third)

        self.check(third, cached("fop-doc", "1.0-1"), fetched_from_peers("fop-doc"), served(BIG_ARCHIVE, 1))


class WithAria2(WithAClient, Mixed, on=apt):
    """Aria2 among our downloaders."""

    client = Aria2


class WithLibtorrent(WithAClient, Mixed, on=apt):
    """Libtorrent among our downloaders."""

    client = Libtorrent

    def test_both_ends_count_the_same(self):
        """With one peer the client has nobody to ask twice: what it took is what that one gave."""
        first = self.start_downloader(self.tracker, self.mirror)
        self.download(first)
        client = self.start_client(None)
        client.wait_for()

        client.wait_for_bytes(self.big.length)

        self.check(first, given_to_peers("fop-doc", size=client.taken_bytes))


class WithOpentracker(Mixed, on=apt):
    """Opentracker in the place of our tracker."""

    def start_a_tracker(self):
        return self.start_program(Opentracker, torrents=[self.big])

    def test_the_second_takes_from_the_first(self):
        first = self.start_downloader(self.tracker, self.mirror)
        second = self.start_downloader(self.tracker, self.mirror, http=False)

        self.download(first)
        self.download(second)

        self.check(second, cached("fop-doc", "1.0-1"), fetched_from_peers("fop-doc"), served(BIG_ARCHIVE, 1))

    def test_a_torrent_that_it_does_not_know(self):
        """A tracker that refuses costs the peers, not the package."""
        downloader = self.start_downloader(self.tracker, self.mirror)
        self.queue(downloader, "apt-get update")
        self.queue(downloader, "apt-get -d install bison-doc")

        self.run_queue()

        self.check(downloader, cached("bison-doc", "1.0-1"), fetched_from_mirror("bison-doc"), ~announced("bison-doc"))


class EveryClient(Mixed, on=apt):
    """Opentracker, aria2, libtorrent and two downloaders in one swarm."""

    def start_a_tracker(self):
        return self.start_program(Opentracker, torrents=[self.big])

    def test_everybody_has_it_and_the_mirror_gave_it_once(self):
        first = self.start_downloader(self.tracker, self.mirror)
        self.download(first)
        clients = [
            self.start_program(kind, kind.program, tracker=self.tracker.url, torrents={self.big: None})
            for kind in (Aria2, Libtorrent)
        ]
        for client in clients:
            client.wait_for()
        last = self.start_downloader(self.tracker, self.mirror, http=False, give_up_s=60)

        self.download(last)

        self.check(last, cached("fop-doc", "1.0-1"), fetched_from_peers("fop-doc"), served(BIG_ARCHIVE, 1))
