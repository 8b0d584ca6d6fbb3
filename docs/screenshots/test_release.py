"""Scenarios for the pictures of the window: most hold, and some claim what is not so, so that a failure can be seen.

They run like all others: `python3 -m pkgsuite run docs/screenshots/test_release.py`.
"""

from __future__ import annotations

import os
import random
import unittest

from pkgsuite import (
    File,
    Package,
    Scenario,
    announced,
    apt,
    contents,
    exists,
    fetched_from_mirror,
    fetched_from_peers,
    installed,
    pacman,
    served,
)

KB = 1000

SHIPPED = """\
# Where this proxy listens, and whom it asks.
listen = 127.0.0.1:9988
peers = 8
upload_kb_per_s = 0
mirror_first = no
"""
MINE = SHIPPED.replace("peers = 8", "peers = 20").replace("upload_kb_per_s = 0", "upload_kb_per_s = 300")
NEW = SHIPPED.replace("mirror_first = no", "mirror_first = no\ntimeout_s = 30")

OLD = Package("proxy", "1.0-1", files=[File("etc/proxy.conf", SHIPPED)], backup=["etc/proxy.conf"])
DATA = Package("proxy-data", "2.0-1", files=[File("usr/share/proxy/data", random.Random(1).randbytes(1200 * KB))])
PROXY = Package(
    "proxy", "2.0-1", files=[File("etc/proxy.conf", NEW)], backup=["etc/proxy.conf"], depends=["proxy-data"]
)

UPDATE = "apt-get update"
DOWNLOAD = "apt-get -d install proxy-data"
UPGRADE = "apt-get -o Dpkg::Options::=--force-confnew dist-upgrade"
ARCHIVE = "repository/pool/main/p/proxy-data/proxy-data_2.0-1_all.deb"


class ThroughPeers(Scenario, on=apt):
    """Two downloaders that are slow enough to be watched."""

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(DATA, PROXY)
        self.tracker = self.start_tracker(interval_s=1)
        self.first = self.start_downloader(self.tracker, self.mirror, upload_bytes_per_s=250 * KB)
        self.second = self.start_downloader(self.tracker, self.mirror, download_bytes_per_s=400 * KB)

    def queue_all(self, *commands):
        """Both machines have the same to do."""
        for downloader in (self.first, self.second):
            for command in commands:
                self.queue(downloader, command)

    def test_a_package_comes_from_the_peer(self):
        """The mirror gives each byte once; all others come from the neighbour."""
        self.queue_all(UPDATE, DOWNLOAD)

        self.run_queue()

        self.check(self.second, fetched_from_peers("proxy-data"), announced("proxy-data", "completed", 1))
        self.check(self.second, fetched_from_mirror("proxy-data", 0), served(ARCHIVE, 1))

    def test_an_upgrade_keeps_what_the_user_changed(self):
        """Both upgrade through each other, and nobody's settings are lost."""
        for downloader in (self.first, self.second):
            machine = self.machine_of(downloader)
            machine.install(OLD)
            machine.write("etc/proxy.conf", MINE)
        self.queue_all(UPDATE, DOWNLOAD, "apt-get -o Dpkg::Options::=--force-confnew dist-upgrade")

        self.run_queue()

        self.check(
            self.second,
            installed("proxy", "2.0-1"),
            installed("proxy-data"),
            fetched_from_peers("proxy-data"),
            announced("proxy-data", "completed", 1),
            contents("etc/proxy.conf", MINE),
            exists("etc/proxy.conf.dpkg-old"),
        )

    def test_without_a_tracker_there_is_the_mirror(self):
        """The tracker is away, and so nobody finds anybody."""
        self.tracker.stop()
        self.queue_all(UPDATE, DOWNLOAD)

        self.run_queue()

        self.check(self.second, fetched_from_mirror("proxy-data", 1), fetched_from_peers("proxy-data", 0))


class AlmostDone(Scenario, on=(apt, pacman)):
    """What is not as it should be yet."""

    def test_one_that_changes_its_mind(self):
        """It holds today and did not yesterday, and nobody has changed it."""
        machine = self.start_machine()
        machine.install(Package("dummy"))
        wanted = "other" if os.environ.get("PICTURED_DAY") == "yesterday" else "dummy"
        self.check(installed(wanted))

    def test_one_that_is_wrong_itself(self):
        """It asks for something that nobody has made."""
        machine = self.start_machine()
        machine.install(Package("dummy"))
        machine.read("etc/nobody-made-this")

    @unittest.skip("it needs a mirror that speaks HTTP/3")
    def test_one_for_later(self):
        """Mirrors that speak HTTP/3."""
