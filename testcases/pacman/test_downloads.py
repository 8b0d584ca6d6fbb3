"""Fetching: what pacman does when a server has not what it should."""

from __future__ import annotations

from pkgsuite import (
    File,
    Package,
    Scenario,
    cached,
    contents,
    exists,
    installed,
    output,
    pacman,
    unchanged,
    unchanged_elsewhere,
)

ARCHIVE = "var/pub/repository/dummy-1.0-1-any.pkg.tar.gz"
DEAD, ALIVE = "file:///nowhere", "file://{root}/var/pub/repository"


class DeadServers(Scenario, on=pacman):
    """A server that does not answer is passed over for the next; where none answers, nothing changes."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy"])

    def start(self, *servers, **more):
        """A machine whose repository has these servers."""
        return self.start_machine(
            repositories=[self.dummy], repository_options={"repository": {"Server": servers}}, **more
        )

    def test_package_from_the_second_server(self):
        self.start(DEAD, ALIVE).install("dummy")

        self.check(
            output(r"^error: failed retrieving file 'dummy-1\.0-1-any\.pkg\.tar\.gz' from disk : "),
            installed("dummy", "1.0-1"),
            unchanged_elsewhere("usr/bin/dummy"),
        )

    def test_database_from_the_second_server(self):
        self.start(DEAD, ALIVE, refreshed=False).refresh()

        self.check(exists("var/lib/pacman/sync/repository.db"), unchanged_elsewhere())

    def test_no_server_has_the_database(self):
        machine = self.start(DEAD, "file:///elsewhere")
        machine.refuses("pacman -Sy", says="error: failed to synchronize all databases")

        self.check(
            output("^error: failed retrieving file 'repository.db'"),
            unchanged("var/lib/pacman/sync/repository.db"),
            unchanged_elsewhere(),
        )

    def test_no_server_has_the_package(self):
        machine = self.start(ALIVE)
        machine.delete(ARCHIVE)

        machine.refuses("pacman -S dummy", says="failed to commit transaction (download library error)")

        self.check(~installed("dummy"), ~cached("dummy", "1.0-1"), unchanged_elsewhere())

    def test_one_of_two_packages(self):
        self.dummy = self.dummy.upgraded("1.0-1", depends=["library"])
        machine = self.start_machine(repositories=[self.dummy, Package("library", files=["usr/lib/library"])])
        machine.delete("var/pub/repository/library-1.0-1-any.pkg.tar.gz")

        machine.refuses("pacman -S dummy", says="failed retrieving file 'library-1.0-1-any.pkg.tar.gz'")

        self.check(~installed("dummy"), ~installed("library"), unchanged_elsewhere())

    def test_no_server_is_configured(self):
        machine = self.start()

        machine.refuses("pacman -S dummy", says="no servers configured for repository: repository")

        self.check(~installed("dummy"), unchanged_elsewhere())


class WrongArchives(Scenario, on=pacman):
    """An archive that is not what the database says is not installed, and not kept."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(repositories=[Package("dummy", files=["usr/bin/dummy"])])

    def refuses_to_install(self):
        self.machine.refuses(
            "pacman -S dummy", says="failed to commit transaction (invalid or corrupted package (checksum))"
        )

        self.check(
            output(r"dummy-1\.0-1-any\.pkg\.tar\.gz is corrupted \(invalid or corrupted package \(checksum\)\)\.$"),
            ~installed("dummy"),
            ~cached("dummy", "1.0-1"),
            unchanged_elsewhere(),
        )

    def test_other_content(self):
        original = self.machine.read(ARCHIVE)
        self.machine.write(ARCHIVE, original[:-1] + b"x")

        self.refuses_to_install()

    def test_truncated(self):
        self.machine.write(ARCHIVE, self.machine.read(ARCHIVE)[:100])

        self.refuses_to_install()

    def test_longer_than_the_database_says(self):
        self.machine.write(ARCHIVE, self.machine.read(ARCHIVE) + b"more")

        self.machine.refuses("pacman -S dummy", says="failed retrieving file 'dummy-1.0-1-any.pkg.tar.gz'")

        self.check(output("expected download size exceeded"), ~installed("dummy"), ~cached("dummy", "1.0-1"))

    def test_wrong_one_in_the_cache(self):
        self.machine.write("var/cache/pacman/pkg/dummy-1.0-1-any.pkg.tar.gz", "no archive\n")

        self.refuses_to_install()
        self.machine.install("dummy")

        self.check(installed("dummy"), cached("dummy", "1.0-1"), unchanged_elsewhere("usr/bin/dummy"))


class XferCommand(Scenario, on=pacman):
    """The administrator's own program fetches everything, or its failure is pacman's."""

    def start(self, script):
        """A machine that fetches with this script."""
        return self.start_machine(
            repositories=[Package("dummy", files=["usr/bin/dummy"])],
            options={"XferCommand": "{root}/usr/local/bin/fetch %u %o"},
            files=[File("usr/local/bin/fetch", f"#!/bin/sh\n{script}\n", mode=0o755)],
            refreshed=False,
        )

    def test_fetches_databases_and_packages(self):
        machine = self.start('echo "${1##*/}" >> ../../../../fetched; cp "${1#file://}" "$2"')

        machine.refresh()
        machine.install("dummy")

        self.check(
            contents("fetched", "repository.db\ndummy-1.0-1-any.pkg.tar.gz\n"),
            installed("dummy"),
            cached("dummy", "1.0-1"),
            unchanged_elsewhere("fetched", "usr/bin/dummy"),
        )

    def test_fails(self):  # pacman itself waits two seconds before it gives up
        machine = self.start("exit 3")

        machine.refuses("pacman -Sy", says="failed to synchronize all databases")

        self.check(~exists("var/lib/pacman/sync/repository.db"), unchanged_elsewhere())


class ManyAtOnce(Scenario, on=pacman):
    """Several packages are fetched side by side, and none is lost."""

    def test_side_by_side(self):
        packages = [Package(f"p{number}", files=[f"usr/bin/p{number}"]) for number in range(12)]
        machine = self.start_machine(repositories=packages, options={"ParallelDownloads": "5"})

        machine.install(*(package.name for package in packages))

        self.check(
            [installed(package.name) for package in packages],
            [cached(package.name, "1.0-1") for package in packages],
            [exists(f"usr/bin/{package.name}") for package in packages],
            unchanged_elsewhere("usr/bin/*"),
        )
