"""Packages of pacman: their names, what they hold, and reading them back."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
from dataclasses import replace
from pathlib import Path

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import alpm, archive, mtree
from pkgsuite.formats.alpm_package import PKGINFO
from pkgsuite.formats.archive import Member
from pkgsuite.formats.compression import decompress
from pkgsuite.model.file import File
from pkgsuite.model.package import SCRIPTLETS, Package
from tests.formats.samples import full_package

CHECKOUT = Path(__file__).parents[2]
PRINT_SUMS = """
import hashlib
from pkgsuite.formats import alpm
from tests.formats.samples import full_package
package = full_package()
archive = alpm.archive(package, mtree=True)
database = alpm.sync_database([(package, archive)], with_files=True)
print(hashlib.sha256(archive + database + repr(alpm.local_entry(package, mtree=True)).encode()).hexdigest())
"""


class FileNames(unittest.TestCase):
    """What an archive is called."""

    def test_names(self) -> None:
        """Name, version with its epoch, architecture and compression; an empty architecture leaves no dash."""
        for package, compression, name in (
            (Package("a"), "gz", "a-1.0-1-any.pkg.tar.gz"),
            (Package("a", "1:2.0-1", arch=""), "gz", "a-1:2.0-1.pkg.tar.gz"),
            (Package("a", arch="x86_64"), "xz", "a-1.0-1-x86_64.pkg.tar.xz"),
            (Package("a"), "", "a-1.0-1-any.pkg.tar"),
        ):
            with self.subTest(name):
                self.assertEqual(alpm.filename(package, compression), name)

    def test_version_without_release(self) -> None:
        """A version that alpm cannot carry is refused, unless the package is wrong on purpose."""
        for version in ("1.0", "1.0-rc1-1"):
            for write in (alpm.filename, alpm.archive, alpm.local_entry, lambda p: alpm.sync_database([(p, None)])):
                with self.subTest(version, write=write):
                    with self.assertRaisesRegex(BadValue, "version-release"):
                        write(Package("a", version))
                    self.assertTrue(write(Package("a", version, unchecked=True)))


class Archives(unittest.TestCase):
    """What an archive holds."""

    def test_members(self) -> None:
        """Metadata come first, then the entries in the package's order, all with the time of the build."""
        package = full_package()

        members = archive.unpack(alpm.archive(package, mtree=True))

        self.assertEqual([m.path for m in members[:3]], [".PKGINFO", ".INSTALL", ".MTREE"])
        self.assertEqual([m.path for m in members[3:]], [entry.path for entry in package.entries])
        self.assertEqual({m.mtime for m in members}, {package.builddate})

    def test_smallest(self) -> None:
        """A package without scriptlets holds no .INSTALL, and empty fields give no lines."""
        (member,) = archive.unpack(alpm.archive(Package("a", arch="")))

        self.assertEqual(member, Member(".PKGINFO", b"pkgname = a\npkgver = 1.0-1\nsize = 0\n"))

    def test_backup(self) -> None:
        """Backup lines carry the path without the mark for altered content."""
        members = archive.unpack(alpm.archive(Package("a", files=["etc/a*"], backup=["etc/a*"])))

        self.assertIn(b"\nbackup = etc/a\n", members[0].content)

    def test_install(self) -> None:
        """Each scriptlet is a function, in one order however they were given."""
        package = Package("a", install={"post_upgrade": "c", "pre_install": "b", "post_install": ""})

        members = archive.unpack(alpm.archive(package))

        self.assertEqual(members[1], Member(".INSTALL", b"pre_install() {\nb\n}\npost_upgrade() {\nc\n}\n"))

    def test_mtree(self) -> None:
        """The .MTREE describes all other members."""
        members = archive.unpack(alpm.archive(full_package(), mtree=True))

        self.assertEqual(decompress(members[2].content), mtree.write([*members[:2], *members[3:]]))

    def test_newlines(self) -> None:
        """A package that is wrong on purpose is written as it is."""
        package = Package("a\nb", "1\n0", desc="one\ntwo", depends=["x\ny"], arch="\n", unchecked=True)

        members = archive.unpack(alpm.archive(package, mtree=True))

        self.assertIn(b"pkgname = a\nb\npkgver = 1\n0\npkgdesc = one\ntwo\n", members[0].content)
        self.assertIn(b"depend = x\ny\n", members[0].content)

    def test_same_bytes(self) -> None:
        """Two processes with different hash seeds write the same package, database and entry."""
        sums = set()
        for seed in ("1", "2"):
            environment = {**os.environ, "PYTHONHASHSEED": seed}
            command = [sys.executable, "-c", PRINT_SUMS]
            sums.add(subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, check=True).stdout)

        self.assertEqual(len(sums), 1)


