"""A tracker: a node that tells peers of each other over HTTP; BEP 3, 23 and 48."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats.announce import Announce, Counts, refusal, scraped, write_scrape
from pkgsuite.model.journal import Announced, encode
from pkgsuite.nodes import answer, http
from pkgsuite.nodes.answer import Answer
from pkgsuite.nodes.base import Node
from pkgsuite.nodes.connection import Connection
from pkgsuite.nodes.control import Receiver
from pkgsuite.nodes.conversation import Conversation
from pkgsuite.nodes.ending import ends_gently
from pkgsuite.nodes.journal import Journal
from pkgsuite.nodes.loop import Loop, start_thread
from pkgsuite.nodes.swarms import Swarms

__all__ = ["INTERVAL_S", "Clerk", "Tracker"]

INTERVAL_S = 30.0
STATE = "swarms"
SAVED_S = 1.0
"""How often at most a tracker writes down what it knows, besides at its end."""


class Tracker(Node):
    """A tracker that runs; peers are to announce every *interval_s* seconds and are forgotten after a while.

    With a *directory* it remembers there who was in which swarm.
    """

    kind = "tracker"
    ends_gently = True

    def __init__(
        self,
        name: str = "tracker",
        *,
        interval_s: float = INTERVAL_S,
        directory: str = "",
        address: str = "",
        port: int = 0,
        hosts: Sequence[str] = (),
        patience_s: float = 10.0,
    ) -> None:
        if not 0 < interval_s <= 86400:
            raise BadValue("interval_s", interval_s, "seconds above 0, a day at most")
        super().__init__(name, address, port, hosts)
        self.interval_s = interval_s
        self.directory = directory
        self._patience_s = patience_s

    @property
    def url(self) -> str:
        """Where peers announce."""
        return f"http://{(*self.hosts, self.address)[0]}:{self.port}/announce"

    def live(self, listener: socket.socket, orders: Receiver, journal: int) -> None:
        """Answer until the parent is gone, or a signal ends it."""
        clerk = Clerk(self.interval_s, Journal(journal), self.url, self.directory, self._patience_s)
        deeds = {
            "flush": lambda message, blobs: [encode(note) for note in clerk.journal.flush()],
            "scrape": lambda message, blobs: {
                info_hash.hex(): [each.complete, each.incomplete, each.downloaded]
                for info_hash, each in clerk.swarms.scrape().items()
            },
        }
        with ends_gently(clerk.save, clerk.journal.finish):
            Loop({listener: clerk.serve}, deeds).run(orders)

    def scrape(self) -> dict[str, Counts]:
        """The counts of all swarms, by their torrents in hexadecimal digits."""
        return {info_hash: Counts(*counts) for info_hash, counts in self.ask({"do": "scrape"})["done"].items()}


class Clerk:
    """Answers announces and scrapes, and notes them."""

    def __init__(
        self, interval_s: float, journal: Journal, url: str, directory: str = "", patience_s: float = 10.0
    ) -> None:
        self.swarms = Swarms(interval_s)
        self.journal = journal
        self._url = url
        self._patience_s = patience_s
        self._state = os.path.join(directory, STATE) if directory else ""
        self._saved_s = -SAVED_S
        self._is_to_be_saved = False
        self._lock = threading.Lock()
        self._remember()

    def serve(self, client: socket.socket) -> None:
        """Speak with one client."""
        host = client.getpeername()[0]
        conversation = Conversation(lambda request: self._respond(request, host), self.journal)
        conversation.hold(Connection(client, None, self._patience_s, lambda: 0))

    @contextmanager
    def _respond(self, request: http.Request, host: str) -> Iterator[Answer]:
        refused = answer.refuse(request, "")
        if refused is not None:
            yield refused
        elif request.path == "announce":
            yield bencoded(self._announce(request.query, host))
        elif request.path == "scrape":
            yield bencoded(self._scrape(request.query))
        else:
            yield answer.said(404, "announce and scrape are all there is")

    def _announce(self, query: str, host: str) -> bytes:
        try:
            asked = Announce.read(query)
            if asked.host and is_loopback(host) and is_ipv4(asked.host):
                host = asked.host
            given = self.swarms.announce(asked, host)
        except BadArchive as trouble:
            return refusal(str(trouble))
        self.journal.note(
            Announced(
                asked.info_hash.hex(),
                f"{host}:{asked.port}",
                asked.event,
                asked.left,
                self._url,
                tuple(map(str, given.peers)),
                at_s=round(time.time(), 6),
            )
        )
        self._save_soon()
        return given.write(is_compact=asked.is_compact, names_peers=asked.names_peers)

    def _scrape(self, query: str) -> bytes:
        try:
            return write_scrape(self.swarms.scrape(scraped(query)))
        except BadArchive as trouble:
            return refusal(str(trouble))

    # From one life to the next

    def _remember(self) -> None:
        """Know what an earlier life knew; a state that cannot be read is passed over, and told on stderr."""
        if not self._state:
            return
        try:
            with open(self._state, "rb") as file:
                self.swarms.read(file.read())
        except FileNotFoundError:
            pass
        except (OSError, BadArchive) as trouble:
            os.write(2, f"{self._state} is of no use: {trouble}\n".encode())

    def _save_soon(self) -> None:
        """Save what was announced: at once if that was not done lately, else when it is time again."""
        with self._lock:
            if not self._state or self._is_to_be_saved:
                return
            wait_s = self._saved_s + SAVED_S - time.monotonic()
            self._is_to_be_saved = wait_s > 0
        if wait_s <= 0 or not start_thread(self._save_in, wait_s):
            self.save()

    def _save_in(self, wait_s: float) -> None:
        time.sleep(wait_s)
        self.save()

    def save(self) -> None:
        """Write down what is known; a disk that is full costs the memory, not the tracker."""
        if self._state:
            with contextlib.suppress(OSError), self._lock:
                self._saved_s, self._is_to_be_saved = time.monotonic(), False
                with open(f"{self._state}.new", "wb") as file:
                    file.write(self.swarms.write())
                os.replace(f"{self._state}.new", self._state)


def bencoded(body: bytes) -> Answer:
    """An answer that trackers give."""
    return Answer(200, (("Content-Type", "text/plain"),), (memoryview(body),), len(body))


def is_ipv4(text: str) -> bool:
    """Whether *text* is an address in dotted form."""
    try:
        return socket.inet_ntoa(socket.inet_aton(text)) == text
    except (OSError, ValueError):
        return False


def is_loopback(host: str) -> bool:
    """Whether a client is on this machine, so that it may say where it listens."""
    return host.startswith("127.")
