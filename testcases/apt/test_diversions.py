"""Diversions, alternatives and overrides: what the user or a package changes about the files of others."""

from __future__ import annotations

from pkgsuite import (
    File,
    Package,
    Scenario,
    apt,
    contents,
    exists,
    installed,
    link,
    mode,
    output,
    owner,
    unchanged_elsewhere,
)

TOOL, REAL = "usr/bin/tool", "usr/bin/tool.real"


class Diversions(Scenario, on=apt):
    """A diverted file goes elsewhere, whichever version brings it."""

    def setUp(self):
        super().setUp()
        self.tool = Package("tool", files=[TOOL])
        self.machine = self.start_machine(installed=[self.tool])

    def divert(self):
        """The user takes the tool's place."""
        self.machine.run(f"dpkg-divert --local --rename --add --divert /{REAL} /{TOOL}")
        self.machine.write(TOOL, "mine\n")

    def test_renamed_at_once(self):
        self.machine.run(f"dpkg-divert --local --rename --add --divert /{REAL} /{TOOL}")

        self.check(~exists(TOOL), contents(REAL, f"{TOOL}\n"), unchanged_elsewhere(TOOL, REAL))

    def test_upgrade(self):
        self.divert()

        self.machine.install(self.tool.upgraded("2.0-1"))

        self.check(contents(TOOL, "mine\n"), contents(REAL, f"{TOOL}*\n"), installed("tool", "2.0-1"))

    def test_remove(self):
        self.divert()

        self.machine.remove("tool")

        self.check(contents(TOOL, "mine\n"), ~exists(REAL), ~installed("tool"))

    def test_ended(self):
        self.divert()
        self.machine.delete(TOOL)

        self.machine.run(f"dpkg-divert --rename --remove /{TOOL}")

        self.check(contents(TOOL, f"{TOOL}\n"), ~exists(REAL))

    def test_listed(self):
        self.divert()

        self.machine.run("dpkg-divert --list")

        self.check(output(f"^local diversion of /{TOOL} to /{REAL}$"))

    def test_by_a_package(self):
        """The package that diverts brings the same path without a conflict."""
        divert = f"dpkg-divert --package wrapper --rename --add --divert /{REAL} /{TOOL}"
        wrapper = Package("wrapper", files=[f"{TOOL}*"], install={"preinst": divert})

        self.machine.install(wrapper)

        self.check(installed("wrapper"), contents(TOOL, f"{TOOL}*\n"), contents(REAL, f"{TOOL}\n"))

    def test_by_a_package_that_goes_again(self):
        divert = f"dpkg-divert --package wrapper --rename --add --divert /{REAL} /{TOOL}"
        undo = f'[ "$1" != remove ] || dpkg-divert --package wrapper --rename --remove /{TOOL}'
        self.machine.install(Package("wrapper", files=[f"{TOOL}*"], install={"preinst": divert, "postrm": undo}))
        self.check(installed("wrapper"), contents(REAL, f"{TOOL}\n"))

        self.machine.remove("wrapper")

        self.check(~installed("wrapper"), contents(TOOL, f"{TOOL}\n"), ~exists(REAL))


class Alternatives(Scenario, on=apt):
    """Of several programs for one name the one with the highest priority is linked, unless the user chose."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine()
        self.machine.install(self.editor("small", 10), self.editor("large", 20))

    def editor(self, name, priority):
        """A package that offers itself as editor."""
        path = f"/usr/bin/{name}"
        return Package(
            name,
            files=[f"usr/bin/{name}"],
            install={
                "postinst": f"update-alternatives --install /usr/bin/editor editor {path} {priority}",
                "prerm": f"update-alternatives --remove editor {path}",
            },
        )

    def test_highest_priority(self):
        self.machine.run("update-alternatives --query editor")

        self.check(
            output("^Status: auto$"),
            output("^Value: /usr/bin/large$"),
            link("usr/bin/editor"),
            contents("usr/bin/editor", "usr/bin/large\n"),
        )

    def test_best_one_goes(self):
        self.machine.remove("large")

        self.check(~installed("large"), contents("usr/bin/editor", "usr/bin/small\n"))

    def test_all_go(self):
        self.check(installed("small"), link("usr/bin/editor"))

        self.machine.remove("large", "small")

        self.check(~installed("small"), ~link("usr/bin/editor"), ~link("etc/alternatives/editor"))

    def test_choice_of_the_user(self):
        self.machine.run("update-alternatives --set editor /usr/bin/small")
        self.machine.install(self.editor("huge", 99))

        self.check(installed("huge"), contents("usr/bin/editor", "usr/bin/small\n"))

    def test_left_to_the_program_again(self):
        self.machine.run("update-alternatives --set editor /usr/bin/small")
        self.machine.run("update-alternatives --auto editor")

        self.check(contents("usr/bin/editor", "usr/bin/large\n"))


class StatOverrides(Scenario, on=apt):
    """Permissions that the administrator has set survive upgrades."""

    def test_upgrade(self):
        dummy = Package("dummy", files=[File("usr/bin/dummy", "one\n", 0o755)])
        machine = self.start_machine(installed=[dummy])
        machine.run("dpkg-statoverride --update --add root root 4711 /usr/bin/dummy")

        machine.install(dummy.upgraded("2.0-1"))

        self.check(installed("dummy", "2.0-1"), mode("usr/bin/dummy", 0o4711), owner("usr/bin/dummy", 0, 0))
