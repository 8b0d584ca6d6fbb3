"""Times, sizes and counts in words."""

from __future__ import annotations

import time

__all__ = ["counted", "duration", "moment"]


def duration(seconds: float) -> str:
    """*seconds* with as many places as matter."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def counted(number: int, noun: str) -> str:
    """*number* with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def moment(at: float) -> str:
    """*at*, in seconds since the epoch, as a date and a time of the clock of this machine; nothing for 0."""
    return time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(at)) if at else ""
