"""What the real pacman makes of the archives and databases."""

from __future__ import annotations

import os
import re
import subprocess
import unittest
from dataclasses import replace
from pathlib import Path

from pkgsuite.formats import alpm
from pkgsuite.formats.archive import unpack
from pkgsuite.model.file import File
from pkgsuite.model.package import Package
from tests.formats.samples import full_package
from tests.formats.scratch_pacman import ScratchPacman, needed

SHOWN = {
    "Name": "full",
    "Version": "1:2.0-3",
    "Architecture": "any",
    "URL": "https://example.org/?a=b",
    "Licenses": "GPL  custom:BSD",
    "Groups": "base  devel",
    "Provides": "virtual=2.0",
    "Depends On": "glibc>=2.3  sh",
    "Conflicts With": "rival",
    "Replaces": "older<2",
    "Packager": "A Packager <a@example.org>",
}


class WithPacman(unittest.TestCase):
    """A test with a scratch pacman and a package that has everything."""

    def setUp(self) -> None:
        self.pacman = ScratchPacman(self)
        self.pacman.write("db/sync/repo.db", alpm.sync_database([]))
        self.package = full_package(os.getuid(), os.getgid())
        self.listing = [entry.listing for entry in self.package.entries]

    def assert_shows(self, output: str, **more: str) -> None:
        """*output* of `pacman -i` shows every field of the package."""
        rows = dict(re.findall(r"^(\S.*?) *: (.*)$", output, re.MULTILINE))
        for name, text in {**SHOWN, **more}.items():
            with self.subTest(name):
                self.assertEqual(rows[name].strip(), text)

    def listed(self, output: str) -> list[str]:
        """The paths in the output of `pacman -l`, relative to the root."""
        return [line.partition(" /")[2].removeprefix(f"{self.pacman.root}/"[1:]) for line in output.splitlines()]


class PacmanReadsArchives(WithPacman):
    """`pacman -Qp` on our archives."""

    def archive(self, compression: str = "gz") -> Path:
        """The package's archive on disk."""
        name = alpm.filename(self.package, compression)
        return self.pacman.write(name, alpm.archive(self.package, compression, mtree=True))

    def test_name(self) -> None:
        """Every compression is read."""
        for compression in ("", "gz", "xz"):
            with self.subTest(compression):
                self.assertEqual(self.pacman.run("-Qp", self.archive(compression)), "full 1:2.0-3\n")

    def test_zst(self) -> None:
        """Zst is read, where it can be written."""
        self.assertEqual(self.pacman.run("-Qp", self.archive("zst")), "full 1:2.0-3\n")

    def test_fields(self) -> None:
        """Pacman shows every field."""
        self.assert_shows(self.pacman.run("-Qip", self.archive()), **{"Install Script": "Yes"})

    def test_files(self) -> None:
        """Pacman lists the entries in the package's order."""
        self.assertEqual(self.listed(self.pacman.run("-Qlp", self.archive())), self.listing)

    def test_bsdtar(self) -> None:
        """Bsdtar lists every member without a complaint."""
        bsdtar = needed("bsdtar", "libarchive-tools")

        listed = subprocess.run([bsdtar, "-tf", str(self.archive())], capture_output=True, check=True)

        self.assertEqual(listed.stdout.decode().split(), [".PKGINFO", ".INSTALL", ".MTREE", *self.listing])
        self.assertEqual(listed.stderr, b"")

    def test_long_names(self) -> None:
        """Names beyond what a tar header holds arrive whole."""
        path = "d/" * 70 + "ünïcode"
        package = Package("a", files=[File(path), File("l", target="t" * 200)])
        written = self.pacman.write("a.pkg.tar.gz", alpm.archive(package))

        self.assertIn(path, self.listed(self.pacman.run("-Qlp", written)))


