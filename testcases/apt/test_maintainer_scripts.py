"""Maintainer scripts: each is called at its moment, with the arguments that Debian's policy names."""

from __future__ import annotations

from pkgsuite import Package, Scenario, apt, contents, exists, installed, output, state, unchanged_elsewhere

from .scripts import TOLD, lines, telling

OLD = Package("dummy", "1.0-1", files=["usr/bin/dummy"], install=telling("old"))
NEW = OLD.upgraded("2.0-1", install=telling("new"))
SEEN = f"[ -e /usr/bin/dummy ] && echo there >> /{TOLD} || echo not there >> /{TOLD}"
"""A script that writes down whether the package's file is there."""


class WhenScriptsRun(Scenario, on=apt):
    """Which script runs when, and what it is told; deb-preinst(5) and its kin."""

    def test_install(self):
        self.start_machine().install(OLD)

        self.check(
            installed("dummy", "1.0-1"),
            contents(TOLD, lines("old: preinst install", "old: postinst configure")),
            unchanged_elsewhere("usr/bin/dummy", TOLD),
        )

    def test_upgrade(self):
        self.start_machine(installed=[OLD]).install(NEW)

        told = (
            "old: prerm upgrade 2.0-1",
            "new: preinst upgrade 1.0-1 2.0-1",
            "old: postrm upgrade 2.0-1",
            "new: postinst configure 1.0-1",
        )
        self.check(installed("dummy", "2.0-1"), contents(TOLD, lines(*told)))

    def test_remove(self):
        self.start_machine(installed=[OLD]).remove("dummy")

        self.check(
            state("dummy", "config-files"),
            contents(TOLD, lines("old: prerm remove", "old: postrm remove")),
            unchanged_elsewhere("usr/bin/dummy", TOLD),
        )

    def test_purge(self):
        self.start_machine(installed=[OLD]).run("apt-get purge dummy")

        self.check(
            state("dummy", "not-installed"),
            contents(TOLD, lines("old: prerm remove", "old: postrm remove", "old: postrm purge")),
        )

    def test_install_after_removing(self):
        """The version that was configured last is told."""
        machine = self.start_machine(installed=[OLD])
        machine.remove("dummy")
        machine.write(TOLD)

        machine.install(NEW)

        self.check(
            contents(TOLD, lines("new: preinst install 1.0-1 2.0-1", "new: postinst configure 1.0-1")),
        )

    def test_in_favour(self):
        """A package that conflicts with another, and replaces it, tells the other for whom it goes."""
        rival = Package("rival", conflicts=["dummy"], replaces=["dummy"], provides=["dummy"])

        self.start_machine(installed=[OLD], repositories=[rival]).install("rival")

        self.check(
            installed("rival"), ~installed("dummy"), contents(TOLD, lines("old: prerm remove", "old: postrm remove"))
        )

    def test_reconfigured(self):
        self.start_machine(installed=[Package("dummy", install=telling("old"), status="install ok unpacked")]).run(
            "dpkg --configure dummy"
        )

        self.check(state("dummy", "installed"), contents(TOLD, lines("old: postinst configure")))


class WhatScriptsSee(Scenario, on=apt):
    """Before and after mean before and after the package's files; the installed system is all that there is."""

    def test_files_come_between_preinst_and_postinst(self):
        self.start_machine().install(
            Package("dummy", files=["usr/bin/dummy"], install={"preinst": SEEN, "postinst": SEEN})
        )

        self.check(contents(TOLD, "not there\nthere\n"))

    def test_files_go_between_prerm_and_postrm(self):
        dummy = Package("dummy", files=["usr/bin/dummy"], install={"prerm": SEEN, "postrm": SEEN})

        self.start_machine(installed=[dummy]).remove("dummy")

        self.check(contents(TOLD, "there\nnot there\n"))

    def test_names_of_package_and_script(self):
        tell = f"echo $DPKG_MAINTSCRIPT_PACKAGE $DPKG_MAINTSCRIPT_NAME $DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT > /{TOLD}"

        self.start_machine().install(Package("dummy", install={"postinst": tell}))

        self.check(contents(TOLD, "dummy postinst 1\n"))

    def test_dependency_is_configured(self):
        library = Package("library", install={"postinst": f"echo library >> /{TOLD}"})
        dummy = Package("a-dummy", depends=["library"], install={"postinst": f"echo dummy >> /{TOLD}"})

        self.start_machine(repositories=[dummy, library]).install("a-dummy")

        self.check(contents(TOLD, "library\ndummy\n"))

    def test_dependency_may_not_be_configured_before_preinst(self):
        """Only Pre-Depends promise a configured package to a preinst."""
        library = Package("library", install={"postinst": f"echo library >> /{TOLD}"})
        before = {"preinst": f"echo dummy >> /{TOLD}"}
        for name, needs in (("pre", {"pre_depends": ["library"]}), ("plain", {"depends": ["library"]})):
            machine = self.start_machine(name, repositories=[library, Package("a-dummy", install=before, **needs)])
            machine.install("a-dummy")
            order = "library\ndummy\n" if name == "pre" else "dummy\nlibrary\n"
            self.check(machine, installed("a-dummy"), contents(TOLD, order))

    def test_output_is_shown(self):
        machine = self.start_machine()

        machine.install(Package("dummy", install={"postinst": "echo Read the manual."}))

        self.check(output(r"^Read the manual\.$"), installed("dummy"), ~exists(TOLD))
