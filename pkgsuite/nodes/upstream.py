"""How mirrors are asked: what is no file is an error, and who sends elsewhere is followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urljoin

from pkgsuite.nodes.client import Client, Place, Reply
from pkgsuite.nodes.tally import NotToBeHad

__all__ = ["PARTIAL", "UNCHANGED", "asking"]

PARTIAL, UNCHANGED = 206, 304
REDIRECTIONS = (301, 302, 303, 307, 308)
PASSED_ON = (401, 403, 404, 410, 429, 503)
"""What a mirror says that its clients are told as it is; anything else is the mirror's fault."""

MOST_HOPS = 5


@contextmanager
def asking(client: Client, place: Place, headers: Mapping[str, str]) -> Iterator[Reply]:
    """A good answer of a mirror, wherever it sends one to; raises NotToBeHad, OSError."""
    for _ in range(MOST_HOPS):
        with client.get(place, headers) as reply:
            if reply.status not in REDIRECTIONS:
                if reply.status not in (200, PARTIAL, UNCHANGED):
                    status = reply.status if reply.status in PASSED_ON else 502
                    raise NotToBeHad(status, f"{place.authority} answers {reply.status}")
                yield reply
                return
            to = urljoin(str(place), reply.headers.get("location", ""))
        found = Place.of_url(to)
        if found is None:
            raise NotToBeHad(502, f"{place.authority} sends to {to[:200]!r}, which is not asked here")
        place = found
    raise NotToBeHad(502, f"{place.authority} sends to other places {MOST_HOPS} times")
