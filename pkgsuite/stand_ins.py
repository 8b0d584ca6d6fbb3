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

from pkgsuite.formats.torrent import Torrent
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.clients import Client
from pkgsuite.nodes.downloader import Downloader
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.nodes.opentracker import Opentracker
from pkgsuite.nodes.stand_in import Proxy, TrackerCommand
from pkgsuite.nodes.tracker import INTERVAL_S, Tracker
from pkgsuite.programs import Programs
from pkgsuite.swarm import Swarm

__all__ = ["DOWNLOADER", "TRACKER", "StandIns"]

__unittest = True

TRACKER, DOWNLOADER = "PKGSUITE_TRACKER", "PKGSUITE_DOWNLOADER"
SHARED = (".deb", ".dsc", ".tar.gz", ".tar.xz")
PEER_PORTS = (6881, 6999)


class StandIns(Swarm, Programs):
    """A test with machines and nodes, some of which may be others than scenarios say."""

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._followers: list[Opentracker] = []
        self._wanted: list[Torrent] = []

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
            tracker = self.start_program(Opentracker, name, torrents=self._torrents(), **place)
            self._followers.append(tracker)
            return cast(Tracker, tracker)
        more = {"command": given, "torrents": self._torrents}
        return cast(Tracker, self.start_program(TrackerCommand, name or self._free(Tracker.kind), **place, **more))

    def _start(self, node: Node) -> None:
        """Let *node* run until the test ends; opentracker knows what it has to share before that."""
        if isinstance(node, Mirror):
            node.watch(self._let_trackers_know)
        if isinstance(node, Client):
            self._wanted += node.torrents
        super()._start(node)
        self._let_trackers_know()

    def _finish_node(self, node: Node) -> None:
        if node in self._followers:
            self._followers.remove(node)
        super()._finish_node(node)

    def _let_trackers_know(self) -> None:
        """Tell those that stand in for ours which torrents there are by now."""
        for tracker in self._followers:
            tracker.allow(*self._torrents())

    def _downloader(
        self, name: str, address: str, port: int, peer_ports: Sequence[int], hosts: Sequence[str], **options: object
    ) -> Downloader:
        given = os.environ.get(DOWNLOADER, "")
        if not given:
            return super()._downloader(name, address, port, peer_ports, hosts, **options)
        node = self.start_program(
            Proxy,
            name or self._free(Downloader.kind),
            command=given,
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
        """What peers may announce: files that mirrors have, and what clients of others were given."""
        yield from self._wanted
        for node in self._nodes:
            if isinstance(node, Mirror):
                for path in node.paths:
                    if path.endswith(SHARED):
                        yield self.torrent_of(node, path)
