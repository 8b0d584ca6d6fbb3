"""Release files: what a suite is, and the sums of its indexes; apt-secure(8), repository format of Debian."""

from __future__ import annotations

import time
from collections.abc import Mapping

from pkgsuite.formats.apt_index import FILE_SUMS
from pkgsuite.formats.deb822 import write
from pkgsuite.model.suite import SUMS, Suite

__all__ = ["by_hash", "date", "release"]

MEASURES = dict(zip(SUMS, FILE_SUMS.values(), strict=True))
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date(seconds: int) -> str:
    """A date in the form of RFC 1123, whatever the locale."""
    at = time.gmtime(seconds)
    clock = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"
    return f"{DAYS[at.tm_wday]}, {at.tm_mday:02} {MONTHS[at.tm_mon - 1]} {at.tm_year} {clock} UTC"


def release(suite: Suite, indexes: Mapping[str, bytes]) -> bytes:
    """The Release file of a suite with these *indexes* by their paths below it."""
    said = {
        "Origin": suite.origin,
        "Label": suite.label,
        "Suite": suite.name,
        "Version": suite.version,
        "Codename": suite.codename or suite.name,
        "Date": date(suite.date),
        "Valid-Until": "" if suite.valid_until is None else date(suite.valid_until),
        "NotAutomatic": "yes" if suite.not_automatic else "",
        "ButAutomaticUpgrades": "yes" if suite.but_automatic_upgrades else "",
        "Acquire-By-Hash": "yes" if suite.by_hash else "",
        "Architectures": " ".join(suite.architectures),
        "Components": " ".join(suite.names),
        "Description": suite.description,
    }
    for name in suite.sums:
        said[name] = "".join(
            f"\n{MEASURES[name](content)} {len(content):>16} {path}" for path, content in sorted(indexes.items())
        )
    return write([said]).removesuffix(b"\n")


def by_hash(suite: Suite, indexes: Mapping[str, bytes]) -> dict[str, bytes]:
    """The *indexes* under names that are their sums, so that they can be fetched while new ones are published."""
    return {
        f"{path.rpartition('/')[0]}/by-hash/{name}/{MEASURES[name](content)}": content
        for path, content in indexes.items()
        for name in suite.sums
    }
