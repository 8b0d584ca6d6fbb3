"""The nine tests once more, with a tracker of others, and a client of others that takes and gives like everybody."""

from __future__ import annotations

from pkgsuite import Libtorrent, Opentracker, apt, given_to_peers

from . import test_nine
from .packages import NAMES


class AmongOthers:
    """Opentracker in the place of our tracker, and libtorrent, which wants all packages and has none at first."""

    comes_first = False
    """Whether libtorrent is there before downloaders are, and not only after them."""

    def start_the_tracker(self):
        self.downloaders = []
        self.client = None
        self.torrents = {name: self.torrent_of(self.mirror, self.path(name)) for name in NAMES}
        tracker = self.start_program(Opentracker, torrents=self.torrents.values())
        if self.comes_first:
            self.start_the_client(tracker)
        return tracker

    def start_the_client(self, tracker):
        """Let libtorrent be in the swarm from now on."""
        wanted = dict.fromkeys(self.torrents.values())
        self.client = self.start_program(Libtorrent, tracker=tracker.url, torrents=wanted)

    def start_downloader(self, *nodes, **options):
        self.downloaders.append(super().start_downloader(*nodes, **options))
        return self.downloaders[-1]

    def run_queue(self, **options):
        """Run the queue; what downloaders have fetched by then libtorrent has in the end, byte by byte."""
        results = super().run_queue(**options)
        if self.client is None:
            self.start_the_client(self.tracker)
        fetched = {note.package for node in self.downloaders for note in node.fetched}
        if wanted := [torrent for name, torrent in self.torrents.items() if name in fetched]:
            self.client.wait_for(*wanted)
        return results

    def knows(self, count):
        """Nothing: whether the client has announced a package before is up to that."""
        return []

    def gave(self, name, size):
        """The client may have given some of it in place of a downloader, or taken it too."""
        return given_to_peers(name)

    def check_given(self, downloaders, names):
        """What they gave is no more than they and the client took: that asks several peers for its last bytes."""
        taken = sum(self.taken(downloader, names) for downloader in downloaders)
        given = sum(map(self.given, downloaders))
        self.assertGreater(given, 0)
        self.client.wait_for_bytes(given - taken)


class OneAlone(AmongOthers, test_nine.OneAlone, on=apt):
    """A downloader of which only a client takes."""


class SeveralTogether(AmongOthers, test_nine.SeveralTogether, on=apt):
    """Downloaders that find each other and libtorrent there."""

    comes_first = True


class SixMirrors(AmongOthers, test_nine.SixMirrors, on=apt):
    """One swarm of many mirrors."""
