"""Files that the administrator keeps pacman from: NoUpgrade and NoExtract; pacman.conf(5)."""

from __future__ import annotations

from pkgsuite import (
    Package,
    Scenario,
    contents,
    exists,
    installed,
    lists_file,
    pacman,
    pacnew,
    unchanged,
    unchanged_elsewhere,
)

FILES = ["etc/passwd", "usr/bin/dummy", "usr/share/locale/de/dummy.mo", "usr/share/locale/en/dummy.mo"]


class NoUpgrade(Scenario, on=pacman):
    """What must not be upgraded stays as it is, and the packaged file is set beside it."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=FILES)

    def test_upgrade(self):
        machine = self.start_machine(installed=[self.dummy], options={"NoUpgrade": "etc/passwd"})

        machine.install(self.dummy.upgraded("2.0-1"))

        self.check(
            installed("dummy", "2.0-1"),
            unchanged("etc/passwd"),
            contents("etc/passwd.pacnew", "etc/passwd*\n"),
            contents("usr/bin/dummy", "usr/bin/dummy*\n"),
            unchanged_elsewhere("etc/passwd.pacnew", "usr/"),
        )

    def test_pattern_with_an_exception(self):
        machine = self.start_machine(
            installed=[self.dummy], options={"NoUpgrade": ["usr/share/*", "!usr/share/locale/en/*"]}
        )

        machine.install(self.dummy.upgraded("2.0-1"))

        self.check(
            pacnew("usr/share/locale/de/dummy.mo"),
            unchanged("usr/share/locale/de/dummy.mo"),
            contents("usr/share/locale/en/dummy.mo", "usr/share/locale/en/dummy.mo*\n"),
            ~pacnew("usr/share/locale/en/dummy.mo"),
        )

    def test_first_install(self):
        machine = self.start_machine(options={"NoUpgrade": "etc/passwd"})

        machine.install(self.dummy)

        self.check(
            contents("etc/passwd", "etc/passwd\n"),
            ~pacnew("etc/passwd"),
            unchanged_elsewhere("etc/passwd", "usr/"),
        )

    def test_dropped_file(self):
        machine = self.start_machine(installed=[self.dummy], options={"NoUpgrade": "etc/passwd"})

        machine.install(self.dummy.upgraded("2.0-1", files=FILES[1:]))

        self.check(
            installed("dummy", "2.0-1"),
            ~lists_file("dummy", "etc/passwd"),
            unchanged("etc/passwd"),
            unchanged_elsewhere("usr/"),
        )


class NoExtract(Scenario, on=pacman):
    """What must not be extracted never reaches the disk, though the package counts as installed."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=FILES)

    def test_install(self):
        machine = self.start_machine(options={"NoExtract": "usr/share/locale/*"})

        machine.install(self.dummy)

        self.check(
            installed("dummy"),
            exists("usr/bin/dummy"),
            exists("etc/passwd"),
            ~exists("usr/share/locale/de/dummy.mo"),
            ~exists("usr/share/locale/en/dummy.mo"),
            unchanged_elsewhere("usr/bin/dummy", "etc/passwd", "usr/share"),
        )

    def test_all_but_one_language(self):
        machine = self.start_machine(options={"NoExtract": ["usr/share/locale/*", "!usr/share/locale/en/*"]})

        machine.install(self.dummy)

        self.check(exists("usr/share/locale/en/dummy.mo"), ~exists("usr/share/locale/de/dummy.mo"))

    def test_upgrade_takes_away_what_is_no_longer_wanted(self):
        machine = self.start_machine(installed=[self.dummy], options={"NoExtract": "etc/passwd"})

        machine.install(self.dummy.upgraded("2.0-1"))

        self.check(
            installed("dummy", "2.0-1"),
            contents("usr/bin/dummy", "usr/bin/dummy*\n"),
            ~exists("etc/passwd"),
            ~pacnew("etc/passwd"),
            unchanged_elsewhere("etc/passwd", "usr/"),
        )

    def test_file_of_the_user(self):
        machine = self.start_machine(files=["usr/bin/dummy"], options={"NoExtract": "etc/passwd"})
        machine.add_archives(self.dummy)

        machine.refuses("pacman -U dummy-1.0-1-any.pkg.tar.gz", says="usr/bin/dummy exists in filesystem")

        self.check(~installed("dummy"), ~exists("etc/passwd"), unchanged_elsewhere())
