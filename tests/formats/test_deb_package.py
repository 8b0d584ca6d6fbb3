"""Debian packages: their names, what they hold, and reading them back."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
from dataclasses import fields, replace
from pathlib import Path

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import ar, archive, deb
from pkgsuite.formats.archive import Member
from pkgsuite.formats.deb_control import ARCHITECTURES
from pkgsuite.formats.deb_package import control_files, read_control
from pkgsuite.formats.deb_scripts import scripts
from pkgsuite.model.file import File
from pkgsuite.model.package import Package
from tests.formats.samples import debian_package, full_package

CHECKOUT = Path(__file__).parents[2]
PRINT_SUMS = """
import hashlib
from pkgsuite.formats import deb
from tests.formats.samples import debian_package, full_package
print(hashlib.sha256(deb.archive(debian_package()) + deb.archive(full_package())).hexdigest())
"""

OF_THE_MODEL_ALONE = {
    *("license", "groups", "optdepends", "makedepends", "checkdepends", "validation", "xdata", "reason", "builddate"),
    *("installdate", "csize", "isize", "md5sum", "sha256sum", "pgpsig", "status"),
}
"""The fields of Package that a Debian archive has no place for."""


class FileNames(unittest.TestCase):
    """What an archive is called."""

    def test_names(self) -> None:
        """Name, version without its epoch, and Debian's name of the architecture."""
        for package, name in (
            (Package("a"), "a_1.0-1_all.deb"),
            (Package("a", "1:2.0~rc1-1", arch="amd64"), "a_2.0~rc1-1_amd64.deb"),
            (Package("a", "2.0", arch="x86_64"), "a_2.0_amd64.deb"),
            (Package("a", arch=""), "a_1.0-1_all.deb"),
        ):
            with self.subTest(name):
                self.assertEqual(deb.filename(package), name)

    def test_names_of_other_managers(self) -> None:
        """A name that Debian does not know is refused, unless the package is wrong on purpose."""
        for name in ("Upper", "under_score", "@at", "+plus"):
            for write in (deb.filename, deb.archive):
                with self.subTest(name, write=write):
                    with self.assertRaisesRegex(BadValue, "a Debian name"):
                        write(Package(name))
                    self.assertTrue(write(Package(name, unchecked=True)))

    def test_architectures(self) -> None:
        """Every architecture that is renamed, and one that is not."""
        for given, named in {**ARCHITECTURES, "hurd-i386": "hurd-i386"}.items():
            with self.subTest(given):
                self.assertEqual(deb.architecture(Package("a", arch=given)), named)


class ControlFiles(unittest.TestCase):
    """What the control archive holds."""

    def control(self, package: Package) -> str:
        """The control file."""
        return control_files(package)["control"].decode()

    def test_smallest(self) -> None:
        """A package that says nothing has what dpkg asks for, and no other file."""
        found = control_files(Package("a"))

        self.assertEqual(list(found), ["control"])
        self.assertEqual(
            found["control"].decode(),
            "Package: a\nVersion: 1.0-1\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\n"
            "Installed-Size: 0\nDescription: a\n",
        )

    def test_relations(self) -> None:
        """One form of a relation serves every manager."""
        control = self.control(Package("a", depends=["b>=1", "c (<< 2)"], conflicts=["d"], optdepends=["e: for f"]))

        self.assertIn("\nDepends: b (>= 1), c (<< 2)\nSuggests: e\nConflicts: d\n", control)

    def test_bad_relation(self) -> None:
        """What is no relation names its field; a package that is wrong on purpose keeps it."""
        with self.assertRaisesRegex(BadValue, r"breaks='a b'"):
            deb.archive(Package("a", breaks=["a b"]))
        self.assertIn("\nBreaks: a b, c (>= 1)\n", self.control(Package("a", breaks=["a b", "c>=1"], unchecked=True)))

    def test_conffiles(self) -> None:
        """Configuration files are listed apart, without the mark for altered content, and have no sum."""
        found = control_files(Package("a", files=["etc/a*", "usr/b"], backup=["etc/a*"]))

        self.assertEqual(found["conffiles"], b"/etc/a\n")
        self.assertRegex(found["md5sums"].decode(), r"\A[0-9a-f]{32}  usr/b\n\Z")

    def test_installed_size(self) -> None:
        """KiB as given, or whole ones of each entry."""
        for package, size in (
            (Package("a", size=1025), 2),
            (Package("a", files=[File("b/c", bytes(1025)), File("b/l", target="c")]), 4),
        ):
            with self.subTest(size):
                self.assertIn(f"\nInstalled-Size: {size}\n", self.control(package))

    def test_further_fields_win(self) -> None:
        """Further fields win over those of the package, whatever their case; an empty one goes away."""
        given = {"protected": "yes", "version": "x", "Maintainer": ""}

        control = self.control(Package("a", control_fields=given))

        self.assertIn("\nVersion: x\n", control)
        self.assertIn("\nprotected: yes\n", control)
        self.assertNotIn("Maintainer", control)

    def test_further_files_win(self) -> None:
        """Further files win over those that are made; an empty one goes away."""
        found = control_files(Package("a", files=["b"], control_files={"md5sums": "", "symbols": "x\n"}))

        self.assertEqual((found.get("md5sums"), found["symbols"]), (None, b"x\n"))

    def test_modes(self) -> None:
        """Scripts can be run, other files not."""
        package = Package("a", install={"postinst": "true", "config": "true"}, control_files={"templates": "x"})

        members = archive.unpack(dict(ar.read(deb.archive(package)))["control.tar.gz"])

        executable = {member.path for member in members if member.mode == 0o755}
        self.assertEqual(executable, {"postinst", "config"})


