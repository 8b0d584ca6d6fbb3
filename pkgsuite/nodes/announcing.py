"""How a downloader keeps in touch with its trackers: what it has and wants, and who else does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import field

from pkgsuite.errors import BadArchive
from pkgsuite.formats.announce import REGULAR, STOPPED, Announce, Answer, Peer
from pkgsuite.formats.torrent import Torrent
from pkgsuite.model.journal import Announced
from pkgsuite.nodes.client import Client, Place
from pkgsuite.nodes.journal import Journal
from pkgsuite.values import dataclass

__all__ = ["Announcer", "Me"]

MOST_ANSWER_BYTES = 1 << 20
FAILED_S, SILENT_S = 0.5, 10.0
"""For how long a tracker that refused, and one that did not answer at all, is left alone, in seconds."""

USUAL_S, LEAST_S = 30.0, 1.0
FAREWELL_S = 1.0


@dataclass(frozen=True, slots=True)
class Me:
    """Who announces: the id among peers, and where it listens."""

    peer_id: bytes
    host: str
    port: int


@dataclass(slots=True)
class Tracker:
    """A tracker; it is left alone until *again_s*."""

    url: str
    place: Place
    again_s: float = 0.0


@dataclass(slots=True)
class Entry:
    """A torrent that is announced, what of it is missing, and when its trackers want to hear of it again."""

    torrent: Torrent
    package: str
    left: Callable[[], int]
    due_s: dict[str, float] = field(default_factory=dict)


class Announcer:
    """Announces to all of its trackers, which are URLs, by *client*.

    Peers that any of them tells of go to *hear*.
    """

    def __init__(self, trackers: Sequence[str], me: Me, journal: Journal, client: Client) -> None:
        self._me = me
        self._journal = journal
        self._client = client
        self._trackers = [Tracker(url, place) for url in trackers if (place := Place.of_url(url)) is not None]
        self._entries: dict[bytes, Entry] = {}
        self._changed = threading.Condition()
        self._is_over = False

    @property
    def has_trackers(self) -> bool:
        """Whether there is anybody to announce to."""
        return bool(self._trackers)

    def tell(self, torrent: Torrent, package: str, left: Callable[[], int], event: str) -> tuple[list[Peer], bool]:
        """Announce to every tracker that can be asked: the peers that were told, and whether any answered."""
        with self._changed:
            entry = self._entries.setdefault(torrent.info_hash, Entry(torrent, package, left))
            entry.left = left
        found: dict[str, Peer] = {}
        has_answer = False
        for tracker in self._trackers:
            if tracker.again_s <= time.monotonic():
                peers = self._announce(tracker, entry, event)
                has_answer = has_answer or peers is not None
                found.update({str(peer): peer for peer in peers or ()})
            else:
                entry.due_s[tracker.url] = tracker.again_s
        with self._changed:
            self._changed.notify_all()
        return list(found.values()), has_answer

    def _announce(self, tracker: Tracker, entry: Entry, event: str) -> Sequence[Peer] | None:
        """The other peers that one tracker tells of; None where it does not answer."""
        left = entry.left()
        said = Announce(entry.torrent.info_hash, self._me.peer_id, self._me.port, left=left, event=event)
        place = tracker.place
        asked = Place(place.host, place.port, f"{place.target}{'&' if '?' in place.target else '?'}{said.write()}")
        trouble, answer, start = "", Answer(0), time.monotonic()
        try:
            with self._client.get(asked) as reply:
                answer = Answer.read(reply.read(MOST_ANSWER_BYTES))
        except (OSError, BadArchive) as error:
            trouble = str(error) or type(error).__name__
            is_silent = isinstance(error, TimeoutError)
            tracker.again_s = time.monotonic() + (SILENT_S if is_silent else FAILED_S)
            wait_s = tracker.again_s - start
        else:
            wait_s = max(float(answer.interval_s or USUAL_S), LEAST_S)
        entry.due_s[tracker.url] = start + wait_s
        peers = [peer for peer in answer.peers if (peer.host, peer.port) != (self._me.host, self._me.port)]
        me = f"{self._me.host}:{self._me.port}"
        self._journal.note(
            Announced(
                entry.torrent.info_hash.hex(),
                me,
                event,
                left,
                tracker.url,
                tuple(map(str, peers)),
                entry.package,
                trouble,
                round(time.time(), 6),
            )
        )
        return None if trouble else peers

    # In the background

    def run(self, hear: Callable[[bytes, Sequence[Peer]], None]) -> None:
        """Announce each torrent again when its trackers want that; *hear* gets the peers of a torrent."""
        while True:
            with self._changed:
                due = self._due()
                while not self._is_over and (due is None or due[0] > time.monotonic()):
                    self._changed.wait(None if due is None else max(due[0] - time.monotonic(), 0.0))
                    due = self._due()
                if self._is_over or due is None:
                    return
            _, tracker, entry = due
            hear(entry.torrent.info_hash, self._announce(tracker, entry, REGULAR) or ())

    def _due(self) -> tuple[float, Tracker, Entry] | None:
        """What is next, and when."""
        waiting = [
            (max(entry.due_s[tracker.url], tracker.again_s), tracker, entry)
            for entry in self._entries.values()
            for tracker in self._trackers
            if tracker.url in entry.due_s
        ]
        return min(waiting, key=lambda each: each[0], default=None)

    def forget(self, torrent: Torrent) -> None:
        """Say that this peer has no more to do with a torrent."""
        with self._changed:
            entry = self._entries.pop(torrent.info_hash, None)
        for tracker in self._trackers if entry else ():
            if entry is not None and tracker.again_s <= time.monotonic():
                self._announce(tracker, entry, STOPPED)

    def farewell(self) -> None:
        """Say good-bye for all torrents, as far as that takes little time."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        deadline = time.monotonic() + FAREWELL_S
        for entry in list(self._entries.values()):
            if time.monotonic() < deadline:
                self.forget(entry.torrent)
