"""Packages and each other: what is needed, provided, excluded and replaced."""

from __future__ import annotations

from pkgsuite import Package, Scenario, apt, contents, exists, installed, pacman, transaction, unchanged_elsewhere


class Missing(Scenario, on=(apt, pacman)):
    """What cannot be satisfied is named, and nothing is done by halves."""

    def refuses(self, says, *offered):
        """Try to install the package `app`."""
        machine = self.start_machine(repositories=offered)
        (command,) = machine.manager.install(["app"], [])
        machine.refuses(command, says=says[machine.manager.name])
        self.check(transaction(), ~installed("app"), unchanged_elsewhere())

    def test_dependency(self):
        says = {"apt": "app : Depends: library but it is not", "pacman": 'cannot resolve "library"'}

        self.refuses(says, Package("app", depends=["library"], files=["usr/bin/app"]))

    def test_version(self):
        says = {"apt": "app : Depends: library (>= 2.0) but", "pacman": 'cannot resolve "library>=2.0"'}

        self.refuses(says, Package("app", depends=["library>=2.0"]), Package("library", "1.0-1"))

    def test_dependency_of_a_dependency(self):
        says = {"apt": "middle : Depends: library but it is not", "pacman": 'cannot resolve "library"'}

        self.refuses(says, Package("app", depends=["middle"]), Package("middle", depends=["library"]))


class Providers(Scenario, on=(apt, pacman)):
    """Who provides a name satisfies those who need it."""

    def test_provider_is_there(self):
        app = Package("app", depends=["mail-server"])
        machine = self.start_machine(installed=[Package("exim", provides=["mail-server"])], repositories=[app])

        machine.install("app")

        self.check(transaction("+app"))

    def test_provider_is_fetched(self):
        offered = [Package("app", depends=["mail-server"]), Package("exim", provides=["mail-server"])]

        self.start_machine(repositories=offered).install("app")

        self.check(transaction("+app", "+exim"))

    def test_provided_version(self):
        """Only a provider that tells a version satisfies one."""
        offered = [
            Package("app", depends=["mail-server>=2.0"]),
            Package("silent", provides=["mail-server"]),
            Package("telling", provides=["mail-server=2.1"]),
        ]

        self.start_machine(repositories=offered).install("app")

        self.check(transaction("+app", "+telling"))

    def test_circle(self):
        """Packages that need each other come together."""
        offered = [Package("one", depends=["two"]), Package("two", depends=["one"])]

        self.start_machine(repositories=offered).install("one")

        self.check(transaction("+one", "+two"))


class Exclusion(Scenario, on=(apt, pacman)):
    """Packages that exclude each other are never installed together."""

    def test_both_asked_for(self):
        says = {"apt": "rival : Conflicts: dummy", "pacman": "are in conflict"}
        machine = self.start_machine(repositories=[Package("dummy"), Package("rival", conflicts=["dummy"])])
        (command,) = machine.manager.install(["dummy", "rival"], [])

        machine.refuses(command, says=says[machine.manager.name])

        self.check(transaction(), ~installed("dummy"), ~installed("rival"), unchanged_elsewhere())

    def test_heir(self):
        """What conflicts, replaces and provides takes the place of the other in an upgrade, its files included.

        By design pacman looks for heirs by itself, and apt waits until one is asked for.
        """
        old = Package("old", files=["usr/bin/tool"])
        heir = Package("heir", files=["usr/bin/tool*"], conflicts=["old"], replaces=["old"], provides=["old"])
        machine = self.start_machine(installed=[old, Package("app", depends=["old"])], repositories=[heir])

        if machine.manager.name == "pacman":
            machine.upgrade()
        else:
            machine.install("heir")

        self.check(transaction("+heir", "-old"), contents("usr/bin/tool", "usr/bin/tool*\n"), installed("app"))


class FilesOfOthers(Scenario, on=(apt, pacman)):
    """A file that belongs to one package is not taken by another."""

    def test_refused(self):
        says = {
            "apt": "trying to overwrite '/usr/bin/tool', which is also in package old",
            "pacman": "usr/bin/tool exists",
        }
        old = Package("old", files=["usr/bin/tool"])
        new = Package("new", files=["usr/bin/more", "usr/bin/tool*"])
        machine = self.start_machine(installed=[old], repositories=[new])
        (command,) = machine.manager.install(["new"], [])

        machine.refuses(command, says=says[machine.manager.name])

        self.check(
            transaction(),
            ~exists("usr/bin/more"),
            contents("usr/bin/tool", "usr/bin/tool\n"),
            unchanged_elsewhere(),
        )

    def test_needed_by_others(self):
        """What others need does not go alone: by design pacman refuses, and apt removes them as well."""
        library = Package("library", files=["usr/lib/library"])
        machine = self.start_machine(installed=[library, Package("app", depends=["library"], files=["usr/bin/app"])])

        if machine.manager.name == "pacman":
            machine.refuses("pacman -R library", says="removing library breaks dependency 'library' required by app")
            self.check(transaction(), exists("usr/lib/library"), unchanged_elsewhere())
        else:
            machine.remove("library")
            self.check(transaction("-app", "-library"), ~exists("usr/lib/library"))
