"""Two at once: on one machine they take turns, on two they do not meet."""

from __future__ import annotations

from pkgsuite import (
    Latency,
    Package,
    Scenario,
    apt,
    exists,
    installed,
    output,
    returncode,
    served,
    state,
    transaction,
    unchanged_elsewhere,
)

from .at_once import WAIT, waiting

SLOW = Package("slow", files=["usr/bin/slow"], install={"postinst": WAIT})
OTHER = Package("other", files=["usr/bin/other"])
ARCHIVE = "repository/pool/main/o/other/other_1.0-1_all.deb"


class OnOneMachine(Scenario, on=apt):
    """While one apt installs, another does nothing, or waits for its turn."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(repositories=[SLOW, OTHER], packages=[OTHER])

    def test_another_apt(self):
        with waiting(self.machine, "apt-get install slow"):
            self.machine.refuses("apt-get install other", says="E: Could not get lock")
            self.check(~installed("other"), ~exists("usr/bin/other"))

        self.check(
            returncode(0).of(2),
            installed("slow"),
            ~installed("other"),
            unchanged_elsewhere("usr/bin/slow", "ready", "go"),
        )

    def test_another_apt_that_waits(self):
        """It goes on as soon as the first has ended, and finds what that left."""
        waits = "apt-get -o DPkg::Lock::Timeout=60 install other"
        with waiting(self.machine, "apt-get install slow", waits):
            self.check(~installed("other"))

        self.check(returncode(0).of(1), returncode(0).of(2), installed("slow"), installed("other"))

    def test_dpkg_beside_apt(self):
        with waiting(self.machine, "apt-get install slow"):
            self.machine.refuses("dpkg -i other_1.0-1_all.deb", says="was locked by another process")

        self.check(installed("slow"), ~installed("other"), ~exists("usr/bin/other"))

    def test_dpkg_beside_dpkg(self):
        self.machine.add_archives(SLOW)
        with waiting(self.machine, "dpkg -i slow_1.0-1_all.deb"):
            self.machine.refuses("dpkg -i other_1.0-1_all.deb", says="was locked by another process")

        self.check(installed("slow"), ~installed("other"))

    def test_question_in_between(self):
        """Who asks meanwhile is told how far it is."""
        with waiting(self.machine, "apt-get install slow"):
            self.machine.run("dpkg-query -W -f=${db:Status-Abbrev} slow")
            self.check(output("^iF"), state("slow", "half-configured"))

        self.check(installed("slow"))

    def test_download_meanwhile(self):
        """To fetch archives takes another lock than to install them."""
        with waiting(self.machine, "apt-get install slow"):
            self.machine.run("apt-get download other")

        self.check(installed("slow"), ~installed("other"), exists("tmp/other_1.0-1_all.deb"))


class OnTwoMachines(Scenario, on=apt):
    """Machines that share nothing but a mirror."""

    def setUp(self):
        super().setUp()
        self.mirror = self.start_mirror(OTHER)
        self.machines = [self.start_machine(mirror=self.mirror, refreshed=False) for _ in range(3)]

    def test_same_mirror(self):
        """Each gets everything, though all ask at the same time and the mirror is slow."""
        self.mirror.fault(Latency(0.05))
        for machine in self.machines:
            self.queue(machine, "apt-get update")
            self.queue(machine, "apt-get install other")

        self.run_queue(side_by_side=True)

        for machine in self.machines:
            self.check(machine, transaction("+other"), exists("usr/bin/other"), served(ARCHIVE, 3))

    def test_one_is_locked(self):
        """What one machine holds back holds back no other."""
        first, second, _ = self.machines
        first.add_archives(SLOW)
        with waiting(first, "dpkg -i slow_1.0-1_all.deb"):
            second.refresh()
            second.install("other")

        self.check(first, installed("slow"))
        self.check(second, transaction("+other"))
