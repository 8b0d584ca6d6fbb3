"""Installing packages with pacman."""

from __future__ import annotations

from pkgsuite import Package, Scenario, directory, exists, installed, mode, output, pacman, unchanged_elsewhere


class InstallFromARepository(Scenario, on=pacman):
    """A package that a repository offers is put on the disk and into the database, and nothing else changes."""

    def setUp(self) -> None:
        super().setUp()
        self.dummy = Package("dummy", "1.0-1", files=["usr/bin/dummy|0755", "usr/share/doc/dummy/"], depends=["libdummy"])
        library = Package("libdummy", "2.0-1", files=["usr/lib/libdummy.so"])
        self.machine = self.start_machine(repositories=[self.dummy, library])

    def test_install(self) -> None:
        self.machine.run("pacman -S dummy")

        self.check(
            installed("dummy", "1.0-1"),
            installed("libdummy", "2.0-1"),
            "PKG_REASON=dummy|0",
            "PKG_REASON=libdummy|1",
            mode("usr/bin/dummy", 0o755),
            directory("usr/share/doc/dummy"),
            exists("usr/lib/libdummy.so"),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/doc/dummy", "usr/lib/libdummy.so"),
        )
