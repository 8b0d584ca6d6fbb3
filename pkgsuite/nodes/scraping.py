"""How a tracker of others is asked for its counts; BEP 48."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from urllib.parse import quote

from pkgsuite.errors import BadArchive, SuiteError
from pkgsuite.formats.announce import Counts, read_scrape
from pkgsuite.formats.torrent import Torrent
from pkgsuite.nodes.client import Client, Place

__all__ = ["scrape"]

AT_A_TIME = 20
"""Of how many torrents to ask at once: a query becomes long, and trackers have limits of their own."""

MOST_ANSWER_BYTES = 1 << 20
TIMEOUT_S = 20.0


def scrape(announce: str, torrents: Iterable[Torrent]) -> dict[str, Counts]:
    """The counts of those *torrents* that anybody has announced at a URL, by their hexadecimal digits.

    Raises SuiteError where the tracker does not tell.
    """
    waiting = iter(dict.fromkeys(each.info_hash for each in torrents))
    found: dict[bytes, Counts] = {}
    while wanted := list(islice(waiting, AT_A_TIME)):
        told = asked(announce, wanted)
        found |= {name: told[name] for name in wanted if name in told and told[name] != Counts(0, 0, 0)}
    return {name.hex(): counts for name, counts in found.items()}


def asked(announce: str, wanted: Sequence[bytes]) -> dict[bytes, Counts]:
    """What a tracker answers."""
    before, slash, last = announce.rpartition("/")
    query = "&".join(f"info_hash={quote(each, '')}" for each in wanted)
    place = Place.of_url(f"{before}{slash}{last.replace('announce', 'scrape', 1)}?{query}")
    if place is None or not last.startswith("announce"):
        raise SuiteError(f"{announce} has no counts: a tracker that tells them answers at …/announce (BEP 48)")
    client = Client("", TIMEOUT_S)
    try:
        with client.get(place) as reply:
            return read_scrape(reply.read(MOST_ANSWER_BYTES))
    except (OSError, BadArchive) as trouble:
        raise SuiteError(f"{announce} does not tell its counts: {trouble}") from trouble
    finally:
        client.close()
