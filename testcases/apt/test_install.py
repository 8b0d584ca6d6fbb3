"""Installing packages with apt."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    EXPLICIT,
    Package,
    Scenario,
    apt,
    directory,
    exists,
    installed,
    mode,
    reason,
    unchanged_elsewhere,
)


class InstallFromARepository(Scenario, on=apt):
    """A package that a repository offers is put on the disk and into the database, and nothing else changes."""

    def setUp(self):
        super().setUp()
        dummy = Package("dummy", files=["usr/bin/dummy|0755", "usr/share/doc/dummy/"], depends=["libdummy"])
        library = Package("libdummy", "2.0-1", files=["usr/lib/libdummy.so"])
        self.machine = self.start_machine(repositories=[dummy, library])

    def test_package_and_dependency(self):
        self.machine.install("dummy")

        self.check(
            installed("dummy", "1.0-1"),
            installed("libdummy", "2.0-1"),
            reason("dummy", EXPLICIT),
            reason("libdummy", DEPENDENCY),
            mode("usr/bin/dummy", 0o755),
            directory("usr/share/doc/dummy"),
            exists("usr/lib/libdummy.so"),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/doc/dummy", "usr/lib/libdummy.so"),
        )

    def test_refresh(self):
        self.machine.refresh()
        self.machine.install("dummy")
        self.check(installed("dummy", "1.0-1"))
