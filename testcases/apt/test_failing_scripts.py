"""Maintainer scripts that fail at every step, and how the package comes back from there."""

from __future__ import annotations

from pkgsuite import Package, Scenario, apt, contents, exists, installed, output, state, unchanged_elsewhere

from .scripts import TOLD, lines, telling

FILE = "usr/bin/dummy"
OLD = Package("dummy", "1.0-1", files=[FILE], install=telling("old"))
UPGRADE, INSTALL = "dpkg -i dummy_2.0-1_all.deb", "dpkg -i dummy_1.0-1_all.deb"


def old(*failing):
    """The old package, whose scripts fail when called like this."""
    return Package("dummy", "1.0-1", files=[FILE], install=telling("old", failing))


def new(*failing):
    """The new package, whose scripts fail when called like this."""
    return OLD.upgraded("2.0-1", install=telling("new", failing))


class FailuresOfAnInstallation(Scenario, on=apt):
    """A first installation that fails is undone, or left to be finished."""

    def test_preinst(self):
        """Nothing was unpacked, and nothing stays."""
        machine = self.start_machine(packages=[old("preinst install")])

        machine.refuses(
            INSTALL, says="new dummy package pre-installation script subprocess returned error exit status 1"
        )

        self.check(
            state("dummy", "not-installed"),
            ~exists(FILE),
            contents(TOLD, lines("old: preinst install", "old: postrm abort-install")),
            unchanged_elsewhere(TOLD),
        )

    def test_preinst_and_its_undoing(self):
        machine = self.start_machine(packages=[old("preinst install", "postrm abort-install")])

        machine.refuses(INSTALL, says="error while cleaning up:")

        self.check(state("dummy", "half-installed"), ~exists(FILE))

    def test_postinst(self):
        """The files are there; what is missing can be tried again."""
        machine = self.start_machine(packages=[old("postinst configure")])

        machine.refuses(INSTALL, says="installed dummy package post-installation script subprocess returned error")

        self.check(state("dummy", "half-configured"), exists(FILE))

    def test_postinst_and_the_next_version(self):
        machine = self.start_machine(packages=[old("postinst configure"), new()])
        machine.execute(INSTALL)
        machine.write(TOLD)

        machine.run(UPGRADE)

        told = (
            "old: prerm upgrade 2.0-1",
            "new: preinst upgrade 1.0-1 2.0-1",
            "old: postrm upgrade 2.0-1",
            "new: postinst configure",
        )
        self.check(installed("dummy", "2.0-1"), contents(TOLD, lines(*told)))

    def test_postinst_under_apt(self):
        """Apt says which package it was, and that others wait for it."""
        machine = self.start_machine(repositories=[Package("a-app", depends=["dummy"]), old("postinst configure")])

        machine.refuses("apt-get install a-app", says="dpkg returned an error code (1)")

        self.check(
            output("^ dummy$"),
            output("dependency problems - leaving unconfigured"),
            state("dummy", "half-configured"),
            state("a-app", "unpacked"),
        )


