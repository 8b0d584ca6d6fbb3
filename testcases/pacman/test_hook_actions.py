"""What a hook does, and what comes of one that fails; alpm-hooks(5)."""

from __future__ import annotations

from pkgsuite import Package, Scenario, contents, installed, pacman, stderr, unchanged_elsewhere

from .hooks import TELL_TARGETS, hook

INSTALL = "Install Package dummy"
SEEN = "[ -e /usr/bin/dummy ] && echo there >> /told || echo not there >> /told"


class BeforeAndAfter(Scenario, on=pacman):
    """Hooks run before anything changes or after everything has changed, whatever scriptlets do meanwhile."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy"], install={"post_install": "echo scriptlet >> /told"})

    def test_order(self):
        machine = self.start_machine(
            hooks={
                "after": hook(INSTALL, "PostTransaction", SEEN),
                "before": hook(INSTALL, "PreTransaction", SEEN),
            }
        )

        machine.install(self.dummy)

        self.check(installed("dummy", "1.0-1"), contents("told", "not there\nscriptlet\nthere\n"))

    def test_targets_on_stdin(self):
        machine = self.start_machine(
            hooks={"tell": hook("Install Package *", "PostTransaction", TELL_TARGETS, "NeedsTargets")}
        )

        machine.install(Package("zebra"), Package("ape"))

        self.check(contents("told", "ape\nzebra\n"))


class HookFails(Scenario, on=pacman):
    """A hook that fails stops the transaction only if it says so, and only before anything changed."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy"])
        self.archive = "dummy-1.0-1-any.pkg.tar.gz"

    def machine(self, *arguments):
        """A machine with one hook that fails, and the archive of a package that sets it off."""
        return self.start_machine(packages=[self.dummy], hooks={"fail": hook(INSTALL, *arguments)})

    def test_before_with_abort(self):
        machine = self.machine("PreTransaction", "echo tried > /told; exit 1", "AbortOnFail")

        machine.refuses(
            f"pacman -U {self.archive}", says="failed to commit transaction (failed to run transaction hooks)"
        )

        self.check(contents("told", "tried\n"), ~installed("dummy"), unchanged_elsewhere("told"))

    def test_before_without_abort(self):
        machine = self.machine("PreTransaction", "exit 1")

        machine.run(f"pacman -U {self.archive}")

        self.check(
            stderr(r"^error: command failed to execute correctly$"),
            installed("dummy"),
            unchanged_elsewhere("usr/bin/dummy"),
        )

    def test_after(self):
        machine = self.machine("PostTransaction", "exit 1", "AbortOnFail")

        machine.run(f"pacman -U {self.archive}")

        self.check(stderr("error: command failed"), installed("dummy"), unchanged_elsewhere("usr/bin/dummy"))


class HookDepends(Scenario, on=pacman):
    """A hook that needs a package runs only where that is installed."""

    def setUp(self):
        super().setUp()
        self.hooks = {"tell": hook(INSTALL, "PostTransaction", "echo hooked > /told", "Depends = teller")}

    def test_installed(self):
        self.start_machine(hooks=self.hooks, installed=[Package("teller")]).install(Package("dummy"))

        self.check(contents("told", "hooked\n"))

    def test_installed_just_now(self):
        self.start_machine(hooks=self.hooks).install(Package("dummy"), Package("teller"))

        self.check(contents("told", "hooked\n"))

    def test_missing(self):
        self.start_machine(hooks=self.hooks).install(Package("dummy", files=["usr/bin/dummy"]))

        self.check(
            stderr(r"^error: unable to run hook tell\.hook: could not satisfy dependencies$"),
            installed("dummy"),
            unchanged_elsewhere("usr/bin/dummy"),
        )
