"""Installing packages with apt."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    EXPLICIT,
    Package,
    Scenario,
    apt,
    cached,
    contents,
    directory,
    exists,
    installed,
    mode,
    output,
    reason,
    transaction,
    unchanged,
    unchanged_elsewhere,
)


class InstallFromARepository(Scenario, on=apt):
    """A package that a repository offers is put on the disk and into the database, and nothing else changes."""

    def setUp(self):
        super().setUp()
        dummy = Package("dummy", files=["usr/bin/dummy|0755", "usr/share/doc/dummy/"], depends=["libdummy"])
        library = Package("libdummy", "2.0-1", files=["usr/lib/libdummy.so"])
        self.machine = self.start_machine(repositories=[dummy, library])

    def test_package_and_dependency(self):
        self.machine.install("dummy")

        self.check(
            transaction("+dummy=1.0-1", "+libdummy=2.0-1"),
            reason("dummy", EXPLICIT),
            reason("libdummy", DEPENDENCY),
            mode("usr/bin/dummy", 0o755),
            directory("usr/share/doc/dummy"),
            exists("usr/lib/libdummy.so"),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/doc/dummy", "usr/lib/libdummy.so"),
        )

    def test_simulated(self):
        self.machine.run("apt-get --simulate install dummy")

        self.check(
            output(r"^Inst libdummy \(2\.0-1 "),
            output(r"^Conf dummy \(1\.0-1 "),
            transaction(),
            unchanged("var/lib/dpkg/status"),
            unchanged("var/lib/apt/extended_states"),
            unchanged_elsewhere(),
        )

    def test_download_only(self):
        self.machine.download("dummy")

        self.check(cached("dummy", "1.0-1"), cached("libdummy", "2.0-1"), transaction(), unchanged_elsewhere())

    def test_print_what_would_be_fetched(self):
        self.machine.run("apt-get --print-uris install dummy")

        self.check(
            output(r"^'copy:.*/libdummy_2\.0-1_all\.deb' libdummy_2\.0-1_all\.deb [0-9]+ "),
            ~cached("dummy", "1.0-1"),
            transaction(),
        )

    def test_unknown_package(self):
        self.machine.refuses("apt-get install dummy dumy", says="E: Unable to locate package dumy")

        self.check(~installed("dummy"), unchanged_elsewhere())

    def test_user_says_no(self):
        self.machine.refuses("apt-get -o APT::Get::Assume-Yes=false install dummy", says="Abort.", stdin="n\n")

        self.check(transaction(), ~cached("dummy", "1.0-1"), unchanged_elsewhere())


class InstallAnArchive(Scenario, on=apt):
    """A package file is installed as it is; apt gets what it depends on from the repositories, dpkg gets nothing."""

    def setUp(self):
        super().setUp()
        tell = {"postinst": "echo ready > /told"}
        self.dummy = Package("dummy", files=["usr/bin/dummy"], depends=["libdummy"], install=tell)
        self.machine = self.start_machine(
            repositories=[Package("libdummy", files=["usr/lib/libdummy.so"])], packages=[self.dummy]
        )

    def test_with_apt(self):
        self.machine.install(self.dummy)

        self.check(
            transaction("+dummy", "+libdummy"),
            reason("dummy", EXPLICIT),
            reason("libdummy", DEPENDENCY),
            contents("told", "ready\n"),
            unchanged_elsewhere("usr/bin/dummy", "usr/lib/libdummy.so", "told"),
        )

    def test_with_dpkg(self):
        self.machine.refuses("dpkg -i dummy_1.0-1_all.deb", says="dummy depends on libdummy; however:")

        self.check(
            "PKG_STATE=dummy|unpacked", exists("usr/bin/dummy"), ~exists("told"), unchanged_elsewhere("usr/bin/dummy")
        )

    def test_repair_what_dpkg_left(self):
        self.machine.execute("dpkg -i dummy_1.0-1_all.deb")

        self.machine.run("apt-get --fix-broken install")

        self.check(transaction("+dummy", "+libdummy"), contents("told", "ready\n"))

    def test_nothing_else_before_the_repair(self):
        self.machine.execute("dpkg -i dummy_1.0-1_all.deb")

        self.machine.refuses("apt-get install libdummy-doc", says="Unable to locate package")
        self.machine.refuses("apt-get dist-upgrade", says="E: Unmet dependencies. Try ")

        self.check("PKG_STATE=dummy|unpacked", ~installed("libdummy"))

    def test_missing_archive(self):
        self.machine.refuses("apt-get install ./none_1_all.deb", says="E: Unsupported file ./none_1_all.deb given")

        self.check(transaction(), unchanged_elsewhere())


class InstallAgain(Scenario, on=apt):
    """A package that is up to date is left alone, unless it is to be installed again."""

    def setUp(self):
        super().setUp()
        dummy = Package("dummy", files=["usr/bin/dummy", "usr/share/dummy"], reason=DEPENDENCY)
        self.machine = self.start_machine(installed=[dummy], repositories=[dummy])
        self.machine.write("usr/bin/dummy", "damaged\n")
        self.machine.delete("usr/share/dummy")

    def test_repairs(self):
        self.machine.run("apt-get --reinstall install dummy")

        self.check(
            contents("usr/bin/dummy", "usr/bin/dummy\n"),
            contents("usr/share/dummy", "usr/share/dummy\n"),
            transaction(),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/dummy"),
        )

    def test_asked_for_by_name(self):
        """It is not fetched again, but counts as wanted from now on."""
        self.machine.install("dummy")

        self.check(
            output(r"^dummy is already the newest version \(1\.0-1\)\.$"),
            contents("usr/bin/dummy", "damaged\n"),
            reason("dummy", EXPLICIT),
            unchanged_elsewhere(),
        )


class WhatElseComes(Scenario, on=apt):
    """What a package recommends comes with it, what it suggests does not, unless the user says otherwise."""

    def setUp(self):
        super().setUp()
        dummy = Package("dummy", recommends=["helper"], suggests=["manual"])
        self.offered = [dummy, Package("helper"), Package("manual")]

    def test_recommended(self):
        self.start_machine(repositories=self.offered).install("dummy")

        self.check(transaction("+dummy", "+helper"), reason("helper", DEPENDENCY), output("^Suggested packages:$"))

    def test_nothing_recommended(self):
        machine = self.start_machine(repositories=self.offered)

        machine.run("apt-get --no-install-recommends install dummy")

        self.check(transaction("+dummy"), output("^Recommended packages:$"))

    def test_nothing_recommended_by_configuration(self):
        machine = self.start_machine(repositories=self.offered, options={"APT::Install-Recommends": "false"})

        machine.install("dummy")

        self.check(transaction("+dummy"))

    def test_suggested(self):
        machine = self.start_machine(repositories=self.offered)

        machine.run("apt-get --install-suggests install dummy")

        self.check(transaction("+dummy", "+helper", "+manual"), reason("manual", DEPENDENCY))

    def test_recommended_in_vain(self):
        """A recommendation that nobody can fulfil stops nothing."""
        machine = self.start_machine(repositories=[Package("dummy", recommends=["nowhere"])])

        machine.install("dummy")

        self.check(transaction("+dummy"))
