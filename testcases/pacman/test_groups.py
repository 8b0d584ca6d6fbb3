"""Groups: one name for several packages."""

from __future__ import annotations

from pkgsuite import EXPLICIT, Package, Scenario, in_group, installed, output, pacman, reason, unchanged_elsewhere


class Groups(Scenario, on=pacman):
    """A group's name stands for its members, in a repository and among the installed."""

    def setUp(self):
        super().setUp()
        self.gcc = Package("gcc", groups=["devel"], files=["usr/bin/gcc"])
        self.make = Package("make", groups=["devel", "build"], files=["usr/bin/make"])
        self.other = Package("other", files=["usr/bin/other"])
        self.everything = [self.gcc, self.make, self.other]

    def test_install(self):
        self.start_machine(repositories=self.everything).install("devel")

        self.check(
            output("^:: There are 2 members in group devel:$"),
            installed("gcc", "1.0-1"),
            installed("make"),
            in_group("make", "build"),
            reason("gcc", EXPLICIT),
            ~installed("other"),
            unchanged_elsewhere("usr/bin/gcc", "usr/bin/make"),
        )

    def test_user_selects(self):
        machine = self.start_machine(repositories=self.everything)

        machine.run("pacman -S --confirm devel", stdin="2\ny\n")

        self.check(installed("make"), ~installed("gcc"), unchanged_elsewhere("usr/bin/make"))

    def test_user_deselects(self):
        machine = self.start_machine(repositories=self.everything)

        machine.run("pacman -S --confirm devel", stdin="^2\ny\n")

        self.check(installed("gcc"), ~installed("make"), unchanged_elsewhere("usr/bin/gcc"))

    def test_members_of_several_repositories(self):
        self.start_machine(repositories={"core": [self.gcc], "extra": [self.make]}).install("devel")

        self.check(installed("gcc"), installed("make"))

    def test_remove(self):
        self.start_machine(installed=self.everything).remove("devel")

        self.check(
            ~installed("gcc"),
            ~installed("make"),
            installed("other"),
            unchanged_elsewhere("usr/bin/gcc", "usr/bin/make"),
        )

    def test_list_what_is_offered(self):
        self.start_machine(repositories=self.everything).run("pacman -Sg devel")

        self.check(output("^devel gcc$"), output("^devel make$"), ~output("other"), unchanged_elsewhere())

    def test_list_what_is_installed(self):
        self.start_machine(installed=[self.make, self.other], repositories=self.everything).run("pacman -Qg")

        self.check(output("^build make$"), output("^devel make$"), ~output("gcc"), unchanged_elsewhere())

    def test_unknown(self):
        self.start_machine(installed=self.everything).refuses(
            "pacman -Qg games", says="error: group 'games' was not found"
        )

        self.check(unchanged_elsewhere())