class FailuresOfAnUpgrade(Scenario, on=apt):
    """An upgrade that fails before the files changed hands leaves the old version, configured."""

    def start(self, before, after):
        """A machine with the first, and the archive of the second."""
        return self.start_machine(installed=[before], packages=[after])

    def test_prerm_of_the_old_one_is_helped_by_the_new_one(self):
        machine = self.start(old("prerm upgrade"), new())

        machine.run(UPGRADE)

        told = (
            "old: prerm upgrade 2.0-1",
            "new: prerm failed-upgrade 1.0-1 2.0-1",
            "new: preinst upgrade 1.0-1 2.0-1",
            "old: postrm upgrade 2.0-1",
            "new: postinst configure 1.0-1",
        )
        self.check(
            output("warning: old dummy package pre-removal script subprocess returned error exit status 1"),
            installed("dummy", "2.0-1"),
            contents(TOLD, lines(*told)),
        )

    def test_prerm_of_both(self):
        machine = self.start(old("prerm upgrade"), new("prerm failed-upgrade"))

        machine.refuses(UPGRADE, says="new dummy package pre-removal script subprocess returned error exit status 1")

        told = (
            "old: prerm upgrade 2.0-1",
            "new: prerm failed-upgrade 1.0-1 2.0-1",
            "old: postinst abort-upgrade 2.0-1",
        )
        self.check(installed("dummy", "1.0-1"), contents(TOLD, lines(*told)), unchanged_elsewhere(TOLD))

    def test_preinst(self):
        machine = self.start(OLD, new("preinst upgrade"))

        machine.refuses(
            UPGRADE, says="new dummy package pre-installation script subprocess returned error exit status 1"
        )

        told = (
            "old: prerm upgrade 2.0-1",
            "new: preinst upgrade 1.0-1 2.0-1",
            "new: postrm abort-upgrade 1.0-1 2.0-1",
            "old: postinst abort-upgrade 2.0-1",
        )
        self.check(installed("dummy", "1.0-1"), contents(TOLD, lines(*told)), unchanged_elsewhere(TOLD))

    def test_postrm_of_the_old_one_is_helped_by_the_new_one(self):
        machine = self.start(old("postrm upgrade"), new())

        machine.run(UPGRADE)

        told = (
            "old: prerm upgrade 2.0-1",
            "new: preinst upgrade 1.0-1 2.0-1",
            "old: postrm upgrade 2.0-1",
            "new: postrm failed-upgrade 1.0-1 2.0-1",
            "new: postinst configure 1.0-1",
        )
        self.check(installed("dummy", "2.0-1"), contents(TOLD, lines(*told)))

    def test_postrm_of_both(self):
        """The files of the old version come back."""
        machine = self.start(old("postrm upgrade"), new("postrm failed-upgrade"))

        machine.refuses(UPGRADE, says="new dummy package post-removal script subprocess returned error exit status 1")

        self.check(installed("dummy", "1.0-1"), contents(FILE, f"{FILE}\n"), unchanged_elsewhere(TOLD, FILE))

    def test_postinst(self):
        """The new version is there, half configured; a new attempt finishes it."""
        once = {**telling("new"), "postinst": f"[ -e /ready ] || exit 1\necho configured > /{TOLD}"}
        machine = self.start(OLD, new().upgraded("2.0-1", install=once, files=[FILE]))
        machine.refuses(UPGRADE, says="installed dummy package post-installation script subprocess returned error")
        self.check(state("dummy", "half-configured"))
        machine.write("ready")

        machine.run("dpkg --configure -a")

        self.check(installed("dummy", "2.0-1"), contents(TOLD, "configured\n"))


class FailuresOfARemoval(Scenario, on=apt):
    """A removal that fails leaves the package where it was, or says how far it came."""

    def test_prerm(self):
        """The package is configured again."""
        machine = self.start_machine(installed=[old("prerm remove")])

        machine.refuses(
            "dpkg --remove dummy", says="installed dummy package pre-removal script subprocess returned error"
        )

        self.check(
            installed("dummy", "1.0-1"),
            exists(FILE),
            contents(TOLD, lines("old: prerm remove", "old: postinst abort-remove")),
            unchanged_elsewhere(TOLD),
        )

    def test_prerm_and_its_undoing(self):
        machine = self.start_machine(installed=[old("prerm remove", "postinst abort-remove")])

        machine.refuses("dpkg --remove dummy", says="error while cleaning up:")

        self.check(state("dummy", "half-configured"), exists(FILE))

    def test_postrm(self):
        """The files are gone, the package is half there."""
        machine = self.start_machine(installed=[old("postrm remove")])

        machine.refuses("dpkg --remove dummy", says="installed dummy package post-removal script subprocess returned")

        self.check(state("dummy", "half-installed"), ~exists(FILE))

    def test_postrm_of_a_purge(self):
        machine = self.start_machine(installed=[old("postrm purge")])

        machine.refuses("dpkg --purge dummy", says="installed dummy package post-removal script subprocess returned")

        self.check(state("dummy", "config-files"), ~exists(FILE))

    def test_removed_with_force_after_a_broken_prerm(self):
        """The way out that the manuals name: an empty script in place of the broken one."""
        machine = self.start_machine(installed=[old("prerm remove")])
        machine.write("var/lib/dpkg/info/dummy.prerm", "#!/bin/sh\n", mode=0o755)

        machine.run("dpkg --remove dummy")

        self.check(~installed("dummy"), ~exists(FILE), contents(TOLD, lines("old: postrm remove")))


