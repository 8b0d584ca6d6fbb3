"""What the real dpkg-deb makes of our packages, and we of its."""

from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
from dataclasses import fields, replace
from pathlib import Path

from pkgsuite.formats import deb
from pkgsuite.formats.deb822 import parse
from pkgsuite.formats.deb_package import control_files
from pkgsuite.model.package import Package
from pkgsuite.workshop import compress
from tests.formats.samples import debian_package
from tests.formats.scratch_pacman import needed


class DpkgDeb(unittest.TestCase):
    """Our packages in the hands of dpkg-deb, which must warn of nothing."""

    def setUp(self) -> None:
        self.program = needed("dpkg-deb", "dpkg")
        place = tempfile.TemporaryDirectory(prefix="pkgsuite-deb-")
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        owned = [replace(entry, uid=os.getuid(), gid=os.getgid()) for entry in debian_package().entries]
        self.package = replace(debian_package(), files=owned)

    def run_dpkg_deb(self, *words: str | Path) -> str:
        """What dpkg-deb prints; it must succeed without a word on standard error."""
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        done = subprocess.run([self.program, *words], capture_output=True, text=True, env=environment, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def written(self, compression: str = "gz") -> Path:
        """Our archive on disk."""
        path = self.place / deb.filename(self.package)
        made = deb.archive(self.package, compression, control_compression=compression, compress=compress)
        path.write_bytes(made)
        return path

    def test_information(self) -> None:
        """`-I` shows every control file, scripts marked as such."""
        shown = self.run_dpkg_deb("-I", self.written())

        self.assertIn("new Debian package, version 2.0.", shown)
        for name in control_files(self.package):
            with self.subTest(name):
                self.assertRegex(
                    shown, rf"(?m)^ +\d+ bytes, +\d+ lines +{'[*]' if name[:3] in ('pre', 'pos') else ''} +{name}"
                )

    def test_fields(self) -> None:
        """`-f` shows every field as we wrote it."""
        (shown,) = parse(self.run_dpkg_deb("-f", self.written()).encode())

        self.assertEqual([shown], parse(control_files(self.package)["control"]))

    def test_contents(self) -> None:
        """`-c` lists the entries with their modes, in our order."""
        listed = self.run_dpkg_deb("-c", self.written()).splitlines()

        paths = [line.split(None, 5)[5].partition(" -> ")[0] for line in listed]
        self.assertEqual(paths, ["./", *(f"./{entry.listing}" for entry in self.package.entries)])
        self.assertIn("-rwsr-xr-x", listed[paths.index("./usr/bin/full")])

    def test_extract(self) -> None:
        """`-x` unpacks content, modes and links, whatever the compression."""
        for compression in ("", "gz", "xz"):
            with self.subTest(compression):
                root = self.place / f"root{compression}"
                self.run_dpkg_deb("-x", self.written(compression), root)
                for entry in self.package.entries:
                    path = root / entry.path
                    if entry.kind == "link":
                        self.assertEqual(os.readlink(path), entry.target)
                    else:
                        self.assertEqual(path.stat().st_mode & 0o7777, entry.permissions, path)
                    if entry.kind == "file":
                        self.assertEqual(path.read_bytes(), entry.data)

    def test_zst(self) -> None:
        """Zst is read, where a module or a program can write it."""
        self.assertIn("Package: full", self.run_dpkg_deb("-f", self.written("zst")))

    def test_same_as_its_own(self) -> None:
        """What dpkg-deb builds from the same files is read as the same package, whatever the compression."""
        source = self.place / "source"
        self.run_dpkg_deb("-R", self.written(), source)
        for compression in ("none", "gzip", "xz"):
            with self.subTest(compression):
                built = self.place / f"{compression}.deb"
                self.run_dpkg_deb("-Z", compression, "--root-owner-group", "-b", source, built)
                read = deb.read_archive(built.read_bytes())
                for field in fields(Package):
                    if field.name != "files":
                        self.assertEqual(getattr(read, field.name), getattr(self.package, field.name), field.name)
                self.assertEqual(read.entries, debian_package().entries)


if __name__ == "__main__":
    unittest.main()
