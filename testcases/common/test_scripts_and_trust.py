"""What packages run, and what managers believe."""

from __future__ import annotations

from pkgsuite import (
    Package,
    Repository,
    Scenario,
    Signature,
    apt,
    cached,
    contents,
    exists,
    installed,
    output,
    pacman,
    transaction,
    unchanged_elsewhere,
)

TOLD = "told"
MOMENTS = ("pre_install", "post_install", "pre_upgrade", "post_upgrade", "pre_remove", "post_remove")
TELL = {name: f"echo {name} $* >> /{TOLD}" for name in MOMENTS}
"""Scripts that write down their moment and the versions that they are told."""


class Scripts(Scenario, on=(apt, pacman)):
    """A package's scripts run at their moments, in the root, and hear of the versions.

    By design pacman asks the new package what to do before an upgrade, and Debian's old one has its say as well; here
    both say the same.
    """

    def setUp(self):
        super().setUp()
        self.old = Package("dummy", files=["usr/bin/dummy"], install=TELL)

    def test_install(self):
        self.start_machine().install(self.old)

        self.check(
            contents(TOLD, "pre_install 1.0-1\npost_install 1.0-1\n"), unchanged_elsewhere("usr/bin/dummy", TOLD)
        )

    def test_upgrade(self):
        self.start_machine(installed=[self.old]).install(self.old.upgraded("2.0-1"))

        self.check(contents(TOLD, "pre_upgrade 2.0-1 1.0-1\npost_upgrade 2.0-1 1.0-1\n"))

    def test_remove(self):
        self.start_machine(installed=[self.old]).remove("dummy")

        self.check(~installed("dummy"), contents(TOLD, "pre_remove 1.0-1\npost_remove 1.0-1\n"))

    def test_root_is_the_installed_system(self):
        self.start_machine().install(
            Package("dummy", install={"post_install": f"cd / && pwd > {TOLD}; [ -e /{TOLD} ]"})
        )

        self.check(installed("dummy"), contents(TOLD, "/\n"))

    def test_words_are_shown(self):
        self.start_machine().install(Package("dummy", install={"post_install": "echo Read the manual."}))

        self.check(installed("dummy"), output(r"^Read the manual\.$"))

    def test_needed_package_is_ready_before(self):
        library = Package("library", install={"post_install": f"echo library >> /{TOLD}"})
        dummy = Package("a-dummy", depends=["library"], install={"post_install": f"echo dummy >> /{TOLD}"})

        self.start_machine(repositories=[dummy, library]).install("a-dummy")

        self.check(contents(TOLD, "library\ndummy\n"))


class ForgedRepositories(Scenario, on=(apt, pacman)):
    """What a repository offers is believed only if a trusted key has signed it, where signatures are required."""

    DUMMY = Package("dummy", files=["usr/bin/dummy"])

    def offered(self, signed):
        """A machine that requires signed databases and never asked the repository."""
        return self.start_machine(
            installed=[self.DUMMY],
            repositories=Repository([self.DUMMY.upgraded("2.0-1")], database_signed=signed),
            refreshed=False,
        )

    def refuses(self, signed, says):
        """Neither the database nor what it offers comes."""
        machine = self.offered(signed)
        machine.refuses(machine.manager.refresh(), says=says[machine.manager.name])
        machine.execute(machine.manager.upgrade())
        self.check(transaction(), installed("dummy", "1.0-1"), unchanged_elsewhere())

    def test_good(self):
        machine = self.offered(Signature.GOOD)

        machine.refresh()
        machine.upgrade()

        self.check(transaction("^dummy=2.0-1"), unchanged_elsewhere("usr/bin/dummy"))

    def test_missing(self):
        self.refuses(Signature.MISSING, {"apt": "is not signed.", "pacman": "repository.db.sig"})

    def test_of_other_bytes(self):
        self.refuses(Signature.BAD, {"apt": "BADSIG", "pacman": "invalid or corrupted database (PGP signature)"})

    def test_unknown_key(self):
        self.refuses(Signature.UNKNOWN_KEY, {"apt": "NO_PUBKEY", "pacman": "could not be looked up remotely"})


class DamagedArchives(Scenario, on=(apt, pacman)):
    """An archive that is not what the database promises is not installed."""

    PLACES = {
        "apt": "var/pub/repository/pool/main/d/dummy/dummy_1.0-1_all.deb",
        "pacman": "var/pub/repository/dummy-1.0-1-any.pkg.tar.gz",
    }
    WORDS = {"apt": "Hash Sum mismatch", "pacman": "invalid or corrupted package"}

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(repositories=[Package("dummy", files=["usr/bin/dummy"]), Package("other")])
        self.place = self.PLACES[self.manager.name]

    def refuses(self):
        """Nothing of the command is done, and the bad archive does not stay in the cache."""
        (command,) = self.machine.manager.install(["dummy", "other"], [])
        self.machine.refuses(command, says=self.WORDS[self.manager.name])
        self.check(transaction(), ~exists("usr/bin/dummy"), ~cached("dummy", "1.0-1"), unchanged_elsewhere())

    def test_other_bytes(self):
        data = bytearray(self.machine.read(self.place))
        data[len(data) // 2] ^= 255
        self.machine.write(self.place, bytes(data))

        self.refuses()

    def test_of_another_package(self):
        """As when a mirror mixes up its files."""
        other = self.place.replace("dummy", "other").replace("/d/", "/o/")
        self.machine.write(self.place, self.machine.read(other))

        self.refuses()

    def test_repaired(self):
        """Once the repository is whole again the same command works."""
        whole = self.machine.read(self.place)
        self.machine.write(self.place, whole[:-7] + b"damaged")
        self.refuses()
        self.machine.write(self.place, whole)

        self.machine.install("dummy")

        self.check(transaction("+dummy"), exists("usr/bin/dummy"))
