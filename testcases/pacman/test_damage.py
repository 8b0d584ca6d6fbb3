"""Archives and databases that are not what they should be: pacman says so and changes nothing."""

from __future__ import annotations

import random

from pkgsuite import File, Package, Scenario, installed, output, pacman, unchanged_elsewhere

ARCHIVE = "dummy-1.0-1-any.pkg.tar.gz"


class BrokenArchives(Scenario, on=pacman):
    """What is no package is not installed."""

    def setUp(self):
        super().setUp()
        dummy = Package("dummy", files=["usr/bin/dummy", File("usr/share/noise", random.Random(1).randbytes(200_000))])
        self.machine = self.start_machine(packages=[dummy])

    def refuses(self, content, says):
        """Try to install an archive with this content."""
        self.machine.write(f"tmp/{ARCHIVE}", content)

        self.machine.refuses(f"pacman -U {ARCHIVE}", says=says)

        self.check(~installed("dummy"), unchanged_elsewhere())

    def test_no_archive(self):
        self.refuses("no archive\n" * 100, says="could not open file")

    def test_empty(self):
        self.refuses(b"", says=f"error: missing package metadata in {ARCHIVE}")

    def test_truncated(self):
        self.refuses(self.machine.read(f"tmp/{ARCHIVE}")[:100_000], says="Truncated")

    def test_damaged_at_the_start(self):
        content = bytearray(self.machine.read(f"tmp/{ARCHIVE}"))
        content[20] ^= 0xFF

        self.refuses(bytes(content), says=f"'{ARCHIVE}'")


class OtherArchitecture(Scenario, on=pacman):
    """A package for another processor is refused where the configuration names one."""

    def setUp(self):
        super().setUp()
        self.package = Package("dummy", arch="pdp11", files=["usr/bin/dummy"])

    def test_named(self):
        machine = self.start_machine(packages=[self.package], options={"Architecture": "x86_64"})

        machine.refuses(
            "pacman -U dummy-1.0-1-pdp11.pkg.tar.gz",
            says="package dummy-1.0-1-pdp11 does not have a valid architecture",
        )

        self.check(~installed("dummy"), unchanged_elsewhere())

    def test_one_of_several_named(self):
        self.start_machine(options={"Architecture": "x86_64 pdp11"}).install(self.package)

        self.check(installed("dummy", "1.0-1"), unchanged_elsewhere("usr/bin/dummy"))


class BrokenRepository(Scenario, on=pacman):
    """A repository's database that cannot be read is reported and never taken for an empty one."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(repositories=[Package("dummy", files=["usr/bin/dummy"])])
        self.database = self.machine.read("var/lib/pacman/sync/repository.db")

    def test_truncated(self):
        self.machine.write("var/lib/pacman/sync/repository.db", self.database[: len(self.database) // 2])

        self.machine.refuses("pacman -S dummy", says="repository.db: truncated gzip input")

        self.check(~installed("dummy"), unchanged_elsewhere())

    def test_no_archive(self):
        self.machine.write("var/lib/pacman/sync/repository.db", "no archive\n" * 100)

        self.machine.refuses("pacman -S dummy", says="Unrecognized archive format")

        self.check(~installed("dummy"), unchanged_elsewhere())

    def test_mended_by_a_refresh(self):
        self.machine.write("var/lib/pacman/sync/repository.db", "no archive\n" * 100)

        self.machine.run("pacman -Syy")
        self.machine.install("dummy")

        self.check(installed("dummy"), unchanged_elsewhere("usr/bin/dummy"))


class BrokenDatabase(Scenario, on=pacman):
    """Where the database of what is installed is damaged, pacman says which entry and changes nothing."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(
            installed=[Package("dummy", files=["usr/bin/dummy"])], packages=[Package("other", files=["usr/bin/other"])]
        )

    def test_other_format(self):
        self.machine.write("var/lib/pacman/local/ALPM_DB_VERSION", "8\n")

        self.machine.refuses("pacman -U other-1.0-1-any.pkg.tar.gz", says="database is incorrect version")

        self.check(output("try running pacman-db-upgrade"), ~installed("other"), unchanged_elsewhere())

    def test_entry_without_a_description(self):
        self.machine.delete("var/lib/pacman/local/dummy-1.0-1/desc")

        self.machine.refuses("pacman -Dk", says="error: 'dummy-1.0-1': description file is missing")

        self.check(output("'dummy-1.0-1': description file is missing"), unchanged_elsewhere())

    def test_entry_without_its_files(self):
        self.machine.delete("var/lib/pacman/local/dummy-1.0-1/files")

        self.machine.refuses("pacman -Dk", says="'dummy-1.0-1': file list is missing")

        self.check(unchanged_elsewhere())
