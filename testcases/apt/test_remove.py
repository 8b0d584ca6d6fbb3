"""Removing packages: what goes, what stays, and what must not go."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    EXPLICIT,
    Package,
    Scenario,
    apt,
    automatic,
    contents,
    exists,
    installed,
    output,
    reason,
    state,
    transaction,
    unchanged_elsewhere,
)

CONF = "etc/dummy.conf"


class RemoveAndPurge(Scenario, on=apt):
    """To remove leaves configuration behind, to purge leaves nothing."""

    def setUp(self):
        super().setUp()
        dummy = Package("dummy", files=["usr/bin/dummy", CONF, "etc/keep"], backup=[CONF, "etc/keep"])
        self.machine = self.start_machine(installed=[dummy])

    def test_remove(self):
        self.machine.remove("dummy")

        self.check(
            transaction("-dummy"),
            state("dummy", "config-files"),
            ~exists("usr/bin/dummy"),
            exists(CONF),
            unchanged_elsewhere("usr/bin/dummy"),
        )

    def test_purge(self):
        self.machine.run("apt-get purge dummy")

        self.check(
            transaction("-dummy"),
            state("dummy", "not-installed"),
            ~exists(CONF),
            unchanged_elsewhere("usr/bin/dummy", CONF, "etc/keep"),
        )

    def test_purge_what_was_removed(self):
        self.machine.write(CONF, "mine\n")
        self.machine.remove("dummy")

        self.machine.run("apt-get purge dummy")

        self.check(state("dummy", "not-installed"), ~exists(CONF))

    def test_purge_takes_the_backups_of_configuration_too(self):
        for suffix in ("dpkg-old", "dpkg-dist", "dpkg-new"):
            self.machine.write(f"{CONF}.{suffix}", "old\n")
        self.machine.write(f"{CONF}.mine", "mine\n")

        self.machine.run("dpkg --purge dummy")

        self.check(~exists(f"{CONF}.dpkg-old"), ~exists(f"{CONF}.dpkg-dist"), contents(f"{CONF}.mine", "mine\n"))

    def test_install_again_after_removing(self):
        """The user's edit outlives the package."""
        self.machine.write(CONF, "mine\n")
        self.machine.remove("dummy")

        self.machine.install(Package("dummy", files=["usr/bin/dummy", CONF, "etc/keep"], backup=[CONF, "etc/keep"]))

        self.check(transaction("+dummy"), contents(CONF, "mine\n"))

    def test_unknown_package(self):
        self.machine.refuses("apt-get remove nothing", says="E: Unable to locate package nothing")

        self.check(installed("dummy"), unchanged_elsewhere())

    def test_directory_with_files_of_the_user(self):
        self.machine.write("usr/bin/mine", "mine\n")

        self.machine.run("dpkg --purge dummy")

        self.check(~exists("usr/bin/dummy"), contents("usr/bin/mine", "mine\n"))


class WhatOthersNeed(Scenario, on=apt):
    """Apt removes what depends on a package with it and says so; dpkg refuses."""

    def setUp(self):
        super().setUp()
        library = Package("library", files=["usr/lib/library"])
        self.machine = self.start_machine(installed=[library, Package("app", depends=["library"], files=["usr/app"])])

    def test_with_apt(self):
        self.machine.remove("library")

        self.check(
            output("^  app library$"),
            transaction("-app", "-library"),
            unchanged_elsewhere("usr/lib/library", "usr/app"),
        )

    def test_with_dpkg(self):
        self.machine.refuses("dpkg --remove library", says="app depends on library.")

        self.check(installed("library"), installed("app"), unchanged_elsewhere())

    def test_dpkg_with_force(self):
        self.machine.run("dpkg --force-depends --remove library")

        self.check(
            output("^dpkg: library: dependency problems, but removing anyway as you requested:$"),
            transaction("-library"),
            installed("app"),
        )

    def test_both_with_dpkg(self):
        self.machine.run("dpkg --remove library app")

        self.check(transaction("-app", "-library"))


class Autoremove(Scenario, on=apt):
    """What nobody asked for and nobody needs any longer goes when the user says so."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(
            installed=[
                Package("app", depends=["library"], recommends=["helper"]),
                Package("library", depends=["base"], reason=DEPENDENCY, files=["usr/lib/library"]),
                Package("base", reason=DEPENDENCY),
                Package("helper", reason=DEPENDENCY),
                Package("tool"),
            ]
        )

    def test_nothing_to_do(self):
        self.machine.run("apt-get autoremove")

        self.check(output("^0 upgraded, 0 newly installed, 0 to remove"), transaction())

    def test_told_when_it_is_no_longer_needed(self):
        self.machine.remove("app")

        self.check(
            output("^The following packages were automatically installed and are no longer required:$"),
            output("^  base helper library$"),
            transaction("-app"),
        )

    def test_afterwards(self):
        self.machine.remove("app")
        self.machine.run("apt-get autoremove")

        self.check(transaction("-base", "-helper", "-library"), installed("tool"))

    def test_at_once(self):
        self.machine.run("apt-get autoremove app")

        self.check(transaction("-app", "-base", "-helper", "-library"), unchanged_elsewhere("usr/lib/library"))

    def test_marked_manual(self):
        self.machine.run("apt-mark manual library")
        self.machine.run("apt-get autoremove app")

        self.check(transaction("-app", "-helper"), reason("library", EXPLICIT), automatic("base"))

    def test_marked_auto(self):
        self.machine.run("apt-mark auto tool")
        self.machine.run("apt-get autoremove")

        self.check(transaction("-tool"))

    def test_shown(self):
        self.machine.run("apt-mark showauto")

        self.check(output("^base$"), output("^helper$"), ~output("^app$"), unchanged_elsewhere())


class Essential(Scenario, on=apt):
    """An essential package stays, unless the user writes a whole sentence."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(installed=[Package("base", essential=True, files=["usr/base"])])

    def test_remove_with_apt(self):
        self.machine.refuses("apt-get remove base", says="E: Essential packages were removed and -y was used without")

        self.check(
            output("^WARNING: The following essential packages will be removed.$"),
            installed("base"),
            unchanged_elsewhere(),
        )

    def test_remove_with_dpkg(self):
        self.machine.refuses("dpkg --remove base", says="this is an essential package; it should not be removed")

        self.check(installed("base"), exists("usr/base"), unchanged_elsewhere())

    def test_allowed(self):
        self.machine.run("apt-get --allow-remove-essential remove base")

        self.check(transaction("-base"), ~exists("usr/base"))

    def test_conflict_does_not_remove_it(self):
        self.machine.add_archives(Package("rival", conflicts=["base"]))

        self.machine.refuses(
            "apt-get install ./rival_1.0-1_all.deb", says="Conflicts: base but 1.0-1 is to be installed"
        )

        self.check(installed("base"), ~installed("rival"))
