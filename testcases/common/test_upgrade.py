"""Upgrading: everything becomes what the repositories offer, and the user's files stay the user's."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    Package,
    Scenario,
    apt,
    contents,
    exists,
    installed,
    pacman,
    reason,
    transaction,
    unchanged,
    unchanged_elsewhere,
)

CONF = "etc/dummy.conf"


class Upgrade(Scenario, on=(apt, pacman)):
    """An upgrade brings newer versions, what they need, and nothing that is older."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy", "usr/share/old"])
        self.library = Package("library", "1.0-1", reason=DEPENDENCY)
        self.newer = Package("newer", "3.0-1")
        self.installed = [self.dummy, self.library, self.newer]

    def test_everything(self):
        offered = [self.dummy.upgraded("2.0-1"), self.library.upgraded("1.0-2")]

        self.start_machine(installed=self.installed, repositories=offered).upgrade()

        self.check(
            transaction("^dummy=2.0-1", "^library=1.0-2"),
            contents("usr/bin/dummy", "usr/bin/dummy*\n"),
            reason("library", DEPENDENCY),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/old"),
        )

    def test_nothing_older(self):
        offered = [Package("newer", "2.0-1"), self.dummy.upgraded("2.0-1")]

        self.start_machine(installed=self.installed, repositories=offered).upgrade()

        self.check(transaction("^dummy"), installed("newer", "3.0-1"))

    def test_new_dependency(self):
        offered = [self.dummy.upgraded("2.0-1", depends=["addition"]), Package("addition", files=["usr/addition"])]

        self.start_machine(installed=self.installed, repositories=offered).upgrade()

        self.check(transaction("+addition", "^dummy"), reason("addition", DEPENDENCY), exists("usr/addition"))

    def test_file_that_is_no_longer_there(self):
        offered = [self.dummy.upgraded("2.0-1", files=["usr/bin/dummy*", "usr/share/new"])]

        self.start_machine(installed=self.installed, repositories=offered).upgrade()

        self.check(
            ~exists("usr/share/old"),
            exists("usr/share/new"),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/old", "usr/share/new"),
        )

    def test_seen_after_a_refresh(self):
        """What was published since is not known until the databases are fetched again."""
        machine = self.start_machine(installed=self.installed, repositories=[self.dummy])
        machine.publish("repository", [self.dummy.upgraded("2.0-1")])
        machine.upgrade()
        machine.refresh()
        machine.upgrade()

        self.check(transaction().of(1), transaction().of(2), transaction("^dummy=2.0-1"))

    def test_by_an_archive(self):
        machine = self.start_machine(installed=self.installed)

        machine.install(self.dummy.upgraded("2.0-1"))

        self.check(transaction("^dummy=2.0-1"), contents("usr/bin/dummy", "usr/bin/dummy*\n"))

    def test_back_by_an_archive(self):
        """An older archive is installed for those who ask for it."""
        machine = self.start_machine(installed=[self.dummy.upgraded("2.0-1")])

        machine.install(self.dummy)

        self.check(transaction("^dummy=1.0-1"), contents("usr/bin/dummy", "usr/bin/dummy\n"))

    def test_epoch(self):
        """An epoch outweighs every number behind it."""
        old = Package("dummy", "9.0-1")

        self.start_machine(installed=[old], repositories=[Package("dummy", "1:1.0-1")]).upgrade()

        self.check(transaction("^dummy=1:1.0-1"))

    def test_numbers_are_compared_as_numbers(self):
        old = Package("dummy", "1.9-1")

        self.start_machine(installed=[old], repositories=[Package("dummy", "1.10-1")]).upgrade()

        self.check(transaction("^dummy=1.10-1"))


class ConfigurationFiles(Scenario, on=(apt, pacman)):
    """What the user wrote into a configuration file is never lost, and what the package ships is never hidden.

    By design dpkg asks what to do and pacman does not; here dpkg is told to keep the user's file.
    """

    BESIDE = {"apt": f"{CONF}.dpkg-dist", "pacman": f"{CONF}.pacnew"}
    OPTIONS = {"apt": {"DPkg::Options::": "--force-confold"}, "pacman": {}}

    def setUp(self):
        super().setUp()
        self.old = Package("dummy", files=[CONF, "usr/bin/dummy"], backup=[CONF])
        name = self.manager.name
        self.beside = self.BESIDE[name]
        self.machine = self.start_machine(installed=[self.old], options=self.OPTIONS[name])

    def test_nobody_edited_it(self):
        self.machine.install(self.old.upgraded("2.0-1"))

        self.check(contents(CONF, f"{CONF}*\n"), ~exists(self.beside), unchanged_elsewhere(CONF, "usr/bin/dummy"))

    def test_edited_and_shipped_anew(self):
        self.machine.write(CONF, "mine\n")

        self.machine.install(self.old.upgraded("2.0-1"))

        self.check(
            installed("dummy", "2.0-1"),
            contents(CONF, "mine\n"),
            contents(self.beside, f"{CONF}*\n"),
            unchanged_elsewhere(self.beside, "usr/bin/dummy"),
        )

    def test_edited_and_shipped_as_before(self):
        self.machine.write(CONF, "mine\n")

        self.machine.install(self.old.upgraded("2.0-1", keeping=[CONF]))

        self.check(installed("dummy", "2.0-1"), unchanged(CONF), contents(CONF, "mine\n"), ~exists(self.beside))

    def test_removed_with_the_package(self):
        """By design dpkg leaves the file in its place, and pacman moves it aside."""
        self.machine.write(CONF, "mine\n")

        self.machine.remove("dummy")

        kept = {"apt": CONF, "pacman": f"{CONF}.pacsave"}[self.manager.name]
        self.check(~installed("dummy"), contents(kept, "mine\n"))

    def test_edited_before_the_first_installation(self):
        machine = self.start_machine("second", options=self.OPTIONS[self.manager.name])
        machine.write(CONF, "mine\n")

        machine.install(self.old)

        self.check(machine, installed("dummy"), contents(CONF, "mine\n"), contents(self.beside, f"{CONF}\n"))
