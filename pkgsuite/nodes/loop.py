"""The life of a node with threads: one for each connection, while the first one takes new clients and orders."""

from __future__ import annotations

import selectors
import signal
import socket
import threading
from collections.abc import Callable, Mapping, Set
from typing import TypeAlias

from pkgsuite.errors import SuiteError
from pkgsuite.nodes.control import Message, Receiver
from pkgsuite.system.bell import bell_of_signals

__all__ = ["Deed", "Loop", "Serve", "start_thread"]

Serve: TypeAlias = Callable[[socket.socket], None]
"""The life of one connection; whatever happens in it stays in it."""

Deed: TypeAlias = Callable[[Message, "list[bytes]"], object]
"""What is done for an order of the parent; raises SuiteError."""

MOST_CONNECTIONS = 500
"""How many clients may be there at a time by one door; whoever holds one door shut leaves the others open."""

FULL_S = 0.01
"""How long a full node waits before it counts again, in seconds."""

STACK_BYTES = 1 << 18


class Loop:
    """Serves the clients of each listener in its own way, until there is nobody to give orders any more."""

    def __init__(self, doors: Mapping[socket.socket, Serve], deeds: Mapping[str, Deed] | None = None) -> None:
        threading.stack_size(STACK_BYTES)
        self._doors = dict(doors)
        self._deeds = deeds or {}
        self._clients: dict[socket.socket, set[socket.socket]] = {listener: set() for listener in doors}
        self._lock = threading.Lock()

    def run(self, orders: Receiver | None = None) -> None:
        """Serve; without *orders* for ever."""
        with selectors.DefaultSelector() as selector, bell_of_signals() as bell:
            selector.register(bell, selectors.EVENT_READ)
            for listener in self._doors:
                listener.setblocking(False)
            if orders is not None:
                selector.register(orders, selectors.EVENT_READ)
            while True:
                full = {door for door, clients in self._clients.items() if len(clients) >= MOST_CONNECTIONS}
                self._listen_or_not(selector, full)
                for key, _ in selector.select(FULL_S if full else None):
                    if key.fileobj is bell:
                        for number in bell.hear():
                            heed(number)
                    elif isinstance(key.fileobj, socket.socket):
                        self._accept(key.fileobj)
                    elif orders is not None and not self._obey(orders):
                        return

    def _listen_or_not(self, selector: selectors.BaseSelector, full: Set[socket.socket]) -> None:
        """Take new clients but by *full* doors; asked once a round, since connections end at any moment."""
        registered = selector.get_map()
        for listener in self._doors:
            if listener not in full and listener not in registered:
                selector.register(listener, selectors.EVENT_READ)
            elif listener in full and listener in registered:
                selector.unregister(listener)

    def _accept(self, listener: socket.socket) -> None:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with self._lock:
            self._clients[listener].add(client)
        if not start_thread(self._serve, listener, client):
            self._forget(listener, client)

    def _serve(self, listener: socket.socket, client: socket.socket) -> None:
        try:
            self._doors[listener](client)
        except OSError:
            pass
        finally:
            self._forget(listener, client)

    def _forget(self, listener: socket.socket, client: socket.socket) -> None:
        client.close()
        with self._lock:
            self._clients[listener].discard(client)

    def _obey(self, orders: Receiver) -> bool:
        """Do what the parent says; False when it has hung up."""
        received = orders.receive()
        if received is None:
            return False
        message, blobs = received
        try:
            orders.answer({"done": self._deeds[message["do"]](message, blobs)})
        except SuiteError as error:
            orders.answer({"error": str(error)})
        return True


def heed(number: int) -> None:
    """Raise what the handler of a signal that asks for the end has raised already, and somebody has caught.

    Whoever lets go of an object, as this loop does with threads that have ended, may run code of that in which Python
    swallows every exception.
    """
    handler = signal.getsignal(number)
    if number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) and callable(handler):
        handler(number, None)


def start_thread(target: Callable[..., object], *arguments: object) -> bool:
    """Run *target* in a thread that does not keep the process alive; False where there is no room for one."""
    try:
        threading.Thread(target=target, args=arguments, daemon=True).start()
    except RuntimeError:
        return False
    return True
