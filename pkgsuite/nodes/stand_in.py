"""Programs of others in the place of our trackers and downloaders, by their command lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pkgsuite.errors import Unsupported
from pkgsuite.formats.announce import Counts
from pkgsuite.formats.torrent import Torrent
from pkgsuite.model.journal import Announced, Exchanged, Fetched
from pkgsuite.nodes.command import Command
from pkgsuite.nodes.downloader import Options
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.nodes.scraping import scrape

__all__ = ["Proxy", "TrackerCommand"]

ANNOUNCE = "http://{address}:{port}/announce"
NO_JOURNAL = "{0} is {1}, a program of others, which keeps no journal that we could read"


class TrackerCommand(Command):
    """A tracker by its command line; *torrents* tells of which torrents it is asked when it is to count its peers."""

    def __init__(self, name: str, directory: str, *, torrents: Callable[[], Iterable[Torrent]], **more: Any) -> None:
        super().__init__(name, directory, kind="tracker", url=ANNOUNCE, **more)
        self._torrents = torrents

    def scrape(self) -> dict[str, Counts]:
        """The counts of all swarms, by their torrents in hexadecimal digits; raises SuiteError where it tells none."""
        return scrape(self.url, self._torrents())


class Proxy(Command):
    """A downloader by its command line, which machines ask by `/HOST:PORT/path` in place of mirrors.

    What only our own downloader can tell raises Unsupported.
    """

    def __init__(self, name: str, directory: str, **more: Any) -> None:
        super().__init__(name, directory, kind="stand-in", url="http://{address}:{port}", **more)

    def url_of(self, mirror: Mirror) -> str:
        """Where it has what a mirror has, without a slash at the end."""
        return f"{self.url}/{mirror.url.partition('//')[2]}"

    @property
    def fetched(self) -> tuple[Fetched, ...]:
        """Nobody knows what it got, and from where."""
        raise self._unknown()

    @property
    def exchanged(self) -> tuple[Exchanged, ...]:
        """Nobody knows what passed between it and its peers."""
        raise self._unknown()

    @property
    def announced(self) -> tuple[Announced, ...]:
        """Nobody knows what it said; trackers do."""
        raise self._unknown()

    @property
    def peer(self) -> str:
        """Nobody knows at which of its ports peers find it."""
        raise self._unknown()

    @property
    def options(self) -> Options:
        """It has options of its own."""
        raise self._unknown()

    def _unknown(self) -> Unsupported:
        return Unsupported(NO_JOURNAL.format(self.name, self.version))
