"""What is remembered of a test and of a run, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeAlias

from pkgsuite.values import dataclass

__all__ = ["BROKEN", "LATELY", "TELLING", "Key", "Past", "Record", "Run", "disagree", "median", "record_of"]

LATELY = 10
"""How many of the last results of a test tell how it is doing."""

BROKEN = ("failed", "error", "xpassed", "crashed")
TELLING = (*BROKEN, "passed", "xfailed")
"""The outcomes that say something of the test; a skip says something of the machine."""

Key: TypeAlias = "tuple[str, str]"
"""What a test is remembered by: its id, and the directory that it is imported from; our own are at home anywhere."""

Past: TypeAlias = "tuple[int, str, float, str, str]"
"""One result: the number of its run, the outcome, seconds, the code it is of, and the reason."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its number, when it began, how long it took, and how many tests had each outcome."""

    number: int
    at: float
    seconds: float
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Record:
    """One test: its last outcomes and their seconds, the newest last, the code they are of, and the last reason.

    *runs* are the numbers of the runs, *rules* what it judged the last time, *place* where it was imported from and
    *at* when it was last run.
    """

    test: str
    outcomes: tuple[str, ...]
    seconds: tuple[float, ...]
    codes: tuple[str, ...] = ()
    runs: tuple[int, ...] = ()
    reason: str = ""
    rules: tuple[str, ...] = ()
    place: str = ""
    at: float = 0.0

    @property
    def usual_s(self) -> float:
        """How long it takes: the median of the last results that say something."""
        told = [each for each, outcome in zip(self.seconds, self.outcomes, strict=True) if outcome in TELLING]
        return median(told[-LATELY:])

    @property
    def flips(self) -> int:
        """How often, of late, a result was another than the one before although the code was the same."""
        told = [pair for pair in zip(self.outcomes, self.codes, strict=True) if pair[0] in TELLING][-LATELY:]
        return sum(disagree(one, other) and code == same for (one, code), (other, same) in pairwise(told))

    @property
    def is_newly_failing(self) -> bool:
        """Whether it failed the last time, and passed before."""
        told = [outcome in BROKEN for outcome in self.outcomes if outcome in TELLING]
        return len(told) > 1 and told[-1] and not told[-2]

    @property
    def is_failing(self) -> bool:
        """Whether it did not pass each time in the last run that says something."""
        told = [pair for pair in zip(self.runs, self.outcomes, strict=True) if pair[1] in TELLING]
        return any(outcome in BROKEN for run, outcome in told if run == told[-1][0])

    def outcomes_of(self, code: str) -> list[str]:
        """The last outcomes that this code had and that say something."""
        pairs = zip(self.outcomes, self.codes, strict=True)
        return [outcome for outcome, each in pairs if outcome in TELLING and each == code][-LATELY:]


def record_of(key: Key, at: float, lately: Iterable[Past], rules: Iterable[str]) -> Record:
    """The record of a test by what is kept of it; raises ValueError or TypeError where that is damaged."""
    told = list(lately)
    runs, outcomes, seconds, codes, reasons = zip(*told, strict=True) if told else ((), (), (), (), ("",))
    if not all(isinstance(each, str) for each in (*outcomes, *codes, *reasons)):
        raise TypeError("an outcome is no text")
    test, place = key
    return Record(
        test, outcomes, tuple(map(float, seconds)), codes, tuple(map(int, runs)), reasons[-1], tuple(rules), place, at
    )


def disagree(one: str, other: str) -> bool:
    """Whether one of two outcomes is broken, and the other is not."""
    return (one in BROKEN) != (other in BROKEN)


def median(numbers: Iterable[float]) -> float:
    """The middle one of some numbers, or between the two in the middle; 0 of none."""
    ordered = sorted(numbers)
    return (ordered[len(ordered) // 2] + ordered[(len(ordered) - 1) // 2]) / 2 if ordered else 0.0
