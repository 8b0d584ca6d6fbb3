"""Removing packages with pacman."""

from __future__ import annotations

from pkgsuite import DEPENDENCY, Package, Scenario, contents, directory, exists, installed, pacman, unchanged_elsewhere


class Remove(Scenario, on=pacman):
    """A package goes with all its files; what it does not own stays, and so does what it needed."""

    def setUp(self):
        super().setUp()
        dummy = Package("dummy", files=["usr/bin/dummy", "usr/share/dummy/data"], depends=["library"])
        library = Package("library", files=["usr/lib/library"], reason=DEPENDENCY)
        self.machine = self.start_machine(installed=[dummy, library], files=["home/notes"])

    def test_remove(self):
        self.machine.remove("dummy")

        self.check(
            ~installed("dummy"),
            ~exists("usr/bin/dummy"),
            ~directory("usr/share"),
            installed("library", "1.0-1"),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/"),
        )

    def test_foreign_file_keeps_its_directory(self):
        self.machine.write("usr/share/dummy/notes", "mine\n")

        self.machine.remove("dummy")

        self.check(
            ~installed("dummy"),
            ~exists("usr/share/dummy/data"),
            contents("usr/share/dummy/notes", "mine\n"),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/dummy/data"),
        )

    def test_file_that_is_gone_already(self):
        self.machine.delete("usr/bin/dummy")

        self.machine.remove("dummy")

        self.check(~installed("dummy"), ~exists("usr/share/dummy/data"), unchanged_elsewhere("usr/"))

    def test_needed_package(self):
        self.machine.refuses("pacman -R library", says="removing library breaks dependency 'library' required by dummy")

        self.check(installed("library"), installed("dummy"), unchanged_elsewhere())

    def test_needed_package_without_questions(self):
        self.machine.run("pacman -Rdd library")

        self.check(~installed("library"), installed("dummy"), unchanged_elsewhere("usr/lib/library"))

    def test_from_the_database_only(self):
        self.machine.run("pacman -R --dbonly dummy")

        self.check(~installed("dummy"), exists("usr/bin/dummy"), unchanged_elsewhere())

    def test_scriptlets_of_several(self):
        packages = [
            Package(name, depends=needs, install={"pre_remove": f"echo {name} $1 >> /told"})
            for name, needs in (("app", ["plugin"]), ("plugin", []))
        ]
        machine = self.start_machine("telling", installed=packages)

        machine.remove("plugin", "app")

        self.check(machine, ~installed("app"), ~installed("plugin"), contents("told", "app 1.0-1\nplugin 1.0-1\n"))

    def test_not_installed(self):
        self.machine.refuses("pacman -R dummy dumy", says="error: target not found: dumy")

        self.check(installed("dummy"), unchanged_elsewhere())