class Scripts(unittest.TestCase):
    """Maintainer scripts made from what scenarios say."""

    def calls(self, script: str, *arguments: str) -> str:
        """What a maintainer script prints, made from a scriptlet for each moment."""
        moments = [f"{when}_{what}" for when in ("pre", "post") for what in ("install", "upgrade", "remove")]
        package = Package("a", "2.0", install={name: f'echo {name} "$@"' for name in moments})
        command = ["sh", "-e", "-c", scripts(package)[script], script, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def test_moments(self) -> None:
        """Each call of dpkg leads to the scriptlet of that moment, with the versions that pacman hands to it."""
        for call, told in {
            "preinst install": "pre_install 2.0",
            "preinst install 1.0 2.0": "pre_install 2.0",
            "preinst upgrade 1.0 2.0": "pre_upgrade 2.0 1.0",
            "preinst abort-upgrade 2.0": "",
            "postinst configure": "post_install 2.0",
            "postinst configure 1.0": "post_upgrade 2.0 1.0",
            "postinst triggered /usr": "",
            "prerm remove": "pre_remove 2.0",
            "prerm upgrade 3.0": "",
            "postrm remove": "post_remove 2.0",
            "postrm purge": "",
            "postrm upgrade 3.0": "",
        }.items():
            with self.subTest(call):
                self.assertEqual(self.calls(*call.split()), told)

    def test_only_one_moment(self) -> None:
        """A script for one moment does nothing at another, and fails at none."""
        script = scripts(Package("a", install={"post_upgrade": "echo no"}))["postinst"]

        done = subprocess.run(["sh", "-e", "-c", script, "postinst", "configure", ""], capture_output=True, check=True)

        self.assertEqual(done.stdout, b"")

    def test_failure(self) -> None:
        """A scriptlet that fails makes the maintainer script fail."""
        script = scripts(Package("a", install={"post_install": "false"}))["postinst"]

        self.assertEqual(subprocess.run(["sh", "-c", script, "postinst", "configure"], check=False).returncode, 1)

    def test_own_script_wins(self) -> None:
        """A script under Debian's name stands for every moment of it."""
        found = scripts(Package("a", install={"post_install": "no", "postinst": "yes", "pre_remove": "x"}))

        self.assertEqual(found["postinst"], "#!/bin/sh\nyes\n")
        self.assertEqual(sorted(found), ["postinst", "prerm"])

    def test_other_interpreters(self) -> None:
        """What names its interpreter stays as it is."""
        self.assertEqual(scripts(Package("a", install={"preinst": "#!/usr/bin/perl"})), {"preinst": "#!/usr/bin/perl"})


class Archives(unittest.TestCase):
    """What an archive holds."""

    def test_members(self) -> None:
        """The version, the control archive and the data, each compressed as told, with the time of the build."""
        for compression, names in (
            ("gz", ["debian-binary", "control.tar.gz", "data.tar.gz"]),
            ("xz", ["debian-binary", "control.tar.xz", "data.tar.xz"]),
            ("", ["debian-binary", "control.tar", "data.tar"]),
        ):
            with self.subTest(compression):
                made = deb.archive(full_package(), compression, control_compression=compression)
                members = ar.read(made)
                self.assertEqual([name for name, _ in members], names)
                self.assertEqual({m.mtime for m in archive.unpack(members[2][1])}, {full_package().builddate})

    def test_other_compressor(self) -> None:
        """Whoever compresses is asked for each archive."""
        asked = []

        def compress(content: bytes, name: str) -> bytes:
            asked.append(name)
            return content

        deb.archive(Package("a"), "zst", control_compression="xz", compress=compress)

        self.assertEqual(asked, ["xz", "zst"])

    def test_same_bytes(self) -> None:
        """Two processes with different hash seeds write the same archives."""
        sums = set()
        for seed in ("1", "2"):
            environment = {**os.environ, "PYTHONHASHSEED": seed}
            command = [sys.executable, "-c", PRINT_SUMS]
            sums.add(subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, check=True).stdout)

        self.assertEqual(len(sums), 1)


