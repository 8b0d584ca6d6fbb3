"""Any program in the place of our nodes, by a command line in the environment."""

from __future__ import annotations

import os
import sys
import unittest
from pathlib import Path

import pkgsuite
from pkgsuite import (
    Libtorrent,
    Package,
    Scenario,
    Unsupported,
    announced,
    apt,
    cached,
    fetched_from_mirror,
    fetched_from_peers,
    served,
)

DUMMY = Package("dummy", files=["usr/share/dummy"])
ARCHIVE = "repository/pool/main/d/dummy/dummy_1.0-1_all.deb"
ACNG = (
    "apt-cacher-ng ForeGround=1 CacheDir={dir} LogDir={dir} SocketPath={dir}/socket AllowUserPorts=0 "
    "BindAddress={address} Port={apt_port}"
)


class StandIn(Scenario):
    """A mirror, and a setting of the environment."""

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(DUMMY)

    def let(self, variable, value):
        """Set a variable for this test."""
        os.environ[variable] = value
        self.addCleanup(os.environ.pop, variable)


class RulesAboutIt(Scenario, on=apt):
    """Not run by itself: rules that speak of our own downloader, among others."""

    def holds(self):
        """Those that can be judged are true."""
        self.download()
        self.check(cached("dummy", "1.0-1"), fetched_from_mirror("dummy"), fetched_from_peers("*", 0))
        self.check(served(ARCHIVE, 1))

    def breaks(self):
        """One that can be judged is not."""
        self.download()
        self.check(fetched_from_mirror("dummy"), ~cached("dummy", "1.0-1"))

    def download(self):
        """Fetch a package through the program."""
        downloader = self.start_downloader((), self.start_mirror(DUMMY))
        for command in ("apt-get update", "apt-get -d install dummy"):
            self.queue(downloader, command)
        self.run_queue()


def outcome_of(test):
    """What comes of a test, and how its reason begins."""
    result = unittest.TestResult()
    test.run(result)
    told = [("failed", text) for _, text in (*result.failures, *result.errors)]
    told += [("skipped", reason.partition(", which")[0]) for _, reason in result.skipped]
    (outcome,) = told or [("passed", "")]
    return outcome


class TheDownloader(StandIn, on=apt):
    """Apt-cacher-ng by its command line, where a scenario asks for a downloader."""

    def test_two_machines_one_delivery(self):
        self.let("PKGSUITE_DOWNLOADER", ACNG)
        downloader = self.start_downloader((), self.mirror)
        other = self.start_machine(mirror=self.mirror, through=downloader, refreshed=False)

        for machine in (self.machine_of(downloader), other):
            machine.run("apt-get update")
            machine.run("apt-get -d install dummy")

        self.check(downloader, cached("dummy", "1.0-1"), served(ARCHIVE, 1))
        self.check(other, cached("dummy", "1.0-1"))

    def test_what_cannot_be_judged_is_left_out_and_the_test_skipped_in_the_end(self):
        """What the machine and the mirror can tell is judged all the same."""
        self.let("PKGSUITE_DOWNLOADER", ACNG)
        self.assertEqual(
            ("skipped", "not all rules could be judged, though the others held: downloader is a program of others"),
            outcome_of(RulesAboutIt("holds")),
        )
        self.assertEqual("failed", outcome_of(RulesAboutIt("breaks"))[0])

    def test_its_journal_is_asked_for(self):
        """Nobody knows that; a scenario that looks at it is skipped."""
        self.let("PKGSUITE_DOWNLOADER", ACNG)
        downloader = self.start_downloader((), self.mirror)

        for name in ("fetched", "exchanged", "announced", "peer", "options"):
            with self.assertRaisesRegex(Unsupported, "downloader is apt-cacher-ng .*, a program of others, which"):
                getattr(downloader, name)

    def test_a_program_that_is_not_there(self):
        self.let("PKGSUITE_DOWNLOADER", "debtorrent-client-of-2008 --apt_port {apt_port}")

        with self.assertRaisesRegex(Unsupported, "no debtorrent-client-of-2008 on PATH; install it or correct"):
            self.start_downloader((), self.mirror)


class TheTracker(StandIn, on=apt):
    """Another tracker where a scenario asks for one."""

    def test_the_second_takes_from_the_first(self):
        """Opentracker is told of the packages of all mirrors, and tells its counts."""
        self.let("PKGSUITE_TRACKER", "opentracker")
        tracker = self.start_tracker()

        second = self.share(tracker)

        self.check(second, cached("dummy", "1.0-1"), fetched_from_peers("dummy"), served(ARCHIVE, 1))
        torrent = self.torrent_of(self.mirror, ARCHIVE)
        self.assertEqual({torrent.info_hash.hex(): (2, 0)}, self.counts(tracker))

    def test_what_is_new_on_a_mirror_can_be_shared(self):
        """Opentracker hears of it before anybody asks the mirror."""
        self.let("PKGSUITE_TRACKER", "opentracker")
        tracker = self.start_tracker()
        second = self.share(tracker)
        self.mirror.publish("repository", [DUMMY, Package("other")])

        for downloader in self.downloaders:
            self.queue(downloader, "apt-get update")
            self.queue(downloader, "apt-get -d install other")
        self.run_queue()

        self.check(second, fetched_from_peers("other", 1), announced("other", "completed", 1))
        self.assertEqual([(2, 0), (2, 0)], list(self.counts(tracker).values()))

    def test_clients_of_others_need_no_downloader_before_them(self):
        """Opentracker is told of what they share, too."""
        self.let("PKGSUITE_TRACKER", "opentracker")
        tracker = self.start_tracker()
        self.mirror.put({"notes": b"hello"})
        torrent = self.torrent_of(self.mirror, "notes")
        giver = self.start_program(Libtorrent, "giver", tracker=tracker.url, torrents={torrent: b"hello"})
        giver.wait_for()

        taker = self.start_program(Libtorrent, "taker", tracker=tracker.url, torrents={torrent: None})
        taker.wait_for()

        self.assertEqual([torrent.info_hash.hex()], list(tracker.scrape()))

    def test_a_tracker_by_its_command_line(self):
        """One that tells its counts is asked for them."""
        here = Path(pkgsuite.__file__).parent.parent
        program = "node tracker --address {address} --port {port} --cache_dir {dir}"
        self.let("PKGSUITE_TRACKER", f"env PYTHONPATH={here} {sys.executable} -m pkgsuite {program}")
        tracker = self.start_tracker()

        second = self.share(tracker)

        self.check(second, fetched_from_peers("dummy"), served(ARCHIVE, 1))
        self.assertEqual([(2, 0)], list(self.counts(tracker).values()))

    def share(self, tracker):
        """Let two downloaders have a package, of which the second has no mirror; gives that."""
        self.downloaders = [self.start_downloader(tracker, self.mirror, http=http) for http in (True, False)]
        for downloader in self.downloaders:
            self.queue(downloader, "apt-get update")
            self.queue(downloader, "apt-get -d install dummy")
        self.run_queue()
        return self.downloaders[1]

    def counts(self, tracker):
        """How many have all of each torrent, and how many lack something."""
        return {name: (each.complete, each.incomplete) for name, each in tracker.scrape().items()}
