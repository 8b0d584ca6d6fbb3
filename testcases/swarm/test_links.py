"""Links in swarms: peers that are cut off and come back, slow and far ones, and a mirror that nobody reaches."""

from __future__ import annotations

import random

from pkgsuite import (
    Aria2,
    File,
    Package,
    Scenario,
    apt,
    cached,
    fetched_from_mirror,
    fetched_from_peers,
    given_to_peers,
    served,
)

KB = 1000
SIZE_BYTES = 600 * KB
BIG = Package("aboot-base", files=[File("usr/share/aboot", random.Random(8).randbytes(SIZE_BYTES))])
ARCHIVE = "repository/pool/main/a/aboot-base/aboot-base_1.0-1_all.deb"
PATIENT = "apt-get -o Acquire::http::Timeout=120 -d install aboot-base"


class Linked(Scenario, links=True):
    """A mirror, a tracker, and a downloader that has the package already."""

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(BIG)
        self.tracker = self.start_tracker(interval_s=2)
        self.first = self.start_downloader(self.tracker, self.mirror)
        self.download(self.first)

    def download(self, downloader):
        """Let the machine behind a downloader fetch the package."""
        self.queue(downloader, "apt-get update")
        self.queue(downloader, PATIENT)
        self.run_queue(timeout=180)


class PeerCutOff(Linked, on=apt):
    """A peer that vanishes without a word."""

    def setUp(self):
        super().setUp()
        self.cable = self.link(self.first)
        self.cable.slow(200 * KB)

    def test_it_comes_back(self):
        """A short silence costs the time it takes, and the peer gives all of it."""
        second = self.start_downloader(self.tracker, self.mirror, http=False, timeout_s=60, give_up_s=120)

        with (
            self.when(self.is_under_way, self.cable.cut),
            self.when(lambda: self.cable.cut_s > 1, self.cable.join),
        ):
            self.download(second)

        self.check(
            second, cached("aboot-base", "1.0-1"), fetched_from_peers("aboot-base"), ~fetched_from_mirror("aboot-base")
        )

    def test_it_stays_away(self):
        """After one timeout the rest comes from the mirror."""
        second = self.start_downloader(self.tracker, self.mirror, timeout_s=3)

        with self.when(self.is_under_way, self.cable.cut):
            self.download(second)

        self.check(second, cached("aboot-base", "1.0-1"), fetched_from_mirror("aboot-base"))

    def test_another_takes_its_place(self):
        """While one peer is away, a second one gives."""
        third = self.start_downloader(self.tracker, self.mirror, name="third")
        self.cable.slow(0)
        self.download(third)
        self.cable.cut()
        second = self.start_downloader(self.tracker, self.mirror, http=False, timeout_s=3, give_up_s=120)

        self.download(second)

        self.check(second, cached("aboot-base", "1.0-1"), fetched_from_peers("aboot-base"))
        self.check(third, given_to_peers("aboot-base"))

    def test_it_is_away_and_there_is_no_mirror(self):
        """Nothing is made up: apt is told, and has the package once the peer is back."""
        second = self.start_downloader(self.tracker, self.mirror, http=False, timeout_s=2, give_up_s=4)
        machine = self.machine_of(second)
        machine.run("apt-get update")
        self.cable.cut()

        machine.refuses(PATIENT, says="E: Failed to fetch http://")
        self.check(second, ~cached("aboot-base", "1.0-1"), ~fetched_from_peers("aboot-base"))
        self.cable.slow(0)
        self.cable.join()
        machine.run(PATIENT)

        self.check(second, cached("aboot-base", "1.0-1"), fetched_from_peers("aboot-base"))

    def is_under_way(self):
        """Whether the peer has given some of the package, and not all of it."""
        given = [note.sent_bytes for note in self.first.notes if type(note).__name__ == "Exchanged"]
        return any(0 < count < SIZE_BYTES for count in given)


class MirrorCutOff(Linked, on=apt):
    """A mirror that nobody reaches any more."""

    def test_peers_carry_on(self):
        """Who has the index takes the package from its peer."""
        second = self.start_downloader(self.tracker, self.mirror, timeout_s=3)
        self.machine_of(second).run("apt-get update")
        self.link(self.mirror).cut()

        self.machine_of(second).run(PATIENT, timeout=180)

        self.check(second, cached("aboot-base", "1.0-1"), fetched_from_peers("aboot-base"), served(ARCHIVE, 1))


class TrackerCutOff(Linked, on=apt):
    """A tracker that nobody reaches any more."""

    def test_the_mirror_is_there(self):
        second = self.start_downloader(self.tracker, self.mirror, timeout_s=2)
        self.machine_of(second).run("apt-get update")
        self.link(self.tracker).cut()

        self.machine_of(second).run(PATIENT, timeout=180)

        self.check(second, cached("aboot-base", "1.0-1"), fetched_from_mirror("aboot-base"))


class SlowAndFar(Linked, on=apt):
    """Peers behind links that are slow or long give all the same, and take their time."""

    def test_slow_peer(self):
        self.link(self.first).slow(300 * KB)
        second = self.start_downloader(self.tracker, self.mirror, http=False, timeout_s=60, give_up_s=120)

        self.queue(second, "apt-get update")
        self.queue(second, PATIENT)
        _, fetched = self.run_queue(timeout=180)

        self.assertGreater(fetched.seconds, 1.2)
        self.check(second, fetched_from_peers("aboot-base"), ~fetched_from_mirror("aboot-base"))

    def test_far_peer(self):
        self.link(self.first).delay(0.1)
        second = self.start_downloader(self.tracker, self.mirror, http=False, timeout_s=60, give_up_s=120)

        self.queue(second, "apt-get update")
        self.queue(second, PATIENT)
        _, fetched = self.run_queue(timeout=180)

        self.assertGreater(fetched.seconds, 0.4)
        self.check(second, fetched_from_peers("aboot-base"), ~fetched_from_mirror("aboot-base"))


class ClientCutOff(Linked, on=apt):
    """A program of others behind a link, which does not know of it."""

    def test_it_comes_back(self):
        torrent = self.torrent_of(self.mirror, ARCHIVE)
        client = self.start_program(Aria2, tracker=self.tracker.url, torrents={torrent: None})
        cable = self.link(client)
        cable.cut()
        self.assertFalse(client.has(torrent))
        cable.join()

        client.wait_for(timeout=120)

        self.check(self.first, given_to_peers("aboot-base"), served(ARCHIVE, 1))
