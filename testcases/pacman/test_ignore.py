"""Packages that the administrator wants left alone: IgnorePkg, IgnoreGroup and HoldPkg; pacman.conf(5)."""

from __future__ import annotations

from pkgsuite import Package, Scenario, contents, installed, output, pacman, unchanged_elsewhere


class Ignore(Scenario, on=pacman):
    """An upgrade of everything passes over what is ignored and says so; whoever names the package gets it."""

    def setUp(self):
        super().setUp()
        self.linux = Package("linux", files=["boot/linux"], groups=["base"])
        self.other = Package("other", files=["usr/bin/other"])

    def start(self, **options):
        """A machine on which both packages could be upgraded."""
        tell = {"post_upgrade": "echo $1 >> /told"}
        return self.start_machine(
            installed=[self.linux, self.other],
            repositories=[self.linux.upgraded("2.0-1", install=tell), self.other.upgraded("2.0-1", install=tell)],
            options=options,
        )

    def check_only_the_other_was_upgraded(self):
        self.check(
            output(r"^warning: linux: ignoring package upgrade \(1\.0-1 => 2\.0-1\)$"),
            installed("linux", "1.0-1"),
            installed("other", "2.0-1"),
            contents("told", "2.0-1\n"),
            unchanged_elsewhere("usr/bin/other", "told"),
        )

    def test_package(self):
        self.start(IgnorePkg="linux").upgrade()

        self.check_only_the_other_was_upgraded()

    def test_pattern(self):
        self.start(IgnorePkg="lin*").upgrade()

        self.check_only_the_other_was_upgraded()

    def test_group(self):
        self.start(IgnoreGroup="base").upgrade()

        self.check_only_the_other_was_upgraded()

    def test_only_this_time(self):
        self.start().run("pacman -Su --ignore linux")

        self.check_only_the_other_was_upgraded()

    def test_group_only_this_time(self):
        self.start().run("pacman -Su --ignoregroup base")

        self.check_only_the_other_was_upgraded()

    def test_asked_for_by_name(self):
        self.start(IgnorePkg="linux").install("linux")

        self.check(
            output(r"^:: linux is in IgnorePkg/IgnoreGroup\. Install anyway\? \[Y/n\]"),
            installed("linux", "2.0-1"),
            unchanged_elsewhere("boot/linux", "told"),
        )

    def test_what_needs_the_new_version_waits(self):
        machine = self.start_machine(
            installed=[self.linux, Package("module")],
            repositories=[self.linux.upgraded("2.0-1"), Package("module", "2.0-1", depends=["linux=2.0"])],
            options={"IgnorePkg": "linux"},
        )

        machine.refuses("pacman -Su", says="unable to satisfy dependency 'linux=2.0' required by module")

        self.check(installed("linux", "1.0-1"), installed("module", "1.0-1"), unchanged_elsewhere())


class Hold(Scenario, on=pacman):
    """A held package is not removed unless the user insists."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(
            installed=[Package("pacman", files=["usr/bin/pacman"])], options={"HoldPkg": "pacman"}
        )

    def test_default_is_no(self):
        self.machine.refuses("pacman -R pacman", says=":: HoldPkg was found in target list. Do you want to continue?")

        self.check(installed("pacman"), unchanged_elsewhere())

    def test_yes(self):
        self.machine.run("pacman -R --confirm pacman", stdin="y\ny\n")

        self.check(~installed("pacman"), unchanged_elsewhere("usr/bin/pacman"))
