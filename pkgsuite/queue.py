"""Commands that wait, and what came of them: run in order, or the machines side by side."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from pkgsuite.machine import TIMEOUT, Machine
from pkgsuite.model.command import CommandResult
from pkgsuite.values import dataclass

__all__ = ["Job", "run_jobs"]

__unittest = True


@dataclass(slots=True)
class Job:
    """A command for a machine, and its result, or the trouble that came in place of one."""

    machine: Machine
    command: str
    result: CommandResult | None = None
    trouble: Exception | None = None

    def __str__(self) -> str:
        """The line that the table of results has for it."""
        if self.result is None:
            return f"{self.machine.name}: {self.command}: did not complete"
        return f"{self.machine.name}: {self.command}: took {self.result.seconds:.2f} secs ({self.result.status})"


def run_jobs(jobs: Sequence[Job], *, side_by_side: bool = False, timeout: float = TIMEOUT) -> None:
    """Run all *jobs*, whatever comes of one; with *side_by_side* each machine goes through its own without waiting."""
    if not side_by_side:
        run_lane(jobs, timeout)
        return
    lanes: dict[int, list[Job]] = {}
    for job in jobs:
        lanes.setdefault(id(job.machine), []).append(job)
    threads = [threading.Thread(target=run_lane, args=(lane, timeout, True)) for lane in lanes.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run_lane(jobs: Sequence[Job], timeout: float, side_by_side: bool = False) -> None:
    """Run *jobs* one after the other."""
    for job in jobs:
        try:
            job.result = job.machine.execute(job.command, timeout=timeout, side_by_side=side_by_side)
        except Exception as trouble:
            job.trouble = trouble
