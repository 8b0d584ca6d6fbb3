"""What a run asks of whoever runs its tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field

from pkgsuite.runner import warden
from pkgsuite.runner.output import Capture
from pkgsuite.runner.worker import Manners
from pkgsuite.values import dataclass

__all__ = ["Home", "Terms"]


@dataclass(frozen=True, slots=True)
class Home:
    """Where workers live: how one is forked, as os.fork does, how that pid is ended, and what to do when it is gone."""

    fork: Callable[[], int]
    end: Callable[[int], object]
    close: Callable[[], object] = int


ON_THE_HOST = Home(warden.fork, warden.end)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a crew works.

    *names* are those of the tests in the plan. A test that takes longer than *deadline_s* is ended with its worker.
    What tests write goes to a Capture of *capture*, one a worker; without it, to stderr. A crew that *is_cautious*
    gives out a test when the last has ended, however short both are. *tick* is called often, at least about once a
    second. Workers live at *home*, but for those of groups that are alone: each has one *apart*.
    """

    names: Sequence[str]
    jobs: int = 1
    deadline_s: float | None = None
    capture: Callable[[], Capture] | None = None
    manners: Manners = field(default_factory=Manners)
    home: Home = ON_THE_HOST
    apart: Callable[[], Home] | None = None
    is_cautious: bool = False
    tick: Callable[[], object] | None = None
