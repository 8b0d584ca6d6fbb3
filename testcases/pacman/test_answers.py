"""Questions that pacman asks, and what it makes of the answers."""

from __future__ import annotations

from pkgsuite import Package, Scenario, contents, installed, pacman, unchanged_elsewhere


class Proceed(Scenario, on=pacman):
    """Nothing changes before the user has said yes; an empty line means the default, silence means no."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy"], install={"post_install": "echo told > /told"})
        self.other = Package("other", files=["usr/bin/other"])
        self.machine = self.start_machine(
            installed=[self.other], repositories=[self.dummy, self.other.upgraded("2.0-1")]
        )

    def stays(self, command, question, answer):
        """Answer the *question* of *command* so that nothing changes."""
        self.machine.refuses(f"{command} --confirm", says=question, stdin=answer)

        self.check(installed("other", "1.0-1"), ~installed("dummy"), unchanged_elsewhere())

    def test_install_no(self):
        self.stays("pacman -S dummy", ":: Proceed with installation? [Y/n]", "n\n")

    def test_upgrade_no(self):
        self.stays("pacman -Su", ":: Proceed with installation? [Y/n]", "no\n")

    def test_remove_no(self):
        self.stays("pacman -R other", ":: Do you want to remove these packages? [Y/n]", "N\n")

    def test_silence(self):
        self.stays("pacman -S dummy", ":: Proceed with installation? [Y/n]", "")

    def test_nonsense(self):
        self.stays("pacman -S dummy", ":: Proceed with installation? [Y/n]", "maybe\n")

    def test_default(self):
        self.machine.run("pacman -S --confirm dummy", stdin="\n")

        self.check(installed("dummy"), contents("told", "told\n"), unchanged_elsewhere("usr/bin/dummy", "told"))

    def test_yes(self):
        self.machine.run("pacman -R --confirm other", stdin="yes\n")

        self.check(~installed("other"), unchanged_elsewhere("usr/bin/other"))
