"""The lock: one pacman at a time changes the system."""

from __future__ import annotations

from pkgsuite import (
    Package,
    Scenario,
    contents,
    exists,
    installed,
    no_stale_lock,
    output,
    pacman,
    unchanged,
    unchanged_elsewhere,
)

LOCK = "var/lib/pacman/db.lck"


class HeldLock(Scenario, on=pacman):
    """While somebody holds the lock nothing is changed, the lock is left to its owner, and questions are answered."""

    def setUp(self):
        super().setUp()
        dummy = Package("dummy", files=["usr/bin/dummy"])
        self.machine = self.start_machine(installed=[dummy], repositories=[dummy.upgraded("2.0-1")])
        self.machine.write(LOCK)

    def refuses(self, command):
        """Try *command*, which would change something."""
        self.machine.refuses(command, says="error: failed to init transaction (unable to lock database)")

        self.check(
            output(r"^  if you're sure a package manager is not already$"),
            exists(LOCK),
            unchanged(LOCK),
            installed("dummy", "1.0-1"),
            unchanged_elsewhere(),
        )

    def test_upgrade(self):
        self.refuses("pacman -Su")

    def test_remove(self):
        self.refuses("pacman -R dummy")

    def test_refresh(self):
        self.machine.refuses("pacman -Sy", says="error: failed to synchronize all databases (unable to lock database)")

        self.check(exists(LOCK), unchanged(LOCK), unchanged("var/lib/pacman/sync/repository.db"))

    def test_questions(self):
        self.machine.run("pacman -Q")
        self.machine.run("pacman -Si dummy")

        self.check(
            output(r"^dummy 1\.0-1$").of(1),
            output(r"^Version +: 2\.0-1$"),
            exists(LOCK),
            unchanged_elsewhere(),
        )

    def test_free_again(self):
        self.machine.delete(LOCK)

        self.machine.upgrade()

        self.check(installed("dummy", "2.0-1"), ~exists(LOCK), unchanged_elsewhere("usr/bin/dummy"))


class OwnLock(Scenario, on=pacman):
    """Pacman holds the lock while it works, and gives it back however it ends."""

    def test_during_a_scriptlet(self):
        machine = self.start_machine()

        machine.install(Package("dummy", install={"post_install": f"[ -e /{LOCK} ] && echo held > /told"}))

        self.check(contents("told", "held\n"), ~exists(LOCK))

    def test_after_a_refusal(self):
        machine = self.start_machine(packages=[Package("dummy", files=["usr/bin/dummy"])], files=["usr/bin/dummy"])

        machine.refuses("pacman -U dummy-1.0-1-any.pkg.tar.gz", says="exists in filesystem")

        self.check(~exists(LOCK), no_stale_lock(), ~installed("dummy"), unchanged_elsewhere())

    def test_interrupted(self):
        first = Package("first", files=["usr/bin/first"], install={"post_install": "kill -INT $PPID"})
        second = Package("second", files=["usr/bin/second"], depends=["first"])
        machine = self.start_machine(repositories=[first, second])

        machine.execute("pacman -S second")

        self.check(
            output("^Interrupt signal received$"),
            ~exists(LOCK),
            installed("first"),
            ~installed("second"),
            unchanged_elsewhere("usr/bin/first"),
        )