class ReadArchives(unittest.TestCase):
    """What comes back from an archive."""

    def test_round_trip(self) -> None:
        """Every field that .PKGINFO has, every entry and every scriptlet come back."""
        package = full_package()
        for compression in ("gz", "xz"):
            read = alpm.read_archive(alpm.archive(package, compression, mtree=True))

            for field in {*PKGINFO.values(), "files", "install"}:
                with self.subTest(field, compression=compression):
                    self.assertEqual(getattr(read, field), getattr(package, field))

    def test_scriptlets(self) -> None:
        """Scriptlets come back as they were, braces and empty lines in them too."""
        for body in ("true", "\n\ntrue\n", "if x; then {\n  y\n}\nfi", "}", "echo '{'\n"):
            package = Package("a", install=dict.fromkeys(SCRIPTLETS, body))
            with self.subTest(body):
                self.assertEqual(alpm.read_archive(alpm.archive(package)).install, package.install)

    def test_foreign_install(self) -> None:
        """The functions of a packager's own script are found, whatever their style."""
        script = b"# comment\nhelper() {\n  true\n}\npost_install()\n{\n  a\n}\n\nfunction pre_remove() { b; }\n"
        members = [Member(".PKGINFO", b"pkgname = a\npkgver = 1-1\n"), Member(".INSTALL", script)]

        read = alpm.read_archive(archive.pack(members))

        self.assertEqual(read.install, {"post_install": "  a", "pre_remove": " b; "})

    def test_foreign_pkginfo(self) -> None:
        """Comments, unknown keys and what other files makepkg adds are passed over; repeated keys are lists."""
        info = b"# Generated by makepkg 6.0.2\n\npkgname = a\npkgver=1-1\nnew = 1\ndepend = b\ndepend = c=1\n"
        members = [
            Member(".BUILDINFO", b"format = 2\n"),
            Member(".MTREE", b"?"),
            Member(".PKGINFO", info),
            Member("./a"),
        ]

        read = alpm.read_archive(archive.pack(members))

        self.assertEqual((read.name, read.version, read.depends), ("a", "1-1", ("b", "c=1")))
        self.assertEqual(read.entries, (File("a"),))

    def test_garbage(self) -> None:
        """What is no package is refused, field and value named."""
        for info, words in (
            (b"", "expected a name, seen none"),
            (b"pkgname = a\n", "expected a version, seen none"),
            (b"pkgname = a\npkgver = 1-1\nbuilddate = soon\n", "builddate: expected a whole number, seen 'soon'"),
            (b"pkgname = a\npkgver = 1-1\nnonsense\n", "expected KEY = VALUE, seen 'nonsense'"),
            (b"pkgname = a\npkgver = 1-1\nbackup = /etc/a\n", "backup='/etc/a': expected a path relative"),
        ):
            with self.subTest(info), self.assertRaisesRegex(BadArchive, words):
                alpm.read_archive(archive.pack([Member(".PKGINFO", info)]))

    def test_no_pkginfo(self) -> None:
        """An archive that is no package says what it holds instead."""
        with self.assertRaisesRegex(BadArchive, r"expected a .PKGINFO, seen \['usr'\]"):
            alpm.read_archive(archive.pack([Member("usr", kind="dir")]))

    def test_paths_that_lead_out(self) -> None:
        """A member outside the root is refused."""
        info = Member(".PKGINFO", alpm_info())
        for path in ("/etc/passwd", "usr/../../etc/passwd", "a//b"):
            with self.subTest(path), self.assertRaises(BadArchive):
                alpm.read_archive(archive.pack([info, Member(path)]))

    def test_read_package_can_be_written(self) -> None:
        """A package that was read gives the same archive again."""
        written = alpm.archive(replace(full_package(), backup=["etc/full.conf"]), mtree=True)

        self.assertEqual(alpm.archive(alpm.read_archive(written), mtree=True), written)


def alpm_info() -> bytes:
    """The smallest .PKGINFO."""
    return b"pkgname = a\npkgver = 1-1\n"


if __name__ == "__main__":
    unittest.main()
