"""A disk that is too small."""

from __future__ import annotations

from pkgsuite import File, Package, Scenario, contents, exists, installed, output, pacman, unchanged_elsewhere

MiB = 1 << 20


class NoSpace(Scenario, on=pacman):
    """Where the space is counted first, a package that does not fit is refused before anything changes."""

    def setUp(self):
        super().setUp()
        self.large = Package("large", files=[File("usr/share/zeros", bytes(40 * MiB)), "usr/bin/large"])

    def start(self, disk_bytes, **options):
        """A machine with a disk of this size, and the archive of a package of 40 MiB, which is small itself."""
        return self.start_machine(packages=[self.large], disk_bytes=disk_bytes, options=options)

    def test_counted_first(self):
        machine = self.start(24 * MiB, CheckSpace="")

        machine.refuses(
            "pacman -U large-1.0-1-any.pkg.tar.gz", says="failed to commit transaction (not enough free disk space)"
        )

        self.check(
            output(r"^error: Partition .* too full: \d+ blocks needed, \d+ blocks free$"),
            ~installed("large"),
            unchanged_elsewhere(),
        )

    def test_fits(self):
        machine = self.start(64 * MiB, CheckSpace="")

        machine.run("pacman -U large-1.0-1-any.pkg.tar.gz")

        self.check(
            output("^checking available disk space"),
            installed("large", "1.0-1"),
            exists("usr/bin/large"),
            exists("usr/share/zeros"),
            unchanged_elsewhere("usr/"),
        )

    def test_not_counted(self):
        machine = self.start(24 * MiB)

        machine.refuses("pacman -U large-1.0-1-any.pkg.tar.gz", says="usr/share/zeros (Write failed)")

        self.check(
            output("^error: problem occurred while installing large$"),
            output(r"^error: failed to commit transaction \(transaction aborted\)$"),
        )

    def test_scriptlets_of_what_fits(self):
        small = Package("small", files=["usr/bin/small"], install={"post_install": "echo small > /told"})
        machine = self.start_machine(disk_bytes=24 * MiB, options={"CheckSpace": ""})

        machine.install(small)

        self.check(
            installed("small", "1.0-1"), contents("told", "small\n"), unchanged_elsewhere("usr/bin/small", "told")
        )
