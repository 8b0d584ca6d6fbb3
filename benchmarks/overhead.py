"""What a scenario costs over the manager's own run time: `pacman -U` in `pkgsuite run`, and bare in the same world.

Both sides install the same package into the same kind of sandbox with the same words, by turns in one run. The bare
side is timed around the process only. Ours is all that passes between the end of the test before and the end of its
own: the sandbox, the command, the rules, the clean-up, the telling. Each is a median: a machine may be busy at times.
"""

from __future__ import annotations

import statistics
import subprocess
import time
import unittest
from collections.abc import Sequence
from dataclasses import replace

from benchmarks._ratio import Ratio
from pkgsuite import Machine, Package, Scenario, events, installed, pacman, unchanged_elsewhere
from pkgsuite.runner import session

__all__ = ["measure"]

PAIRS, CLASSES = 300, 40
GOAL = 1.1

DUMMY = Package("dummy", files=["usr/bin/dummy", "usr/share/doc/dummy"])
COMMAND = ["pacman", "-U", "dummy-1.0-1-any.pkg.tar.gz"]


class Install(Scenario, on=pacman):
    """One package from its archive."""

    def test_checked(self):
        """Installed by a scenario, and checked."""
        self.start_machine(packages=[DUMMY]).run(" ".join(COMMAND))
        self.check(installed("dummy", "1.0-1"), unchanged_elsewhere("usr/bin/dummy", "usr/share/doc/dummy"))

    def test_bare(self):
        """Installed with nothing around it; prints the seconds that the command takes."""
        print(self.run_bare(self.start_machine(packages=[DUMMY])))

    def run_bare(self, machine: Machine) -> float:
        """How long the command takes."""
        start = time.perf_counter()
        subprocess.run(
            machine.manager.argv(COMMAND, machine.root),
            env={**machine.manager.environment(machine.root), "TMPDIR": f"{machine.root}/tmp"},
            cwd=f"{machine.root}/tmp",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
        return time.perf_counter() - start


class Remembered:
    """What a run knows of tests that ran before: here, that each is short."""

    def recall(self, planned: events.Planned) -> events.Planned:
        """The same, with a time."""
        return replace(planned, expected_s=0.02)

    def is_flaky(self, result: events.Result) -> bool:
        """None is."""
        return False


def measure() -> list[Ratio]:
    """One scenario behind the other in a class, as most are; and each in a class, and so a process, of its own."""
    ours, bare = run([Install(name) for _ in range(PAIRS) for name in ("test_checked", "test_bare")])
    alone, beside = run(
        [type("Install", (Install,), {})(name) for _ in range(CLASSES) for name in ("test_checked", "test_bare")]
    )
    return [
        Ratio("a scenario over bare pacman -U", ours, bare, GOAL),
        Ratio("a scenario in a class of its own over the same", alone, beside),
    ]


def run(tests: Sequence[unittest.TestCase]) -> tuple[float, float]:
    """The median seconds of a checked scenario and of bare commands, which *tests* are by turns, in `pkgsuite run`."""
    ended: list[float] = []
    bare: list[float] = []

    def hear(event: events.Event) -> None:
        if isinstance(event, events.Output):
            bare.append(float(event.text))
        elif isinstance(event, events.Result):
            ended.append(time.perf_counter())

    done = session.run(tests, hear, session.Options(memory=Remembered()))
    if done.counts != {"passed": len(tests)}:
        raise SystemExit(f"a benchmark needs scenarios that pass, saw {done.counts}; try: python3 -m pkgsuite doctor")
    checked = [after - before for before, after in zip(ended[1::2], ended[2::2], strict=False)]
    return statistics.median(checked), statistics.median(bare)
