"""Databases of pacman: of repositories and of installed packages."""

from __future__ import annotations

import hashlib
import unittest
from dataclasses import replace

from pkgsuite.errors import BadArchive
from pkgsuite.formats import alpm, archive
from pkgsuite.formats.alpm_database import LOCAL, SYNC
from pkgsuite.formats.archive import Member
from pkgsuite.model.file import File
from pkgsuite.model.package import Package
from tests.formats.samples import full_package


class SyncDatabases(unittest.TestCase):
    """What a repository offers."""

    def test_round_trip(self) -> None:
        """Every field that a repository knows comes back, and the paths where files are listed."""
        package = full_package()

        (read,) = alpm.read_sync_database(alpm.sync_database([(package, b"archive")], with_files=True))

        for field in SYNC.values():
            with self.subTest(field):
                self.assertEqual(getattr(read, field), getattr(package, field))
        self.assertEqual([e.listing for e in read.entries], [e.listing for e in package.entries])

    def test_members(self) -> None:
        """Each package has a directory with `desc`, and `files` where asked for, in the order of the packages."""
        entries = [(Package("b"), None), (Package("a", files=["x"]), None)]

        plain, listing = (archive.unpack(alpm.sync_database(entries, with_files)) for with_files in (False, True))

        self.assertEqual([m.path for m in plain], ["b-1.0-1", "b-1.0-1/desc", "a-1.0-1", "a-1.0-1/desc"])
        self.assertEqual([m.path for m in listing if m.path.endswith("files")], ["b-1.0-1/files", "a-1.0-1/files"])
        self.assertEqual(listing[-1].content, b"%FILES%\nx\n\n")

    def test_measured(self) -> None:
        """Size and sums are those of the archive."""
        (read,) = alpm.read_sync_database(alpm.sync_database([(Package("a", files=["x"]), b"archive")]))

        self.assertEqual((read.csize, read.isize), (7, 2))
        self.assertEqual(read.md5sum, hashlib.md5(b"archive").hexdigest())
        self.assertEqual(read.sha256sum, hashlib.sha256(b"archive").hexdigest())

    def test_given_values_win(self) -> None:
        """What the package says of its archive wins over the archive: so a repository can lie."""
        lie = Package("a", csize=0, isize=0, md5sum="wrong", sha256sum="too")

        (read,) = alpm.read_sync_database(alpm.sync_database([(lie, b"archive")]))

        self.assertEqual((read.csize, read.isize, read.md5sum, read.sha256sum), (0, 0, "wrong", "too"))

    def test_without_archive(self) -> None:
        """A package without an archive has neither size nor sums."""
        (read,) = alpm.read_sync_database(alpm.sync_database([(Package("a"), None)]))

        self.assertEqual((read.csize, read.md5sum, read.sha256sum), (None, "", ""))

    def test_file_names(self) -> None:
        """FILENAME is the name of the archive under its compression."""
        for compression in ("gz", "xz"):
            database = alpm.sync_database([(Package("a"), None)], compression=compression)
            with self.subTest(compression):
                self.assertIn(
                    f"%FILENAME%\n{alpm.filename(Package('a'), compression)}\n\n".encode(),
                    decoded(database)["a-1.0-1/desc"],
                )

    def test_empty(self) -> None:
        """A repository may be empty."""
        self.assertEqual(alpm.read_sync_database(alpm.sync_database([])), [])

    def test_foreign(self) -> None:
        """Unknown sections and files are passed over, `depends` is read, directories may be missing."""
        members = [
            Member("a-1-1/depends", b"%DEPENDS%\nb\n\n"),
            Member("a-1-1/desc", b"%FILENAME%\na\n\n%NAME%\na\n\n%NEW%\n1\n\n%VERSION%\n1-1\n"),
            Member("a-1-1/deltas", b"?"),
        ]

        (read,) = alpm.read_sync_database(archive.pack(members))

        self.assertEqual((read.name, read.version, read.depends), ("a", "1-1", ("b",)))

    def test_garbage(self) -> None:
        """What is no entry is refused with entry, section and value."""
        good = b"%NAME%\na\n\n%VERSION%\n1-1\n\n"
        for desc, words in (
            (b"", "a-1-1: expected a name, seen none"),
            (good + b"nonsense", "a-1-1/desc: expected a %SECTION%, seen 'nonsense'"),
            (good + b"%CSIZE%\n-1\n", "a-1-1: csize: expected a whole number, seen '-1'"),
            (good + b"%CSIZE%\n" + b"9" * 5000, "csize: expected a whole number, seen '999"),
        ):
            with self.subTest(desc), self.assertRaisesRegex(BadArchive, words):
                alpm.read_sync_database(archive.pack([Member("a-1-1/desc", desc)]))


