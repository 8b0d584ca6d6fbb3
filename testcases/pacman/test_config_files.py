"""Configuration files: what the user wrote is never lost, what the package ships is never hidden."""

from __future__ import annotations

from pkgsuite import Package, Scenario, contents, installed, output, pacman, unchanged_elsewhere

CONF = "etc/dummy.conf"
SHIPPED, MINE, NEXT = f"{CONF}\n", "mine\n", f"{CONF}*\n"


class UpgradeOverAConfigFile(Scenario, on=pacman):
    """The user's edit wins, and the packaged file is set beside it; a file that nobody edited is upgraded."""

    def setUp(self):
        super().setUp()
        self.old = Package("dummy", files=[CONF, "usr/bin/dummy"], backup=[CONF])
        self.machine = self.start_machine(installed=[self.old])

    def test_nobody_edited_it(self):
        self.machine.install(self.old.upgraded("1.0-2"))

        self.check(installed("dummy", "1.0-2"), contents(CONF, NEXT), unchanged_elsewhere(CONF, "usr/bin/dummy"))

    def test_user_edited_it(self):
        self.machine.write(CONF, MINE)

        self.machine.install(self.old.upgraded("1.0-2"))

        self.check(
            installed("dummy", "1.0-2"),
            contents(CONF, MINE),
            contents(f"{CONF}.pacnew", NEXT),
            output(rf"^warning: .*/{CONF} installed as .*/{CONF}\.pacnew$"),
            unchanged_elsewhere(f"{CONF}.pacnew", "usr/bin/dummy"),
        )
