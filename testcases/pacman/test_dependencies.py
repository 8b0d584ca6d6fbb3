"""What packages need of each other."""

from __future__ import annotations

from pkgsuite import (
    DEPENDENCY,
    EXPLICIT,
    Package,
    Scenario,
    contents,
    depends_on,
    installed,
    optionally_depends_on,
    output,
    pacman,
    reason,
    unchanged_elsewhere,
)


class NeedsAVersion(Scenario, on=pacman):
    """A dependency on a version is met by that version, from wherever it can be had, or nothing is installed."""

    def setUp(self):
        super().setUp()
        self.old = Package("library", "1.0-1", files=["usr/lib/library"], reason=DEPENDENCY)
        self.new = self.old.upgraded("2.0-1")

    def start(self, dependency):
        """A machine with the old library, where the new one is offered, and a package with this dependency."""
        dummy = Package("dummy", files=["usr/bin/dummy"], depends=[dependency])
        return self.start_machine(installed=[self.old], repositories=[dummy, self.new])

    def test_installed_version_is_enough(self):
        self.start("library>=1.0").install("dummy")

        self.check(installed("dummy"), installed("library", "1.0-1"), unchanged_elsewhere("usr/bin/dummy"))

    def test_installed_version_is_too_old(self):
        self.start("library>=1.5").install("dummy")

        self.check(
            installed("dummy"),
            installed("library", "2.0-1"),
            reason("library", DEPENDENCY),
            unchanged_elsewhere("usr/bin/dummy", "usr/lib/library"),
        )

    def test_nobody_has_the_version(self):
        machine = self.start("library>3")

        machine.refuses("pacman -S dummy", says="unable to satisfy dependency 'library>3' required by dummy")

        self.check(~installed("dummy"), installed("library", "1.0-1"), unchanged_elsewhere())

    def test_versions_do_not_matter_today(self):
        self.start("library>3").run("pacman -Sd dummy")

        self.check(installed("dummy"), installed("library", "1.0-1"), unchanged_elsewhere("usr/bin/dummy"))

    def test_exact_version_with_any_release(self):
        self.start("library=1.0").install("dummy")

        self.check(installed("dummy"), installed("library", "1.0-1"), depends_on("dummy", "library=1.0"))


class Chains(Scenario, on=pacman):
    """All that is needed comes along, whatever that needs in turn, and before what needs it."""

    def test_order(self):
        chain = [Package("a", depends=["b"]), Package("b", depends=["c"]), Package("c")]
        tell = [
            package.upgraded("1.0-1", install={"post_install": f"echo {package.name} >> /told"}) for package in chain
        ]

        self.start_machine(repositories=tell).install("a")

        self.check(
            contents("told", "c\nb\na\n"),
            reason("a", EXPLICIT),
            reason("b", DEPENDENCY),
            reason("c", DEPENDENCY),
            unchanged_elsewhere("told"),
        )

    def test_loop(self):
        a = Package("a", files=["usr/bin/a"], depends=["b"])
        b = Package("b", files=["usr/bin/b"], depends=["a"])

        self.start_machine(repositories=[a, b]).install("a")

        self.check(
            output(r"^warning: dependency cycle detected:$"),
            installed("a"),
            installed("b"),
            unchanged_elsewhere("usr/bin/a", "usr/bin/b"),
        )

    def test_missing_link(self):
        machine = self.start_machine(repositories=[Package("a", depends=["b"]), Package("b", depends=["nothing"])])

        machine.refuses("pacman -S a", says="unable to satisfy dependency 'nothing' required by b")

        self.check(~installed("a"), ~installed("b"), unchanged_elsewhere())

    def test_nothing_is_needed_today(self):
        a = Package("a", files=["usr/bin/a"], depends=["b", "nothing"])

        self.start_machine(repositories=[a, Package("b")]).run("pacman -Sdd a")

        self.check(installed("a"), ~installed("b"), unchanged_elsewhere("usr/bin/a"))

    def test_archives_that_need_each_other(self):
        machine = self.start_machine()

        machine.install(Package("a", files=["usr/bin/a"], depends=["b"]), Package("b", files=["usr/bin/b"]))

        self.check(
            installed("a"),
            installed("b"),
            reason("b", EXPLICIT),
            unchanged_elsewhere("usr/bin/a", "usr/bin/b"),
        )

    def test_dependency_that_may_be_assumed(self):
        a = Package("a", files=["usr/bin/a"], depends=["b>=2"])

        self.start_machine(repositories=[a]).run("pacman -S --assume-installed b=2.1 a")

        self.check(installed("a"), ~installed("b"), unchanged_elsewhere("usr/bin/a"))


class UpgradesAndDependents(Scenario, on=pacman):
    """An upgrade never takes away what an installed package needs."""

    def setUp(self):
        super().setUp()
        self.library = Package("library", "1.0-1", files=["usr/lib/library"])
        self.dummy = Package("dummy", "1.0-1", files=["usr/bin/dummy"], depends=["library=1.0"])

    def test_dependent_stays_behind(self):
        machine = self.start_machine(
            installed=[self.library, self.dummy], repositories=[self.library.upgraded("2.0-1"), self.dummy]
        )

        machine.refuses(
            "pacman -Su",
            says="installing library (2.0-1) breaks dependency 'library=1.0' required by dummy",
        )

        self.check(installed("library", "1.0-1"), unchanged_elsewhere())

    def test_dependent_comes_along(self):
        machine = self.start_machine(
            installed=[self.library, self.dummy],
            repositories=[self.library.upgraded("2.0-1"), self.dummy.upgraded("1.0-2", depends=["library=2.0"])],
        )

        machine.upgrade()

        self.check(
            installed("library", "2.0-1"),
            installed("dummy", "1.0-2"),
            depends_on("dummy", "library=2.0"),
            unchanged_elsewhere("usr/bin/dummy", "usr/lib/library"),
        )

    def test_dropped_provision(self):
        library = Package("library", "1.0-1", provides=["codec"])
        machine = self.start_machine(
            installed=[library, Package("player", depends=["codec"])], repositories=[Package("library", "2.0-1")]
        )

        machine.refuses("pacman -S library", says="breaks dependency 'codec' required by player")

        self.check(installed("library", "1.0-1"), unchanged_elsewhere())


class OptionalDependencies(Scenario, on=pacman):
    """What would be good to have is told, not installed, and does not bind."""

    def setUp(self):
        super().setUp()
        self.viewer = Package("viewer", files=["usr/bin/viewer"], optdepends=["jpeg: for photographs"])
        self.jpeg = Package("jpeg", files=["usr/lib/jpeg"])

    def test_install(self):
        self.start_machine(repositories=[self.viewer, self.jpeg]).install("viewer")

        self.check(
            output(r"^Optional dependencies for viewer$"),
            output(r"^    jpeg: for photographs$"),
            optionally_depends_on("viewer", "jpeg"),
            ~installed("jpeg"),
            unchanged_elsewhere("usr/bin/viewer"),
        )

    def test_remove(self):
        self.start_machine(installed=[self.viewer, self.jpeg]).remove("jpeg")

        self.check(
            output(r":: viewer optionally requires jpeg: for photographs$"),
            ~installed("jpeg"),
            installed("viewer"),
            unchanged_elsewhere("usr/lib/jpeg"),
        )
