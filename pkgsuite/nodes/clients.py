"""BitTorrent clients of others as nodes: aria2, and libtorrent in a process of its own; both seed and leech."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from pkgsuite.errors import BadValue, ProgramMissing
from pkgsuite.formats.torrent import Torrent
from pkgsuite.nodes import libtorrent_client
from pkgsuite.nodes.external import External, can_run, find_program
from pkgsuite.nodes.stopping import Step
from pkgsuite.system.wait import wait_until

__all__ = ["Aria2", "Client", "Libtorrent"]

SHARED = "shared"
"""Where files of torrents lie."""

TAKEN = "taken"
"""The file with the bytes that libtorrent took."""


class Client(External):
    """A client that shares *torrents* by way of the tracker at a URL: those with bytes it has, others it wants."""

    kind = "peer"

    def __init__(
        self,
        name: str,
        directory: str,
        *,
        tracker: str,
        torrents: Mapping[Torrent, bytes | None],
        max_upload_bytes_per_s: int = 0,
        address: str = "",
        port: int = 0,
        hosts: Sequence[str] = (),
    ) -> None:
        if not torrents:
            raise BadValue("torrents", torrents, "at least one torrent")
        super().__init__(name, directory, address=address, port=port, hosts=hosts)
        self.torrents = dict(torrents)
        self.tracker = tracker
        self.max_upload_bytes_per_s = max_upload_bytes_per_s

    def files(self) -> Mapping[str, bytes]:
        """The .torrent files, and what it has from the start."""
        told = {f"{number}.torrent": each.write(self.tracker) for number, each in enumerate(self.torrents)}
        has = {f"{SHARED}/{each.name}": data for each, data in self.torrents.items() if data is not None}
        return {f"{SHARED}/": b"", **told, **has}

    @property
    def torrent_files(self) -> list[str]:
        """The .torrent files, in order."""
        return [f"{number}.torrent" for number in range(len(self.torrents))]

    def has(self, torrent: Torrent) -> bool:
        """Whether the file of a torrent is there, each byte as it should be."""
        try:
            data = Path(self.directory, SHARED, torrent.name).read_bytes()
        except OSError:
            return False
        pieces = (data[at : at + torrent.piece_length] for at in range(0, len(data), torrent.piece_length))
        sums = tuple(hashlib.sha1(piece, usedforsecurity=False).digest() for piece in pieces)
        return len(data) == torrent.length and sums == torrent.sums

    def wait_for(self, *torrents: Torrent, timeout: float = 60.0) -> None:
        """Wait until it has all, or these; raises SuiteError."""
        wanted = torrents or tuple(self.torrents)
        names = ", ".join(each.name for each in wanted)
        wait_until(lambda: all(map(self.has, wanted)), timeout=timeout, what=f"{self.name} has {names}")

    @abstractmethod
    def argv(self) -> Sequence[str]:
        """The command."""


class Aria2(Client):
    """Aria2, https://aria2.github.io; it waits for its tracker when it is asked to end, so it is asked twice."""

    program = "aria2c"
    package = "aria2"
    ladder = (Step(signal.SIGINT, 5.0), Step(signal.SIGTERM, 5.0))

    def argv(self) -> Sequence[str]:
        options = {
            "allow-overwrite": "true",
            "bt-enable-lpd": "false",
            "bt-hash-check-seed": "true",
            "bt-tracker-connect-timeout": "5",
            "check-integrity": "true",
            "console-log-level": "notice",
            "dir": SHARED,
            "disable-ipv6": "true",
            "enable-dht": "false",
            "enable-peer-exchange": "false",
            "file-allocation": "none",
            "interface": self.address,
            "listen-port": str(self.port),
            "max-concurrent-downloads": str(len(self.torrents)),
            "max-overall-upload-limit": str(self.max_upload_bytes_per_s),
            "no-conf": "true",
            "seed-ratio": "0.0",
            "show-console-readout": "false",
            "summary-interval": "0",
        }
        return [self.program, *(f"--{name}={value}" for name, value in options.items()), *self.torrent_files]


class Libtorrent(Client):
    """Libtorrent, https://libtorrent.org, by its Python binding in whichever Python has it."""

    program = "libtorrent"
    package = "python3-libtorrent"

    def find(self) -> str:
        """The Python that can import it; raises ProgramMissing."""
        for python in (sys.executable, "python3", "/usr/bin/python3"):
            path = find_program(python, "install Python") if python else ""
            if path and can_run([path, "-c", "import libtorrent"]):
                return path
        raise ProgramMissing(f"no Python has libtorrent; apt-get install {self.package}, or pip install libtorrent")

    def argv(self) -> Sequence[str]:
        return [Path(self._path).name, "-I", os.path.abspath(libtorrent_client.__file__), "session.json"]

    def files(self) -> Mapping[str, bytes]:
        told = {
            "listen": f"{self.address}:{self.port}",
            "torrents": self.torrent_files,
            "directory": SHARED,
            "taken": TAKEN,
            "upload_rate_limit": self.max_upload_bytes_per_s,
        }
        return {**super().files(), "session.json": json.dumps(told).encode()}

    @property
    def taken_bytes(self) -> int:
        """What it took of pieces by its own count, also what it had already: near the end it asks several peers."""
        try:
            return int(Path(self.directory, TAKEN).read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0

    def wait_for_bytes(self, count: int, *, timeout: float = 10.0) -> None:
        """Wait until it took so many bytes of pieces by its own count; raises SuiteError."""
        what = f"{self.name} has counted {count} bytes that it took"
        wait_until(lambda: self.taken_bytes >= count, timeout=timeout, what=what)
