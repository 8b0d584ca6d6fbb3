"""Scriptlets: the shell functions that a package brings along."""

from __future__ import annotations

from pkgsuite import Package, Scenario, contents, installed, pacman, unchanged_elsewhere

TELL = {
    name: f"echo {name} $* >> /told"
    for name in ("pre_install", "post_install", "pre_upgrade", "post_upgrade", "pre_remove", "post_remove")
}
"""Scriptlets that write down their own names and what they are given."""


class WhenScriptletsRun(Scenario, on=pacman):
    """Each scriptlet runs at its moment, as root of the installed system, and hears of the versions."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", "1.0-1", files=["usr/bin/dummy"], install=TELL)

    def test_install(self):
        self.start_machine().install(self.dummy)

        self.check(
            installed("dummy"),
            contents("told", "pre_install 1.0-1\npost_install 1.0-1\n"),
            unchanged_elsewhere("usr/bin/dummy", "told"),
        )
