"""How a downloader gets a file: from its disk, else from peers, else from the mirror; every byte is accounted for."""

from __future__ import annotations

import threading
import time

from pkgsuite.formats.announce import REGULAR
from pkgsuite.formats.torrent import BLOCK_BYTES
from pkgsuite.nodes.assembly import EARLIER, MIRROR, Assembly
from pkgsuite.nodes.catalogue import Known
from pkgsuite.nodes.client import Broken, Client, Place, Reply
from pkgsuite.nodes.journal import Journal
from pkgsuite.nodes.pace import Pace
from pkgsuite.nodes.store import Store
from pkgsuite.nodes.swarming import Sharing, Swarming
from pkgsuite.nodes.tally import NotToBeHad, Tally, noting
from pkgsuite.nodes.upstream import PARTIAL, asking
from pkgsuite.values import dataclass

__all__ = ["Fetcher", "Terms"]

RETRY_S = 0.25
"""How long to wait between two announces while only peers can give a file, in seconds."""

MOST_TRIES = 3

HOPELESS_S, MOST_WRONG = 10.0, 5
"""Where there is a mirror: how long peers may give nothing, in seconds, and how often all may be wrong."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Whether files of packages may come from the mirror, and how long peers alone may take to give one, in seconds."""

    http: bool = True
    give_up_s: float = 20.0


class Fetcher:
    """Gets files, each once at a time, whoever asks for it."""

    def __init__(
        self, store: Store, swarming: Swarming, mirrors: Client, journal: Journal, terms: Terms, pace: Pace
    ) -> None:
        self._store = store
        self._swarming = swarming
        self._mirrors = mirrors
        self._journal = journal
        self._terms = terms
        self._pace = pace
        self._busy: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def fetch(self, known: Known, path: str, place: Place) -> None:
        """Have the file that is at *place*, which the journal calls *path*; raises NotToBeHad."""
        with noting(self._journal, path, known.package, known.size) as tally, self._one_at_a_time(known):
            if self._store.has(known):
                tally.from_cache = known.size
            else:
                self._get(known, place, tally)

    def _one_at_a_time(self, known: Known) -> threading.Lock:
        with self._lock:
            return self._busy.setdefault(known.key, threading.Lock())

    def _get(self, known: Known, place: Place, tally: Tally) -> None:
        """Put the file together and keep it; raises NotToBeHad, OSError."""
        sharing = self._swarming.sharing(known) if self._swarming.announcer.has_trackers else None
        assembly = self._store.begin(known, is_shared=sharing is not None)
        try:
            if sharing is not None:
                self._swarming.begin(sharing, assembly)
                self._from_peers(sharing, assembly)
            if not assembly.is_complete:
                self._from_mirror(assembly, place, tally)
            tally.count(assembly)
            self._store.keep(assembly)
        finally:
            assembly.close()
            if sharing is not None:
                self._swarming.end(sharing)

    # Peers

    def _from_peers(self, sharing: Sharing, assembly: Assembly) -> None:
        """Let peers give what they can; without a mirror, until all is there or time is up.

        With one, only as long as something comes, and not over and over: newcomers may always give hope, and nothing
        else.
        """
        deadline = time.monotonic() + self._terms.give_up_s
        hopeless_at = time.monotonic() + HOPELESS_S
        self._swarming.ask_around(sharing)
        wrong, had = 0, 0
        while True:
            if assembly.is_complete:
                if self._is_right(sharing, assembly):
                    return
                wrong += 1
            if (has := sum(list(assembly.given.values()))) != had:
                had, hopeless_at = has, time.monotonic() + HOPELESS_S
            if self._terms.http and (wrong > MOST_WRONG or time.monotonic() > hopeless_at):
                return
            if assembly.only and not sharing.may_help(assembly.only):
                self._swarming.take_only(sharing, assembly)
            elif assembly.is_complete or sharing.has_hope:
                assembly.wait(RETRY_S)
            elif self._terms.http:
                return
            elif time.monotonic() > deadline:
                raise NotToBeHad(504, "no peer gave all of it, and the mirror is switched off")
            else:
                assembly.wait(RETRY_S)
                self._swarming.ask_around(sharing, REGULAR)

    def _is_right(self, sharing: Sharing, assembly: Assembly) -> bool:
        """Whether what came is right; who alone gave what is wrong is banned, of several each is then tried alone."""
        if assembly.is_right():
            return True
        givers = list(assembly.given)
        assembly.start_over()
        if len(givers) == 1 and givers[0] != EARLIER:
            self._swarming.ban(sharing, givers[0])
        if len(givers) > 1 and EARLIER not in givers:
            self._swarming.take_only(sharing, assembly)
        self._swarming.wake(sharing)
        return False

    # The mirror

    def _from_mirror(self, assembly: Assembly, place: Place, tally: Tally) -> None:
        """Get what is missing from the mirror, and all of it where what came before was wrong; raises NotToBeHad."""
        if assembly.known.package and not self._terms.http:
            raise NotToBeHad(504, "no peer can give it, and the mirror is switched off")
        assembly.only = ""
        while True:
            self._fill(assembly, place, tally)
            if assembly.is_right():
                return
            if assembly.only == MIRROR or list(assembly.given) == [MIRROR]:
                assembly.start_over()
                raise NotToBeHad(502, "what the mirror has is not what the index tells of")
            assembly.start_over()
            assembly.only = MIRROR

    def _fill(self, assembly: Assembly, place: Place, tally: Tally) -> None:
        """Ask for what is missing, again where the mirror breaks off after some bytes."""
        tries = 0
        while not assembly.is_complete:
            start, stop = next(assembly.gaps())
            before = tally.from_mirror
            wanted = {} if (start, stop) == (0, assembly.known.size) else {"Range": f"bytes={start}-{stop - 1}"}
            try:
                with asking(self._mirrors, place, wanted) as reply:
                    self._take(assembly, reply, start if reply.status == PARTIAL else 0, tally)
                if tally.from_mirror == before:
                    raise Broken("an answer without a byte")
            except OSError as trouble:
                tries += 1
                if tries > MOST_TRIES or tally.from_mirror == before:
                    status = 504 if isinstance(trouble, TimeoutError) else 502
                    raise NotToBeHad(status, f"{place.authority}: {trouble}") from trouble

    def _take(self, assembly: Assembly, reply: Reply, at: int, tally: Tally) -> None:
        """Put a body in its place; raises Broken where it is another part, or of another size."""
        size = assembly.known.size
        if reply.status == PARTIAL and not reply.headers.get("content-range", "").startswith(f"bytes {at}-"):
            raise Broken(f"another part than from {at} on")
        if reply.length is not None and at + reply.length > size:
            raise Broken(f"{reply.length} bytes from {at} on, where the file has {size}")
        rest = b""
        for piece in reply.pieces():
            tally.from_mirror += len(piece)
            data = rest + piece if rest else piece
            if at + len(data) > size:
                raise Broken(f"more than the {size} bytes of the file")
            whole = len(data) if at + len(data) == size else len(data) // BLOCK_BYTES * BLOCK_BYTES
            if whole:
                assembly.put(at // BLOCK_BYTES, memoryview(data)[:whole], MIRROR)
                at += whole
            rest = data[whole:]
            self._pace.hold_up(len(piece))
        if rest:
            raise Broken(f"it ends after {at + len(rest)} of {size} bytes")
