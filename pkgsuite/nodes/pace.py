"""How fast a node may send or receive, and to how many it gives at a time; no sockets in here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

__all__ = ["Pace", "Slots", "Taker"]

BURST_S = 0.25
"""What may pass at once after a pause, as seconds of the pace."""

TURN_S = 10.0
"""How long one may be given to while others wait, in seconds."""


class Pace:
    """A number of bytes per second that many share; 0 is no limit. *clock* gives seconds."""

    def __init__(self, bytes_per_s: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self.bytes_per_s = bytes_per_s
        self._clock = clock
        self._free_s = 0.0
        self._lock = threading.Lock()

    def take(self, count: int) -> float:
        """How many seconds to wait before so many bytes may pass; they are counted as passed."""
        start, _ = self._pass(count)
        return start

    def passed(self, count: int) -> float:
        """How many seconds to wait after so many bytes, which have passed already."""
        _, end = self._pass(count)
        return end

    def _pass(self, count: int) -> tuple[float, float]:
        """In how many seconds the next bytes may begin to pass, and when they all may have passed."""
        if not self.bytes_per_s:
            return 0.0, 0.0
        with self._lock:
            now = self._clock()
            start = max(self._free_s, now - BURST_S)
            self._free_s = start + count / self.bytes_per_s
            return max(start - now, 0.0), max(self._free_s - now, 0.0)

    def hold_up(self, count: int) -> None:
        """Return once so many bytes may have passed."""
        seconds = self.passed(count)
        if seconds:
            threading.Event().wait(seconds)


class Taker(Protocol):
    """One who wants to be given something."""

    def wake(self) -> None:
        """Look whether it is its turn."""


class Slots:
    """Who may be given to: so many at a time, in the order in which they came, each for a turn while others wait."""

    def __init__(self, most: int, turn_s: float = TURN_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._turn_s = turn_s
        self._clock = clock
        self._given: dict[Taker, float] = {}
        self._waiting: list[Taker] = []
        self._lock = threading.Lock()

    def wants(self, taker: Taker) -> None:
        """Let *taker* wait for its turn, unless it does or has it."""
        with self._lock:
            if taker not in self._given and taker not in self._waiting:
                self._waiting.append(taker)
            woken = self._hand_out()
        wake(woken)

    def leaves(self, taker: Taker) -> None:
        """Forget *taker*, and give its place to another."""
        with self._lock:
            self._given.pop(taker, None)
            if taker in self._waiting:
                self._waiting.remove(taker)
            woken = self._hand_out()
        wake(woken)

    def has(self, taker: Taker) -> bool:
        """Whether it is its turn."""
        return taker in self._given

    def until_change_s(self) -> float | None:
        """After how many seconds somebody's turn is over; None while nobody waits."""
        with self._lock:
            if not self._waiting or not self._given:
                return None
            return max(min(self._given.values()) + self._turn_s - self._clock(), 0.0)

    def rotate(self) -> None:
        """Let those whose turn is over wait again while others do."""
        with self._lock:
            now = self._clock()
            over = [taker for taker, start in self._given.items() if now - start >= self._turn_s]
            over = over[: len(self._waiting)]
            for taker in over:
                del self._given[taker]
                self._waiting.append(taker)
            woken = over + self._hand_out()
        wake(woken)

    def _hand_out(self) -> list[Taker]:
        new = []
        while self._waiting and len(self._given) < self._most:
            taker = self._waiting.pop(0)
            self._given[taker] = self._clock()
            new.append(taker)
        return new


def wake(takers: list[Taker]) -> None:
    """Tell them that something changed."""
    for taker in takers:
        taker.wake()
