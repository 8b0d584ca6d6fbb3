"""What a scenario costs over the manager's own run time: the same commands in `pkgsuite run`, and bare in its world.

Both sides install the same package into the same kind of sandbox with the same words, by turns in one run. The bare
side is timed around the process only. Ours is all that passes between the end of the test before and the end of its
own: the sandbox, the command, the rules, the clean-up, the telling. Each is a median: a machine may be busy at times.
"""

from __future__ import annotations

import statistics
import subprocess
import time
import unittest
from collections.abc import Iterable, Sequence
from dataclasses import replace

from benchmarks._ratio import Ratio
from pkgsuite import Machine, Package, Rule, Scenario, apt, events, installed, pacman, unchanged_elsewhere
from pkgsuite.runner import session

__all__ = ["measure"]

PAIRS, PAIRS_OF_APT, CLASSES = 300, 60, 40
GOAL = 1.1

DUMMY = Package("dummy", files=["usr/bin/dummy", "usr/share/doc/dummy"])


class Install(Scenario):
    """One package, by the commands of a manager."""

    commands: tuple[str, ...]

    def test_checked(self) -> None:
        """Installed by a scenario, and checked."""
        machine = self.start()
        for command in self.commands:
            machine.run(command)
        self.check(installed("dummy", "1.0-1"), self.unchanged_elsewhere())

    def test_bare(self) -> None:
        """Installed with nothing around it; prints the seconds that the commands take."""
        machine = self.start()
        print(sum(run_bare(machine, command.split()) for command in self.commands))

    def start(self) -> Machine:
        """A machine that can install it."""
        raise NotImplementedError

    def unchanged_elsewhere(self) -> Rule:
        """The rule that nothing but the package came."""
        return unchanged_elsewhere("usr/bin/dummy", "usr/share/doc/dummy")


class FromItsArchive(Install, on=pacman):
    """By pacman, from its archive."""

    commands = ("pacman -U dummy-1.0-1-any.pkg.tar.gz",)

    def start(self) -> Machine:
        return self.start_machine(packages=[DUMMY])


class FromARepository(Install, on=apt):
    """By apt, from a repository on the disk."""

    commands = ("apt-get update", "apt-get install dummy")

    def start(self) -> Machine:
        return self.start_machine(repositories=[DUMMY])


def run_bare(machine: Machine, words: list[str]) -> float:
    """How long a command takes, in seconds."""
    start = time.perf_counter()
    subprocess.run(
        machine.manager.argv(words, machine.root),
        env={**machine.manager.environment(machine.root), "TMPDIR": f"{machine.root}/tmp"},
        cwd=f"{machine.root}/{machine.manager.working_directory}",
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
    by_pacman = run(by_turns(FromItsArchive for _ in range(PAIRS)))
    by_apt = run(by_turns(FromARepository for _ in range(PAIRS_OF_APT)))
    alone = run(by_turns(type("Install", (FromItsArchive,), {}) for _ in range(CLASSES)))
    return [
        Ratio("a scenario over bare pacman -U", *by_pacman, GOAL),
        Ratio("a scenario over bare apt-get update and install", *by_apt, GOAL),
        Ratio("a scenario of pacman in a class of its own", *alone),
    ]


def by_turns(kinds: Iterable[type[Install]]) -> list[unittest.TestCase]:
    """A checked and a bare test of each."""
    return [kind(name) for kind in kinds for name in ("test_checked", "test_bare")]


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
