"""Packages of several architectures on one machine."""

from __future__ import annotations

from pkgsuite import (
    Package,
    Scenario,
    apt,
    contents,
    exists,
    installed,
    output,
    state,
    transaction,
    unchanged_elsewhere,
)

FOREIGN = "s390x"
"""An architecture that hardly any machine has."""


def library(architecture, manual="usr/share/doc/library", version="1.0-1"):
    """A library that may be installed for several architectures at once."""
    return Package(
        "library",
        version,
        arch=architecture,
        multi_arch="same",
        files=[f"usr/lib/{architecture}/library", manual],
    )


class ForeignArchitectures(Scenario, on=apt):
    """A package for another architecture is there for those who added that."""

    def setUp(self):
        super().setUp()
        self.native = library(apt.native)
        self.machine = self.start_machine(repositories=[self.native, library(FOREIGN)], refreshed=False)

    def add(self):
        """The user adds the architecture."""
        self.machine.run(f"dpkg --add-architecture {FOREIGN}")
        self.machine.refresh()

    def test_never_added(self):
        self.machine.refresh()

        self.machine.refuses(
            f"apt-get install library:{FOREIGN}", says=f"E: Unable to locate package library:{FOREIGN}"
        )

        self.check(transaction(), unchanged_elsewhere())

    def test_never_added_for_dpkg(self):
        self.machine.add_archives(library(FOREIGN))

        self.machine.refuses(
            f"dpkg -i library_1.0-1_{FOREIGN}.deb",
            says=f"package architecture ({FOREIGN}) does not match system ({apt.native})",
        )

        self.check(~installed(f"library:{FOREIGN}"), unchanged_elsewhere())

    def test_added(self):
        self.add()

        self.machine.run("dpkg --print-foreign-architectures")

        self.check(output(f"^{FOREIGN}$"))

    def test_native_is_meant_by_the_bare_name(self):
        self.add()

        self.machine.install("library")

        self.check(transaction("+library"), exists(f"usr/lib/{apt.native}/library"))

    def test_both(self):
        """They share the file that is the same in both."""
        self.add()

        self.machine.install("library", f"library:{FOREIGN}")

        self.check(
            transaction("+library", f"+library:{FOREIGN}"),
            unchanged_elsewhere("usr/lib/*", "usr/share/doc/library"),
            contents("usr/share/doc/library", "usr/share/doc/library\n"),
        )

    def test_one_of_both_goes(self):
        """The shared file stays for the other."""
        self.add()
        self.machine.install("library", f"library:{FOREIGN}")

        self.machine.remove(f"library:{FOREIGN}")

        self.check(transaction(f"-library:{FOREIGN}"), exists("usr/share/doc/library"), installed("library"))

    def test_shared_file_that_differs(self):
        self.add()
        self.machine.install("library")
        self.machine.add_archives(library(FOREIGN, "usr/share/doc/library*"))

        self.machine.refuses(
            f"dpkg -i library_1.0-1_{FOREIGN}.deb",
            says="trying to overwrite shared '/usr/share/doc/library', which is different from other instances",
        )

        self.check(installed("library"), ~installed(f"library:{FOREIGN}"))

    def test_versions_must_be_the_same(self):
        self.add()
        self.machine.install("library")
        self.machine.add_archives(library(FOREIGN, version="2.0-1"))

        self.machine.execute(f"dpkg -i library_2.0-1_{FOREIGN}.deb")

        self.check(
            output(
                f"package library:{FOREIGN} 2.0-1 cannot be configured because library:.* is at a different version"
            ),
            state(f"library:{FOREIGN}", "unpacked"),
            state("library", "half-configured"),
        )

    def test_architecture_in_use_is_not_removed(self):
        self.add()
        self.machine.install(f"library:{FOREIGN}")

        self.machine.refuses(
            f"dpkg --remove-architecture {FOREIGN}", says=f"cannot remove architecture '{FOREIGN}' currently in use"
        )

        self.check(installed(f"library:{FOREIGN}"))


class DependenciesAcrossArchitectures(Scenario, on=apt):
    """Which architecture satisfies a dependency is up to the package that is depended on."""

    def start(self, tool, depends):
        """A machine that knows the foreign architecture, with an application for it that needs a tool."""
        app = Package("app", arch=FOREIGN, depends=[depends])
        machine = self.start_machine(repositories=[app, tool], refreshed=False)
        machine.run(f"dpkg --add-architecture {FOREIGN}")
        machine.refresh()
        return machine

    def test_foreign(self):
        """A tool that is `foreign` serves every architecture."""
        self.start(Package("tool", arch=apt.native, multi_arch="foreign"), "tool").install(f"app:{FOREIGN}")

        self.check(transaction(f"+app:{FOREIGN}", "+tool"))

    def test_none(self):
        machine = self.start(Package("tool", arch=apt.native), "tool")

        machine.refuses(
            f"apt-get install app:{FOREIGN}", says=f"app:{FOREIGN} : Depends: tool:{FOREIGN} but it is not installable"
        )

        self.check(transaction(), unchanged_elsewhere("var/lib/dpkg/"))

    def test_allowed(self):
        """A tool that is `allowed` serves those who ask for `tool:any`."""
        self.start(Package("tool", arch=apt.native, multi_arch="allowed"), "tool:any").install(f"app:{FOREIGN}")

        self.check(transaction(f"+app:{FOREIGN}", "+tool"))
