"""Questions about what is installed: pacman -Q."""

from __future__ import annotations

import re

from pkgsuite import DEPENDENCY, Package, Scenario, installed, output, pacman, returncode, unchanged_elsewhere


class WhatIsInstalled(Scenario, on=pacman):
    """Each filter lists exactly the packages that it means."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(
            installed=[
                Package("dummy", "1.0-1", depends=["library"], desc="A tool for testing"),
                Package("library", "2.0-1", reason=DEPENDENCY),
                Package("orphan", "3:0.1-1", reason=DEPENDENCY),
                Package("foreign", "4.0-1"),
            ],
            repositories=[Package("dummy", "1.1-1"), Package("library", "2.0-1"), Package("orphan", "3:0.1-1")],
        )

    def lists(self, command, *lines):
        """Check that *command* prints these lines and no others."""
        self.machine.run(command)
        printed = "|".join(re.escape(line) for line in lines)
        self.check(
            [output(f"^{re.escape(line)}$") for line in lines], ~output(f"^(?!({printed})$)"), unchanged_elsewhere()
        )

    def test_everything(self):
        self.lists("pacman -Q", "dummy 1.0-1", "foreign 4.0-1", "library 2.0-1", "orphan 3:0.1-1")

    def test_names_only(self):
        self.lists("pacman -Qq", "dummy", "foreign", "library", "orphan")

    def test_asked_for(self):
        self.lists("pacman -Qe", "dummy 1.0-1", "foreign 4.0-1")

    def test_as_dependencies(self):
        self.lists("pacman -Qd", "library 2.0-1", "orphan 3:0.1-1")

    def test_needed_by_nobody(self):
        self.lists("pacman -Qt", "dummy 1.0-1", "foreign 4.0-1", "orphan 3:0.1-1")

    def test_orphans(self):
        self.lists("pacman -Qdt", "orphan 3:0.1-1")

    def test_foreign(self):
        self.lists("pacman -Qm", "foreign 4.0-1")

    def test_native(self):
        self.lists("pacman -Qn", "dummy 1.0-1", "library 2.0-1", "orphan 3:0.1-1")

    def test_outdated(self):
        self.lists("pacman -Qu", "dummy 1.0-1 -> 1.1-1")

    def test_nothing_outdated(self):
        self.machine.upgrade()

        self.machine.execute("pacman -Qu")

        self.check(returncode(1), ~output("."), installed("dummy", "1.1-1"))

    def test_search(self):
        self.lists("pacman -Qs 'tool for'", "local/dummy 1.0-1", "    A tool for testing")

    def test_unknown_package(self):
        self.machine.refuses("pacman -Q dumy dummy", says="error: package 'dumy' was not found")

        self.check(output(r"^dummy 1\.0-1$"), unchanged_elsewhere())


class WhatAPackageIs(Scenario, on=pacman):
    """All that is known of a package is told, and who needs it."""

    def test_information(self):
        library = Package(
            "library", "2.0-1", desc="Does things", groups=["base"], provides=["codec=3"], reason=DEPENDENCY
        )
        machine = self.start_machine(
            installed=[
                library,
                Package("dummy", depends=["codec"]),
                Package("viewer", optdepends=["library: for more"]),
            ]
        )

        machine.run("pacman -Qi library")

        self.check(
            output("^Version +: 2.0-1$"),
            output("^Description +: Does things$"),
            output("^Groups +: base$"),
            output("^Provides +: codec=3$"),
            output("^Required By +: dummy$"),
            output("^Optional For +: viewer$"),
            output("^Install Reason +: Installed as a dependency for another package$"),
            unchanged_elsewhere(),
        )

    def test_backup_files(self):
        dummy = Package("dummy", files=["etc/a", "etc/b", "etc/c"], backup=["etc/a", "etc/b", "etc/c"])
        machine = self.start_machine(installed=[dummy])
        machine.write("etc/b", "mine\n")
        machine.delete("etc/c")

        machine.run("pacman -Qii dummy")

        self.check(
            output(r"^UNMODIFIED\s+/.*etc/a$"),
            output(r"^MODIFIED\s+/.*etc/b$"),
            output(r"^MISSING\s+/.*etc/c$"),
            unchanged_elsewhere(),
        )

    def test_archive(self):
        machine = self.start_machine(packages=[Package("dummy", "1:2.0-1", desc="In a file", files=["usr/bin/dummy"])])

        machine.run("pacman -Qip dummy-1:2.0-1-any.pkg.tar.gz")

        self.check(output("^Version +: 1:2.0-1$"), output("^Description +: In a file$"), ~installed("dummy"))


class WhoseFile(Scenario, on=pacman):
    """Each file leads to its package and each package to its files."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy", "usr/share/dummy/", "usr/lib/d.so -> d.so.1"])
        other = Package("other", files=["usr/share/dummy/other"])
        self.machine = self.start_machine(installed=[self.dummy, other], files=["usr/bin/foreign"])

    def test_owner(self):
        self.machine.run(f"pacman -Qo {self.machine.root}/usr/bin/dummy")

        self.check(output(r"/usr/bin/dummy is owned by dummy 1\.0-1$"), ~output("other"), unchanged_elsewhere())

    def test_owner_of_a_link_that_leads_nowhere(self):
        self.machine.run(f"pacman -Qo {self.machine.root}/usr/lib/d.so")

        self.check(output(r"/usr/lib/d\.so is owned by dummy 1\.0-1$"))

    def test_owners_of_a_directory(self):
        self.machine.run(f"pacman -Qo {self.machine.root}/usr/share/dummy")

        self.check(output(r"is owned by dummy 1\.0-1$"), output(r"is owned by other 1\.0-1$"))

    def test_nobody(self):
        self.machine.refuses(f"pacman -Qo {self.machine.root}/usr/bin/foreign", says="error: No package owns")

        self.check(output("No package owns .*/usr/bin/foreign$"), unchanged_elsewhere())

    def test_files(self):
        self.machine.run("pacman -Ql dummy")

        self.check(
            output(r"^dummy .*/usr/bin/dummy$"),
            output(r"^dummy .*/usr/share/dummy/$"),
            output(r"^dummy .*/usr/lib/d\.so$"),
            ~output("other$"),
        )

    def test_all_files_are_there(self):
        self.machine.run("pacman -Qk dummy")

        self.check(output(r"^dummy: 7 total files, 0 missing files$"))

    def test_missing_file(self):
        self.machine.delete("usr/bin/dummy")

        self.machine.refuses("pacman -Qk", says="dummy: 7 total files, 1 missing file")

        self.check(
            output(r"^warning: dummy: .*/usr/bin/dummy \(No such file or directory\)$"),
            output(r"^other: 4 total files, 0 missing files$"),
            unchanged_elsewhere(),
        )
