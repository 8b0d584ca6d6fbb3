"""Hooks: commands that the administrator has pacman run around transactions; alpm-hooks(5)."""

from __future__ import annotations

from pkgsuite import Package, Scenario, contents, installed, pacman, unchanged_elsewhere


def hook(trigger, action):
    """The text of a hook file."""
    return f"[Trigger]\n{trigger}\n[Action]\n{action}\n"


class WhenHooksRun(Scenario, on=pacman):
    """A hook runs when an operation that it names touches a package or a path that it names."""

    def test_package_installed(self):
        told = hook(
            "Operation = Install\nType = Package\nTarget = dummy",
            "When = PostTransaction\nExec = /bin/sh -c 'echo hooked >> /told'",
        )
        machine = self.start_machine(hooks={"tell": told})

        machine.install(Package("dummy", files=["usr/bin/dummy"]))

        self.check(installed("dummy"), contents("told", "hooked\n"), unchanged_elsewhere("usr/bin/dummy", "told"))
