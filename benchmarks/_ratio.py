"""A ratio that was measured, beside its goal; and what could not be measured, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

__all__ = ["HEADING", "Ratio", "Row", "Unmeasured", "show"]

WIDTH = 52
HEADING = f"{'':<{WIDTH}}{'ours':>12}{'theirs':>12}{'ratio':>9}{'goal':>10}"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours over theirs, both in *unit* and measured in one run; *most* is the goal, None where there is none.

    Where the goal is no peer but a figure, that figure is *theirs* and the goal is 1.
    """

    name: str
    ours: float
    theirs: float
    most: float | None = None
    unit: str = "s"

    @property
    def value(self) -> float:
        """The ratio."""
        return self.ours / self.theirs

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        return self.most is None or self.value <= self.most

    def __str__(self) -> str:
        """A row of the table."""
        goal, mark = ("", "") if self.most is None else (f"<= {self.most:.3g}", "met" if self.is_met else "missed")
        ours, theirs = figure(self.ours, self.unit), figure(self.theirs, self.unit)
        return f"{self.name:<{WIDTH}}{ours:>12}{theirs:>12}{self.value:>9.3g}{goal:>10}  {mark}".rstrip()

    def as_json(self) -> dict[str, object]:
        """The row for a program."""
        return {**asdict(self), "ratio": self.value, "is_met": self.is_met}


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """What this machine cannot measure, and what would help."""

    name: str
    reason: str

    is_met = True

    def __str__(self) -> str:
        """A row of the table."""
        return f"{self.name:<{WIDTH}}  not measured: {self.reason}"

    def as_json(self) -> dict[str, object]:
        """The row for a program."""
        return asdict(self)


Row = Ratio | Unmeasured


def figure(value: float, unit: str) -> str:
    """A quantity as people read it."""
    if unit == "s" and value < 1:
        value, unit = value * 1000, "ms"
    return f"{value:.3g} {unit}" if value < 1000 else f"{value:.0f} {unit}"


def show(rows: Iterable[Row]) -> list[Row]:
    """Print a table, each row as soon as it is known, and give the rows."""
    print(HEADING, flush=True)
    shown = []
    for row in rows:
        print(row, flush=True)
        shown.append(row)
    return shown
