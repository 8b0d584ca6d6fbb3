"""The cable between one address and all others, whatever it is made of: what may be asked of it, and who has which."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from pkgsuite.errors import BadValue

__all__ = ["Cable", "at", "is_taken", "register", "release"]

MOST_RATE = (1 << 32) - 1
"""As many bytes a second as the kernel's message can say."""

MOST_S = 60

_cables: dict[str, Cable] = {}


class Cable(ABC):
    """What leads to the node or machine at *address*, to be cut, slowed and delayed.

    Nodes listen at *inside*, which is the same address unless somebody stands between.
    """

    address: str
    inside: str
    rate_bytes_per_s = 0
    seconds = 0.0
    is_cut = False

    def cut(self) -> None:
        """Lose whatever comes or goes, silently, as a cable that is pulled out somewhere on the way."""
        self.is_cut = True
        self._apply()

    def join(self) -> None:
        """Mend the cable; what was asked of speed and delay holds again."""
        self.is_cut = False
        self._apply()

    def slow(self, rate_bytes_per_s: int) -> None:
        """Let no more than so many bytes a second come, and as many go; 0 lifts the limit."""
        if type(rate_bytes_per_s) is not int or not 0 <= rate_bytes_per_s <= MOST_RATE:
            raise BadValue("bytes_per_s", rate_bytes_per_s, f"a whole number from 0 to {MOST_RATE}")
        self.rate_bytes_per_s = rate_bytes_per_s
        self._apply()

    def delay(self, seconds: float) -> None:
        """Let whatever comes or goes take so much longer, each way; 0 ends that."""
        if type(seconds) not in (int, float) or not 0 <= seconds <= MOST_S:
            raise BadValue("seconds", seconds, f"a number from 0 to {MOST_S}")
        self.seconds = float(seconds)
        self._delay()

    def restore(self) -> None:
        """Be whole, fast and short again, if it is not."""
        if self.seconds:
            self.delay(0)
        if self.is_cut or self.rate_bytes_per_s:
            self.is_cut, self.rate_bytes_per_s = False, 0
            self._apply()

    @abstractmethod
    def _apply(self) -> None:
        """Be cut or not, and as slow as was asked."""

    @abstractmethod
    def _delay(self) -> None:
        """Hold back for as long as was asked."""

    # Who is at its end

    @abstractmethod
    def enter(self) -> None:
        """Let this thread, and whatever it starts, be at its end from now on."""

    @abstractmethod
    @contextmanager
    def entered(self) -> Iterator[None]:
        """Let this thread be at its end for a while; what it starts and opens meanwhile stays there."""

    def opened(self, port: int) -> None:  # noqa: B027
        """Somebody listens at this port inside: let all others reach that."""

    def adopted(self, pid: int) -> None:  # noqa: B027
        """A process was started at its end."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it; raises nothing."""


def at(address: str) -> Cable | None:
    """What leads to an address, or to one inside."""
    return _cables.get(address)


def is_taken(address: str) -> bool:
    """Whether an address has a cable already."""
    return address in _cables


def register(cable: Cable) -> None:
    """Let the cable be found by its addresses."""
    _cables[cable.address] = _cables[cable.inside] = cable


def release(cable: Cable) -> bool:
    """Forget it; whether it was known."""
    was_known = _cables.get(cable.address) is cable
    for address in {cable.address, cable.inside} if was_known else ():
        del _cables[address]
    return was_known
