"""Scriptlets: the shell functions that a package brings along."""

from __future__ import annotations

from pkgsuite import Package, Scenario, contents, exists, installed, output, pacman, stderr, unchanged_elsewhere

TELL = {
    name: f"echo {name} $* >> /told"
    for name in ("pre_install", "post_install", "pre_upgrade", "post_upgrade", "pre_remove", "post_remove")
}
"""Scriptlets that write down their own names and what they are given."""

SEEN = "[ -e /usr/bin/dummy ] && echo there >> /told || echo not there >> /told"
"""A scriptlet that writes down whether the package's file is there."""


class WhenScriptletsRun(Scenario, on=pacman):
    """Each scriptlet runs at its own operation and no other, and hears of the versions."""

    def setUp(self):
        super().setUp()
        self.old = Package("dummy", "1.0-1", files=["usr/bin/dummy"], install=TELL)
        self.new = self.old.upgraded("2.0-1")

    def test_install(self):
        self.start_machine().install(self.old)

        self.check(
            installed("dummy", "1.0-1"),
            contents("told", "pre_install 1.0-1\npost_install 1.0-1\n"),
            unchanged_elsewhere("usr/bin/dummy", "told"),
        )

    def test_upgrade(self):
        self.start_machine(installed=[self.old]).install(self.new)

        self.check(
            installed("dummy", "2.0-1"),
            contents("told", "pre_upgrade 2.0-1 1.0-1\npost_upgrade 2.0-1 1.0-1\n"),
            unchanged_elsewhere("usr/bin/dummy", "told"),
        )

    def test_downgrade(self):
        self.start_machine(installed=[self.new]).install(self.old)

        self.check(
            installed("dummy", "1.0-1"),
            contents("told", "pre_upgrade 1.0-1 2.0-1\npost_upgrade 1.0-1 2.0-1\n"),
        )

    def test_install_again(self):
        self.start_machine(installed=[self.old]).install(self.old)

        self.check(contents("told", "pre_upgrade 1.0-1 1.0-1\npost_upgrade 1.0-1 1.0-1\n"))

    def test_remove(self):
        self.start_machine(installed=[self.old]).remove("dummy")

        self.check(
            ~installed("dummy"),
            contents("told", "pre_remove 1.0-1\npost_remove 1.0-1\n"),
            unchanged_elsewhere("usr/bin/dummy", "told"),
        )

    def test_never(self):
        self.start_machine(packages=[self.old]).run("pacman -U --noscriptlet dummy-1.0-1-any.pkg.tar.gz")

        self.check(installed("dummy", "1.0-1"), ~exists("told"), unchanged_elsewhere("usr/bin/dummy"))

    def test_upgrade_asks_the_new_package(self):
        old = Package("dummy", "1.0-1", files=["usr/bin/dummy"], install={"pre_upgrade": "echo old >> /told"})
        new = old.upgraded("2.0-1", install={"pre_upgrade": "echo new >> /told"})

        self.start_machine(installed=[old]).install(new)

        self.check(contents("told", "new\n"))

    def test_upgrade_takes_the_new_scriptlets_into_the_database(self):
        machine = self.start_machine(installed=[self.old])
        machine.install(self.new.upgraded("3.0-1", install={"post_remove": "echo the last word > /told"}))

        machine.remove("dummy")

        self.check(~installed("dummy"), contents("told", "the last word\n"))

    def test_not_when_refused(self):
        machine = self.start_machine(packages=[self.old], files=["usr/bin/dummy"])

        machine.refuses("pacman -U dummy-1.0-1-any.pkg.tar.gz", says="usr/bin/dummy exists in filesystem")

        self.check(~exists("told"), ~installed("dummy"), unchanged_elsewhere())


class WhatScriptletsSee(Scenario, on=pacman):
    """Before and after mean before and after the package's files; the installed system is all that there is."""

    def test_files_come_between_pre_install_and_post_install(self):
        self.start_machine().install(
            Package("dummy", files=["usr/bin/dummy"], install={"pre_install": SEEN, "post_install": SEEN})
        )

        self.check(contents("told", "not there\nthere\n"))

    def test_files_go_between_pre_remove_and_post_remove(self):
        dummy = Package("dummy", files=["usr/bin/dummy"], install={"pre_remove": SEEN, "post_remove": SEEN})

        self.start_machine(installed=[dummy]).remove("dummy")

        self.check(contents("told", "there\nnot there\n"))

    def test_dependency_is_ready(self):
        library = Package("library", files=["usr/bin/dummy"], install={"post_install": "echo library >> /told"})
        dummy = Package("a-dummy", depends=["library"], install={"pre_install": f"echo dummy >> /told; {SEEN}"})

        self.start_machine(repositories=[dummy, library]).install("a-dummy")

        self.check(contents("told", "library\ndummy\nthere\n"))

    def test_root_is_the_installed_system(self):
        self.start_machine().install(Package("dummy", install={"post_install": "pwd > /told; echo /* >> /told"}))

        self.check(contents("told", "/\n/bin /etc /sbin /tmp /told /var\n"))


class WhatScriptletsSay(Scenario, on=pacman):
    """What a scriptlet prints is shown and logged; one that fails is reported, and the files come all the same."""

    def test_output(self):
        machine = self.start_machine()

        machine.install(Package("dummy", install={"post_install": "echo Read the manual."}))

        self.check(
            output(r"^Read the manual\.$"),
            output(r"^installing dummy\.\.\.$"),
        )

    def test_failure_before(self):
        self.start_machine().install(Package("dummy", files=["usr/bin/dummy"], install={"pre_install": "false"}))

        self.check(
            stderr(r"^error: command failed to execute correctly$"),
            installed("dummy"),
            unchanged_elsewhere("usr/bin/dummy"),
        )
