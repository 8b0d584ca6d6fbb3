"""Why a package is installed, and whether dependencies hold: pacman -D and -T."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    EXPLICIT,
    Package,
    Scenario,
    installed,
    lists_file,
    output,
    pacman,
    reason,
    returncode,
    unchanged_elsewhere,
)


class Reasons(Scenario, on=pacman):
    """The reason of an installed package can be corrected, and nothing but the database changes."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(
            installed=[
                Package("chosen", files=["usr/bin/chosen"]),
                Package("library", "2.0-1", files=["usr/lib/library"], reason=DEPENDENCY),
            ]
        )

    def test_as_a_dependency(self):
        self.machine.run("pacman -D --asdeps chosen")

        self.check(
            output("^chosen: install reason has been set to 'installed as dependency'$"),
            reason("chosen", DEPENDENCY),
            installed("library", "2.0-1"),
            reason("library", DEPENDENCY),
            unchanged_elsewhere(),
        )

    def test_as_asked_for(self):
        self.machine.run("pacman -D --asexplicit library")

        self.check(
            reason("library", EXPLICIT),
            installed("library", "2.0-1"),
            lists_file("library", "usr/lib/library"),
            reason("chosen", EXPLICIT),
            unchanged_elsewhere(),
        )

    def test_not_installed(self):
        self.machine.refuses(
            "pacman -D --asdeps stranger", says="error: could not set install reason for package stranger"
        )

        self.check(reason("chosen", EXPLICIT), unchanged_elsewhere())


class CheckTheDatabase(Scenario, on=pacman):
    """The database of what is installed can be checked for dependencies that do not hold."""

    def test_consistent(self):
        machine = self.start_machine(installed=[Package("dummy", depends=["library"]), Package("library")])

        machine.run("pacman -Dk")

        self.check(output(r"^No database errors have been found!$"), unchanged_elsewhere())

    def test_missing_dependency(self):
        machine = self.start_machine(installed=[Package("dummy", depends=["library>=2"]), Package("library")])

        machine.refuses("pacman -Dk", says="missing 'library>=2' dependency for 'dummy'")

        self.check(unchanged_elsewhere())

    def test_conflict(self):
        machine = self.start_machine(installed=[Package("vi"), Package("vim", conflicts=["vi"])])

        machine.refuses("pacman -Dk", says="'vim' conflicts with 'vi'")

        self.check(unchanged_elsewhere())

    def test_repositories_do_not_offer_what_is_needed(self):
        machine = self.start_machine(repositories=[Package("dummy", depends=["library"])])

        machine.refuses("pacman -Dkk", says="missing 'library' dependency for 'dummy'")

        self.check(~output("error: missing .* dependency for 'library'"), unchanged_elsewhere())


class WhichDependenciesHold(Scenario, on=pacman):
    """pacman -T names what is missing, and its status tells a script."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(installed=[Package("library", "1.5-1", provides=["codec=3"])])

    def test_missing(self):
        self.machine.refuses("pacman -T library 'library>=2' nothing codec 'codec>3' 'library>=1.5'", says="library>=2")

        self.check(
            returncode(127),
            output("^library>=2$"),
            output("^nothing$"),
            output("^codec>3$"),
            ~output("^(library|codec|library>=1.5)$"),
            unchanged_elsewhere(),
        )

    def test_all_there(self):
        self.machine.refuses("pacman -T nothing", says="nothing")

        self.machine.run("pacman -T library codec=3 'library<2'")

        self.check(~output("."), unchanged_elsewhere())
