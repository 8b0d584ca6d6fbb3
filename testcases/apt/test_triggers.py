"""Triggers: work that is done once for many packages; deb-triggers(5)."""

from __future__ import annotations

from pkgsuite import Package, Scenario, apt, contents, exists, installed, output, state

TOLD = "told"
TELL = {"postinst": f'echo "$@" >> /{TOLD}'}


def interested(line):
    """A package that waits for a trigger."""
    return Package("indexer", install=TELL, triggers=[line])


class FileTriggers(Scenario, on=apt):
    """A package that is interested in a directory hears of files there, once for all of them."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(installed=[interested("interest /usr/share/info")])
        self.manuals = [Package(name, files=[f"usr/share/info/{name}"]) for name in ("a-manual", "b-manual")]

    def test_install(self):
        self.machine.install(*self.manuals)

        self.check(
            installed("a-manual"),
            installed("b-manual"),
            output("^Processing triggers for indexer "),
            contents(TOLD, "triggered /usr/share/info\n"),
        )

    def test_remove(self):
        self.machine.install(*self.manuals)
        self.machine.write(TOLD)

        self.machine.remove("a-manual")

        self.check(~installed("a-manual"), contents(TOLD, "triggered /usr/share/info\n"))

    def test_elsewhere(self):
        self.machine.install(Package("other", files=["usr/share/doc/other"]))

        self.check(installed("other"), ~exists(TOLD))

    def test_put_off(self):
        """`--no-triggers` leaves the work to a later run; who caused it waits."""
        self.machine.add_archives(*self.manuals)

        self.machine.run("dpkg --no-triggers -i a-manual_1.0-1_all.deb")

        self.check(state("indexer", "triggers-pending"), state("a-manual", "triggers-awaited"), ~exists(TOLD))

    def test_made_up_for(self):
        self.machine.add_archives(*self.manuals)
        self.machine.run("dpkg --no-triggers -i a-manual_1.0-1_all.deb")

        self.machine.run("dpkg --configure --pending")

        self.check(
            state("indexer", "installed"),
            state("a-manual", "installed"),
            contents(TOLD, "triggered /usr/share/info\n"),
        )


class NamedTriggers(Scenario, on=apt):
    """A trigger with a name is pulled by packages that say so, or by a script."""

    def test_activated_by_a_package(self):
        machine = self.start_machine(installed=[interested("interest update-cache")])

        machine.install(Package("dummy", triggers=["activate update-cache"]))

        self.check(installed("dummy"), contents(TOLD, "triggered update-cache\n"))

    def test_activated_by_a_script(self):
        machine = self.start_machine(installed=[interested("interest update-cache")])

        machine.install(Package("dummy", install={"postinst": "dpkg-trigger update-cache"}))

        self.check(installed("dummy"), contents(TOLD, "triggered update-cache\n"))

    def test_nobody_waits(self):
        """With `interest-noawait` the package that caused it counts as installed at once."""
        machine = self.start_machine(
            installed=[interested("interest-noawait /usr/share/info")],
            packages=[Package("manual", files=["usr/share/info/manual"])],
        )

        machine.run("dpkg --no-triggers -i manual_1.0-1_all.deb")

        self.check(state("indexer", "triggers-pending"), state("manual", "installed"))

    def test_failure(self):
        """Where the work fails the interested package is half configured, the other is whole."""
        broken = Package(
            "indexer", install={"postinst": '[ "$1" = configure ]'}, triggers=["interest-noawait /usr/share/info"]
        )
        machine = self.start_machine(installed=[broken], packages=[Package("manual", files=["usr/share/info/manual"])])

        machine.refuses("dpkg -i manual_1.0-1_all.deb", says="post-installation script subprocess returned error")

        self.check(state("indexer", "half-configured"), state("manual", "installed"))
