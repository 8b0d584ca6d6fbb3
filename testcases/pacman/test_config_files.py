"""Configuration files: what the user wrote is never lost, what the package ships is never hidden."""

from __future__ import annotations

from pkgsuite import (
    Package,
    Scenario,
    backs_up,
    contents,
    exists,
    installed,
    output,
    pacman,
    pacnew,
    pacsave,
    unchanged_elsewhere,
)

CONF = "etc/dummy.conf"
SHIPPED, MINE, NEXT = f"{CONF}\n", "mine\n", f"{CONF}*\n"
"""The file as the installed package shipped it, as the user edited it, and as the new package ships it."""


class UpgradeAConfigFile(Scenario, on=pacman):
    """The user's edit wins, and the packaged file is set beside it; a file that nobody edited is upgraded."""

    def setUp(self):
        super().setUp()
        self.old = Package("dummy", files=[CONF, "usr/bin/dummy"], backup=[CONF])
        self.new = self.old.upgraded("1.0-2")
        self.same = self.old.upgraded("1.0-2", keeping=[CONF])
        self.machine = self.start_machine(installed=[self.old])

    def test_nobody_edited_it(self):
        self.machine.install(self.new)

        self.check(installed("dummy", "1.0-2"), contents(CONF, NEXT), unchanged_elsewhere(CONF, "usr/bin/dummy"))

    def test_user_edited_it(self):
        self.machine.write(CONF, MINE)

        self.machine.install(self.new)

        self.check(
            installed("dummy", "1.0-2"),
            contents(CONF, MINE),
            contents(f"{CONF}.pacnew", NEXT),
            output(rf"^warning: .*/{CONF} installed as .*/{CONF}\.pacnew$"),
            unchanged_elsewhere(f"{CONF}.pacnew", "usr/bin/dummy"),
        )

    def test_user_edited_what_the_package_did_not_change(self):
        self.machine.write(CONF, MINE)

        self.machine.install(self.same)

        self.check(
            installed("dummy", "1.0-2"), contents(CONF, MINE), ~pacnew(CONF), unchanged_elsewhere("usr/bin/dummy")
        )

    def test_user_already_wrote_what_the_package_ships_now(self):
        self.machine.write(CONF, NEXT)

        self.machine.install(self.new)

        self.check(
            installed("dummy", "1.0-2"),
            contents(CONF, NEXT),
            ~pacnew(CONF),
            unchanged_elsewhere("usr/bin/dummy", CONF),
        )

    def test_user_deleted_it(self):
        self.machine.delete(CONF)

        self.machine.install(self.new)

        self.check(installed("dummy", "1.0-2"), contents(CONF, NEXT), unchanged_elsewhere(CONF, "usr/bin/dummy"))

    def test_user_never_looked_at_the_last_pacnew(self):
        self.machine.write(CONF, MINE)
        self.machine.install(self.new)

        self.machine.install(self.new.upgraded("1.0-3"))

        self.check(
            installed("dummy", "1.0-3"),
            contents(CONF, MINE),
            contents(f"{CONF}.pacnew", f"{CONF}**\n"),
            unchanged_elsewhere(f"{CONF}.pacnew", "usr/bin/dummy"),
        )

    def test_scriptlet_finds_what_was_set_beside_it(self):
        self.machine.write(CONF, MINE)
        look = f"[ -e /{CONF}.pacnew ] && echo there > /told"

        self.machine.install(self.old.upgraded("1.0-2", install={"post_upgrade": look}))

        self.check(contents(CONF, MINE), contents("told", "there\n"))


