"""Queued commands all run, whatever comes of one."""

from __future__ import annotations

import threading
import unittest
from typing import Any

from pkgsuite.errors import CommandTimeout
from pkgsuite.model.command import CommandResult
from pkgsuite.queue import Job, run_jobs


class Recorder:
    """What a machine is to the queue."""

    def __init__(self, name: str, log: list[str], barrier: threading.Barrier | None = None) -> None:
        self.name = name
        self.log = log
        self.barrier = barrier

    def execute(self, command: str, *, timeout: float, side_by_side: bool) -> CommandResult:
        """Note the command; `hang` times out."""
        if self.barrier:
            self.barrier.wait(10)
        self.log.append(f"{self.name}:{command}")
        if command == "hang":
            raise CommandTimeout(f"not within {timeout:g} s")
        return CommandResult(command, (command,), 3 if command == "fail" else 0, seconds=0.25)


def jobs(*pairs: tuple[Any, str]) -> list[Job]:
    """Jobs for machines."""
    return [Job(machine, command) for machine, command in pairs]


class QueueTest(unittest.TestCase):
    """run_jobs."""

    def test_in_order(self) -> None:
        """Commands run one after the other, and what fails or hangs stops none behind it."""
        log: list[str] = []
        a, b = Recorder("a", log), Recorder("b", log)
        done = jobs((a, "fail"), (b, "hang"), (a, "last"))

        run_jobs(done, timeout=7)

        self.assertEqual(log, ["a:fail", "b:hang", "a:last"])
        self.assertIsInstance(done[1].trouble, CommandTimeout)
        self.assertEqual(
            [str(job) for job in done],
            ["a: fail: took 0.25 secs (exit 3)", "b: hang: did not complete", "a: last: took 0.25 secs (exit 0)"],
        )

    def test_side_by_side(self) -> None:
        """Machines run at the same time, each its own commands in order."""
        log: list[str] = []
        barrier = threading.Barrier(2)
        a, b = Recorder("a", log, barrier), Recorder("b", log, barrier)

        run_jobs(jobs((a, "1"), (a, "2"), (b, "1"), (b, "2")), side_by_side=True)

        self.assertEqual([entry for entry in log if entry[0] == "a"], ["a:1", "a:2"])
        self.assertEqual([entry for entry in log if entry[0] == "b"], ["b:1", "b:2"])

    def test_nothing(self) -> None:
        """An empty queue is run at once."""
        for side_by_side in (False, True):
            run_jobs([], side_by_side=side_by_side)