class LocalEntries(unittest.TestCase):
    """What is known of an installed package."""

    def test_round_trip(self) -> None:
        """Every field that the local database keeps comes back."""
        package = full_package()
        entry = alpm.local_entry(package)

        read = alpm.read_local_entry(entry["desc"], entry["files"])

        for field in {*LOCAL.values(), "backup"}:
            with self.subTest(field):
                self.assertEqual(getattr(read, field), getattr(package, field))
        self.assertEqual([e.listing for e in read.entries], [e.listing for e in package.entries])

    def test_smallest(self) -> None:
        """Empty fields give no sections, a package asked for by name no REASON, one without files an empty list."""
        entry = alpm.local_entry(Package("a", arch=""))

        self.assertEqual(entry, {"desc": b"%NAME%\na\n\n%VERSION%\n1.0-1\n\n%SIZE%\n0\n\n", "files": b""})

    def test_files(self) -> None:
        """Files stand in the package's order, directories with a slash, backup files with their MD5 sums."""
        package = Package("a", files=["etc/b", File("etc/a", "x"), "etc/c/"], backup=["etc/a"])

        files = alpm.local_entry(package)["files"]

        self.assertEqual(
            files,
            b"%FILES%\netc/\netc/a\netc/b\netc/c/\n\n%BACKUP%\netc/a\t9dd4e461268c8034f5c8564e155c67a6\n\n",
        )
        self.assertEqual(alpm.read_backup_sums(files), package.backup_sums())

    def test_more_files(self) -> None:
        """Scriptlets and, where asked for, the mtree stand beside, as in the archive."""
        package = full_package()
        members = {m.path: m.content for m in archive.unpack(alpm.archive(package, mtree=True))}

        entry = alpm.local_entry(package, mtree=True)

        self.assertEqual((entry["install"], entry["mtree"]), (members[".INSTALL"], members[".MTREE"]))

    def test_newlines(self) -> None:
        """A package that is wrong on purpose is written as it is."""
        wrong = Package("a\nb", desc="one\ntwo", depends=["x\n\ny"], unchecked=True)

        entry = alpm.local_entry(wrong)
        database = alpm.sync_database([(wrong, None)], with_files=True)

        self.assertIn(b"%DESC%\none\ntwo\n\n", entry["desc"])
        self.assertIn(b"%DEPENDS%\nx\n\ny\n\n", decoded(database)["a\nb-1.0-1/desc"])
        self.assertEqual(alpm.read_local_entry(alpm.local_entry(replace(wrong, depends=()))["desc"]).desc, "one\ntwo")

    def test_garbage(self) -> None:
        """What is no entry is refused with section and value."""
        good = b"%NAME%\na\n\n%VERSION%\n1-1\n\n"
        for desc, files, words in (
            (b"", b"", "expected a name, seen none"),
            (b"\xff\xfe", b"", "desc: expected a %SECTION%, seen"),
            (good + b"%REASON%\nwhy\n", b"", "reason: expected a whole number, seen 'why'"),
            (good, b"%FILES%\n../x\n", "path='../x': expected a plain path"),
            (good, b"%FILES%\na\na\n", "files='a': expected each path once"),
            (good, b"%FILES%\n" + b"a/" * 300, "at most 4096 characters and 256 parents"),
        ):
            with self.subTest(words), self.assertRaisesRegex(BadArchive, words):
                alpm.read_local_entry(desc, files)


def decoded(database: bytes) -> dict[str, bytes]:
    """The files of a database by path."""
    return {member.path: member.content for member in archive.unpack(database)}


if __name__ == "__main__":
    unittest.main()
