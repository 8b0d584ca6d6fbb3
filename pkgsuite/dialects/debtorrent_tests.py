"""The nine tests of DebTorrent's test program as a table: what each shows, in our words, with packages by its names."""

from __future__ import annotations

from typing import Any

__all__ = ["TESTS"]

EIGHT = [
    "aap-doc",
    "aboot-base",
    "ada-reference-manual",
    "asis-doc",
    "aspectj-doc",
    "bison-doc",
    "fop-doc",
    "jswat-doc",
]
FOUR = ["aboot-base", "ada-reference-manual", "crash-whitepaper", "fop-doc"]
EIGHTEEN = [
    *EIGHT,
    *("afbackup-common", "airstrike-common", "alcovebook-sgml-doc", "apt-howto-common", "aptitude-doc-en"),
    *("armagetron-common", "asr-manpages", "atomix-data", "crash-whitepaper", "doc-iana"),
]
SIX = range(1, 7)
HOSTS = [f"ftp.{country}.debian.org/debian" for country in ("us", "uk", "ca", "de", "fr", "jp")]
HTTP_OFF = ["--disable_http_downloader", "1"]

Queue = list[tuple[int, list[str]]]


def one_by_one(number: int, packages: list[str]) -> Queue:
    """An update, and an install for each package."""
    return [(number, ["update"]), *((number, ["install", each]) for each in packages)]


def at_once(number: int, packages: list[str]) -> Queue:
    """An update, and an install of all."""
    return [(number, ["update"]), (number, ["install", *packages])]


def for_all(queues: list[Queue]) -> Queue:
    """One queue after the other."""
    return [entry for queue in queues for entry in queue]


TESTS: dict[str, Any] = {
    "1": ("One downloader has everything from the mirror.", {1: []}, {1: (1, [])}, one_by_one(1, EIGHT)),
    "2": (
        "The second of two downloaders has everything from the first: its HTTP is off.",
        {1: []},
        {1: (1, []), 2: (1, HTTP_OFF)},
        [*one_by_one(1, EIGHT), *one_by_one(2, EIGHT)],
    ),
    "3": (
        "Six downloaders: the later ones take from the earlier.",
        {1: []},
        {number: (1, []) for number in SIX},
        for_all([one_by_one(number, FOUR) for number in SIX]),
    ),
    "4": (
        "The same packages three times: the downloader has them already.",
        {1: []},
        {1: (1, [])},
        for_all([one_by_one(1, FOUR), [(1, ["clean"])]] * 2 + [one_by_one(1, FOUR)]),
    ),
    "5": (
        "Six downloaders of six mirrors.",
        {1: []},
        {
            number: (1, [], {"mirror": host, "suites": "contrib non-free"})
            for number, host in zip(SIX, HOSTS, strict=True)
        },
        for_all([at_once(number, ["fop-doc"]) for number in SIX]),
    ),
    "6": ("Four updates: indexes are kept.", {1: []}, {1: (1, [])}, [(1, ["update"])] * 4),
    "7": ("Eighteen packages in one install.", {1: []}, {1: (1, [])}, at_once(1, EIGHTEEN)),
    "8": (
        "Eighteen packages in one install, with many peers.",
        {1: []},
        {number: (1, []) for number in SIX},
        for_all([at_once(number, EIGHTEEN) for number in SIX]),
    ),
    "9": (
        "A downloader that starts on what an earlier run left on its disk.",
        {1: []},
        {1: (1, [], {"clean": False})},
        one_by_one(1, FOUR),
    ),
}
"""The table."""
