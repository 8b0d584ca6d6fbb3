"""The nine tests once more, with a tracker of others."""

from __future__ import annotations

from pkgsuite import Opentracker, apt

from . import test_nine
from .packages import NAMES


class ByOpentracker:
    """Opentracker in the place of our tracker."""

    def start_the_tracker(self):
        torrents = [self.torrent_of(self.mirror, self.path(name)) for name in NAMES]
        return self.start_program(Opentracker, torrents=torrents)


class OneAlone(ByOpentracker, test_nine.OneAlone, on=apt):
    """A downloader without peers."""


class SeveralTogether(ByOpentracker, test_nine.SeveralTogether, on=apt):
    """Downloaders that find each other there."""


class SixMirrors(ByOpentracker, test_nine.SixMirrors, on=apt):
    """One swarm of many mirrors."""
