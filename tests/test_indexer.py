"""The index of a directory of .debs, cold and from what was kept."""

from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite import indexer
from pkgsuite.errors import BadArchive
from pkgsuite.formats import deb
from pkgsuite.formats.apt_index import FILE_SUMS
from pkgsuite.formats.deb822 import Paragraph, parse
from pkgsuite.model.package import Package
from tests.formats.samples import debian_package
from tests.formats.scratch_pacman import needed

LONG_AGO = mock.patch.object(indexer, "SETTLED_NS", 0)


class IndexTest(unittest.TestCase):
    """An index beside apt-ftparchive's, and the memory that makes it fast."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory(prefix="pkgsuite-index-")
        self.addCleanup(place.cleanup)
        self.root = Path(place.name)
        self.kept = self.root / "kept"
        self.packages = [debian_package(), Package("b", "1.0"), Package("c", "1:2.0-1", arch="amd64", files=["usr/c"])]
        for at, package in enumerate(self.packages):
            self.publish(f"pool/{'deep/' * at}{deb.filename(package)}", package)

    def publish(self, path: str, package: Package) -> None:
        """Put an archive on disk."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(deb.archive(package, "xz" if package.name == "b" else "gz"))

    def index(self, *sums: str) -> dict[str, Paragraph]:
        """The index by file names."""
        made = indexer.index(self.root, "pool", kept=self.kept, **({"sums": sums} if sums else {}))
        return {said["Filename"]: said for said in parse(made)}

    def reads(self) -> int:
        """How many archives are read for an index."""
        with mock.patch.object(indexer, "entry_of_archive", side_effect=indexer.entry_of_archive) as asked:
            self.index()
        return asked.call_count

    def test_as_apt_ftparchive(self) -> None:
        """Every field agrees with that of apt-ftparchive."""
        program = needed("apt-ftparchive", "apt-utils")

        theirs = parse(
            subprocess.run([program, "packages", "pool"], cwd=self.root, capture_output=True, check=True).stdout
        )

        self.assertEqual({said["Filename"]: said for said in theirs}, self.index(*FILE_SUMS))

    def test_what_was_kept_is_not_read(self) -> None:
        """A second index reads nothing, and is the same."""
        with LONG_AGO:
            first = self.index()

            self.assertEqual(self.reads(), 0)
            self.assertEqual(self.index(), first)

    def test_changes(self) -> None:
        """Only what was changed, added or renamed is read again; what was removed goes."""
        with LONG_AGO:
            self.index()
            self.publish("pool/new.deb", Package("new"))
            self.publish(f"pool/{deb.filename(self.packages[0])}", Package("other"))
            (self.root / "pool/deep" / deb.filename(self.packages[1])).unlink()

            self.assertEqual(self.reads(), 2)
            self.assertEqual(sorted(said["Package"] for said in self.index().values()), ["c", "new", "other"])

    def test_same_size_and_date(self) -> None:
        """A file that was replaced by one of the same size and date is read again."""
        path = self.root / f"pool/{deb.filename(self.packages[0])}"
        with LONG_AGO:
            self.index()
            before = path.stat()
            path.write_bytes(path.read_bytes()[:-1] + b"\xff")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

            self.assertEqual(self.reads(), 1)

    def test_just_changed(self) -> None:
        """A file that changed a moment ago is not trusted: it might change again before the clock moves."""
        self.index()

        self.assertEqual(self.reads(), 3)

    def test_other_sums(self) -> None:
        """What was kept with other sums does not count."""
        with LONG_AGO:
            self.index("SHA256")

            self.assertIn("SHA512", next(iter(self.index("SHA512").values())))

    def test_damaged_memory(self) -> None:
        """What was kept and is damaged is made anew."""
        with LONG_AGO:
            first = self.index()
            good = self.kept.read_bytes()
            for damaged in (
                b"",
                b"\n",
                b"x 1 2\n",
                good[:40],
                good[:-1],
                good.replace(b" index 1", b" index 0"),
                b"\xff" + good,
            ):
                with self.subTest(damaged[:20]):
                    self.kept.write_bytes(damaged)
                    self.assertEqual(self.index(), first)

    def test_processes(self) -> None:
        """Several processes make the same index."""
        alone = indexer.index(self.root, "pool")

        with mock.patch.object(indexer, "WORTH_A_PROCESS", 1):
            self.assertEqual(indexer.index(self.root, "pool", jobs=3), alone)

    def test_damaged_archive(self) -> None:
        """An archive that cannot be read is named."""
        (self.root / "pool/bad.deb").write_bytes(b"!<arch>\n")

        with self.assertRaisesRegex(BadArchive, "pool/bad.deb: Debian package: expected"):
            self.index()

    def test_fields_of_an_index(self) -> None:
        """What only an index may say of an archive is not taken from its control file."""
        self.publish("pool/liar.deb", Package("liar", control_fields={"Filename": "elsewhere", "size": "1"}))

        said = self.index()["pool/liar.deb"]

        self.assertEqual(said["Size"], str((self.root / "pool/liar.deb").stat().st_size))

    def test_nothing(self) -> None:
        """A directory without archives has an empty index."""
        (self.root / "empty").mkdir()

        self.assertEqual(indexer.index(self.root, "empty"), b"")


if __name__ == "__main__":
    unittest.main()
