"""The side of a downloader that apt sees: a proxy by path, or by `Acquire::http::Proxy`; apt-transport-http(1)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pkgsuite.errors import BadArchive, Unsupported
from pkgsuite.formats.announce import STARTED
from pkgsuite.nodes import answer, http
from pkgsuite.nodes.answer import Answer
from pkgsuite.nodes.catalogue import Catalogue, Known, is_release
from pkgsuite.nodes.client import Place
from pkgsuite.nodes.connection import Connection
from pkgsuite.nodes.content import Offer
from pkgsuite.nodes.conversation import Conversation
from pkgsuite.nodes.documents import Documents
from pkgsuite.nodes.fetching import Fetcher
from pkgsuite.nodes.journal import Journal
from pkgsuite.nodes.log import Log
from pkgsuite.nodes.store import Store
from pkgsuite.nodes.swarming import Swarming
from pkgsuite.nodes.tally import NotToBeHad

__all__ = ["Front"]


class Front:
    """Answers apt, and learns from the indexes that it asks for; *me* is where it is asked, as `host:port`."""

    def __init__(
        self,
        me: str,
        store: Store,
        documents: Documents,
        fetcher: Fetcher,
        swarming: Swarming,
        log: Log,
        *,
        http: bool = True,
    ) -> None:
        self._me = me
        self._store = store
        self._documents = documents
        self._fetcher = fetcher
        self._swarming = swarming
        self._log = log
        self._http = http
        self._catalogue = Catalogue()
        self._learned: dict[str, str] = {}

    def reopen(self) -> None:
        """Know again what an earlier life kept, look whether it is still right, and offer it to peers."""
        for key in self._store.reopen():
            self._log.warning(f"{key} was not what its name says, and is gone")
        for name, data in self._documents.all():
            self._learn(name, data)
        for name, known in self._catalogue.items():
            if not known.package and self._store.has(known):
                self._learn_index(name, known)
        for _, known in self._catalogue.items():
            sharing = self._swarming.sharing(known) if known.package and self._store.has(known) else None
            if sharing is not None:
                self._swarming.announce(sharing, STARTED)

    def serve(self, client: socket.socket, journal: Journal, patience_s: float) -> None:
        """Speak with one client."""
        Conversation(self.respond, journal).hold(Connection(client, None, patience_s, lambda: 0))

    @contextmanager
    def respond(self, request: http.Request) -> Iterator[Answer]:
        """The answer to one request."""
        refused = answer.refuse(request, "")
        if refused is not None:
            yield refused
            return
        authority, _, path = request.place.partition("/")
        place = Place.of_authority(authority, path, request.query)
        if place is None or place.authority == self._me or not path:
            yield answer.said(404, "ask for http://this-proxy/mirror/path, or by Acquire::http::Proxy")
            return
        try:
            offer = self._find(f"{place.authority}/{path}", place)
        except NotToBeHad as reason:
            self._log.info(f"{request.place}: {reason}")
            yield answer.said(reason.status, str(reason))
            return
        try:
            yield answer.decide(request, offer)
        finally:
            offer.content.close()

    def _find(self, name: str, place: Place) -> Offer:
        """What is at *place*; raises NotToBeHad."""
        known = None if "?" in place.target else self._catalogue.find(name)
        if known is not None:
            return self._known(name, known, place)
        if is_release(name):
            offer, is_new = self._documents.get(name, place)
            if is_new:
                self._learn(name, self._documents.read(name))
            return offer
        if not self._http and "/dists/" not in name:
            raise NotToBeHad(504, "no index that passed here names it, and the mirror is switched off")
        return self._documents.pass_on(name, place)

    def _known(self, name: str, known: Known, place: Place) -> Offer:
        self._fetcher.fetch(known, name, place)
        if not known.package and self._learned.get(name) != known.key:
            self._learn_index(name, known)
        offer = self._store.open(known)
        if offer is None:
            raise NotToBeHad(500, "the file is gone from the disk")
        return offer

    # Indexes

    def _learn_index(self, name: str, known: Known) -> None:
        with suppress(OSError), open(self._store.path(known), "rb") as file:
            self._learn(name, file.read())
            self._learned[name] = known.key

    def _learn(self, name: str, data: bytes) -> None:
        """Take over what an index says; one that cannot be read says nothing."""
        try:
            self._catalogue.learn(name, data)
        except (BadArchive, Unsupported) as trouble:
            self._log.warning(f"{name} cannot be read: {trouble}")
