"""Archives that are not what they should be, and what becomes of those that are fetched."""

from __future__ import annotations

from pkgsuite import (
    Archive,
    File,
    Package,
    Repository,
    Scenario,
    apt,
    cached,
    cached_file,
    contents,
    exists,
    installed,
    output,
    transaction,
    unchanged_elsewhere,
)

DUMMY = Package("dummy", files=["usr/bin/dummy"])
PUBLISHED = "var/pub/repository/pool/main/d/dummy/dummy_1.0-1_all.deb"


class DamagedArchives(Scenario, on=apt):
    """An archive that is not what the index promises is not handed to dpkg."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(repositories=[DUMMY])

    def refuses(self, says):
        """Nothing is installed, and nothing bad stays in the cache."""
        self.machine.refuses("apt-get install dummy", says=says)

        self.check(~installed("dummy"), ~cached("dummy", "1.0-1"), unchanged_elsewhere())

    def test_truncated(self):
        self.machine.write(PUBLISHED, self.machine.read(PUBLISHED)[:100])

        self.refuses(says=" - Filesize:100 [weak]")

    def test_other_bytes(self):
        data = bytearray(self.machine.read(PUBLISHED))
        data[-1] ^= 1
        self.machine.write(PUBLISHED, bytes(data))

        self.refuses(says="Hash Sum mismatch")

    def test_other_package(self):
        self.machine.write(PUBLISHED, b"!<arch>\n" + b"x" * 1000)

        self.refuses(says="Hash Sum mismatch")

    def test_gone(self):
        self.machine.delete(PUBLISHED)

        self.refuses(says="E: Failed to fetch copy:")

    def test_one_of_two(self):
        """Where one of several archives cannot be had, none is installed."""
        self.machine.publish("repository", [DUMMY, Package("other", files=["usr/bin/other"])])
        self.machine.refresh()
        self.machine.delete(PUBLISHED)

        self.machine.refuses("apt-get install dummy other", says="E: Unable to fetch some archives")

        self.check(~installed("other"), ~exists("usr/bin/other"))

    def test_garbage_for_dpkg(self):
        self.machine.write("tmp/garbage.deb", "not an archive at all\n")

        self.machine.refuses("dpkg -i garbage.deb", says="is not a Debian format archive")

        self.check(unchanged_elsewhere())

    def test_cut_short_for_dpkg(self):
        """What was unpacked before the end is taken back."""
        large = Package("large", files=[File("usr/share/large", bytes(range(256)) * 4096), "usr/bin/large"])
        self.machine.add_archives(Archive(large, compression=""))
        whole = self.machine.read("tmp/large_1.0-1_all.deb")
        self.machine.write("tmp/large_1.0-1_all.deb", whole[: len(whole) // 2])

        self.machine.refuses("dpkg -i large_1.0-1_all.deb", says="unexpected end of file")

        self.check(~installed("large"), ~exists("usr/share/large"), unchanged_elsewhere())


class Compressions(Scenario, on=apt):
    """Archives of every compression are installed alike."""

    def install(self, compression):
        """Install the package from an archive of this compression."""
        machine = self.start_machine(repositories=Repository([DUMMY], compression=compression))

        machine.install("dummy")

        self.check(transaction("+dummy"), contents("usr/bin/dummy", "usr/bin/dummy\n"))

    def test_none(self):
        self.install("")

    def test_gz(self):
        self.install("gz")

    def test_xz(self):
        self.install("xz")

    def test_zst(self):
        self.install("zst")


class Cache(Scenario, on=apt):
    """What was fetched is kept until it is cleaned away, and used again."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(repositories=[DUMMY, Package("other", "1:2.0-1")])

    def test_kept_after_installing(self):
        self.machine.install("dummy")

        self.check(cached("dummy", "1.0-1"), installed("dummy"))

    def test_epoch_in_the_name(self):
        self.machine.download("other")

        self.check(cached("other", "1:2.0-1"), cached_file("other_1%3a2.0-1_all.deb"))

    def test_used_again(self):
        """What is in the cache is not asked for."""
        self.machine.download("dummy")
        self.machine.delete(PUBLISHED)

        self.machine.install("dummy")

        self.check(transaction("+dummy"))

    def test_damaged_in_the_cache(self):
        """It is fetched anew."""
        self.machine.download("dummy")
        self.machine.write("var/cache/apt/archives/dummy_1.0-1_all.deb", "damaged\n")

        self.machine.install("dummy")

        self.check(transaction("+dummy"), output("^Get:1 copy:.*dummy"))

    def test_clean(self):
        self.machine.download("dummy", "other")
        self.check(cached("dummy", "1.0-1"), cached_file("other_1%3a2.0-1_all.deb"))

        self.machine.run("apt-get clean")

        self.check(~cached("dummy", "1.0-1"), ~cached_file("other_1%3a2.0-1_all.deb"))

    def test_autoclean(self):
        """Only what no repository offers any longer goes."""
        self.machine.download("dummy", "other")
        self.machine.publish("repository", [DUMMY.upgraded("2.0-1"), Package("other", "1:2.0-1")])
        self.machine.refresh()

        self.machine.run("apt-get autoclean")

        self.check(output("^Del dummy 1.0-1 "), ~cached("dummy", "1.0-1"), cached("other", "1:2.0-1"))

    def test_apt_keeps_nothing(self):
        """`apt`, unlike `apt-get`, deletes archives once they are installed."""
        self.machine.run("apt install dummy")

        self.check(transaction("+dummy"), ~cached("dummy", "1.0-1"))

    def test_into_the_working_directory(self):
        self.machine.run("apt-get download dummy")

        self.check(exists("tmp/dummy_1.0-1_all.deb"), transaction(), unchanged_elsewhere("tmp/dummy_1.0-1_all.deb"))
