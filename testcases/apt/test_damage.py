"""Damage: what apt and dpkg do with a database or a cache that is not as they left it."""

from __future__ import annotations

from pkgsuite import (
    Archive,
    Package,
    Scenario,
    apt,
    automatic,
    contents,
    exists,
    installed,
    output,
    state,
    transaction,
    unchanged,
    unchanged_elsewhere,
)

STATUS, BACKUP = "var/lib/dpkg/status", "var/lib/dpkg/status-old"
LIST = "var/lib/dpkg/info/dummy.list"
DUMMY = Package("dummy", files=["usr/bin/dummy"])
OTHER = Package("other", files=["usr/bin/other"])
AR_HEAD = 60


class DamagedStatus(Scenario, on=apt):
    """A database of packages that cannot be read is not written to, and says where it is wrong."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(installed=[DUMMY], packages=[OTHER], repositories=[OTHER])
        self.whole = self.machine.read(STATUS)

    def refuses(self, damaged, says):
        """Dpkg does nothing with it, and nothing to it."""
        self.machine.write(STATUS, damaged)
        self.machine.refuses("dpkg -i other_1.0-1_all.deb", says=says)
        self.check(~exists("usr/bin/other"), unchanged(STATUS), unchanged_elsewhere())

    def test_cut_short_in_a_name(self):
        self.refuses(self.whole[: self.whole.index(b"Package: dummy") + 4], says="parsing file")

    def test_byte_turned_over(self):
        place = self.whole.index(b"Version: 1.0-1") + 7
        damaged = bytearray(self.whole)
        damaged[place] ^= 0x7F

        self.refuses(bytes(damaged), says="parsing file")

    def test_nonsense(self):
        self.refuses(bytes(range(256)), says="parsing file")

    def test_backup_is_put_in_its_place(self):
        """Dpkg keeps the database of the transaction before, which an administrator can put back."""
        self.machine.run("dpkg -i other_1.0-1_all.deb")
        self.check(installed("other"), exists(BACKUP))
        self.machine.write(STATUS, self.machine.read(BACKUP))
        self.check(~installed("other"), installed("dummy"))

        self.machine.run("dpkg -i other_1.0-1_all.deb")

        self.check(installed("dummy"), installed("other"), exists("usr/bin/other"))


class DamagedInfo(Scenario, on=apt):
    """What else dpkg knows of a package may be lost or spoiled as well."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(installed=[DUMMY], packages=[OTHER, DUMMY.upgraded("2.0-1")])

    def test_list_of_files_is_gone(self):
        """It is warned of, counts as empty, and the next version has one again."""
        self.machine.delete(LIST)

        self.machine.run("dpkg -i dummy_2.0-1_all.deb")

        self.check(
            output("warning: files list file for package 'dummy' missing"),
            transaction("^dummy=2.0-1"),
            "PKG_FILES=dummy|usr/bin/dummy",
        )

    def test_list_of_files_is_cut_short(self):
        self.machine.write(LIST, self.machine.read(LIST)[:-1])

        self.machine.refuses(
            "dpkg -i other_1.0-1_all.deb", says="files list file for package 'dummy' is missing final newline"
        )

        self.check(~exists("usr/bin/other"), ~installed("other"))

    def test_unfinished_journal(self):
        """What an interrupted dpkg had written to its journal counts, as if it had got further."""
        half = self.machine.read(STATUS).replace(b"install ok installed", b"install ok unpacked")
        self.machine.write("var/lib/dpkg/updates/0001", half)
        self.check(state("dummy", "unpacked"))

        self.machine.run("dpkg --configure -a")

        self.check(output("^Setting up dummy"), state("dummy", "installed"), ~exists("var/lib/dpkg/updates/0001"))


class DamagedCaches(Scenario, on=apt):
    """What apt keeps to be faster is made anew where it is wrong."""

    def setUp(self):
        super().setUp()
        self.machine = self.start_machine(installed=[DUMMY], repositories=[OTHER])

    def test_package_cache(self):
        self.machine.run("apt-cache policy other")
        for name in ("pkgcache.bin", "srcpkgcache.bin"):
            self.machine.write(f"var/cache/apt/{name}", b"\0garbage" * 1000)

        self.machine.install("other")

        self.check(transaction("+other"))

    def test_marks(self):
        """Where nobody knows what came by itself, nothing is removed by itself."""
        self.machine.write("var/lib/apt/extended_states", b"\xff\xfenonsense\n")

        self.machine.refuses("apt-get autoremove", says="E: Unable to parse package file")
        self.check(exists("usr/bin/dummy"))
        self.machine.delete("var/lib/apt/extended_states")
        self.machine.run("apt-get autoremove")

        self.check(transaction(), exists("usr/bin/dummy"), ~automatic("dummy"))


class OldFormats(Scenario, on=apt):
    """What was made by a dpkg of long ago can be read."""

    def test_archive_of_1994(self):
        """Format 0.939000: a line with that number, one with a length, and two tars behind each other; deb-old(5)."""
        machine = self.start_machine()
        machine.add_archives(Archive(DUMMY, compression="gz"))
        _, control, data = members(machine.read("tmp/dummy_1.0-1_all.deb"))
        machine.write("tmp/old.deb", b"0.939000\n%d\n" % len(control) + control + data)

        machine.run("dpkg -i old.deb")

        self.check(transaction("+dummy=1.0-1"), contents("usr/bin/dummy", "usr/bin/dummy\n"))

    def test_database_without_newer_fields(self):
        """A database that has neither architectures nor configuration versions."""
        machine = self.start_machine(packages=[OTHER])
        said = (
            "Package: dummy",
            "Status: install ok installed",
            "Maintainer: me",
            "Version: 1.0-1",
            "Description: old",
        )
        old = "".join(f"{line}\n" for line in (*said, ""))
        machine.write(STATUS, old)
        machine.write(LIST, "")

        machine.run("dpkg -i other_1.0-1_all.deb")

        self.check(installed("dummy", "1.0-1"), installed("other"))


def members(archive):
    """The contents of the members of an ar archive."""
    place, found = len(b"!<arch>\n"), []
    while place < len(archive):
        size = int(archive[place + 48 : place + 58])
        found.append(archive[place + AR_HEAD : place + AR_HEAD + size])
        place += AR_HEAD + size + size % 2
    return found
