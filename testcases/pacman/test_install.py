"""Installing packages with pacman."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    EXPLICIT,
    File,
    Package,
    Scenario,
    contents,
    directory,
    exists,
    installed,
    link,
    lists_file,
    mode,
    output,
    owner,
    pacman,
    reason,
    unchanged_elsewhere,
)


class InstallFromARepository(Scenario, on=pacman):
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

    def test_as_a_dependency(self):
        self.machine.run("pacman -S --asdeps dummy")

        self.check(reason("dummy", DEPENDENCY), reason("libdummy", DEPENDENCY))

    def test_into_the_database_only(self):
        self.machine.run("pacman -S --dbonly dummy")

        self.check(installed("dummy", "1.0-1"), installed("libdummy", "2.0-1"), unchanged_elsewhere())

    def test_print_what_would_be_fetched(self):
        self.machine.run("pacman -Sp dummy")

        self.check(
            output(r"^file://.*/libdummy-2\.0-1-any\.pkg\.tar\.gz$"),
            output(r"^file://.*/dummy-1\.0-1-any\.pkg\.tar\.gz$"),
            ~installed("dummy"),
            ~installed("libdummy"),
            unchanged_elsewhere(),
        )

    def test_unknown_package(self):
        self.machine.refuses("pacman -S dummy dumy", says="error: target not found: dumy")

        self.check(~installed("dummy"), unchanged_elsewhere())


class InstallAnArchive(Scenario, on=pacman):
    """A package file is installed as it is; what it depends on comes from the repositories."""

    def setUp(self):
        super().setUp()
        tell = {"post_install": "echo ready > /told"}
        self.dummy = Package("dummy", files=["usr/bin/dummy"], depends=["libdummy"], install=tell)
        library = Package("libdummy", files=["usr/lib/libdummy.so"])
        self.machine = self.start_machine(repositories=[library])

    def test_archive(self):
        self.machine.install(self.dummy)

        self.check(
            installed("dummy", "1.0-1"),
            reason("dummy", EXPLICIT),
            installed("libdummy", "1.0-1"),
            reason("libdummy", DEPENDENCY),
            contents("told", "ready\n"),
            unchanged_elsewhere("usr/bin/dummy", "usr/lib/libdummy.so", "told"),
        )

    def test_missing_archive(self):
        self.machine.refuses("pacman -U dummy-1.0-1-any.pkg.tar.gz", says="could not find or read package")

        self.check(~installed("dummy"), unchanged_elsewhere())


class InstallAgain(Scenario, on=pacman):
    """A package that is up to date is installed again, unless only what is needed is asked for."""

    def setUp(self):
        super().setUp()
        dummy = Package("dummy", files=["usr/bin/dummy", "usr/share/dummy"], reason=DEPENDENCY)
        self.machine = self.start_machine(installed=[dummy], repositories=[dummy])
        self.machine.write("usr/bin/dummy", "damaged\n")
        self.machine.delete("usr/share/dummy")

    def test_repairs(self):
        self.machine.install("dummy")

        self.check(
            output(r"^warning: dummy-1\.0-1 is up to date -- reinstalling$"),
            contents("usr/bin/dummy", "usr/bin/dummy\n"),
            contents("usr/share/dummy", "usr/share/dummy\n"),
            reason("dummy", DEPENDENCY),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/dummy"),
        )

    def test_needed(self):
        self.machine.run("pacman -S --needed dummy")

        self.check(
            output(r"^warning: dummy-1\.0-1 is up to date -- skipping$"),
            contents("usr/bin/dummy", "damaged\n"),
            reason("dummy", DEPENDENCY),
            unchanged_elsewhere(),
        )


class WhatFilesBecome(Scenario, on=pacman):
    """Files come out of the archive with the type, the permissions, the owner and the times that they have in it."""

    def test_permissions(self):
        machine = self.start_machine()

        machine.install(
            Package("dummy", files=["usr/bin/su|4755", "etc/secret|0600", File("srv", b"", 0o2775, None, True)])
        )

        self.check(mode("usr/bin/su", 0o4755), mode("etc/secret", 0o600), mode("srv", 0o2775))

    def test_links(self):
        machine = self.start_machine()

        machine.install(Package("dummy", files=["usr/lib/d.so.1", "usr/lib/d.so -> d.so.1", "etc/no -> where"]))

        self.check(
            link("usr/lib/d.so"),
            contents("usr/lib/d.so", "usr/lib/d.so.1\n"),
            link("etc/no"),
            lists_file("dummy", "etc/no"),
            lists_file("dummy", "usr/lib/d.so"),
        )

    def test_directory_that_is_there_keeps_its_permissions(self):
        machine = self.start_machine(files=[File("srv", mode=0o700, is_directory=True)])

        machine.install(Package("dummy", files=["srv/dummy"]))

        self.check(
            exists("srv/dummy"),
            output(r"^warning: directory permissions differ on .*/srv/$"),
            mode("srv", 0o700),
            unchanged_elsewhere("srv/dummy"),
        )


class WhoseFilesTheyAre(Scenario, on=pacman):
    """A file comes with the owner that the package names; what is there keeps the one that it has."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(files=[File("srv/www", mode=0o750, is_directory=True, uid=33, gid=34)])

    def test_owner_of_the_package(self):
        page, link_to_it = File("srv/page", uid=33, gid=34), File("srv/index", target="page", uid=35, gid=36)

        self.machine.install(Package("web", files=[page, link_to_it, "srv/of-root"]))

        self.check(owner("srv/page", 33, 34), owner("srv/index", 35, 36), owner("srv/of-root", 0, 0))

    def test_directory_that_is_there(self):
        self.machine.install(Package("web", files=["srv/www/page"]))

        self.check(installed("web"), owner("srv/www", 33, 34), unchanged_elsewhere("srv/www/page"))
