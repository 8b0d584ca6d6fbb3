"""What packages need of each other."""

from __future__ import annotations

from pkgsuite import DEPENDENCY, Package, Scenario, installed, pacman, reason, unchanged_elsewhere


class NeedsAVersion(Scenario, on=pacman):
    """A dependency on a version is met by that version, from wherever it can be had, or nothing is installed."""

    def setUp(self):
        super().setUp()
        self.old = Package("library", "1.0-1", files=["usr/lib/library"], reason=DEPENDENCY)
        self.new = self.old.upgraded("2.0-1")

    def dummy(self, dependency):
        """A package that depends on *dependency*."""
        return Package("dummy", files=["usr/bin/dummy"], depends=[dependency])

    def test_installed_version_is_enough(self):
        machine = self.start_machine(installed=[self.old], repositories=[self.dummy("library>=1.0"), self.new])

        machine.install("dummy")

        self.check(
            installed("dummy"),
            installed("library", "1.0-1"),
            unchanged_elsewhere("usr/bin/dummy"),
        )

    def test_installed_version_is_too_old(self):
        machine = self.start_machine(installed=[self.old], repositories=[self.dummy("library>=1.5"), self.new])

        machine.install("dummy")

        self.check(
            installed("dummy"),
            installed("library", "2.0-1"),
            reason("library", DEPENDENCY),
            unchanged_elsewhere("usr/bin/dummy", "usr/lib/library"),
        )

    def test_nobody_has_the_version(self):
        machine = self.start_machine(installed=[self.old], repositories=[self.dummy("library>3"), self.new])

        machine.refuses("pacman -S dummy", says="unable to satisfy dependency 'library>3' required by dummy")

        self.check(~installed("dummy"), installed("library", "1.0-1"), unchanged_elsewhere())
