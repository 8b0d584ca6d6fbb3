"""What a client asks of a representation: parts of it, or only if it has changed; RFC 9110, sections 13 and 14."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

from pkgsuite.nodes import dates

__all__ = ["Unsatisfiable", "applies", "parse", "precondition"]

MOST_RANGES = 16
MOST_DIGITS = 18
SPEC = re.compile(rf"([0-9]{{0,{MOST_DIGITS}}})-([0-9]{{0,{MOST_DIGITS}}})")
NOT_MODIFIED, FAILED = 304, 412


class Unsatisfiable(Exception):
    """No range that was asked for overlaps the representation: 416."""


def parse(text: str, size: int) -> list[tuple[int, int]] | None:
    """Start and stop of each range, in order of asking; None where the field is to be ignored. Raises Unsatisfiable.

    Ignored are other units, malformed sets, and sets that only cost: many ranges, or ones that overlap.
    """
    unit, equals, specs = text.partition("=")
    if unit.strip().lower() != "bytes" or not equals:
        return None
    found: list[tuple[int, int]] = []
    for spec in specs.split(","):
        match = SPEC.fullmatch(spec.strip(" \t"))
        if match is None or not (match[1] or match[2]):
            return None
        if match[1] and match[2] and int(match[2]) < int(match[1]):
            return None
        start = int(match[1]) if match[1] else max(size - int(match[2]), 0)
        stop = min(int(match[2]) + 1, size) if match[1] and match[2] else size
        if start < stop:
            found.append((start, stop))
        if len(found) > MOST_RANGES:
            return None
    if not found:
        raise Unsatisfiable
    ordered = sorted(found)
    if any(start < stop for (_, stop), (start, _) in itertools.pairwise(ordered)):
        return None
    return found


def applies(if_range: str | None, etag: str, mtime_s: int) -> bool:
    """Whether a Range counts: without If-Range, or where that names exactly what is offered."""
    if if_range is None:
        return True
    text = if_range.strip()
    return text == etag if text.startswith('"') else dates.parse(text) == mtime_s


def precondition(headers: Mapping[str, str], etag: str, mtime_s: int) -> int:
    """304 or 412 where a condition of the request says so, else 0; the order is that of section 13.2.2."""
    if "if-match" in headers:
        if not names(headers["if-match"], etag):
            return FAILED
    elif "if-unmodified-since" in headers:
        since = dates.parse(headers["if-unmodified-since"])
        if since is not None and mtime_s > since:
            return FAILED
    if "if-none-match" in headers:
        return NOT_MODIFIED if names(headers["if-none-match"], etag) else 0
    since = dates.parse(headers.get("if-modified-since", ""))
    return NOT_MODIFIED if since is not None and mtime_s <= since else 0


def names(tags: str, etag: str) -> bool:
    """Whether a list of entity tags names *etag*, or all."""
    listed = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    return "*" in listed or etag in listed
