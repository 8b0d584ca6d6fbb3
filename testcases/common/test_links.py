"""Links: what becomes of downloads when the cable to a mirror is cut, joined again, slow or long."""

from __future__ import annotations

import random
from pathlib import Path

from pkgsuite import (
    File,
    Package,
    Scenario,
    apt,
    asked_from,
    cached,
    installed,
    pacman,
    served,
    served_from,
    transaction,
    unchanged_elsewhere,
)

KB = 1000
SIZE_BYTES = 600 * KB
NOISE = random.Random(6).randbytes(SIZE_BYTES)
"""What no compression makes smaller."""

IMPATIENT = {"apt": {"Acquire::http::Timeout": "2"}, "pacman": {}}
"""Apt is told to give up after 2 seconds of silence; pacman does after 10, and cannot be told otherwise."""

SILENCE = {"apt": "E: Failed to fetch http://", "pacman": "Operation too slow. Less than 1 bytes/sec"}


class Linked(Scenario, links=True):
    """A machine and a mirror with a large package."""

    def setUp(self):
        super().setUp()
        self.big = Package("big", files=[File("usr/share/noise", NOISE)])
        self.mirror = self.start_mirror(self.big)
        (self.archive,) = (path for path in self.mirror.paths if "/big" in path)
        self.options = IMPATIENT[self.manager.name]
        self.machine = self.start_machine(mirror=self.mirror, options=self.options)

    def is_under_way(self):
        """Whether some of the package has arrived, and some has not."""
        files = Path(self.machine.root, self.manager.cache).rglob("big*")
        return 0 < sum(path.stat().st_size for path in files) < SIZE_BYTES


class CutOff(Linked, on=(apt, pacman)):
    """A mirror that is cut off in the middle of a download."""

    def setUp(self):
        super().setUp()
        self.cable = self.link(self.mirror)
        self.cable.slow(200 * KB)

    def test_joined_soon(self):
        """The download goes on where it stood, and nothing is fetched twice."""
        with self.when(self.is_under_way, self.cable.cut), self.when(lambda: self.cable.cut_s > 0.5, self.cable.join):
            self.machine.install("big")
            self.check(transaction("+big"), unchanged_elsewhere("usr/share/noise"))

        self.check(served_from(self.archive, 0, 1), asked_from(self.archive, 0, 1), served(self.archive, 1))

    def test_joined_too_late(self):
        """The manager gives up; the next attempt fetches what was missing and no more."""
        with self.when(self.is_under_way, self.cable.cut):
            self.machine.refuses(self.manager.install(["big"], [])[0], says=SILENCE[self.manager.name])
        self.check(~installed("big"), unchanged_elsewhere())
        self.cable.join()

        self.machine.install("big")

        self.check(
            transaction("+big"),
            unchanged_elsewhere("usr/share/noise"),
            asked_from(self.archive, 0, 1),
        )


class OneOfTwoMachines(Linked, on=(apt, pacman)):
    """A machine that is cut off is alone with that."""

    def test_the_other_goes_on(self):
        """While it waits, the other installs; joined again, it goes on."""
        other = self.start_machine(mirror=self.mirror)
        cable = self.link(self.machine)
        cable.cut()
        for machine in (self.machine, other):
            self.queue(machine, self.manager.install(["big"], [])[0])

        with self.when(lambda: other.commands, lambda: (self.remember(), cable.join())):
            self.run_queue(side_by_side=True)
            self.check(other, transaction("+big"))
            self.check(self.machine, transaction("+big"))

        self.assertEqual((False, 1), (self.had_some, self.given))

    def remember(self):
        """How things are now: what the machine has of the package, and how often the mirror was asked for it."""
        self.had_some = self.is_under_way()
        self.given = sum("/big" in each.path for each in self.mirror.journal)

    def test_a_second_mirror(self):
        """While the first mirror is cut off, what the second offers can still be installed."""
        second = self.start_mirror(repositories={"extra": [Package("small")]})
        machine = self.start_machine(mirror=[self.mirror, second], options=self.options)
        self.link(self.mirror).cut()

        machine.install("small")

        self.check(machine, transaction("+small"))


class SlowAndFar(Linked, on=(apt, pacman)):
    """Links that are slow or long cost time, and nothing else."""

    def test_slow(self):
        """At 600 kB a second, 600 kB take a second, less what passes at once."""
        self.link(self.mirror).slow(600 * KB)

        result = self.machine.run(self.manager.download(["big"]))

        self.check(cached("big", "1.0-1"), ~installed("big"))
        self.assertGreater(result.seconds, 0.8)

    def test_slow_machine(self):
        """The link of the machine counts as much."""
        self.link(self.machine).slow(600 * KB)

        result = self.machine.run(self.manager.download(["big"]))

        self.check(cached("big", "1.0-1"))
        self.assertGreater(result.seconds, 0.8)

    def test_far(self):
        """A connection and a request are two ways there and back."""
        self.link(self.mirror).delay(0.15)

        result = self.machine.run(self.manager.download(["big"]))

        self.check(cached("big", "1.0-1"))
        self.assertGreater(result.seconds, 4 * 0.15)

    def test_far_and_slow_and_cut(self):
        cable = self.link(self.machine)
        cable.delay(0.05)
        cable.slow(300 * KB)

        with self.when(self.is_under_way, cable.cut), self.when(lambda: cable.cut_s > 0.3, cable.join):
            self.machine.install("big")
            self.check(transaction("+big"), unchanged_elsewhere("usr/share/noise"))
