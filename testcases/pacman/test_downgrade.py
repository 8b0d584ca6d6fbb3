"""Older and newer: how versions compare, and what pacman does with an older one."""

from __future__ import annotations

from pkgsuite import Package, Scenario, contents, exists, installed, output, pacman, unchanged_elsewhere

OLDER_THEN_NEWER = [
    ("1.0-1", "1.0-2"),
    ("1.9-1", "1.10-1"),
    ("1.0rc1-1", "1.0-1"),
    ("1.0alpha-1", "1.0beta-1"),
    ("1.0-1", "1.0.1-1"),
    ("1.0.a-1", "1.0.1-1"),
    ("9.9-9", "1:0.1-1"),
    ("1:9.9-1", "2:0.1-1"),
]


class HowVersionsCompare(Scenario, on=pacman):
    """An epoch beats all, numbers count as numbers, letters mark what comes before a release."""

    def test_upgrade(self):
        packages = [Package(f"p{number}", old) for number, (old, new) in enumerate(OLDER_THEN_NEWER)]
        offered = [Package(f"p{number}", new) for number, (old, new) in enumerate(OLDER_THEN_NEWER)]
        self.start_machine(installed=packages, repositories=offered).upgrade()

        self.check([installed(package.name, package.version) for package in offered])

    def test_no_upgrade(self):
        packages = [Package(f"p{number}", new) for number, (old, new) in enumerate(OLDER_THEN_NEWER)]
        offered = [Package(f"p{number}", old) for number, (old, new) in enumerate(OLDER_THEN_NEWER)]
        self.start_machine(installed=packages, repositories=offered).upgrade()

        self.check(
            [installed(package.name, package.version) for package in packages],
            [output(rf"^warning: {package.name}: local \(.*\) is newer than repository") for package in packages],
        )


class AnOlderVersion(Scenario, on=pacman):
    """Pacman goes back to an older version only when it is told to."""

    def setUp(self):
        super().setUp()
        self.old = Package("dummy", "1.0-1", files=["usr/bin/dummy", "usr/share/dummy/old"])
        self.new = self.old.upgraded("2.0-1", files=["usr/bin/dummy*", "usr/share/dummy/new"])
        self.machine = self.start_machine(installed=[self.new], repositories=[self.old])

    def test_upgrade_stays(self):
        self.machine.upgrade()

        self.check(
            output(r"^warning: dummy: local \(2\.0-1\) is newer than repository \(1\.0-1\)$"),
            installed("dummy", "2.0-1"),
            unchanged_elsewhere(),
        )

    def test_upgrade_that_may_go_back(self):
        self.machine.run("pacman -Suu")

        self.check(
            output(r"^warning: dummy: downgrading from version 2\.0-1 to version 1\.0-1$"),
            installed("dummy", "1.0-1"),
            contents("usr/bin/dummy", "usr/bin/dummy\n"),
            ~exists("usr/share/dummy/new"),
            exists("usr/share/dummy/old"),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/dummy/*"),
        )

    def test_by_name(self):
        self.machine.install("dummy")

        self.check(
            output(r"^warning: downgrading package dummy \(2\.0-1 => 1\.0-1\)$"),
            installed("dummy", "1.0-1"),
            unchanged_elsewhere("usr/bin/dummy", "usr/share/dummy/*"),
        )

    def test_archive(self):
        self.machine.install(self.old)

        self.check(installed("dummy", "1.0-1"), output(r"^downgrading dummy\.\.\.$"))

    def test_dependents_hold_it(self):
        machine = self.start_machine(
            "needed", installed=[self.new, Package("app", depends=["dummy>=2"])], packages=[self.old]
        )

        machine.refuses("pacman -U dummy-1.0-1-any.pkg.tar.gz", says="breaks dependency 'dummy>=2' required by app")

        self.check(machine, installed("dummy", "2.0-1"), unchanged_elsewhere())
