"""Files of which no index tells the sums: Release files, which are kept and looked after, and others, which pass."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes

from pkgsuite.nodes import dates
from pkgsuite.nodes.client import Client, Place, Reply
from pkgsuite.nodes.content import Offer, OnDisk
from pkgsuite.nodes.journal import Journal
from pkgsuite.nodes.tally import NotToBeHad, noting
from pkgsuite.nodes.upstream import UNCHANGED, asking

__all__ = ["Documents"]

MOST_BYTES = 1 << 26
TAG = "If-None-Match"


class Documents:
    """Keeps files below *directory* by the names of their places."""

    def __init__(self, directory: str, mirrors: Client, journal: Journal) -> None:
        self._directory = directory
        self._mirrors = mirrors
        self._journal = journal
        self._tags: dict[str, str] = {}
        self._locks: dict[str, threading.Lock] = {}
        os.makedirs(directory, exist_ok=True)

    def all(self) -> Iterator[tuple[str, bytes]]:
        """The names and contents of what is kept."""
        for file in sorted(os.listdir(self._directory)):
            name = unquote_to_bytes(file).decode("utf-8", "surrogateescape")
            yield name, self.read(name)

    def read(self, name: str) -> bytes:
        """What is kept under a name; raises OSError."""
        with open(self._path(name), "rb") as file:
            return file.read()

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, quote(name.encode("utf-8", "surrogateescape"), ""))

    def get(self, name: str, place: Place) -> tuple[Offer, bool]:
        """The file that is at *place* now, kept or fetched, and whether it is new; raises NotToBeHad."""
        with self._locks.setdefault(name, threading.Lock()), noting(self._journal, name) as tally:
            with asking(self._mirrors, place, self._conditions(name)) as reply:
                is_new = reply.status != UNCHANGED
                if is_new:
                    self._keep(name, reply)
            offer = offered(os.open(self._path(name), os.O_RDONLY | os.O_CLOEXEC))
            tally.size = offer.content.size
            tally.from_mirror, tally.from_cache = (tally.size, 0) if is_new else (0, tally.size)
            return offer, is_new

    def _conditions(self, name: str) -> dict[str, str]:
        """What to say to the mirror, so that it sends only what is new."""
        try:
            kept = os.stat(self._path(name))
        except OSError:
            return {}
        since = {"If-Modified-Since": dates.show(int(kept.st_mtime))}
        return since | ({TAG: self._tags[name]} if name in self._tags else {})

    def _keep(self, name: str, reply: Reply) -> None:
        data = reply.read(MOST_BYTES)
        path = self._path(name)
        with tempfile.NamedTemporaryFile(dir=os.path.dirname(self._directory), delete=False) as file:
            file.write(data)
        os.utime(file.name, (date_of(reply), date_of(reply)))
        os.replace(file.name, path)
        self._tags.pop(name, None)
        if "etag" in reply.headers:
            self._tags[name] = reply.headers["etag"]

    def pass_on(self, name: str, place: Place) -> Offer:
        """The file that is at *place*, which is not kept; raises NotToBeHad."""
        with noting(self._journal, name) as tally, asking(self._mirrors, place, {}) as reply:
            if reply.status != 200:
                raise NotToBeHad(502, f"{place.authority} answers {reply.status}")
            with tempfile.TemporaryFile(dir=os.path.dirname(self._directory)) as file:
                for piece in reply.pieces():
                    file.write(piece)
                    tally.from_mirror += len(piece)
                file.flush()
                os.utime(file.fileno(), (date_of(reply), date_of(reply)))
                tally.size = tally.from_mirror
                return offered(os.dup(file.fileno()))


def offered(descriptor: int) -> Offer:
    """An open file as it is answered."""
    status = os.fstat(descriptor)
    return Offer(OnDisk(descriptor, status), int(status.st_mtime))


def date_of(reply: Reply) -> int:
    """When a file was last changed, in seconds since the epoch, or now if that is not told."""
    told = dates.parse(reply.headers.get("last-modified", ""))
    return int(time.time()) if told is None else told
