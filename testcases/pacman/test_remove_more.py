"""Removing more than one package asked for: with what they needed, or with what needs them."""

from __future__ import annotations

from pkgsuite import DEPENDENCY, EXPLICIT, Package, Scenario, contents, installed, pacman, pacsave, unchanged_elsewhere


class RemoveWithDependencies(Scenario, on=pacman):
    """What came only for the package goes with it; what was asked for or is needed elsewhere stays."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(
            installed=[
                Package("dummy", files=["usr/bin/dummy"], depends=["only", "shared", "chosen"]),
                Package("only", files=["usr/lib/only"], depends=["deeper"], reason=DEPENDENCY),
                Package("deeper", files=["usr/lib/deeper"], reason=DEPENDENCY),
                Package("shared", files=["usr/lib/shared"], reason=DEPENDENCY),
                Package("chosen", files=["usr/lib/chosen"], reason=EXPLICIT),
                Package("other", files=["usr/bin/other"], depends=["shared"]),
            ]
        )

    def test_what_came_only_for_it(self):
        self.machine.run("pacman -Rs dummy")

        self.check(
            ~installed("dummy"),
            ~installed("only"),
            ~installed("deeper"),
            installed("shared", "1.0-1"),
            installed("chosen"),
            installed("other"),
            unchanged_elsewhere("usr/bin/dummy", "usr/lib/only", "usr/lib/deeper"),
        )

    def test_what_was_asked_for_as_well(self):
        self.machine.run("pacman -Rss dummy")

        self.check(
            ~installed("dummy"),
            ~installed("only"),
            ~installed("chosen"),
            installed("shared"),
            unchanged_elsewhere("usr/bin/dummy", "usr/lib/only", "usr/lib/deeper", "usr/lib/chosen"),
        )

    def test_what_needs_it(self):
        self.machine.run("pacman -Rc deeper")

        self.check(
            ~installed("deeper"),
            ~installed("only"),
            ~installed("dummy"),
            installed("shared"),
            installed("other"),
            unchanged_elsewhere("usr/lib/deeper", "usr/lib/only", "usr/bin/dummy"),
        )

    def test_both_directions(self):
        self.machine.run("pacman -Rcs only")

        self.check(
            ~installed("only"),
            ~installed("deeper"),
            ~installed("dummy"),
            installed("shared"),
            installed("chosen"),
            unchanged_elsewhere("usr/lib/deeper", "usr/lib/only", "usr/bin/dummy"),
        )

    def test_only_what_nobody_needs(self):
        self.machine.run("pacman -Ru shared dummy")

        self.check(~installed("dummy"), installed("shared"), installed("other"), unchanged_elsewhere("usr/bin/dummy"))

    def test_needed_elsewhere(self):
        self.machine.refuses(
            "pacman -Rs dummy shared", says="removing shared breaks dependency 'shared' required by other"
        )

        self.check(installed("dummy", "1.0-1"), installed("only"), installed("shared"), unchanged_elsewhere())

    def test_dependents_last(self):
        machine = self.start_machine(
            "ordered",
            installed=[
                Package(name, depends=depends, install={"post_remove": f"echo {name} >> /told"})
                for name, depends in (("top", ["middle"]), ("middle", ["bottom"]), ("bottom", []))
            ],
        )

        machine.run("pacman -R bottom middle top")

        self.check(machine, contents("told", "top\nmiddle\nbottom\n"), ~installed("bottom"))


class RemoveWithoutATrace(Scenario, on=pacman):
    """With -n nothing is saved; with -s neither is that of the dependencies."""

    def test_configuration(self):
        dummy = Package("dummy", files=["etc/dummy.conf"], backup=["etc/dummy.conf"], depends=["library"])
        library = Package("library", files=["etc/lib.conf"], backup=["etc/lib.conf"], reason=DEPENDENCY)
        machine = self.start_machine(installed=[dummy, library])
        machine.write("etc/dummy.conf", "mine\n")
        machine.write("etc/lib.conf", "mine\n")

        machine.run("pacman -Rns dummy")

        self.check(
            ~installed("dummy"),
            ~installed("library"),
            ~pacsave("etc/dummy.conf"),
            ~pacsave("etc/lib.conf"),
            unchanged_elsewhere("etc/dummy.conf", "etc/lib.conf"),
        )