class BackupListChanges(Scenario, on=pacman):
    """A file is protected if the old package or the new one calls it configuration."""

    def setUp(self):
        super().setUp()
        self.plain = Package("dummy", files=[CONF])
        self.protected = Package("dummy", files=[CONF], backup=[CONF])

    def upgrade(self, old, new, **changes):
        """Upgrade *old*, which the user has edited, to what *new* is with a new content."""
        machine = self.start_machine(installed=[old])
        machine.write(CONF, MINE)
        machine.install(new.upgraded("2.0-1", **changes))

    def test_never_protected(self):
        self.upgrade(self.plain, self.plain)

        self.check(installed("dummy", "2.0-1"), contents(CONF, NEXT), unchanged_elsewhere(CONF))

    def test_protected_from_now_on(self):
        self.upgrade(self.plain, self.protected)

        self.check(
            backs_up("dummy", CONF),
            contents(CONF, MINE),
            contents(f"{CONF}.pacnew", NEXT),
            unchanged_elsewhere(f"{CONF}.pacnew"),
        )

    def test_protected_no_longer(self):
        self.upgrade(self.protected, self.plain)

        self.check(
            ~backs_up("dummy", CONF),
            contents(CONF, NEXT),
            contents(f"{CONF}.pacsave", MINE),
            unchanged_elsewhere(CONF, f"{CONF}.pacsave"),
        )

    def test_file_dropped_after_an_edit(self):
        self.upgrade(self.protected, self.plain, files=["usr/bin/dummy"])

        self.check(
            installed("dummy", "2.0-1"),
            ~exists(CONF),
            contents(f"{CONF}.pacsave", MINE),
            unchanged_elsewhere(CONF, f"{CONF}.pacsave", "usr/bin/dummy"),
        )

    def test_file_dropped_without_an_edit(self):
        self.start_machine(installed=[self.protected]).install(Package("dummy", "2.0-1", files=["etc/other.conf"]))

        self.check(~exists(CONF), ~pacsave(CONF), exists("etc/other.conf"), unchanged_elsewhere(CONF, "etc/other.conf"))


class RemoveAConfigFile(Scenario, on=pacman):
    """What the user wrote is saved when the package goes; what nobody edited goes with it."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(installed=[Package("dummy", files=[CONF, "etc/keep"], backup=[CONF])])

    def test_nobody_edited_it(self):
        self.machine.remove("dummy")

        self.check(~exists(CONF), ~pacsave(CONF), ~installed("dummy"))

    def test_user_edited_it(self):
        self.machine.write(CONF, MINE)

        self.machine.remove("dummy")

        self.check(
            ~installed("dummy"),
            ~exists(CONF),
            contents(f"{CONF}.pacsave", MINE),
            output(rf"^warning: .*/{CONF} saved as .*/{CONF}\.pacsave$"),
            unchanged_elsewhere(CONF, f"{CONF}.pacsave", "etc/keep"),
        )

    def test_user_wants_nothing_saved(self):
        self.machine.write(CONF, MINE)

        self.machine.run("pacman -Rn dummy")

        self.check(~installed("dummy"), ~exists(CONF), ~pacsave(CONF), unchanged_elsewhere(CONF, "etc/"))

    def test_earlier_save_is_kept(self):
        self.machine.write(f"{CONF}.pacsave", "mine of old\n")
        self.machine.write(CONF, MINE)

        self.machine.remove("dummy")

        self.check(
            ~installed("dummy"),
            contents(f"{CONF}.pacsave", MINE),
            contents(f"{CONF}.pacsave.1", "mine of old\n"),
            unchanged_elsewhere(CONF, f"{CONF}.pacsave*", "etc/keep"),
        )


class InstallOverAFileOfTheUser(Scenario, on=pacman):
    """A configuration file that stands where a new package brings one is kept; any other file makes pacman stop."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine()
        self.machine.write(CONF, MINE)

    def test_configuration(self):
        self.machine.install(Package("dummy", files=[CONF], backup=[CONF]))

        self.check(
            installed("dummy"),
            contents(CONF, MINE),
            contents(f"{CONF}.pacnew", SHIPPED),
            unchanged_elsewhere(f"{CONF}.pacnew"),
        )

    def test_any_other_file(self):
        self.machine.add_archives(Package("dummy", files=[CONF]))

        self.machine.refuses("pacman -U dummy-1.0-1-any.pkg.tar.gz", says=f"{CONF} exists in filesystem")

        self.check(~installed("dummy"), contents(CONF, MINE), unchanged_elsewhere())
