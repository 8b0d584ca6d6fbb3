"""Readers of Debian's formats: whatever they get, they give a value or refuse it."""

from __future__ import annotations

import random
import time
import unittest

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import apt_index, ar, deb, deb822, deb_package, dpkg, relations
from pkgsuite.formats.apt_repository import publish
from pkgsuite.formats.deb_version import sort_key
from pkgsuite.model.package import Package
from pkgsuite.model.suite import Suite
from tests.formats.damage import ROUNDS, SEED, Damage, mutate
from tests.formats.samples import debian_package
from tests.formats.test_deb822 import SIGNED
from tests.soak import amount

MOST_SECONDS = 2.0


class Fuzz(Damage):
    """Mutated bytes of Debian's formats."""

    def setUp(self) -> None:
        super().setUp()
        package = debian_package()
        self.archive = deb.archive(package, "", control_compression="")
        self.packages = publish([Suite("s", {"main": [package]})])["dists/s/main/binary-amd64/Packages"]
        self.database = {file.path.removeprefix("info/"): file.data for file in dpkg.database([package])}

    def test_ar(self) -> None:
        """Damaged ar archives."""
        self.refuses_or_reads(self.archive[:200] + self.archive[-200:], ar.read)

    def test_archive(self) -> None:
        """Damaged packages, whole and only their control files."""
        self.refuses_or_reads(self.archive, deb.read_archive)
        self.refuses_or_reads(self.archive, deb_package.read_control)

    def test_control(self) -> None:
        """Packages whose control file is damaged, while the archive around it is sound."""

        def read(control: bytes) -> object:
            package = Package("a", control_files={"control": control, "conffiles": control, "triggers": control})
            return deb.read_archive(deb.archive(package))

        self.refuses_or_reads(deb_package.control_files(debian_package())["control"], read)

    def test_paragraphs(self) -> None:
        """Damaged paragraphs; what was read can be written, and is read again as the same."""

        def read(data: bytes) -> None:
            read = [paragraph for paragraph in deb822.parse(data) if any(paragraph.values())]
            shown = [{name: value for name, value in paragraph.items() if value} for paragraph in read]
            self.assertEqual(deb822.parse(deb822.write(read)), shown)

        self.refuses_or_reads(self.packages, read)

    def test_signed(self) -> None:
        """Damaged clear-signed messages."""
        self.refuses_or_reads(SIGNED, lambda data: deb822.parse(deb822.unsigned(data)))

    def test_packages(self) -> None:
        """Damaged indexes."""
        self.refuses_or_reads(self.packages, apt_index.read_packages)

    def test_database(self) -> None:
        """Damaged databases of dpkg: status, marks, lists."""
        status, info = self.database["status"], self.database
        listed = "full:amd64.list"
        self.refuses_or_reads(status, lambda data: dpkg.read_database(data, b"", info))
        self.refuses_or_reads(
            b"Package: full\nArchitecture: amd64\nAuto-Installed: 1\n", lambda data: dpkg.read_database(status, data)
        )
        self.refuses_or_reads(info[listed], lambda data: dpkg.read_database(status, b"", {listed: data}))

    def test_relations(self) -> None:
        """Damaged relations and versions give a value or BadValue, and never take long."""
        sample = b"lib-a+b.so:any (>= 1:2.0~rc1-3) [amd64 !i386] <!nocheck> | b>=2 | c"
        start = time.process_time()
        for seed in range(SEED, SEED + ROUNDS):
            text = mutate(sample, random.Random(seed)).decode("utf-8", "surrogateescape")
            with self.subTest(seed=seed):
                for read in (relations.parse, sort_key):
                    try:
                        read(text)
                    except BadValue as error:
                        self.assertIn("expected", str(error))
        self.assertLess(time.process_time() - start, amount(1, 100) * MOST_SECONDS)

    def test_long_texts(self) -> None:
        """Texts that invite a parser to go back and forth are read in one go."""
        start = time.process_time()
        for text in (
            "a" * 100_000,
            "a" * 50_000 + " " * 50_000 + "!",
            "a <" * 30_000,
            "a (" + " " * 100_000,
            "1-" * 50_000,
        ):
            for read in (relations.parse, sort_key, relations.split, lambda text: deb822.parse(text.encode())):
                try:
                    read(text)
                except (BadValue, BadArchive):
                    pass
        self.assertLess(time.process_time() - start, MOST_SECONDS)


if __name__ == "__main__":
    unittest.main()
