"""What the relay of links does: takes connections, finds out whose they are, and passes bytes on in their time."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Coroutine, Sequence
from dataclasses import field

from pkgsuite.errors import WorldError
from pkgsuite.system import conversation
from pkgsuite.system.owner import ancestors, owner
from pkgsuite.values import dataclass

__all__ = ["Carrier"]

CHUNK_BYTES, LEAST_CHUNK_BYTES = 1 << 14, 512
STEP_S = 0.05
"""How much of the time a slow link passes at once, in seconds."""

ROOM_BYTES = 1 << 15
"""What the kernel may hold of a connection at each end."""

MOST_WAITING = 256
BACKLOG = 1024
TELL_S, ASK_AGAIN_S = 1.0, 0.01
"""How long a new process may take until it is told whose it is, and how often that is looked for, in seconds."""

RESET = struct.pack("ii", 1, 0)


@dataclass(eq=False, slots=True)
class Way:
    """A link: what it leads to, and how things are with it."""

    address: str
    inside: str
    rate: int = 0
    delay_s: float = 0.0
    joined: asyncio.Event = field(default_factory=asyncio.Event)
    free_s: dict[str, float] = field(default_factory=dict)
    listeners: dict[int, tuple[socket.socket, asyncio.Task[None]]] = field(default_factory=dict)
    passing: set[asyncio.Task[None]] = field(default_factory=set)

    def pace_s(self, direction: str, now: float, count: int) -> float:
        """How long so many bytes take, behind those that were before them in this direction."""
        if not self.rate:
            return 0.0
        self.free_s[direction] = max(self.free_s.get(direction, 0.0), now) + count / self.rate
        return self.free_s[direction] - now


class Carrier:
    """Carries connections until nobody gives *orders* any more; *parent* is the process that does."""

    def __init__(self, orders: socket.socket, parent: int) -> None:
        self._orders = orders
        self._parent = parent
        self._ways: dict[str, Way] = {}
        self._insides: dict[str, Way] = {}
        self._adopted: dict[int, Way] = {}

    def run(self) -> None:
        """Do that."""
        asyncio.run(self._obey())

    # Orders

    async def _obey(self) -> None:
        loop = asyncio.get_running_loop()
        over = loop.create_future()
        loop.add_reader(self._orders, self._hear, over)
        await over

    def _hear(self, over: asyncio.Future[None]) -> None:
        """Do one thing and say so."""
        try:
            told = conversation.expect(self._orders, "an order")
            self._do(told)
        except OSError as error:
            conversation.tell(self._orders, {"trouble": str(error)})
        except WorldError:
            if not over.done():
                over.set_result(None)
        else:
            conversation.tell(self._orders, {})

    def _do(self, told: dict[str, object]) -> None:
        address = str(told["address"])
        match told:
            case {"do": "add", "inside": str(inside)}:
                way = self._ways[address] = self._insides[inside] = Way(address, inside)
                way.joined.set()
            case {"do": "set", "is_cut": bool(is_cut), "rate": int(rate), "s": float(seconds)}:
                way = self._ways[address]
                way.rate, way.delay_s = rate, seconds
                way.free_s.clear()
                (way.joined.clear if is_cut else way.joined.set)()
            case {"do": "open", "port": int(port)}:
                self._open(self._ways[address], port)
            case {"do": "adopt", "pid": int(pid)}:
                self._adopted[pid] = self._ways[address]
            case {"do": "remove"}:
                self._remove(self._ways.pop(address))

    def _open(self, way: Way, port: int) -> None:
        """Take connections to a port; raises OSError."""
        if port in way.listeners:
            return
        listener = tcp_socket()
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((way.address, port))
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
        way.listeners[port] = listener, asyncio.ensure_future(self._take(listener, way, port))

    def _remove(self, way: Way) -> None:
        del self._insides[way.inside]
        self._adopted = {pid: each for pid, each in self._adopted.items() if each is not way}
        for listener, task in way.listeners.values():
            task.cancel()
            listener.close()
        for passing in way.passing:
            passing.cancel()

    # Connections

    async def _take(self, listener: socket.socket, way: Way, port: int) -> None:
        """Carry whatever comes to a port."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, _ = await loop.sock_accept(listener)
            except OSError:
                await asyncio.sleep(ASK_AGAIN_S)
                continue
            task = asyncio.ensure_future(self._carry(client, way, port))
            way.passing.add(task)
            task.add_done_callback(way.passing.discard)

    async def _carry(self, client: socket.socket, far: Way, port: int) -> None:
        """The life of one connection; where one end breaks so does the other, though not while the link is cut."""
        client.setblocking(False)
        with client, tcp_socket() as server:
            path = [far]
            try:
                began_s = asyncio.get_running_loop().time()
                near = await self._whose(client)
                path = [way for way in {near, far} if way is not None] if near is not far else []
                await joined(path)
                server.bind((client.getpeername()[0] if near is None else near.address, 0))
                await asyncio.get_running_loop().sock_connect(server, (far.inside, port))
                ready_s = began_s + 2 * sum(way.delay_s for way in path)
                await both(
                    Passage(client, server, path, "to", near, ready_s).run(),
                    Passage(server, client, path, "from", near, ready_s).run(),
                )
            except OSError:
                await joined(path)
                for end in (client, server):
                    with contextlib.suppress(OSError):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    async def _whose(self, client: socket.socket) -> Way | None:
        """The link that a connection comes by; None where whoever made it has none."""
        source, target = client.getpeername(), client.getsockname()
        if source[0] in self._insides:
            return self._insides[source[0]]
        loop = asyncio.get_running_loop()
        deadline = loop.time() + TELL_S
        while True:
            line = list(ancestors(owner(source, target)))
            found = next((self._adopted[pid] for pid in line if pid in self._adopted), None)
            is_stranger = not line or line[0] == self._parent or self._parent not in line
            if found is not None or is_stranger or loop.time() > deadline:
                return found
            await asyncio.sleep(ASK_AGAIN_S)


