"""Packages that cannot be installed side by side."""

from __future__ import annotations

from pkgsuite import Package, Scenario, contents, exists, installed, output, pacman, provides, unchanged_elsewhere


class ConflictWithTheInstalled(Scenario, on=pacman):
    """A package that conflicts with an installed one takes its place only if the user says so."""

    def setUp(self):
        super().setUp()
        old = Package("vi", files=["usr/bin/vi", "usr/share/vi"])
        new = Package("vim", files=["usr/bin/vi*", "usr/bin/vim"], conflicts=["vi"])
        self.machine = self.start_machine(installed=[old], repositories=[new])

    def test_default_is_no(self):
        self.machine.refuses("pacman -S vim", says=":: vim and vi are in conflict. Remove vi? [y/N]")

        self.check(
            output("^error: unresolvable package conflicts detected$"),
            installed("vi"),
            ~installed("vim"),
            unchanged_elsewhere(),
        )

    def test_yes(self):
        self.machine.run("pacman -S --confirm vim", stdin="y\ny\n")

        self.check(
            ~installed("vi"),
            installed("vim"),
            contents("usr/bin/vi", "usr/bin/vi*\n"),
            ~exists("usr/share/vi"),
            unchanged_elsewhere("usr/bin/vi", "usr/share/vi", "usr/bin/vim"),
        )

    def test_scriptlets(self):
        old = Package("vi", install={"pre_remove": "echo vi goes >> /told"})
        new = Package("vim", conflicts=["vi"], install={"pre_install": "echo vim comes >> /told"})
        machine = self.start_machine("telling", installed=[old], repositories=[new])

        machine.run("pacman -S --confirm vim", stdin="y\ny\n")

        self.check(machine, ~installed("vi"), contents("told", "vi goes\nvim comes\n"))

    def test_yes_and_then_no(self):
        self.machine.refuses("pacman -S --confirm vim", says=":: Proceed with installation?", stdin="y\nn\n")

        self.check(installed("vi"), ~installed("vim"), unchanged_elsewhere())


class WhichSideSaysSo(Scenario, on=pacman):
    """A conflict counts whoever declares it, by name, by provision, and only with the version that it names."""

    def refused(self, old, new):
        """Try to install *new* where *old* is."""
        machine = self.start_machine(installed=[old], repositories=[new])
        machine.refuses("pacman -S new", says=":: new and old are in conflict")
        self.check(installed("old"), ~installed("new"), unchanged_elsewhere())

    def test_new_one(self):
        self.refused(Package("old"), Package("new", conflicts=["old"]))

    def test_installed_one(self):
        self.refused(Package("old", conflicts=["new"]), Package("new"))

    def test_provision(self):
        self.refused(Package("old", provides=["editor"]), Package("new", conflicts=["editor"]))

    def test_version(self):
        self.refused(Package("old", "1.0-1"), Package("new", conflicts=["old<2"]))

    def test_other_version(self):
        machine = self.start_machine(
            installed=[Package("old", "2.0-1")],
            repositories=[Package("new", conflicts=["old<2"], files=["usr/bin/new"])],
        )

        machine.install("new")

        self.check(installed("old", "2.0-1"), installed("new"), unchanged_elsewhere("usr/bin/new"))

    def test_own_provision(self):
        self.start_machine(
            repositories=[Package("new", provides=["editor"], conflicts=["editor"], files=["usr/bin/new"])]
        ).install("new")

        self.check(installed("new"), provides("new", "editor"), unchanged_elsewhere("usr/bin/new"))


class ConflictBetweenTargets(Scenario, on=pacman):
    """Two packages that are asked for at once and conflict are both refused."""

    def test_both_asked_for(self):
        machine = self.start_machine(repositories=[Package("vi"), Package("vim", conflicts=["vi"])])

        machine.refuses("pacman -S vi vim", says="failed to prepare transaction (conflicting dependencies)")

        self.check(~installed("vi"), ~installed("vim"), unchanged_elsewhere())

    def test_upgrade_ends_a_conflict(self):
        old, other = Package("old", "1.0-1"), Package("other", "1.0-1", files=["usr/bin/other"])
        machine = self.start_machine(
            installed=[old, other],
            repositories=[Package("old", "2.0-1"), other.upgraded("2.0-1", conflicts=["old<2"])],
        )

        machine.upgrade()

        self.check(installed("old", "2.0-1"), installed("other", "2.0-1"), unchanged_elsewhere("usr/bin/other"))
