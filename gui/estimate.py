"""How much longer a run takes, from how long its tests took before; and times in words."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

__all__ = ["clock", "in_words", "remaining", "seconds_in_words"]

FEWEST = 3
"""How many tests must have ended before this run's own speed counts."""

SLOWEST, FASTEST = 5.0, 0.2


def remaining(
    waiting: Sequence[float], running: Sequence[tuple[float, float]], ended: Sequence[tuple[float, float]], jobs: int
) -> float | None:
    """The seconds that are left, or None where nothing is known.

    *waiting* are the expected seconds of tests that wait, 0 where unknown; *running* and *ended* pair what was
    expected with what it took until now.
    """
    known = [each for each in (*waiting, *(expected for expected, _ in (*running, *ended))) if each > 0]
    known = known or [took for _, took in ended if took > 0]
    if not known:
        return None
    usual, pace = median(known), speed(ended)
    left = [pace * (each or usual) for each in waiting]
    current = [max(0.0, pace * (expected or usual) - took) for expected, took in running]
    everything = (*left, *current)
    return max(sum(everything) / max(1, jobs), max(everything, default=0.0))


def speed(ended: Sequence[tuple[float, float]]) -> float:
    """How much slower than before the tests of this run are."""
    known = [(expected, took) for expected, took in ended if expected > 0]
    if len(known) < FEWEST:
        return 1.0
    return min(SLOWEST, max(FASTEST, sum(took for _, took in known) / sum(expected for expected, _ in known)))


def clock(seconds: float) -> str:
    """Minutes and seconds, such as `1:04`; hours where there are any."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def seconds_in_words(seconds: float) -> str:
    """How long a scenario took, such as `6.9 s`; never longer than seven characters."""
    if seconds < 9.995:
        return f"{seconds:.2f} s" if seconds < 0.995 else f"{seconds:.1f} s"
    return f"{seconds:.1f} s" if seconds < 99.95 else clock(seconds)


def in_words(done: int, planned: int, elapsed: float, left: float | None, *, is_running: bool) -> str:
    """What stands beside the progress bar."""
    told = [f"{done} of {planned}", clock(elapsed)]
    if is_running and left is not None and left >= 1:
        told.append(f"about {clock(left)} left")
    return "  ·  ".join(told)
