"""What a scenario costs over the manager's own run time: `pacman -U` in `pkgsuite run`, and bare in the same world.

Both sides install the same package into the same kind of sandbox with the same words. The bare side is timed around
the process only; ours is everything from the start of the first test to the end of the last. Each is a mean.
"""

from __future__ import annotations

import statistics
import subprocess
import time
import unittest

from benchmarks._ratio import Ratio
from pkgsuite import Machine, Package, Scenario, events, installed, pacman, unchanged_elsewhere
from pkgsuite.runner import session

__all__ = ["measure"]

ROUNDS, COUNT = 5, 40
GOAL = 1.1

DUMMY = Package("dummy", files=["usr/bin/dummy", "usr/share/doc/dummy"])
COMMAND = ["pacman", "-U", "dummy-1.0-1-any.pkg.tar.gz"]


class Install(Scenario, on=pacman):
    """One package from its archive, checked."""

    def test_install(self):
        self.start_machine(packages=[DUMMY]).run(" ".join(COMMAND))
        self.check(installed("dummy", "1.0-1"), unchanged_elsewhere("usr/bin/dummy", "usr/share/doc/dummy"))


class Bare(Scenario, on=pacman):
    """The same command in a loop, with nothing around it; prints the seconds that one takes."""

    def test_loop(self):
        print(
            statistics.mean(
                self.run_bare(self.start_machine(f"m{number}", packages=[DUMMY])) for number in range(COUNT)
            )
        )

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


def measure() -> list[Ratio]:
    """The ratio of the medians of several rounds, in which both sides take turns."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(float(run(Bare("test_loop"))[1]))
        ours.append(run(*(Install("test_install") for _ in range(COUNT)))[0] / COUNT)
    return [Ratio("a scenario over bare pacman -U", statistics.median(ours), statistics.median(theirs), GOAL)]


def run(*tests: unittest.TestCase) -> tuple[float, str]:
    """The seconds that *tests* take, as `pkgsuite run` runs them, and what they print."""
    written: list[str] = []

    def hear(event: events.Event) -> None:
        if isinstance(event, events.Output):
            written.append(event.text)

    done = session.run(tests, hear)
    if done.counts != {"passed": len(tests)}:
        raise SystemExit(f"a benchmark needs scenarios that pass, saw {done.counts}; try: python3 -m pkgsuite doctor")
    return done.seconds, "".join(written)
