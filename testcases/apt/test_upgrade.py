"""Upgrading, and going back."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    Package,
    Scenario,
    apt,
    contents,
    exists,
    held,
    installed,
    output,
    reason,
    transaction,
    unchanged_elsewhere,
)


class HowFarAnUpgradeGoes(Scenario, on=apt):
    """`apt-get upgrade` only changes versions, `apt upgrade` installs as well, and a full upgrade even removes."""

    def setUp(self):
        super().setUp()
        plain, needy, rude = (Package(name, files=[f"usr/bin/{name}"]) for name in ("plain", "needy", "rude"))
        offered = [
            plain.upgraded("2.0-1"),
            needy.upgraded("2.0-1", depends=["library"]),
            rude.upgraded("2.0-1", conflicts=["victim"]),
            Package("library"),
        ]
        self.machine = self.start_machine(installed=[plain, needy, rude, Package("victim")], repositories=offered)

    def test_nothing_new_and_nothing_lost(self):
        self.machine.run("apt-get upgrade")

        self.check(
            transaction("^plain=2.0-1"),
            output("^The following packages have been kept back:$"),
            output("^  needy rude$"),
            unchanged_elsewhere("usr/bin/plain"),
        )

    def test_new_packages(self):
        self.machine.run("apt upgrade")

        self.check(transaction("^plain", "^needy", "+library"), reason("library", DEPENDENCY), installed("victim"))

    def test_full(self):
        self.machine.upgrade()

        self.check(
            transaction("^plain", "^needy", "^rude", "+library", "-victim"),
            contents("usr/bin/rude", "usr/bin/rude*\n"),
            unchanged_elsewhere("usr/bin/*"),
        )

    def test_one_package(self):
        self.machine.run("apt-get install plain")

        self.check(transaction("^plain=2.0-1"), unchanged_elsewhere("usr/bin/plain"))

    def test_only_what_is_there(self):
        """`--only-upgrade` installs nothing anew."""
        self.machine.run("apt-get --only-upgrade install plain library")

        self.check(
            output("Skipping library, it is not installed and only upgrades are requested"), transaction("^plain")
        )

    def test_told_beforehand(self):
        self.machine.run("apt list --upgradable")

        self.check(
            output(r"^plain/repository 2\.0-1 all \[upgradable from: 1\.0-1\]$"), ~output("^victim"), transaction()
        )


class UpgradeOfFiles(Scenario, on=apt):
    """The files of the new version replace those of the old one, and what it no longer has goes."""

    def test_files_come_change_and_go(self):
        old = Package("dummy", files=["usr/bin/dummy", "usr/share/old/data"])
        new = Package("dummy", "2.0-1", files=["usr/bin/dummy*", "usr/share/new/data"])
        machine = self.start_machine(installed=[old], repositories=[new])

        machine.upgrade()

        self.check(
            contents("usr/bin/dummy", "usr/bin/dummy*\n"),
            exists("usr/share/new/data"),
            ~exists("usr/share/old/data"),
            "!DIR_EXIST=usr/share/old",
            unchanged_elsewhere("usr/bin/dummy", "usr/share/old/", "usr/share/new/"),
        )

    def test_file_moves_to_another_package(self):
        """With Replaces and Breaks a file may move; it is never gone, and the old package forgets it."""
        old = Package("dummy", files=["usr/bin/dummy", "usr/share/dummy/data"])
        new = Package("dummy", "2.0-1", files=["usr/bin/dummy"], depends=["dummy-data"])
        data = Package(
            "dummy-data", "2.0-1", files=["usr/share/dummy/data*"], replaces=["dummy<2.0"], breaks=["dummy<2.0"]
        )
        machine = self.start_machine(installed=[old], repositories=[new, data])

        machine.upgrade()

        self.check(
            transaction("^dummy=2.0-1", "+dummy-data"),
            contents("usr/share/dummy/data", "usr/share/dummy/data*\n"),
            "PKG_FILES=dummy-data|usr/share/dummy/data",
            "!PKG_FILES=dummy|usr/share/dummy/data",
        )


class Downgrade(Scenario, on=apt):
    """An older version is installed only for those who say so."""

    def setUp(self):
        super().setUp()
        self.new = Package("dummy", "2.0-1", files=["usr/bin/dummy"])
        self.old = Package("dummy", "1.0-1", files=["usr/bin/dummy*"])
        self.machine = self.start_machine(installed=[self.new], repositories=[self.old], packages=[self.old])

    def test_not_by_an_upgrade(self):
        self.machine.upgrade()

        self.check(output("^0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.$"), transaction())

    def test_not_by_a_yes(self):
        self.machine.refuses(
            "apt-get install dummy=1.0-1",
            says="E: Packages were downgraded and -y was used without --allow-downgrades.",
        )

        self.check(installed("dummy", "2.0-1"), unchanged_elsewhere())

    def test_allowed(self):
        self.machine.run("apt-get --allow-downgrades install dummy=1.0-1")

        self.check(transaction("^dummy=1.0-1"), contents("usr/bin/dummy", "usr/bin/dummy*\n"))

    def test_dpkg_warns(self):
        self.machine.run("dpkg -i dummy_1.0-1_all.deb")

        self.check(output("warning: downgrading dummy from 2.0-1 to 1.0-1$"), transaction("^dummy=1.0-1"))

    def test_dpkg_told_to_refuse(self):
        self.machine.run("dpkg --refuse-downgrade -i dummy_1.0-1_all.deb")

        self.check(output("will not downgrade dummy from 2.0-1 to 1.0-1, skipping$"), transaction())

    def test_unknown_version(self):
        self.machine.refuses("apt-get install dummy=3.0-1", says="E: Version '3.0-1' for 'dummy' was not found")

        self.check(installed("dummy", "2.0-1"), unchanged_elsewhere())


class Holds(Scenario, on=apt):
    """A package that is held stays as it is, unless the user says otherwise in so many words."""

    def setUp(self):
        super().setUp()
        dummy, other = Package("dummy", files=["usr/bin/dummy"]), Package("other")
        self.machine = self.start_machine(
            installed=[dummy, other], repositories=[dummy.upgraded("2.0-1"), other.upgraded("2.0-1")]
        )
        self.machine.run("apt-mark hold dummy")

    def test_marked(self):
        self.machine.run("apt-mark showhold")

        self.check(held("dummy"), output("^dummy$"), ~output("other"), unchanged_elsewhere())

    def test_upgrade(self):
        self.machine.upgrade()

        self.check(
            transaction("^other"),
            held("dummy"),
            output("^The following packages have been kept back:$"),
            unchanged_elsewhere(),
        )

    def test_install(self):
        self.machine.refuses("apt-get install dummy", says="E: Held packages were changed and -y was used without")

        self.check(installed("dummy", "1.0-1"), held("dummy"), unchanged_elsewhere())

    def test_remove(self):
        self.machine.refuses("apt-get remove dummy", says="E: Held packages were changed and -y was used without")

        self.check(installed("dummy", "1.0-1"), exists("usr/bin/dummy"))

    def test_change_allowed(self):
        self.machine.run("apt-get --allow-change-held-packages install dummy")

        self.check(transaction("^dummy=2.0-1"))

    def test_free_again(self):
        self.machine.run("apt-mark unhold dummy")
        self.machine.upgrade()

        self.check(~held("dummy"), transaction("^dummy=2.0-1", "^other=2.0-1"))
