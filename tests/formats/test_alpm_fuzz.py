"""Readers of foreign bytes: whatever they get, they give a value or refuse it."""

from __future__ import annotations

import unittest

from pkgsuite.formats import alpm, tar, untar
from pkgsuite.formats.compression import compress
from tests.formats.damage import Damage, with_checksums
from tests.formats.samples import full_package


class Fuzz(Damage):
    """Mutated bytes of pacman's formats."""

    def setUp(self) -> None:
        super().setUp()
        package = full_package()
        self.tar = tar.write([*archive_members(), *archive_members("n" * 120)])
        self.archive = alpm.archive(package, "", mtree=True)
        self.database = alpm.sync_database([(package, b"")], with_files=True)
        self.entry = alpm.local_entry(package)

    def test_tar(self) -> None:
        """Damaged tar archives."""
        self.refuses_or_reads(self.tar, untar.read)

    def test_tar_with_true_checksums(self) -> None:
        """Tar archives whose damage the checksums do not show."""
        self.refuses_or_reads(self.tar, lambda data: untar.read(with_checksums(data)))

    def test_archive(self) -> None:
        """Damaged packages, uncompressed so that the damage gets deep."""
        self.refuses_or_reads(self.archive, lambda data: alpm.read_archive(with_checksums(data)))

    def test_compressed(self) -> None:
        """Damaged compression."""
        for compression in ("gz", "xz"):
            self.refuses_or_reads(compress(self.archive, compression), alpm.read_archive)

    def test_database(self) -> None:
        """Damaged databases of repositories."""
        self.refuses_or_reads(self.database, alpm.read_sync_database)

    def test_local_entry(self) -> None:
        """Damaged entries of the local database."""
        self.refuses_or_reads(self.entry["desc"], lambda data: alpm.read_local_entry(data, self.entry["files"]))
        self.refuses_or_reads(self.entry["files"], lambda data: alpm.read_local_entry(self.entry["desc"], data))


def archive_members(prefix: str = "a") -> list[tar.Member]:
    """One member of each kind, named by *prefix*."""
    return [
        tar.Member(f"{prefix}/", kind="dir"),
        tar.Member(f"{prefix}/file", b"content" * 100),
        tar.Member(f"{prefix}/link", kind="link", target=f"{prefix}/file"),
    ]


if __name__ == "__main__":
    unittest.main()
