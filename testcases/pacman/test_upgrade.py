"""Bringing a machine up to date, and back."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    EXPLICIT,
    Package,
    Scenario,
    contents,
    directory,
    exists,
    installed,
    lists_file,
    modified,
    output,
    pacman,
    reason,
    unchanged,
    unchanged_elsewhere,
)

from .hooks import hook


class UpgradeEverything(Scenario, on=pacman):
    """What the repositories have newer is upgraded, with what it newly depends on; the rest stays."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy", "usr/share/dummy"])
        self.current = Package("current", "3.0-1", files=["usr/bin/current"])
        self.machine = self.start_machine(
            installed=[self.dummy, self.current], repositories=[self.dummy, self.current], files=["home/notes"]
        )

    def test_publish_refresh_upgrade(self):
        helper = Package("helper", files=["usr/bin/helper"])
        self.machine.publish("repository", [self.dummy.upgraded("1.0-2", depends=["helper"]), self.current, helper])

        self.machine.run("pacman -Syu")

        self.check(
            installed("dummy", "1.0-2"),
            contents("usr/bin/dummy", "usr/bin/dummy*\n"),
            contents("usr/share/dummy", "usr/share/dummy*\n"),
            installed("helper", "1.0-1"),
            reason("helper", DEPENDENCY),
            installed("current", "3.0-1"),
            unchanged("usr/bin/current"),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/dummy", "usr/bin/helper"),
        )

    def test_without_a_refresh_nothing_is_new(self):
        self.machine.publish("repository", [self.dummy.upgraded("1.0-2")])

        self.machine.upgrade()

        self.check(output(r"^ there is nothing to do$"), installed("dummy", "1.0-1"), unchanged_elsewhere())

    def test_refresh_alone_upgrades_nothing(self):
        self.machine.publish("repository", [self.dummy.upgraded("1.0-2")])

        self.machine.refresh()

        self.check(
            output(r"^ repository downloading\.\.\.$"),
            modified("var/lib/pacman/sync/repository.db"),
            installed("dummy", "1.0-1"),
            unchanged_elsewhere(),
        )

    def test_all_or_nothing(self):
        self.machine.publish("repository", [self.dummy.upgraded("2-1"), self.current.upgraded("4-1", depends=["gone"])])

        self.machine.refuses("pacman -Syu", says="unable to satisfy dependency 'gone' required by current")

        self.check(installed("dummy", "1.0-1"), installed("current", "3.0-1"), unchanged_elsewhere())

    def test_scriptlets_and_hooks(self):
        tell = {"post_upgrade": "echo from $2 to $1 >> /told"}
        machine = self.start_machine(
            "telling",
            installed=[self.dummy, self.current],
            repositories=[self.dummy.upgraded("2-1", install=tell), self.current.upgraded("4-1", install=tell)],
            hooks={"tell": hook("Upgrade Package *", "PostTransaction", "echo done >> /told")},
        )

        machine.upgrade()

        self.check(machine, contents("told", "from 3.0-1 to 4-1\nfrom 1.0-1 to 2-1\ndone\n"))


class WhatAnUpgradeKeeps(Scenario, on=pacman):
    """An upgrade keeps why a package was installed, takes away what the new version dropped, and no more."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy", "usr/share/dummy/old", "usr/share/dummy/same"])

    def test_reason(self):
        library = Package("library", reason=DEPENDENCY)
        self.start_machine(installed=[self.dummy, library]).install(self.dummy.upgraded("2-1"), library.upgraded("2-1"))

        self.check(
            installed("dummy", "2-1"),
            reason("dummy", EXPLICIT),
            installed("library", "2-1"),
            reason("library", DEPENDENCY),
        )

    def test_dropped_file(self):
        machine = self.start_machine(installed=[self.dummy], files=["usr/share/dummy/foreign"])

        machine.install(self.dummy.upgraded("2-1", files=["usr/bin/dummy", "usr/share/dummy/same"]))

        self.check(
            ~exists("usr/share/dummy/old"),
            ~lists_file("dummy", "usr/share/dummy/old"),
            exists("usr/share/dummy/foreign"),
            contents("usr/share/dummy/same", "usr/share/dummy/same\n"),
            unchanged_elsewhere("usr/share/dummy/old", "usr/share/dummy/same", "usr/bin/dummy"),
        )

    def test_dropped_directory(self):
        machine = self.start_machine(installed=[self.dummy])

        machine.install(self.dummy.upgraded("2-1", files=["usr/bin/dummy"]))

        self.check(
            ~directory("usr/share"),
            exists("usr/bin/dummy"),
            unchanged_elsewhere("usr/share/", "usr/bin/dummy"),
        )
