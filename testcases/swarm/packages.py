"""Packages under the names of DebTorrent's tests, with contents that cannot be compressed, and a swarm to get them."""

from __future__ import annotations

import random

from pkgsuite import (
    File,
    Package,
    Scenario,
    announced,
    cached,
    fetched_from_mirror,
    fetched_from_peers,
    given_to_peers,
    peers,
)

KB = 1000

NAMES = (
    *("aap-doc", "aboot-base", "ada-reference-manual", "asis-doc", "aspectj-doc", "bison-doc", "fop-doc", "jswat-doc"),
    *("afbackup-common", "airstrike-common", "alcovebook-sgml-doc", "apt-howto-common", "aptitude-doc-en"),
    *("armagetron-common", "asr-manpages", "atomix-data", "crash-whitepaper", "doc-iana"),
)
EIGHT = NAMES[:8]
INSTALL_EIGHT = tuple(f"apt-get -d install {name}" for name in EIGHT)


def package(name: str, size: int) -> Package:
    """A package of *size* bytes and a little more, always the same."""
    return Package(name, files=[File(f"usr/share/{name}/data", random.Random(name).randbytes(size))])


SAMPLE = tuple(package(name, (7 + 5 * number) * KB) for number, name in enumerate(NAMES))


class Swarm(Scenario):
    """A tracker, a mirror with all packages, and downloaders between that and machines."""

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(*SAMPLE)
        self.tracker = self.start_the_tracker()

    def start_the_tracker(self):
        """The tracker of the swarm."""
        return self.start_tracker(interval_s=2)

    def start(self, count=1, **options):
        """So many downloaders; *options* are those of the last."""
        return [
            self.start_downloader(self.tracker, self.mirror, **(options if number == count else {}))
            for number in range(1, count + 1)
        ]

    def path(self, name):
        """Where the mirror has the archive of a package."""
        return f"repository/pool/main/{name[0]}/{name}/{name}_1.0-1_all.deb"

    def size(self, name):
        """How long the archive of a package is."""
        return len(self.mirror.content(self.path(name)))

    def total(self, names):
        """How long the archives of all *names* are."""
        return sum(map(self.size, names))

    def queue_all(self, downloader, *commands):
        """Let the machine of *downloader* wait for its turn to do all that."""
        for command in commands:
            self.queue(downloader, command)

    def check_all(self, downloader, names, *rules):
        """Every archive is on the machine, byte by byte as on the mirror, and *rules* hold."""
        machine = self.machine_of(downloader)
        for name in names:
            archive = machine.read(f"var/cache/apt/archives/{name}_1.0-1_all.deb")
            self.assertEqual(archive, self.mirror.content(self.path(name)), name)
        self.check(downloader, *(cached(name, "1.0-1") for name in names), *rules)

    def check_all_from_peers(self, downloader, names):
        """Every byte of the packages came from peers."""
        self.check_all(
            downloader,
            names,
            *(fetched_from_peers(name, size=self.size(name)) for name in names),
            *(announced(name, "completed", 1) for name in names),
            fetched_from_mirror("*", 0),
        )

    def check_all_from_mirror(self, downloader, names):
        """Every byte of the packages came from the mirror."""
        self.check_all(
            downloader,
            names,
            *(fetched_from_mirror(name, size=self.size(name)) for name in names),
            *(announced(name, "completed", 1) for name in names),
            fetched_from_peers("*", 0),
        )

    def knows(self, count):
        """Rules that a downloader knows so many others."""
        return [peers(count)]

    def gave(self, name, size):
        """The rule that a downloader gave so many bytes of a package."""
        return given_to_peers(name, size=size)

    def check_given(self, downloaders, names):
        """What the downloaders gave to each other is what they took."""
        taken = sum(self.taken(downloader, names) for downloader in downloaders)
        for downloader in downloaders:
            self.check(downloader, given_to_peers("*", size=self.given(downloader)))
        self.assertEqual(sum(map(self.given, downloaders)), taken)

    def taken(self, downloader, names):
        """The bytes of packages that a downloader took from peers, by its own journal."""
        return sum(note.from_peers for note in downloader.fetched if note.package in names)

    def given(self, downloader):
        """The bytes of packages that a downloader gave to peers, by its own journal."""
        return sum(note.sent_bytes for note in downloader.exchanged)
