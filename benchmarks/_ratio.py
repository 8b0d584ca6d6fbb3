"""A ratio that was measured, beside its goal."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HEADING", "Ratio"]

HEADING = f"{'':<34}{'ours':>10}{'theirs':>10}{'ratio':>8}{'goal':>8}"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours over theirs: both in seconds, measured in one run; *most* is the goal."""

    name: str
    ours_s: float
    theirs_s: float
    most: float

    @property
    def value(self) -> float:
        """The ratio."""
        return self.ours_s / self.theirs_s

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        return self.value <= self.most

    def __str__(self) -> str:
        """A row of the table."""
        ours, theirs = f"{self.ours_s * 1000:.1f} ms", f"{self.theirs_s * 1000:.1f} ms"
        goal, mark = f"<= {self.most:g}", "met" if self.is_met else "missed"
        return f"{self.name:<34}{ours:>10}{theirs:>10}{self.value:>8.2f}{goal:>8}  {mark}"
