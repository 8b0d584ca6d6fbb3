"""Two packages with the same file: dpkg refuses, unless it is told or forced."""

from __future__ import annotations

from pkgsuite import (
    Package,
    Scenario,
    apt,
    contents,
    exists,
    installed,
    lists_file,
    output,
    transaction,
    unchanged_elsewhere,
)

TOOL = "usr/bin/tool"


class FileConflicts(Scenario, on=apt):
    """A file belongs to one package."""

    def setUp(self):
        super().setUp()
        self.old = Package("old", files=[TOOL, "usr/bin/other"])
        self.new = Package("new", files=[f"{TOOL}*", "usr/bin/more"])
        self.machine = self.start_machine(installed=[self.old], packages=[self.new])

    def test_refused(self):
        """What was already unpacked is taken back."""
        self.machine.refuses(
            "dpkg -i new_1.0-1_all.deb", says="trying to overwrite '/usr/bin/tool', which is also in package old 1.0-1"
        )

        self.check(~installed("new"), ~exists("usr/bin/more"), contents(TOOL, f"{TOOL}\n"), unchanged_elsewhere())

    def test_forced(self):
        self.machine.run("dpkg --force-overwrite -i new_1.0-1_all.deb")

        self.check(
            output("warning: overriding problem because --force enabled:$"),
            transaction("+new"),
            contents(TOOL, f"{TOOL}*\n"),
            lists_file("new", TOOL),
            ~lists_file("old", TOOL),
        )

    def test_declared(self):
        self.machine.install(Package("newer", files=[f"{TOOL}*"], replaces=["old"]))

        self.check(transaction("+newer"), contents(TOOL, f"{TOOL}*\n"), lists_file("newer", TOOL), installed("old"))

    def test_owner_after_both_are_gone(self):
        self.machine.run("dpkg --force-overwrite -i new_1.0-1_all.deb")

        self.machine.run("dpkg --remove old")

        self.check(transaction("-old"), contents(TOOL, f"{TOOL}*\n"))

    def test_both_at_once(self):
        self.machine.add_archives(Package("twin", files=["usr/bin/more"]), Package("third", files=["usr/bin/more"]))

        self.machine.refuses(
            "dpkg -i twin_1.0-1_all.deb third_1.0-1_all.deb",
            says="trying to overwrite '/usr/bin/more', which is also in package twin 1.0-1",
        )

        self.check(~installed("third"), installed("twin"), unchanged_elsewhere("usr/bin/more"))

    def test_package_that_has_nothing_left(self):
        """A package all of whose files others have taken over disappears."""
        heir = Package("heir", files=[f"{TOOL}*", "usr/bin/other*"], replaces=["old"])

        self.machine.install(heir)

        self.check(
            output("^.Noting disappearance of old, which has been completely replaced"), transaction("+heir", "-old")
        )

    def test_directories_are_shared(self):
        self.machine.install(Package("other", files=["usr/bin/third"]))

        self.check(transaction("+other"), lists_file("other", "usr/bin/"), lists_file("old", "usr/bin/"))

    def test_file_where_a_directory_is(self):
        self.machine.add_archives(Package("odd", files=["usr/bin"]))

        self.machine.refuses(
            "dpkg -i odd_1.0-1_all.deb", says="trying to overwrite directory '/usr/bin' in package old"
        )

        self.check(~installed("odd"), exists(TOOL), unchanged_elsewhere())
