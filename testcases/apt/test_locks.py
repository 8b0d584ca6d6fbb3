"""Locks: one program at a time changes the system."""

from __future__ import annotations

from pkgsuite import Package, Scenario, apt, contents, installed, output, transaction, unchanged_elsewhere

from .locks import held

FRONTEND, DPKG = "var/lib/dpkg/lock-frontend", "var/lib/dpkg/lock"
LISTS, ARCHIVES = "var/lib/apt/lists/lock", "var/cache/apt/archives/lock"


class HeldLocks(Scenario, on=apt):
    """While somebody holds a lock nothing is changed, whoever waits is told whom for, and questions are answered."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy"])
        self.machine = self.start_machine(
            installed=[self.dummy], repositories=[self.dummy.upgraded("2.0-1")], packages=[Package("other")]
        )

    def refuses(self, lock, command, says):
        """Try *command* while somebody holds *lock*."""
        with held(f"{self.machine.root}/{lock}"):
            self.machine.refuses(command, says=says)

        self.check(installed("dummy", "1.0-1"), transaction(), unchanged_elsewhere())

    def test_upgrade(self):
        self.refuses(FRONTEND, "apt-get dist-upgrade", says="E: Could not get lock")

        self.check(output("It is held by process [0-9]+"))

    def test_remove(self):
        self.refuses(FRONTEND, "apt-get remove dummy", says="E: Unable to acquire the dpkg frontend lock")

    def test_dpkg(self):
        self.refuses(FRONTEND, "dpkg -i other_1.0-1_all.deb", says="dpkg frontend lock was locked by another process")

    def test_refresh(self):
        self.refuses(LISTS, "apt-get update", says="E: Unable to lock directory")

    def test_download(self):
        self.refuses(ARCHIVES, "apt-get --download-only dist-upgrade", says="E: Unable to lock directory")

    def test_clean(self):
        self.refuses(ARCHIVES, "apt-get clean", says="E: Could not get lock")

    def test_questions(self):
        with held(f"{self.machine.root}/{FRONTEND}"), held(f"{self.machine.root}/{DPKG}"):
            self.machine.run("dpkg -l")
            self.machine.run("apt-cache policy dummy")
            self.machine.run("apt-get -s dist-upgrade")

        self.check(
            output(r"^ii  dummy +1\.0-1").of(1),
            output(r"Candidate: 2\.0-1").of(2),
            output("^Inst dummy"),
            transaction(),
        )

    def test_user_waits(self):
        """With `DPkg::Lock::Timeout` apt waits for a while before it gives up."""
        with held(f"{self.machine.root}/{FRONTEND}"):
            self.machine.refuses(
                "apt-get -o DPkg::Lock::Timeout=1 dist-upgrade", says="E: Unable to acquire the dpkg frontend lock"
            )

        self.check(output("^Waiting for cache lock: Could not get lock"), installed("dummy", "1.0-1"))

    def test_free_again(self):
        with held(f"{self.machine.root}/{FRONTEND}"):
            self.machine.execute("apt-get dist-upgrade")

        self.machine.upgrade()

        self.check(transaction("^dummy=2.0-1"), unchanged_elsewhere("usr/bin/dummy"))

    def test_own_lock_during_a_script(self):
        """Apt holds the lock for the dpkg that it starts, which is told so."""
        tell = "echo $DPKG_FRONTEND_LOCKED > /told"

        self.machine.install(Package("third", install={"postinst": tell}))

        self.check(transaction("+third"), contents("told", "true\n"))