class ReadArchives(unittest.TestCase):
    """What comes back from an archive."""

    def test_round_trip(self) -> None:
        """Every field that an archive has a place for comes back, whatever the compression."""
        package = debian_package()
        for compression in ("", "gz", "xz"):
            read = deb.read_archive(deb.archive(package, compression, control_compression=compression))
            for field in {field.name for field in fields(Package)} - OF_THE_MODEL_ALONE:
                with self.subTest(field, compression=compression):
                    self.assertTrue(getattr(package, field))
                    self.assertEqual(getattr(read, field), getattr(package, field))

    def test_read_package_can_be_written(self) -> None:
        """A package that was read gives the same archive again."""
        for package in (debian_package(), replace(full_package(), builddate=None), Package("a")):
            with self.subTest(package):
                written = deb.archive(package)
                self.assertEqual(deb.archive(deb.read_archive(written)), written)

    def test_control(self) -> None:
        """The control file alone is read as it is."""
        package = debian_package()

        self.assertEqual(read_control(deb.archive(package, "xz")), control_files(package)["control"])

    def test_garbage(self) -> None:
        """What is no Debian package is refused with what was expected and seen."""
        control = archive.pack([Member("./control", b"Package: a\nVersion: 1\n")])
        data = archive.pack([])
        for members, words in (
            ([], "expected debian-binary 2.0, seen b''"),
            ([("debian-binary", b"3.0\n")], r"expected debian-binary 2.0, seen b'3.0\\n'"),
            ([("debian-binary", b"2.0\n")], "expected a control.tar, seen"),
            ([("debian-binary", b"2.0\n"), ("control.tar.gz", control)], "expected a data.tar"),
            ([("debian-binary", b"2.0\n"), ("control.tar", data), ("data.tar", data)], "one paragraph, seen 0"),
            (
                [("debian-binary", b"2.0\n"), ("control.tar", with_control("A: 1\n")), ("data.tar", data)],
                "field Package",
            ),
            (
                [
                    ("debian-binary", b"2.0\n"),
                    ("control.tar", with_control("Package: a\nVersion: 1\nInstalled-Size: big\n")),
                    ("data.tar", data),
                ],
                "Installed-Size: expected a whole number, seen 'big'",
            ),
            (
                [("debian-binary", b"2.0\n"), ("control.tar", control), ("data.tar", archive.pack([Member("../x")]))],
                "path='../x'",
            ),
        ):
            with self.subTest(words), self.assertRaisesRegex(BadArchive, words):
                deb.read_archive(ar.write(members))


def with_control(text: str) -> bytes:
    """A control archive with this control file."""
    return archive.pack([Member("control", text.encode())])


if __name__ == "__main__":
    unittest.main()
