"""Opentracker as a node: a real tracker, which in Debian's build knows only the torrents of its list."""

from __future__ import annotations

import signal
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pkgsuite.formats.announce import Counts
from pkgsuite.formats.torrent import Torrent
from pkgsuite.nodes.external import External
from pkgsuite.nodes.scraping import scrape
from pkgsuite.system.wait import wait_until

__all__ = ["Opentracker"]

LIST = "torrents"
RELOAD_S = 20.0
UNKNOWN = b"failure reason"


class Opentracker(External):
    """The tracker of https://erdgeist.org/arts/software/opentracker for *torrents*; it forgets all at its end."""

    kind = "tracker"
    program = "opentracker"
    package = "opentracker"
    refuses_root = True

    def __init__(
        self,
        name: str,
        directory: str,
        *,
        torrents: Iterable[Torrent] = (),
        address: str = "",
        port: int = 0,
        hosts: Sequence[str] = (),
    ) -> None:
        super().__init__(name, directory, address=address, port=port, hosts=hosts)
        self._torrents = {each.info_hash: each for each in torrents}

    @property
    def url(self) -> str:
        """Where peers announce."""
        return f"http://{(*self.hosts, self.address)[0]}:{self.port}/announce"

    def argv(self) -> Sequence[str]:
        return [self.program, "-i", self.address, "-p", str(self.port), "-P", str(self.port), "-w", LIST]

    def files(self) -> Mapping[str, str]:
        return {LIST: "".join(f"{info_hash.hex()}\n" for info_hash in self._torrents)}

    def allow(self, *torrents: Torrent) -> None:
        """Let peers announce more torrents."""
        new = {each.info_hash: each for each in torrents if each.info_hash not in self._torrents}
        self._torrents |= new
        if not new or not self.is_alive:
            return
        Path(self.directory, LIST).write_text(self.files()[LIST])
        was_asked = self._was_asked
        self.signal(signal.SIGHUP)
        self._was_asked = was_asked
        last = next(reversed(new.values()))
        wait_until(lambda: self._knows(last), timeout=RELOAD_S, what=f"{self.name} has read its list")

    def scrape(self) -> dict[str, Counts]:
        """The counts of all swarms, by their torrents in hexadecimal digits."""
        return scrape(f"http://{self.address}:{self.port}/announce", self._torrents.values())

    def _knows(self, torrent: Torrent) -> bool:
        """Whether it takes announces of a torrent; a peer that stops leaves no trace."""
        query = {"info_hash": torrent.info_hash, "peer_id": b"-PK0000-000000000000", "event": "stopped"}
        told = urllib.parse.urlencode({**query, "port": "1", "uploaded": "0", "downloaded": "0", "left": "1"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://{self.address}:{self.port}/announce?{told}", timeout=RELOAD_S) as answer:
            return UNKNOWN not in answer.read()
