"""Directories, symbolic links and files in each other's places."""

from __future__ import annotations

from pkgsuite import Package, Scenario, contents, directory, exists, installed, link, pacman, unchanged_elsewhere


class LinkInThePlaceOfADirectory(Scenario, on=pacman):
    """A packaged directory follows no link, whoever made it: pacman stops before anything lands behind one."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["lib/dummy"])

    def test_link_of_the_user(self):
        machine = self.start_machine(files=["mnt/disk/", "lib -> mnt/disk"], packages=[self.dummy])

        machine.refuses("pacman -U dummy-1.0-1-any.pkg.tar.gz", says="lib exists in filesystem")

        self.check(~installed("dummy"), link("lib"), unchanged_elsewhere())

    def test_link_of_a_package(self):
        machine = self.start_machine(
            installed=[Package("filesystem", files=["usr/lib/", "lib -> usr/lib"])], packages=[self.dummy]
        )

        machine.refuses("pacman -U dummy-1.0-1-any.pkg.tar.gz", says="lib exists in filesystem (owned by filesystem)")

        self.check(~installed("dummy"), link("lib"), unchanged_elsewhere())

    def test_package_behind_a_link_of_another(self):
        machine = self.start_machine(
            installed=[Package("filesystem", files=["usr/lib/", "lib -> usr/lib"])],
            packages=[
                Package(
                    "dummy",
                    files=["usr/lib/dummy"],
                    install={"post_install": "read line < /lib/dummy; echo $line > /told"},
                )
            ],
        )

        machine.run("pacman -U dummy-1.0-1-any.pkg.tar.gz")

        self.check(link("lib"), contents("told", "usr/lib/dummy\n"), unchanged_elsewhere("usr/lib/dummy", "told"))


class DirectoryBecomesALink(Scenario, on=pacman):
    """A packaged directory turns into a link where nothing else lives in it, and never swallows foreign files."""

    def setUp(self):
        super().setUp()
        self.old = Package("filesystem", files=["lib/old", "usr/lib/"])
        self.new = self.old.upgraded("2.0-1", files=["lib -> usr/lib", "usr/lib/old"])

    def test_empty(self):
        self.start_machine(installed=[self.old]).install(self.new)

        self.check(
            installed("filesystem", "2.0-1"),
            link("lib"),
            contents("lib/old", "usr/lib/old\n"),
            unchanged_elsewhere("lib", "lib/old", "usr/lib/old"),
        )

    def test_foreign_file(self):
        machine = self.start_machine(installed=[self.old], packages=[self.new], files=["lib/foreign"])

        machine.refuses("pacman -U filesystem-2.0-1-any.pkg.tar.gz", says="lib exists in filesystem")

        self.check(installed("filesystem", "1.0-1"), directory("lib"), unchanged_elsewhere())

    def test_file_of_another_package(self):
        machine = self.start_machine(installed=[self.old, Package("other", files=["lib/other"])], packages=[self.new])

        machine.refuses("pacman -U filesystem-2.0-1-any.pkg.tar.gz", says="lib exists in filesystem")

        self.check(installed("filesystem", "1.0-1"), directory("lib"), unchanged_elsewhere())


class ChangesOfType(Scenario, on=pacman):
    """A path may be a file in one version and something else in the next."""

    def upgrade(self, old, new):
        """Upgrade a package with the files *old* to one with the files *new*."""
        dummy = Package("dummy", files=old)
        self.start_machine(installed=[dummy]).install(dummy.upgraded("2.0-1", files=new))

    def test_file_to_directory(self):
        self.upgrade(["usr/thing"], ["usr/thing/inside"])

        self.check(installed("dummy", "2.0-1"), exists("usr/thing/inside"), unchanged_elsewhere("usr/thing/"))

    def test_directory_to_file(self):
        self.upgrade(["usr/thing/inside"], ["usr/thing"])

        self.check(installed("dummy", "2.0-1"), exists("usr/thing"), unchanged_elsewhere("usr/thing/"))

    def test_file_to_link(self):
        self.upgrade(["usr/thing", "usr/other"], ["usr/thing -> other", "usr/other"])

        self.check(installed("dummy", "2.0-1"), link("usr/thing"), contents("usr/thing", "usr/other\n"))

    def test_link_to_file(self):
        self.upgrade(["usr/thing -> other", "usr/other"], ["usr/thing", "usr/other"])

        self.check(~link("usr/thing"), contents("usr/thing", "usr/thing\n"), contents("usr/other", "usr/other\n"))

    def test_link_to_directory(self):
        self.upgrade(["usr/thing -> other", "usr/other/"], ["usr/thing/inside", "usr/other/"])

        self.check(installed("dummy", "2.0-1"), ~link("usr/thing"), exists("usr/thing/inside"))

    def test_link_to_another_target(self):
        self.upgrade(["usr/d.so -> d.so.1", "usr/d.so.1"], ["usr/d.so -> d.so.2", "usr/d.so.2"])

        self.check(contents("usr/d.so", "usr/d.so.2\n"), link("usr/d.so"), ~exists("usr/d.so.1"))


class FileMeetsDirectory(Scenario, on=pacman):
    """A packaged file never takes a directory's place, nor a directory that of a file, not even by --overwrite."""

    def test_directory_in_the_place_of_a_file(self):
        machine = self.start_machine(packages=[Package("dummy", files=["srv/dummy"])], files=["srv/dummy/notes"])

        machine.refuses("pacman -U --overwrite '*' dummy-1.0-1-any.pkg.tar.gz", says="srv/dummy exists in filesystem")

        self.check(~installed("dummy"), exists("srv/dummy/notes"), unchanged_elsewhere())

    def test_file_in_the_place_of_a_directory(self):
        machine = self.start_machine(packages=[Package("dummy", files=["srv/dummy/data"])], files=["srv/dummy"])

        machine.refuses("pacman -U dummy-1.0-1-any.pkg.tar.gz", says="srv/dummy exists in filesystem")

        self.check(~installed("dummy"), exists("srv/dummy"), unchanged_elsewhere())


class SharedDirectories(Scenario, on=pacman):
    """A directory stays as long as one package has it."""

    def test_remove_one_of_two(self):
        first = Package("first", files=["usr/share/icons/first", "usr/share/first/"])
        second = Package("second", files=["usr/share/icons/"])

        self.start_machine(installed=[first, second]).remove("first")

        self.check(
            ~installed("first"),
            directory("usr/share/icons"),
            ~directory("usr/share/first"),
            unchanged_elsewhere("usr/share/icons/first", "usr/share/first"),
        )
