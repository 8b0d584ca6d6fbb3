"""Where the bytes of a file came from: counted while it is got, and noted at the end, whatever that is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from pkgsuite.model.journal import Fetched
from pkgsuite.nodes.assembly import EARLIER, MIRROR, Assembly
from pkgsuite.nodes.journal import Journal
from pkgsuite.values import dataclass

__all__ = ["NotToBeHad", "Tally", "noting"]


class NotToBeHad(Exception):
    """Nobody gives the file, or nobody the right one; *status* is what a client is to be told."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(slots=True)
class Tally:
    """What came from where for one file of *size* bytes."""

    size: int = 0
    from_peers: int = 0
    from_mirror: int = 0
    from_cache: int = 0
    peers: tuple[str, ...] = ()

    def count(self, assembly: Assembly) -> None:
        """Take over what came from others than the mirror, of which every byte is counted when it comes."""
        given = dict(assembly.given)
        given.pop(MIRROR, None)
        self.from_cache = given.pop(EARLIER, 0)
        self.from_peers = sum(given.values())
        self.peers = tuple(given)


@contextmanager
def noting(journal: Journal, path: str, package: str = "", size: int = 0) -> Iterator[Tally]:
    """Note in the end where the file came from; raises NotToBeHad for whatever goes wrong."""
    tally, trouble = Tally(size), ""
    at_s, start = time.time(), time.monotonic()
    try:
        yield tally
    except NotToBeHad as reason:
        trouble = str(reason)
        raise
    except OSError as reason:
        trouble = str(reason) or type(reason).__name__
        raise NotToBeHad(504 if isinstance(reason, TimeoutError) else 502, trouble) from reason
    finally:
        journal.note(
            Fetched(
                path,
                package,
                tally.size,
                tally.from_peers,
                tally.from_mirror,
                tally.from_cache,
                tally.peers,
                trouble,
                round(at_s, 6),
                round(time.monotonic() - start, 6),
            )
        )
