"""Debian's versions: `[epoch:]upstream[-revision]`, what they may be and which is later; deb-version(7)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from pkgsuite.errors import BadValue
from pkgsuite.model.package import Package

__all__ = ["check_version", "compare", "sort_key", "upstream", "without_epoch"]

PLAIN = "A-Za-z0-9.+~"
VERSION = re.compile(
    rf"(?P<epoch>[0-9]{{1,10}}):[0-9](?:[{PLAIN}:-]*-[{PLAIN}]+|[{PLAIN}:]*)"
    rf"|[0-9](?:[{PLAIN}-]*-[{PLAIN}]+|[{PLAIN}]*)"
)
HIGHEST_EPOCH = (1 << 31) - 1

PARTS = re.compile(r"([^0-9]*)([0-9]*)")
END_OF_LETTERS = 0
BEHIND_LETTERS = 256
RANKS = {"~": -1}

Part: TypeAlias = tuple[tuple[int, ...], int, str]
"""Letters by their ranks, then how many digits the number behind them has, and these digits."""


def check_version(package: Package) -> None:
    """Refuse a version that no Debian package can have, but for one that is wrong on purpose; raises BadValue."""
    if package.unchecked:
        return
    found = VERSION.fullmatch(package.version)
    if not found or int(found["epoch"] or 0) > HIGHEST_EPOCH:
        expected = "[epoch:]version[-revision] that starts with a digit, such as '1.0-2'"
        raise BadValue("version", package.version, expected)


def without_epoch(version: str) -> str:
    """The version as file names carry it."""
    return version.partition(":")[2] if ":" in version else version


def upstream(version: str) -> str:
    """The version as those who wrote the software know it: neither epoch nor revision."""
    before, dash, after = without_epoch(version).rpartition("-")
    return before if dash else after


def compare(first: str, second: str) -> int:
    """-1, 0 or 1: whether *first* is earlier than *second*, the same, or later; raises BadValue for a bad epoch."""
    one, other = sort_key(first), sort_key(second)
    return (one > other) - (one < other)


@lru_cache(maxsize=4096)
def sort_key(version: str) -> tuple[int, tuple[Part, ...], tuple[Part, ...]]:
    """What to sort versions by; a missing revision is the same as `0`. Raises BadValue for an epoch that is none."""
    epoch = version.partition(":")[0] if ":" in version else "0"
    if not (epoch.isascii() and epoch.isdigit() and len(epoch) <= len(str(HIGHEST_EPOCH))):
        raise BadValue("version", version, f"a number up to {HIGHEST_EPOCH} as its epoch, before the first ':'")
    _, dash, revision = without_epoch(version).rpartition("-")
    return int(epoch), ranked(upstream(version)), ranked(revision if dash else "")


def ranked(text: str) -> tuple[Part, ...]:
    """*text* in parts that compare as dpkg compares them: letters before other signs, numbers by their value.

    The last part is empty, so that an end sorts behind a `~` and before all else.
    """
    found = []
    for letters, digits in PARTS.findall(text or "0"):
        number = digits.lstrip("0")
        found.append(((*map(rank, letters), END_OF_LETTERS), len(number), number))
    return tuple(found)


def rank(letter: str) -> int:
    """Where one sign stands among the others."""
    return RANKS.get(letter, ord(letter) if letter.isalpha() else ord(letter) + BEHIND_LETTERS)
