"""The nine tests of DebTorrent's test program, each with rules for what it was to show."""

from __future__ import annotations

from pkgsuite import announced, apt, fetched_from_cache, fetched_from_mirror, fetched_from_peers

from .packages import EIGHT, INSTALL_EIGHT, KB, NAMES, SAMPLE, Swarm

UPDATE = "apt-get update"
RELEASE = "repository/dists/repository/Release"
INDEX = "repository/dists/repository/main/binary-amd64/Packages.xz"
SIX = tuple(f"ftp.{country}.debian.org" for country in ("us", "uk", "ca", "de", "fr", "jp"))


class OneAlone(Swarm, on=apt):
    """A downloader without peers gets everything from the mirror."""

    def test_1_everything_through_the_mirror(self):
        """An update and eight installs: each file is asked for once, and announced."""
        (downloader,) = self.start()
        self.queue_all(downloader, UPDATE, *INSTALL_EIGHT)

        self.run_queue()

        self.check_all_from_mirror(downloader, EIGHT)
        self.check(
            downloader,
            *(f"SERVED={self.path(name)}|1" for name in EIGHT),
            *(announced(name, "started", 1) for name in EIGHT),
            fetched_from_mirror("*", size=self.total(EIGHT)),
            *self.knows(0),
        )

    def test_4_the_same_from_the_cache(self):
        """Packages that are wanted three times are fetched once; later they are on the downloader's disk."""
        (downloader,) = self.start()
        self.queue(downloader, UPDATE)
        for _ in range(3):
            self.queue_all(downloader, "apt-get clean", *INSTALL_EIGHT)

        self.run_queue()

        self.check_all_from_mirror(downloader, EIGHT)
        self.check(
            downloader,
            *(f"SERVED={self.path(name)}|1" for name in EIGHT),
            *(fetched_from_cache(name, 2) for name in EIGHT),
            fetched_from_cache("*", size=2 * self.total(EIGHT)),
        )

    def test_6_indexes_from_the_cache(self):
        """Of four updates the first fetches the indexes; the others hear from the mirror that nothing is new."""
        (downloader,) = self.start()
        for _ in range(4):
            self.queue_all(downloader, UPDATE)

        self.run_queue()

        self.check(
            downloader,
            f"SERVED={RELEASE}|1",
            f"SERVED={INDEX}|1",
            fetched_from_mirror(RELEASE, 1),
            fetched_from_cache(RELEASE, 3),
        )
        asked = [served.status for served in self.mirror.journal if served.path == RELEASE]
        self.assertEqual(asked, [200, 304, 304, 304])

    def test_7_eighteen_packages_at_once(self):
        """Apt sends several requests before it has the first answer."""
        (downloader,) = self.start()
        self.queue_all(downloader, UPDATE, f"apt-get -d install {' '.join(NAMES)}")

        self.run_queue()

        self.check_all_from_mirror(downloader, NAMES)
        self.check(downloader, *(f"SERVED={self.path(name)}|1" for name in NAMES))

    def test_9_again_after_a_restart(self):
        """A downloader that starts anew has what it had, looks whether it is right, and offers it to peers."""
        (downloader,) = self.start()
        self.queue_all(downloader, UPDATE, *INSTALL_EIGHT)
        self.run_queue()
        first_life = downloader.pid

        downloader.restart()
        self.queue_all(downloader, "apt-get clean", UPDATE, *INSTALL_EIGHT)
        self.run_queue()

        self.assertNotEqual(downloader.pid, first_life)
        self.check_all_from_mirror(downloader, EIGHT)
        self.check(
            downloader,
            *(f"SERVED={self.path(name)}|1" for name in EIGHT),
            *(fetched_from_cache(name, size=self.size(name)) for name in EIGHT),
            *(announced(name, "stopped", 1) for name in EIGHT),
            *(announced(name, "started", 2) for name in EIGHT),
        )


class SeveralTogether(Swarm, on=apt):
    """Downloaders take from each other what one of them has."""

    def test_2_everything_from_the_peer(self):
        """With HTTP switched off, every package of the second came from the first."""
        first, second = self.start(2, http=False)
        for downloader in (first, second):
            self.queue_all(downloader, UPDATE, *INSTALL_EIGHT)

        self.run_queue()

        self.check_all_from_mirror(first, EIGHT)
        self.check_all_from_peers(second, EIGHT)
        self.check(first, *(self.gave(name, self.size(name)) for name in EIGHT), *self.knows(1))
        self.check(second, *(f"SERVED={self.path(name)}|1" for name in EIGHT), *self.knows(1))

    def test_3_the_later_from_the_earlier(self):
        """Six one after the other, each giving no more than 100 kB/s: the mirror is asked by the first alone."""
        downloaders = [self.start_downloader(self.tracker, self.mirror, upload_bytes_per_s=100 * KB) for _ in range(6)]
        wanted = EIGHT[:4]
        for downloader in downloaders:
            self.queue_all(downloader, UPDATE, *INSTALL_EIGHT[:4])

        self.run_queue()

        self.check_all_from_mirror(downloaders[0], wanted)
        for downloader in downloaders[1:]:
            self.check_all_from_peers(downloader, wanted)
            self.check(downloader, *(f"SERVED={self.path(name)}|1" for name in wanted))
        self.check_given(downloaders, wanted)
        for downloader in downloaders[1:]:
            self.tell_speeds(downloader)

    def test_8_eighteen_packages_among_many(self):
        """The same with a pipeline of requests, and all that came before as peers."""
        downloaders = self.start(6)
        for downloader in downloaders:
            self.queue_all(downloader, UPDATE, f"apt-get -d install {' '.join(NAMES)}")

        self.run_queue()

        self.check_all_from_mirror(downloaders[0], NAMES)
        for downloader in downloaders[1:]:
            self.check_all_from_peers(downloader, NAMES)
            self.check(downloader, *(f"SERVED={self.path(name)}|1" for name in NAMES))
        self.check_given(downloaders, NAMES)

    def tell_speeds(self, downloader):
        """Print how fast its packages came."""
        for note in downloader.fetched:
            if note.package:
                print(f"{downloader.name}: {note.package}: {note.size / max(note.seconds, 1e-6) / KB:.0f} kB/s")


class SixMirrors(Swarm, on=apt):
    """Where a package comes from does not matter to those who want it."""

    def test_5_all_see_each_other(self):
        """Six downloaders of six mirrors with three components are one swarm."""
        components = {"main": SAMPLE[:4], "contrib": SAMPLE[4:6], "non-free": SAMPLE[6:8]}
        mirrors = [self.start_mirror(name=host, hosts=[host], repositories=components) for host in SIX]
        downloaders = [self.start_downloader(self.tracker, mirror) for mirror in mirrors]
        for downloader in downloaders:
            self.queue_all(downloader, UPDATE, *INSTALL_EIGHT)

        self.run_queue()

        self.check(downloaders[0], fetched_from_mirror("*", 8), fetched_from_peers("*", 0), *self.knows(5))
        for downloader in downloaders[1:]:
            self.check(downloader, fetched_from_mirror("*", 0), fetched_from_peers("*", 8), *self.knows(5))
        for mirror in mirrors[1:]:
            self.assertEqual([each.path for each in mirror.journal if each.path.endswith(".deb")], [])
