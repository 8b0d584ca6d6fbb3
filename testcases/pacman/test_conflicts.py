"""Packages that cannot be installed side by side."""

from __future__ import annotations

from pkgsuite import Package, Scenario, installed, pacman, unchanged_elsewhere


class ConflictWithTheInstalled(Scenario, on=pacman):
    """A package that conflicts with an installed one takes its place only if the user says so."""

    def setUp(self):
        super().setUp()
        old = Package("vi", files=["usr/bin/vi", "usr/share/vi"])
        new = Package("vim", files=["usr/bin/vim"], conflicts=["vi"])
        self.machine = self.start_machine(installed=[old], repositories=[new])

    def test_default_is_no(self):
        self.machine.refuses("pacman -S vim", says="vim and vi are in conflict")

        self.check(installed("vi"), ~installed("vim"), unchanged_elsewhere())

    def test_yes(self):
        self.machine.run("pacman -S --confirm vim", stdin="y\ny\n")

        self.check(
            ~installed("vi"),
            installed("vim"),
            unchanged_elsewhere("usr/bin/vi", "usr/share/vi", "usr/bin/vim"),
        )