class Passage:
    """One direction of a connection, from one socket to the other along the links of *path*."""

    def __init__(
        self,
        source: socket.socket,
        target: socket.socket,
        path: Sequence[Way],
        name: str,
        near: Way | None,
        ready_s: float,
    ) -> None:
        self._source = source
        self._target = target
        self._path = path
        self._directions = {way: f"{name} {'leaves' if way is near else 'comes'}" for way in path}
        self._ready_s = ready_s
        self._waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(MOST_WAITING)
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        """Pass on all that comes, and its end; raises OSError."""
        await both(self._take(), self._give())

    async def _take(self) -> None:
        while True:
            data = await self._loop.sock_recv(self._source, self._chunk_bytes())
            await joined(self._path)
            now = self._loop.time()
            pause = max((way.pace_s(self._directions[way], now, len(data)) for way in self._path), default=0.0)
            if pause:
                await asyncio.sleep(pause)
            due_s = max(self._loop.time(), self._ready_s) + sum(way.delay_s for way in self._path)
            await self._waiting.put((due_s, data))
            if not data:
                return

    def _chunk_bytes(self) -> int:
        rates = [way.rate for way in self._path if way.rate]
        return max(min([CHUNK_BYTES, *(int(rate * STEP_S) for rate in rates)]), LEAST_CHUNK_BYTES)

    async def _give(self) -> None:
        while True:
            due_s, data = await self._waiting.get()
            pause = due_s - self._loop.time()
            if pause > 0:
                await asyncio.sleep(pause)
            await joined(self._path)
            if not data:
                self._target.shutdown(socket.SHUT_WR)
                return
            await self._loop.sock_sendall(self._target, data)


def tcp_socket() -> socket.socket:
    """A socket that holds little, so that what was sent has nearly arrived."""
    made = socket.socket()
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_BYTES)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM_BYTES)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


async def joined(path: Sequence[Way]) -> None:
    """Wait until no link of a path is cut."""
    while any(not way.joined.is_set() for way in path):
        for way in path:
            await way.joined.wait()


async def both(*lives: Coroutine[None, None, None]) -> None:
    """Wait for both; where one fails the other is given up. Raises what it raised."""
    tasks = [asyncio.ensure_future(each) for each in lives]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
