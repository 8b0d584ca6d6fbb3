"""The gentle end of a node: a signal that asks lets it say good-bye first."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

__all__ = ["ends_gently"]

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Asked(BaseException):
    """The node was asked to end."""


@contextlib.contextmanager
def ends_gently(*farewells: Callable[[], object]) -> Iterator[None]:
    """Leave the block when a signal asks for it, or at its end, and do *farewells*; a second signal cuts them short."""

    def leave(number: int, frame: FrameType | None) -> None:
        for each in ASKING:
            signal.signal(each, signal.SIG_DFL)
        raise Asked

    for each in ASKING:
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:
            signal.signal(each, leave)
    try:
        yield
    except Asked:
        pass
    for farewell in farewells:
        farewell()
