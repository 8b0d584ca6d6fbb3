"""Programs that stand in for our trackers and downloaders wherever scenarios start one, by the environment.

PKGSUITE_TRACKER is `opentracker`, or a command line; PKGSUITE_DOWNLOADER is a command line. They have places for what
differs from node to node: `{dir}`, `{address}`, `{port}`; of a downloader also `{apt_port}`, which is the same as
`{port}`, `{minport}` and `{maxport}` for peers, `{tracker}`, `{mirror}`, `{max_upload_rate}` in kB/s, and
`{disable_http_downloader}`, which is 0 or 1.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import cast

from pkgsuite.errors import Unsupported
from pkgsuite.formats.torrent import Torrent
from pkgsuite.model.journal import Announced, Exchanged, Fetched
from pkgsuite.nodes.command import Command
from pkgsuite.nodes.downloader import Downloader, Options
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.nodes.opentracker import Opentracker
from pkgsuite.nodes.tracker import INTERVAL_S, Tracker
from pkgsuite.programs import Programs
from pkgsuite.rules.swarm import STAND_IN
from pkgsuite.swarm import Swarm

__all__ = ["DOWNLOADER", "TRACKER", "Proxy", "StandIns"]

__unittest = True

TRACKER, DOWNLOADER = "PKGSUITE_TRACKER", "PKGSUITE_DOWNLOADER"
ANNOUNCE = "http://{address}:{port}/announce"
SHARED = (".deb", ".dsc", ".tar.gz", ".tar.xz")
PEER_PORTS = (6881, 6999)


NO_JOURNAL = "{0} is {1}, a program of others, which keeps no journal that we could read"


class Proxy(Command):
    """A program by its command line that machines ask by `/HOST:PORT/path` in place of mirrors.

    What only our own downloader can tell raises Unsupported.
    """

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


class StandIns(Swarm, Programs):
    """A test with machines and nodes, some of which may be others than scenarios say."""

    def start_tracker(
        self,
        *,
        name: str = "",
        interval_s: float = INTERVAL_S,
        address: str = "",
        port: int = 0,
        hosts: Sequence[str] = (),
    ) -> Tracker:
        """A tracker that ends with the test; downloaders announce to it every *interval_s* seconds.

        It has an address of its own and a free port, unless they are given; *hosts* are names for it in this world. The
        variable PKGSUITE_TRACKER names a program that takes its place; that has an interval of its own.
        """
        given = os.environ.get(TRACKER, "")
        if not given:
            return super().start_tracker(name=name, interval_s=interval_s, address=address, port=port, hosts=hosts)
        place = {"address": address, "port": port, "hosts": hosts}
        if given == Opentracker.program:
            return cast(Tracker, self.start_program(Opentracker, name, **place))
        more = {"command": given, "kind": Tracker.kind, "url": ANNOUNCE}
        return cast(Tracker, self.start_program(Command, name or self._free(Tracker.kind), **place, **more))

    def _downloader(
        self, name: str, address: str, port: int, peer_ports: Sequence[int], hosts: Sequence[str], **options: object
    ) -> Downloader:
        for node in self._nodes:
            if isinstance(node, Opentracker):
                node.allow(*self._torrents())
        given = os.environ.get(DOWNLOADER, "")
        if not given:
            return super()._downloader(name, address, port, peer_ports, hosts, **options)
        node = self.start_program(
            Proxy,
            name or self._free(Downloader.kind),
            command=given,
            kind=STAND_IN,
            url="http://{address}:{port}",
            places=self._places(peer_ports, options),
            address=address,
            port=port,
            hosts=hosts,
        )
        return cast(Downloader, node)

    def _places(self, peer_ports: Sequence[int], options: dict[str, object]) -> dict[str, object]:
        """What a command line of a downloader may have places for."""
        trackers = cast("tuple[str, ...]", options["trackers"])
        mirrors = [node.url for node in self._nodes if isinstance(node, Mirror)]
        ports = tuple(peer_ports) if any(peer_ports) else PEER_PORTS
        return {
            "minport": min(ports),
            "maxport": max(ports),
            "tracker": trackers[0] if trackers else "",
            "mirror": mirrors[0] if mirrors else "",
            "max_upload_rate": cast(int, options["upload_bytes_per_s"]) // 1000,
            "disable_http_downloader": int(not options["http"]),
        }

    def _free(self, kind: str) -> str:
        number = sum(1 for node in self._nodes if node.name.startswith(kind)) + 1
        return kind if number == 1 else f"{kind}{number}"

    def _torrents(self) -> Iterator[Torrent]:
        """What downloaders may announce of the files that mirrors have."""
        for node in self._nodes:
            if isinstance(node, Mirror):
                for path in node.paths:
                    if path.endswith(SHARED):
                        yield self.torrent_of(node, path)
