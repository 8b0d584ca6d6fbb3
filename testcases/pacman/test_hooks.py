"""What sets a hook off; alpm-hooks(5)."""

from __future__ import annotations

from pkgsuite import File, Package, Scenario, contents, exists, installed, output, pacman, unchanged_elsewhere

from .hooks import TELL_TARGETS, hook

BEFORE, AFTER = "PreTransaction", "PostTransaction"
TELL = "echo hooked >> /told"
TOLD = contents("told", "hooked\n")


class PackageTriggers(Scenario, on=pacman):
    """A hook for a package runs once when that package is installed, upgraded or removed, whichever it names."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy"])

    def test_install(self):
        machine = self.start_machine(hooks={"tell": hook("Install Package dummy", AFTER, TELL)})

        machine.install(self.dummy)

        self.check(installed("dummy"), TOLD, unchanged_elsewhere("usr/bin/dummy", "told"))

    def test_upgrade(self):
        machine = self.start_machine(
            installed=[self.dummy],
            hooks={
                "upgrade": hook("Upgrade Package dummy", AFTER, TELL),
                "others": hook("Install+Remove Package dummy", AFTER, "echo wrong >> /told"),
            },
        )

        machine.install(self.dummy.upgraded("2.0-1"))

        self.check(installed("dummy", "2.0-1"), TOLD)

    def test_remove(self):
        machine = self.start_machine(installed=[self.dummy], hooks={"tell": hook("Remove Package dummy", AFTER, TELL)})

        machine.remove("dummy")

        self.check(~installed("dummy"), TOLD, unchanged_elsewhere("usr/bin/dummy", "told"))

    def test_pattern_for_many_packages(self):
        machine = self.start_machine(hooks={"tell": hook("Install Package lib*", AFTER, TELL)})

        machine.install(Package("liba"), Package("libb"), self.dummy)

        self.check(TOLD, installed("dummy"))

    def test_all_but_one(self):
        machine = self.start_machine(
            hooks={"tell": hook("Install Package * !dummy", AFTER, TELL_TARGETS, "NeedsTargets")}
        )

        machine.install(self.dummy, Package("other"))

        self.check(contents("told", "other\n"))


class PathTriggers(Scenario, on=pacman):
    """A hook for a path runs when a package brings, changes or takes away what it names."""

    def setUp(self):
        super().setUp()
        self.font = Package("font", files=["usr/share/fonts/a.ttf", "usr/share/doc/font"])
        self.hooks = {
            operation: hook(
                f"{operation} Path usr/share/fonts/*.ttf",
                AFTER,
                f"echo {operation} >> /told; {TELL_TARGETS}",
                "NeedsTargets",
            )
            for operation in ("Install", "Upgrade", "Remove")
        }

    def test_install(self):
        self.start_machine(hooks=self.hooks).install(self.font)

        self.check(contents("told", "Install\nusr/share/fonts/a.ttf\n"))

    def test_upgrade_that_moves_files(self):
        machine = self.start_machine(
            installed=[Package("font", files=["usr/share/fonts/a.ttf", "usr/share/fonts/b.ttf"])], hooks=self.hooks
        )

        machine.install(Package("font", "2.0-1", files=["usr/share/fonts/b.ttf", "usr/share/fonts/c.ttf"]))

        self.check(
            contents(
                "told",
                "Install\nusr/share/fonts/c.ttf\nRemove\nusr/share/fonts/a.ttf\nUpgrade\nusr/share/fonts/b.ttf\n",
            )
        )

    def test_path_of_another_package(self):
        machine = self.start_machine(installed=[self.font], hooks=self.hooks)

        machine.install(Package("other", files=["usr/share/doc/other"]))

        self.check(installed("other"), ~exists("told"), unchanged_elsewhere("usr/share/doc/other"))


class HookFiles(Scenario, on=pacman):
    """Hooks run in the order of their names; one that cannot be read stops the transaction before it starts."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy"])

    def test_order(self):
        hooks = {
            name: hook("Install Package dummy", AFTER, f"echo {name} >> /told")
            for name in ("30-last", "10-first", "2-no")
        }

        self.start_machine(hooks=hooks).install(self.dummy)

        self.check(contents("told", "10-first\n2-no\n30-last\n"))

    def test_description_is_shown(self):
        machine = self.start_machine(
            hooks={"tell": hook("Install Package dummy", AFTER, TELL, "Description = Telling everybody...")}
        )

        machine.install(self.dummy)

        self.check(output(r"^\(1/1\) Telling everybody\.\.\.$"), TOLD)

    def test_not_a_hook(self):
        machine = self.start_machine(hooks={"bad": "[Trigger]\nOperation = Sing\n"}, packages=[self.dummy])

        machine.refuses("pacman -U dummy-1.0-1-any.pkg.tar.gz", says="invalid value Sing")

        self.check(~installed("dummy"), unchanged_elsewhere())

    def test_further_directory(self):
        machine = self.start_machine(
            options={"HookDir": "{root}/etc/hooks/"},
            files=[File("etc/hooks/tell.hook", hook("Install Package dummy", AFTER, TELL))],
        )

        machine.install(self.dummy)

        self.check(TOLD, installed("dummy"))

    def test_switched_off_by_a_link_to_nothing(self):
        machine = self.start_machine(
            hooks={name: hook("Install Package dummy", AFTER, f"echo {name} >> /told") for name in ("on", "off")},
            options={"HookDir": "{root}/etc/hooks/"},
            files=["etc/hooks/off.hook -> /dev/null"],
        )

        machine.install(self.dummy)

        self.check(contents("told", "on\n"), installed("dummy"))
