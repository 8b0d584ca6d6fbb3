"""What packages say of each other: providers, conflicts, breaks, and what cannot be had."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    Package,
    Scenario,
    apt,
    exists,
    installed,
    output,
    reason,
    transaction,
    unchanged_elsewhere,
)


class Providers(Scenario, on=apt):
    """A name that no package bears may be provided by others."""

    def setUp(self):
        super().setUp()
        self.exim = Package("exim", provides=["mail-server"])
        self.postfix = Package("postfix", provides=["mail-server=2.0"])

    def test_only_one(self):
        self.start_machine(repositories=[self.exim]).install("mail-server")

        self.check(transaction("+exim"))

    def test_several(self):
        machine = self.start_machine(repositories=[self.exim, self.postfix])

        machine.refuses("apt-get install mail-server", says="E: Package 'mail-server' has no installation candidate")

        self.check(
            output(r"^  postfix 1\.0-1 \(= 2\.0\)$"), output(r"^  exim 1\.0-1 ?$"), transaction(), unchanged_elsewhere()
        )

    def test_dependency_on_what_is_provided(self):
        app = Package("app", depends=["mail-server"])

        self.start_machine(installed=[self.exim], repositories=[app, self.postfix]).install("app")

        self.check(transaction("+app"))

    def test_first_alternative(self):
        app = Package("app", depends=["postfix | mail-server"])

        self.start_machine(repositories=[app, self.exim, self.postfix]).install("app")

        self.check(transaction("+app", "+postfix"), reason("postfix", DEPENDENCY))

    def test_second_alternative_is_there(self):
        app = Package("app", depends=["postfix | mail-server"])

        self.start_machine(installed=[self.exim], repositories=[app, self.postfix]).install("app")

        self.check(transaction("+app"))

    def test_version_of_what_is_provided(self):
        """Only a provider that tells a version can satisfy one."""
        app = Package("app", depends=["mail-server>=2.0"])

        self.start_machine(repositories=[app, self.exim, self.postfix]).install("app")

        self.check(transaction("+app", "+postfix"))

    def test_last_provider_is_not_removed_silently(self):
        machine = self.start_machine(installed=[self.exim, Package("app", depends=["mail-server"])])

        machine.refuses("dpkg --remove exim", says="app depends on mail-server; however:")

        self.check(installed("exim"), installed("app"), unchanged_elsewhere())


class ConflictsAndBreaks(Scenario, on=apt):
    """Packages that exclude each other are never installed together."""

    def setUp(self):
        super().setUp()
        self.old = Package("old", files=["usr/bin/tool"])

    def test_conflict_with_apt(self):
        rival = Package("rival", conflicts=["old"])

        self.start_machine(installed=[self.old], repositories=[rival]).install("rival")

        self.check(
            output("^The following packages will be REMOVED:$"), transaction("+rival", "-old"), ~exists("usr/bin/tool")
        )

    def test_conflict_with_dpkg(self):
        machine = self.start_machine(installed=[self.old], packages=[Package("rival", conflicts=["old"])])

        machine.refuses("dpkg -i rival_1.0-1_all.deb", says="conflicting packages - not installing rival")

        self.check(installed("old"), ~installed("rival"), unchanged_elsewhere())

    def test_breaks_are_healed_by_an_upgrade(self):
        new = Package("new", breaks=["old<2.0"])

        self.start_machine(installed=[self.old], repositories=[new, self.old.upgraded("2.0-1")]).install("new")

        self.check(transaction("+new", "^old=2.0-1"))

    def test_breaks_with_dpkg(self):
        machine = self.start_machine(installed=[self.old], packages=[Package("new", breaks=["old<2.0"])])

        machine.refuses("dpkg -i new_1.0-1_all.deb", says="installing new would break old, and")

        self.check(installed("old"), ~installed("new"), unchanged_elsewhere())

    def test_replacement(self):
        """What replaces, conflicts and provides takes the whole place of the other, its file included."""
        heir = Package("heir", files=["usr/bin/tool*"], conflicts=["old"], replaces=["old"], provides=["old"])

        self.start_machine(installed=[self.old, Package("app", depends=["old"])], repositories=[heir]).install("heir")

        self.check(transaction("+heir", "-old"), installed("app"), "FILE_CONTENTS=usr/bin/tool|usr/bin/tool*\n")

    def test_both_asked_for(self):
        machine = self.start_machine(repositories=[self.old, Package("rival", conflicts=["old"])])

        machine.refuses("apt-get install old rival", says="rival : Conflicts: old")

        self.check(~installed("old"), ~installed("rival"), unchanged_elsewhere())


class WhatCannotBeHad(Scenario, on=apt):
    """What cannot be satisfied is explained, and nothing is done by halves."""

    def refuses(self, *offered, says, installed=()):
        """Try to install the package `app`."""
        machine = self.start_machine(installed=installed, repositories=offered)
        machine.refuses("apt-get install app", says=says)
        self.check(
            output("^The following packages have unmet dependencies:$"),
            output("^E: Unable to correct problems, you have held broken packages.$"),
            transaction(),
            unchanged_elsewhere(),
        )

    def test_no_such_package(self):
        self.refuses(Package("app", depends=["library"]), says="app : Depends: library but it is not installable")

    def test_version_too_old(self):
        self.refuses(
            *(Package("app", depends=["library>=2.0"]), Package("library", "1.0-1")),
            says="app : Depends: library (>= 2.0) but it is not going to be installed",
        )

    def test_further_down(self):
        self.refuses(
            *(Package("app", depends=["middle"]), Package("middle", depends=["library"])),
            says="middle : Depends: library but it is not installable",
        )

    def test_pre_dependency(self):
        self.refuses(
            Package("app", pre_depends=["library"]), says="app : PreDepends: library but it is not installable"
        )

    def test_dependencies_that_exclude_each_other(self):
        self.refuses(
            *(Package("app", depends=["one", "two"]), Package("one"), Package("two", conflicts=["one"])),
            says="two : Conflicts: one but 1.0-1 is to be installed",
        )

    def test_circle(self):
        """Packages that depend on each other are installed together."""
        machine = self.start_machine(repositories=[Package("one", depends=["two"]), Package("two", depends=["one"])])

        machine.install("one")

        self.check(transaction("+one", "+two"))