class Repairs(Scenario, on=apt):
    """Whatever a failure left half done is finished once the script is sound."""

    def repair(self, machine, name):
        """Put a script that does nothing in the place of the broken one, as an administrator would."""
        machine.write(f"var/lib/dpkg/info/dummy.{name}", "#!/bin/sh\n", mode=0o755)

    def test_installation_that_could_not_be_undone(self):
        """Another attempt with a sound package begins anew."""
        machine = self.start_machine(packages=[old("preinst install", "postrm abort-install"), new()])
        machine.execute(INSTALL)
        self.check(state("dummy", "half-installed"))

        machine.run(UPGRADE)

        self.check(installed("dummy", "2.0-1"), contents(FILE, f"{FILE}*\n"))

    def test_installation_under_apt(self):
        """`apt-get -f install` goes on where it stopped, and with those who waited."""
        offered = [Package("a-app", depends=["dummy"], files=["usr/bin/a-app"]), old("postinst configure")]
        machine = self.start_machine(repositories=offered)
        machine.execute("apt-get install a-app")
        self.check(state("dummy", "half-configured"), state("a-app", "unpacked"))
        self.repair(machine, "postinst")

        machine.run("apt-get -f install")

        self.check(installed("dummy"), installed("a-app"), exists("usr/bin/a-app"))

    def test_upgrade_that_could_not_be_undone(self):
        """The files of the old version are there, and the new one can be tried again."""
        machine = self.start_machine(
            installed=[OLD], packages=[new("preinst upgrade", "postrm abort-upgrade"), OLD.upgraded("3.0-1")]
        )
        machine.refuses(UPGRADE, says="error while cleaning up:")
        self.check(state("dummy", "half-installed"), contents(FILE, f"{FILE}\n"))

        machine.run("dpkg -i dummy_3.0-1_all.deb")

        self.check(installed("dummy", "3.0-1"))

    def test_upgrade_whose_old_postinst_fails_too(self):
        """It is left unconfigured, which `dpkg --configure -a` makes up for."""
        machine = self.start_machine(installed=[old("postinst abort-upgrade")], packages=[new("preinst upgrade")])
        machine.refuses(UPGRADE, says="error while cleaning up:")
        self.check(state("dummy", "unpacked"), contents(FILE, f"{FILE}\n"))
        self.repair(machine, "postinst")

        machine.run("dpkg --configure -a")

        self.check(state("dummy", "installed"), installed("dummy", "1.0-1"))

    def test_removal_that_could_not_be_undone(self):
        machine = self.start_machine(installed=[old("prerm remove", "postinst abort-remove")])
        machine.execute("dpkg --remove dummy")
        self.check(state("dummy", "half-configured"))
        self.repair(machine, "prerm")

        machine.run("dpkg --remove dummy")

        self.check(~installed("dummy"), ~exists(FILE))

    def test_removal_that_stopped_behind_the_files(self):
        machine = self.start_machine(installed=[old("postrm remove")])
        machine.execute("dpkg --remove dummy")
        self.check(state("dummy", "half-installed"))
        self.repair(machine, "postrm")

        machine.run("dpkg --remove dummy")

        self.check("!PKG_STATE=dummy|half-installed", ~installed("dummy"), ~exists(FILE))

    def test_purge(self):
        machine = self.start_machine(installed=[old("postrm purge")])
        machine.execute("dpkg --purge dummy")
        self.check(state("dummy", "config-files"))
        self.repair(machine, "postrm")

        machine.run("dpkg --purge dummy")

        self.check(state("dummy", "not-installed"))


class FailuresForOthers(Scenario, on=apt):
    """A package that will not make way for another stays, configured, and the other stays out."""

    def test_removed_in_favour(self):
        rival = Package("rival", conflicts=["dummy"], replaces=["dummy"], provides=["dummy"])
        machine = self.start_machine(installed=[old("prerm remove")], packages=[rival])

        machine.refuses(
            "dpkg -i --auto-deconfigure -B rival_1.0-1_all.deb", says="pre-removal script subprocess returned error"
        )

        told = ("old: prerm remove in-favour rival 1.0-1", "old: postinst abort-remove in-favour rival 1.0-1")
        self.check(installed("dummy"), ~installed("rival"), contents(TOLD, lines(*told)), unchanged_elsewhere(TOLD))

    def test_deconfigured_in_favour(self):
        breaking = Package("breaking", breaks=["dummy"])
        machine = self.start_machine(installed=[old("prerm deconfigure")], packages=[breaking])

        machine.refuses(
            "dpkg -i --auto-deconfigure breaking_1.0-1_all.deb", says="pre-removal script subprocess returned error"
        )

        told = (
            "old: prerm deconfigure in-favour breaking 1.0-1",
            "old: postinst abort-deconfigure in-favour breaking 1.0-1",
        )
        self.check(installed("dummy"), ~installed("breaking"), contents(TOLD, lines(*told)), unchanged_elsewhere(TOLD))
