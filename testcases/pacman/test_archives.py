"""Archives of every kind that pacman reads, and the list of their own files that they may carry."""

from __future__ import annotations

from pkgsuite import (
    Archive,
    File,
    Package,
    Repository,
    Scenario,
    cached_file,
    contents,
    installed,
    output,
    pacman,
    unchanged_elsewhere,
)

DUMMY = Package("dummy", files=[File("usr/share/dummy", "as it was shipped\n")])


class Compressions(Scenario, on=pacman):
    """A package is installed however its archive is compressed."""

    def check_installed(self, machine):
        """The package is there with its file, and nothing else."""
        self.check(
            machine,
            installed("dummy", "1.0-1"),
            contents("usr/share/dummy", "as it was shipped\n"),
            unchanged_elsewhere("usr/share/dummy"),
        )

    def install(self, compression):
        """Install the package from a repository and from a file."""
        name = f"dummy-1.0-1-any.pkg.tar.{compression}".rstrip(".")
        client = self.start_machine(repositories=Repository([DUMMY], compression=compression))
        client.run("pacman -S dummy")
        self.check_installed(client)
        self.check(client, cached_file(name))

        receiver = self.start_machine(packages=[Archive(DUMMY, compression)])
        receiver.run(f"pacman -U {name}")
        self.check_installed(receiver)

    def test_gz(self):
        self.install("gz")

    def test_xz(self):
        self.install("xz")

    def test_zst(self):
        self.install("zst")

    def test_none(self):
        self.install("")

    def test_mixed(self):
        """A repository may hold archives of every kind: those of a distribution change one by one."""
        kinds = {"gz": "old", "xz": "middle", "zst": "new", "": "plain"}
        archives = [Archive(Package(name, files=[f"usr/share/{name}"]), kind) for kind, name in kinds.items()]
        machine = self.start_machine(repositories=archives)

        machine.run("pacman -S old middle new plain")

        self.check(*map(installed, kinds.values()), unchanged_elsewhere("usr/share/"))


class Verification(Scenario, on=pacman):
    """A package that lists its own files can be verified once it is installed: pacman -Qkk."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(repositories=Repository([DUMMY], mtree=True))
        self.machine.run("pacman -S dummy")
        self.check(installed("dummy"))

    def test_untouched(self):
        self.machine.run("pacman -Qkk dummy")

        self.check(output("dummy: .* 0 altered files"))

    def test_altered(self):
        self.machine.write("usr/share/dummy", "as I like it better\n")

        self.machine.refuses("pacman -Qkk dummy", says="1 altered file")

        self.check(output("warning: dummy: .*usr/share/dummy .*mismatch"))

    def test_deleted(self):
        self.machine.delete("usr/share/dummy")

        self.machine.refuses("pacman -Qkk dummy", says="1 altered file")

        self.check(output("warning: dummy: .*usr/share/dummy .*No such file"))

    def test_installed_before(self):
        """Packages that are there from the start can be verified too."""
        machine = self.start_machine(installed=[Archive(DUMMY, mtree=True)])

        machine.run("pacman -Qkk dummy")

        self.check(machine, output("dummy: .* 0 altered files"))
