"""The life of a mirror: a thread for each connection, while the first one takes new clients and orders.

Threads, because a fault is then a plain sequence of sends and waits, sendfile needs no state machine, and a client that
is slow or hostile holds up nobody else. The process forks nothing, so its threads are in nobody's way.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import field, replace
from typing import TYPE_CHECKING

from pkgsuite.errors import SuiteError
from pkgsuite.model.journal import Served, encode
from pkgsuite.nodes import answer, dates, faults, http, tunnel
from pkgsuite.nodes.addresses import BACKLOG
from pkgsuite.nodes.connection import Connection, Gone
from pkgsuite.nodes.content import Tree
from pkgsuite.nodes.control import Message, Receiver
from pkgsuite.nodes.journal import Journal
from pkgsuite.nodes.wrong import Wrongs
from pkgsuite.values import dataclass

if TYPE_CHECKING:
    import ssl

__all__ = ["Server"]

MOST_CONNECTIONS = 500
FULL_S = 0.01
"""How long a full server waits before it counts again, in seconds."""

STACK_BYTES = 1 << 18
OK = 200


@dataclass(slots=True)
class Server:
    """All that one mirror serves, and how; *credentials* are `user:password`, *way* is where tunnels lead."""

    listener: socket.socket
    tree: Tree
    journal: Journal
    wrongs: Wrongs = field(default_factory=Wrongs)
    credentials: str = ""
    context: ssl.SSLContext | None = None
    patience_s: float = 10.0
    way: tunnel.Way | None = None
    heals: int = 0
    is_listening: bool = True
    is_watched: bool = False
    connections: set[socket.socket] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, orders: Receiver | None = None) -> None:
        """Serve until there is nobody to give orders any more; without *orders* for ever."""
        threading.stack_size(STACK_BYTES)
        self.listener.setblocking(False)
        poll = select.poll()
        if orders is not None:
            poll.register(orders, select.POLLIN)
        while True:
            is_full = len(self.connections) >= MOST_CONNECTIONS
            self._listen_or_not(poll, is_full)
            for descriptor, _ in poll.poll(FULL_S * 1000 if is_full else None):
                if descriptor == self.listener.fileno():
                    self._accept()
                elif orders is not None and not self._obey(orders):
                    return

    def fault(self, fault: faults.Fault, pattern: str = "*", times: int | None = None) -> None:
        """Let *fault* be at work from now on, for paths that match and so many requests, if given."""
        self.wrongs.add(fault, pattern, times)
        self._refuse_or_not()

    # Clients

    def _listen_or_not(self, poll: select.poll, is_full: bool) -> None:
        """Take new clients, unless connections are refused or there are too many.

        Whether it *is_full* is asked once a round: connections end at any moment, and who waits for ever must be
        listening.
        """
        wanted = self.is_listening and not is_full
        if wanted and not self.is_watched:
            poll.register(self.listener, select.POLLIN)
        elif self.is_watched and not wanted:
            poll.unregister(self.listener)
        self.is_watched = wanted

    def _refuse_or_not(self) -> None:
        """Refuse connections from now on, or no more."""
        if self.wrongs.refuses == self.is_listening:
            self.is_listening = not self.is_listening
            if self.is_listening:
                self.listener.listen(BACKLOG)
            else:
                self._break_connections()

    def _break_connections(self) -> None:
        """Refuse new clients, and let go of the others; the port stays taken, so that nobody else gets it."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RD)
        with self.lock:
            for client in self.connections:
                with contextlib.suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        try:
            client, _ = self.listener.accept()
        except OSError:
            return
        with self.lock:
            self.connections.add(client)
        try:
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()
        except RuntimeError:
            self._forget(client)
            client.close()

    def _forget(self, client: socket.socket) -> None:
        with self.lock:
            self.connections.discard(client)

    def _serve(self, client: socket.socket) -> None:
        """The life of one connection; whatever happens in it stays in it."""
        try:
            connection = Connection(client, self.context, self.patience_s, lambda: self.heals)
        except OSError:
            self._forget(client)
            client.close()
            return
        with self.lock:
            self.connections = self.connections - {client} | {connection.socket}
        try:
            self._converse(connection)
        except Gone:
            pass
        finally:
            self._forget(connection.socket)
            connection.close()

    def _converse(self, connection: Connection) -> None:
        """Answer one request after the other; raises Gone."""
        try:
            for head in connection.heads():
                self._respond(connection, http.parse(head))
        except http.BadRequest as trouble:
            wrong = answer.said_no(trouble)
            wrong_note = Served("", "", wrong.status, wrong.promised, fault=str(trouble), client=connection.client)
            entry = self.journal.begin(wrong_note)
            try:
                connection.send(wrong, entry)
            finally:
                self.journal.end(entry)

    def _respond(self, connection: Connection, request: http.Request) -> None:
        """Answer one request and note it; raises Gone."""
        if request.method == tunnel.CONNECT and self.way is not None:
            self._lead(connection, request, self.way)
            return
        met = self.wrongs.meet(request.path)
        offer = self.tree.find(request.path)
        try:
            for fault in met:
                offer = offer and fault.offer(offer)
            reply = answer.refuse(request, self.credentials) or answer.decide(request, offer)
            for fault in met:
                reply = fault.answer(reply, request.path)
            reply = replace(
                reply.with_header("Date", dates.show(int(time.time()))),
                keeps_alive=reply.keeps_alive and request.keeps_alive,
                has_body=reply.has_body and request.method != "HEAD",
            )
            entry = self.journal.begin(note(request, reply, met, connection.client))
            try:
                connection.send(reply, entry)
            finally:
                self.journal.end(entry)
        finally:
            if offer is not None:
                offer.content.close()

    def _lead(self, connection: Connection, request: http.Request, way: tunnel.Way) -> None:
        """Lead the client to another server, whatever name it asks for, and note it; raises Gone."""
        met = self.wrongs.meet(request.path)
        refused = answer.refuse(request, self.credentials, (tunnel.CONNECT,))
        far = None if refused else tunnel.reach(way)
        reply = refused or (answer.said(502) if far is None else answer.Answer(200, has_body=False))
        for fault in met:
            reply = fault.answer(reply, request.path)
        reply = replace(reply, keeps_alive=reply.status == OK or (reply.keeps_alive and request.keeps_alive))
        entry = self.journal.begin(note(request, reply, met, connection.client))
        try:
            connection.send(reply, entry)
            if far is not None and reply.status == OK:
                tunnel.carry(connection, far, reply, entry)
        finally:
            self.journal.end(entry)
            if far is not None:
                far.close()

    # Orders

    def _obey(self, orders: Receiver) -> bool:
        """Do what the parent says; False when it has hung up."""
        received = orders.receive()
        if received is None:
            return False
        message, blobs = received
        try:
            orders.answer(self._do(message, blobs))
        except SuiteError as error:
            orders.answer({"error": str(error)})
        return True

    def _do(self, message: Message, blobs: list[bytes]) -> Message:
        """Do one thing and give its answer; raises SuiteError."""
        deeds: dict[str, Callable[[], object]] = {
            "put": lambda: self.tree.put(dict(zip(message["paths"], blobs, strict=True)), message["mtime_s"]),
            "remove": lambda: self.tree.remove(message["path"]),
            "fault": lambda: self.fault(faults.parse(message["fault"]), message["pattern"], message["times"]),
            "heal": self._heal,
            "flush": lambda: [encode(note) for note in self.journal.flush()],
        }
        return {"done": deeds[message["do"]]()}

    def _heal(self) -> None:
        self.wrongs.heal()
        self.heals += 1
        self._refuse_or_not()


def note(request: http.Request, reply: answer.Answer, met: list[faults.Fault], client: str) -> Served:
    """What the journal has of a request before it is answered."""
    return Served(
        request.method,
        request.path,
        reply.status,
        reply.promised if reply.has_body else 0,
        query=request.query,
        range=request.headers.get("range", ""),
        fault="; ".join(fault.describe() for fault in met),
        client=client,
    )
