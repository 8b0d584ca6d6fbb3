"""The cache of archives: what is fetched once is not fetched again, and what is not needed can be thrown away."""

from __future__ import annotations

from pkgsuite import Package, Scenario, cached, exists, installed, output, pacman, unchanged_elsewhere


class Download(Scenario, on=pacman):
    """Packages can be fetched without being installed, and installed later without being fetched."""

    def setUp(self):
        super().setUp()
        self.dummy = Package("dummy", files=["usr/bin/dummy"], depends=["library"])
        self.library = Package("library", files=["usr/lib/library"])
        self.machine = self.start_machine(repositories=[self.dummy, self.library])

    def test_with_dependencies(self):
        self.machine.download("dummy")

        self.check(
            cached("dummy", "1.0-1"),
            cached("library", "1.0-1"),
            ~installed("dummy"),
            ~installed("library"),
            unchanged_elsewhere(),
        )

    def test_one_of_two_is_unknown(self):
        self.machine.refuses("pacman -Sw library stranger", says="error: target not found: stranger")

        self.check(~cached("library", "1.0-1"), unchanged_elsewhere())

    def test_install_from_the_cache(self):
        self.machine.download("dummy")
        for package in ("dummy", "library"):
            self.machine.delete(f"var/pub/repository/{package}-1.0-1-any.pkg.tar.gz")

        self.machine.install("dummy")

        self.check(
            output(r"dummy-1\.0-1-any downloading\.\.\.$").of(1),
            ~output("downloading"),
            installed("dummy"),
            installed("library"),
            unchanged_elsewhere("usr/bin/dummy", "usr/lib/library"),
        )

    def test_every_upgrade(self):
        machine = self.start_machine("behind", installed=[self.library], repositories=[self.library.upgraded("2.0-1")])

        machine.run("pacman -Suw")

        self.check(machine, cached("library", "2.0-1"), installed("library", "1.0-1"), unchanged_elsewhere())

    def test_what_is_installed_stays_cached(self):
        self.machine.install("dummy")

        self.check(installed("dummy"), cached("dummy", "1.0-1"), cached("library", "1.0-1"))


class Clean(Scenario, on=pacman):
    """Cleaning keeps what is installed, or what is offered, as configured; all goes only if the user insists."""

    def start(self, **options):
        """A machine with an old package installed, the new one offered, and both in the cache with a stranger."""
        old, new = Package("dummy", "1.0-1"), Package("dummy", "2.0-1")
        machine = self.start_machine(
            installed=[old], repositories=[new], packages=[old, Package("stranger")], options=options
        )
        machine.download("dummy")
        for name in ("dummy", "stranger"):
            archive = f"{name}-1.0-1-any.pkg.tar.gz"
            machine.write(f"var/cache/pacman/pkg/{archive}", machine.read(f"tmp/{archive}"))
        self.check(cached("dummy", "2.0-1"), cached("dummy", "1.0-1"), cached("stranger", "1.0-1"))
        return machine

    def test_keeps_the_installed(self):
        self.start().run("pacman -Sc")

        self.check(
            output("^removing old packages from cache\\.\\.\\.$"),
            cached("dummy", "1.0-1"),
            ~cached("dummy", "2.0-1"),
            ~cached("stranger", "1.0-1"),
            unchanged_elsewhere(),
        )

    def test_keeps_the_offered(self):
        self.start(CleanMethod="KeepCurrent").run("pacman -Sc")

        self.check(~cached("dummy", "1.0-1"), cached("dummy", "2.0-1"), ~cached("stranger", "1.0-1"))

    def test_everything_is_not_the_default(self):
        self.start().run("pacman -Scc")

        self.check(
            output(r"^:: Do you want to remove ALL files from cache\? \[y/N\]"),
            cached("dummy", "1.0-1"),
            cached("dummy", "2.0-1"),
            unchanged_elsewhere(),
        )

    def test_everything(self):
        self.start().run("pacman -Scc --confirm", stdin="y\nn\n")

        self.check(
            ~cached("dummy", "1.0-1"),
            ~cached("dummy", "2.0-1"),
            ~cached("stranger", "1.0-1"),
            installed("dummy", "1.0-1"),
            unchanged_elsewhere(),
        )

    def test_databases_of_repositories_that_are_gone(self):
        machine = self.start()
        machine.write("var/lib/pacman/sync/gone.db", "old\n")

        machine.run("pacman -Sc")

        self.check(
            output("^removing unused sync repositories\\.\\.\\.$"),
            ~exists("var/lib/pacman/sync/gone.db"),
            exists("var/lib/pacman/sync/repository.db"),
        )
