"""Dates as HTTP writes them; RFC 9110, section 5.6.7."""

from __future__ import annotations

import calendar
import re
import time

__all__ = ["parse", "show"]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
FORMS = tuple(
    re.compile(form)
    for form in (
        rf"\w{{3}}, (?P<day>\d\d) (?P<month>\w{{3}}) (?P<year>\d{{4}}) {CLOCK} GMT",
        rf"\w{{6,9}}, (?P<day>\d\d)-(?P<month>\w{{3}})-(?P<year>\d\d) {CLOCK} GMT",
        rf"\w{{3}} (?P<month>\w{{3}}) (?P<day>[ \d]\d) {CLOCK} (?P<year>\d{{4}})",
    )
)
"""The preferred form, and the two obsolete ones that a server must read."""

CENTURY_TURNS = 70


def show(seconds: int) -> str:
    """A date of so many seconds since the epoch."""
    at = time.gmtime(seconds)
    clock = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"
    return f"{DAYS[at.tm_wday]}, {at.tm_mday:02} {MONTHS[at.tm_mon - 1]} {at.tm_year:04} {clock} GMT"


def parse(text: str) -> int | None:
    """Seconds since the epoch; None for what is no date, which is to be ignored."""
    match = next((found for form in FORMS if (found := form.fullmatch(text.strip()))), None)
    if match is None or not text.isascii() or match["month"] not in MONTHS:
        return None
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 1900 if year >= CENTURY_TURNS else 2000
    day, month = int(match["day"]), MONTHS.index(match["month"]) + 1
    if year < 1 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    clock = tuple(int(match[name]) for name in ("hour", "minute", "second"))
    return calendar.timegm((year, month, day, *clock))