class PacmanReadsRepositories(WithPacman):
    """`pacman -S` and `-F` on our databases."""

    def setUp(self) -> None:
        super().setUp()
        self.entries = [(replace(self.package, pgpsig=""), b""), (Package("small"), b"")]

    def test_list(self) -> None:
        """Every package is offered."""
        self.pacman.write("db/sync/repo.db", alpm.sync_database(self.entries))

        self.assertEqual(self.pacman.run("-Sl"), "repo full 1:2.0-3\nrepo small 1.0-1\n")

    def test_fields(self) -> None:
        """Pacman shows every field of a repository's package."""
        self.pacman.write("db/sync/repo.db", alpm.sync_database(self.entries))

        shown = self.pacman.run("-Sii", "full")

        self.assert_shows(shown, **{"Download Size": "678.00 B", "MD5 Sum": "0" * 32, "SHA-256 Sum": "1" * 64})

    def test_files(self) -> None:
        """Pacman finds files in the database that lists them."""
        self.pacman.write("db/sync/repo.files", alpm.sync_database(self.entries, with_files=True))

        listed = self.pacman.run("-Fl", "full")

        self.assertEqual(listed.splitlines(), [f"full {path}" for path in self.listing])

    def test_same_as_its_own(self) -> None:
        """What repo-add writes for an archive is what we write."""
        needed("makepkg", "makepkg")
        package = replace(self.package, pgpsig="", csize=None, md5sum="", sha256sum="")
        archive = alpm.archive(package)
        written = self.pacman.write(alpm.filename(package), archive)
        repo_add = needed("repo-add", "pacman-package-manager")

        command = [repo_add, "--quiet", "own.db.tar.gz", written.name]
        subprocess.run(command, cwd=self.pacman.place, capture_output=True, check=True)

        theirs = unpack((self.pacman.place / "own.db.tar.gz").read_bytes())
        ours = unpack(alpm.sync_database([(package, archive)]))
        self.assertEqual([(m.path, m.content) for m in theirs], [(m.path, m.content) for m in ours])

    def test_refresh_and_download(self) -> None:
        """Pacman takes database and package from a server and finds size and sums right."""
        package = Package("fetched", files=["usr/bin/fetched"])
        archive = alpm.archive(package, "xz")
        self.pacman.write("served/repo.db", alpm.sync_database([(package, archive)], compression="xz"))
        self.pacman.write(f"served/{alpm.filename(package, 'xz')}", archive)

        self.pacman.run("-Syyw", "fetched", as_root=True)

        self.assertEqual((self.pacman.place / "cache" / alpm.filename(package, "xz")).read_bytes(), archive)


class PacmanReadsLocalEntries(WithPacman):
    """`pacman -Q` on our local database."""

    def setUp(self) -> None:
        super().setUp()
        self.package = replace(self.package, install={})
        entry = alpm.local_entry(self.package, mtree=True)
        self.pacman.install_entry("full-1:2.0-3", entry, alpm.LOCAL_VERSION)

    def unpack(self) -> None:
        """Put the package's entries on disk, as its mtree has them."""
        for entry in self.package.entries:
            path = self.pacman.root / entry.path
            if entry.kind == "dir":
                path.mkdir()
            elif entry.kind == "link":
                path.symlink_to(entry.target or "")
            else:
                path.write_bytes(entry.data)
                path.chmod(entry.permissions)
        for path in self.pacman.root.rglob("*"):
            os.utime(path, (0, self.package.builddate or 0), follow_symlinks=False)

    def test_fields(self) -> None:
        """Pacman shows every field of an installed package."""
        shown = self.pacman.run("-Qi", "full")

        self.assert_shows(
            shown,
            **{
                "Install Reason": "Installed as a dependency for another package",
                "Validated By": "SHA-256 Sum  Signature",
                "Installed Size": "12.06 KiB",
            },
        )

    def test_files(self) -> None:
        """Pacman lists the entries in the database's order."""
        self.assertEqual(self.listed(self.pacman.run("-Ql", "full")), self.listing)

    def test_present(self) -> None:
        """Pacman finds the files of the package on disk."""
        self.unpack()

        self.assertIn("6 total files, 0 missing files", self.pacman.run("-Qk", "full"))

    def test_verified(self) -> None:
        """Pacman finds the disk as the mtree describes it, times and owners too."""
        self.unpack()

        self.assertIn("0 altered files", self.pacman.run("-Qkk", "full"))

    def test_same_as_its_own(self) -> None:
        """What pacman writes for an installed archive is what we write for an installed package."""
        package = Package("own", desc="d", license=["GPL"], depends=["full"], conflicts=["x"], files=["usr/bin/own"])
        written = self.pacman.write("own.pkg.tar.gz", alpm.archive(package))

        self.pacman.run("-U", "--dbonly", written, as_root=True)

        place = self.pacman.database / "local" / "own-1.0-1"
        desc, files = (place / "desc").read_bytes(), (place / "files").read_bytes()
        read = alpm.read_local_entry(desc, files)
        ours = Package(
            "own",
            desc="d",
            license=["GPL"],
            depends=["full"],
            conflicts=["x"],
            files=["usr/bin/own"],
            installdate=read.installdate,
            validation=["none"],
        )
        self.assertEqual(alpm.local_entry(ours), {"desc": desc, "files": files})


if __name__ == "__main__":
    unittest.main()
