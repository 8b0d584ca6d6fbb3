"""A dpkg that was interrupted: what is left, and how it goes on."""

from __future__ import annotations

import os
import signal

from pkgsuite import (
    File,
    Package,
    Scenario,
    Stall,
    apt,
    contents,
    exists,
    installed,
    output,
    returncode,
    state,
    transaction,
    unchanged_elsewhere,
)

MiB = 1 << 20
KILL_ONCE = "if [ ! -e /survived ]; then echo > /survived; kill -9 $PPID; fi"
"""A script that kills the dpkg that called it, the first time."""


class Killed(Scenario, on=apt):
    """After a dpkg that was killed nothing is lost, and everybody is told how to go on."""

    def killed(self, script):
        """A machine whose dpkg was killed by this script of a new version."""
        old = Package("dummy", files=["usr/bin/dummy"])
        new = old.upgraded("2.0-1", install={script: KILL_ONCE})
        machine = self.start_machine(installed=[old], repositories=[new, Package("other")])
        machine.execute("apt-get dist-upgrade")
        return machine

    def test_apt_says_what_to_do(self):
        machine = self.killed("postinst")

        machine.refuses("apt-get install other", says="E: dpkg was interrupted, you must manually run")

        self.check(output("'dpkg --configure -a' to correct the problem"), ~installed("other"))

    def test_before_the_configuration(self):
        machine = self.killed("postinst")
        self.check(state("dummy", "half-configured"), contents("usr/bin/dummy", "usr/bin/dummy*\n"))

        machine.run("dpkg --configure -a")

        self.check(transaction("+dummy=2.0-1"), exists("survived"))

    def test_before_the_files(self):
        """The old version is still there, and the upgrade can be repeated."""
        machine = self.killed("preinst")
        self.check("!PKG_STATE=dummy|installed", contents("usr/bin/dummy", "usr/bin/dummy\n"))
        machine.run("dpkg --configure -a")

        machine.run("apt-get install dummy")

        self.check(installed("dummy", "2.0-1"), contents("usr/bin/dummy", "usr/bin/dummy*\n"))

    def test_everything_goes_on_afterwards(self):
        machine = self.killed("postinst")
        machine.run("dpkg --configure -a")

        machine.install("other")

        self.check(transaction("+other"), installed("dummy", "2.0-1"))

    def test_audit(self):
        machine = self.killed("postinst")

        machine.run("dpkg --audit")

        self.check(output("^The following packages are only half configured"), output("^ dummy"))


class KilledRefresh(Scenario, on=apt):
    """An apt that is killed while it fetches indexes leaves those that it had, and nothing in its successor's way."""

    INDEX = f"repository/dists/repository/main/binary-{apt.native}/Packages.xz"

    def killed(self, after):
        """A machine whose apt was killed when it had this much of a new index."""
        self.mirror = self.start_mirror(Package("dummy", "1.0-1"))
        machine = self.start_machine(mirror=self.mirror)
        self.mirror.publish("repository", [Package("dummy", "2.0-1")])
        self.mirror.fault(Stall(after), self.INDEX, times=1)
        with machine.running("apt-get update") as command:
            command.wait_for(lambda: self.mirror.is_sending(self.INDEX, after))
            command.signal(signal.SIGKILL)
        self.check(machine, returncode(-signal.SIGKILL))
        return machine

    def test_old_index_stays(self):
        machine = self.killed(after=100)

        machine.run("apt-cache policy dummy")

        self.check(output(r"Candidate: 1\.0-1$"), ~output(r"2\.0-1"))

    def test_next_one_gets_it(self):
        for after in (0, 1, 100):
            with self.subTest(after):
                machine = self.killed(after)

                machine.refresh()
                machine.install("dummy")

                self.check(machine, transaction("+dummy=2.0-1"))


class DiskFull(Scenario, on=apt):
    """A disk that is too small is noticed before, or at the latest when it is full."""

    def start(self, disk_bytes):
        """A machine with such a disk, and a package of 40 MiB in a small archive."""
        self.large = Package("large", files=[File("usr/share/zeros", bytes(40 * MiB)), "usr/bin/large"])
        return self.start_machine(packages=[self.large], repositories=[Package("small")], disk_bytes=disk_bytes)

    def test_too_small_for_dpkg(self):
        machine = self.start(32 * MiB)

        machine.refuses("dpkg -i large_1.0-1_all.deb", says="No space left on device")

        self.check(~installed("large"), ~exists("usr/bin/large"), ~exists("usr/share/zeros"), unchanged_elsewhere())

    def test_what_fits_goes_on(self):
        machine = self.start(32 * MiB)
        machine.execute("dpkg -i large_1.0-1_all.deb")

        machine.install("small")

        self.check(output("No space left").of(1), transaction("+small"))

    def test_fits(self):
        machine = self.start(64 * MiB)

        machine.run("dpkg -i large_1.0-1_all.deb")

        self.check(transaction("+large"), unchanged_elsewhere("usr/"))

    def test_no_room_for_indexes(self):
        """The old ones stay, and once there is room the new ones come."""
        mirror = self.start_mirror(Package("dummy", "1.0-1"))
        machine = self.start_machine(mirror=mirror, disk_bytes=32 * MiB)
        many = [Package(f"other{number:04}", desc="x" * 900) for number in range(3000)]
        mirror.publish("repository", [Package("dummy", "2.0-1"), *many])
        room = os.statvfs(machine.root)
        machine.write("filler", bytes(room.f_bavail * room.f_frsize - MiB))

        machine.refuses("apt-get update", says="No space left on device")
        machine.delete("filler")
        machine.run("apt-cache policy dummy")
        self.check(output(r"Candidate: 1\.0-1$"))
        machine.refresh()
        machine.install("dummy")

        self.check(transaction("+dummy=2.0-1"))

    def test_no_room_for_archives(self):
        """Apt counts before it fetches."""
        big = Package("big", csize=100 * MiB)
        machine = self.start_machine(repositories=[big], disk_bytes=32 * MiB)

        machine.refuses("apt-get install big", says="E: You don't have enough free space in")

        self.check(~installed("big"), unchanged_elsewhere())
