"""What indexes say is known by the places where apt asks for it."""

from __future__ import annotations

import gzip
import hashlib
import unittest

from pkgsuite.errors import BadArchive
from pkgsuite.nodes.catalogue import Catalogue
from tests.formats.damage import Damage
from tests.nodes.swarms import BIG, repository

FILES = repository()
SUM = hashlib.sha256(b"x").hexdigest()
SHA1 = hashlib.sha1(b"x").hexdigest()
SOURCES = f"""\
Package: fop
Directory: pool/main/f/fop
Checksums-Sha1:
 {SHA1} 5 fop_1.dsc
 {SHA1} 7 fop_1.tar.xz
Checksums-Sha256:
 {SUM} 5 fop_1.dsc
 {SUM} 7 fop_1.tar.xz
Files:
 00000000000000000000000000000000 5 fop_1.dsc

"""


class Learning(unittest.TestCase):
    """Indexes of a mirror called m:80."""

    def setUp(self) -> None:
        self.catalogue = Catalogue()

    def learn(self, *paths: str) -> None:
        for path in paths:
            self.catalogue.learn(f"m:80/debian/{path}", FILES[path])

    def test_release(self) -> None:
        """Indexes are known by name and by hash."""
        self.learn("dists/sid/Release")
        by_name = self.catalogue.find("m:80/debian/dists/sid/main/binary-amd64/Packages.xz")
        assert by_name is not None

        by_hash = f"m:80/debian/dists/sid/main/binary-amd64/by-hash/SHA256/{by_name.sha256}"

        self.assertEqual(self.catalogue.find(by_hash), by_name)
        self.assertEqual((by_name.package, by_name.torrent), ("", None))
        self.assertEqual(by_name.size, len(FILES["dists/sid/main/binary-amd64/Packages.xz"]))

    def test_by_any_hash(self) -> None:
        """By the longest, as apt asks, which names no content here."""
        data = b"what an index holds"
        lines = [
            f"{kind}:\n {hashlib.new(kind.removesuffix('Sum'), data).hexdigest()} {len(data)} main/Packages"
            for kind in ("MD5Sum", "SHA1", "SHA256", "SHA512")
        ]
        self.catalogue.learn("m:80/debian/dists/sid/Release", "\n".join(lines).encode() + b"\n")
        by_name = self.catalogue.find("m:80/debian/dists/sid/main/Packages")

        for kind in ("MD5Sum", "SHA1", "SHA256", "SHA512"):
            digest = hashlib.new(kind.removesuffix("Sum"), data).hexdigest()
            self.assertEqual(by_name, self.catalogue.find(f"m:80/debian/dists/sid/main/by-hash/{kind}/{digest}"))
        assert by_name is not None
        self.assertEqual(hashlib.sha256(data).hexdigest(), by_name.sha256)

    def test_packages(self) -> None:
        """Archives are known below the root of the repository, as torrents too, however the index was asked for."""
        self.learn("dists/sid/Release")
        index = FILES["dists/sid/main/binary-amd64/Packages.gz"]
        place = f"m:80/debian/dists/sid/main/binary-amd64/by-hash/SHA256/{hashlib.sha256(index).hexdigest()}"

        self.catalogue.learn(place, index)

        path = next(path for path in FILES if BIG in path)
        known = self.catalogue.find(f"m:80/debian/{path}")
        assert known is not None and known.torrent is not None
        self.assertEqual((known.package, known.size), (BIG, len(FILES[path])))
        self.assertEqual(known.torrent.sums, (hashlib.sha1(FILES[path]).digest(),))

    def test_sources(self) -> None:
        """All files of a source package."""
        self.catalogue.learn("m:80/debian/dists/sid/main/source/Sources.gz", gzip.compress(SOURCES.encode()))

        known = self.catalogue.find("m:80/debian/pool/main/f/fop/fop_1.tar.xz")

        assert known is not None
        self.assertEqual((known.package, known.size, known.sha256, known.sha1), ("fop", 7, SUM, SHA1))

    def test_flat_repositories(self) -> None:
        """Paths count from where the index is."""
        index = f"Package: a\nFilename: ./a.deb\nSize: 1\nSHA256: {SUM}\n\n".encode()
        self.catalogue.learn("m:80/flat/Release", f"SHA256:\n {SUM} {len(index)} Packages\n".encode())

        self.catalogue.learn("m:80/flat/Packages", index)
        self.catalogue.learn(f"m:80/other/by-hash/SHA256/{SUM}", b"")
        self.catalogue.learn(f"m:80/flat/by-hash/SHA256/{SUM}", index)

        self.assertEqual({place for place, known in self.catalogue.items() if known.package}, {"m:80/flat/a.deb"})

    def test_without_sha1(self) -> None:
        """There is no torrent, but a file all the same; without any sum there is nothing."""
        index = f"Package: a\nFilename: a.deb\nSize: 1\nSHA256: {SUM}\n\nPackage: b\nFilename: b.deb\nSize: 1\n"
        self.catalogue.learn("m:80/Packages", index.encode())

        ((place, known),) = self.catalogue.items()

        self.assertEqual((place, known.key, known.torrent), ("m:80/a.deb", f"sha256-{SUM}", None))

    def test_paths_that_lead_up(self) -> None:
        """They are no torrents' names, and no client can ask for them."""
        index = f"Package: a\nFilename: ../..\nSize: 1\nSHA1: {SHA1}\n\n"
        self.catalogue.learn("m:80/x/Packages", index.encode())

        ((_, known),) = self.catalogue.items()

        self.assertIsNone(known.torrent)

    def test_what_is_no_index(self) -> None:
        """Other files say nothing; damaged indexes are refused as a whole."""
        self.catalogue.learn("m:80/pool/a.deb", b"anything")
        with self.assertRaises(BadArchive):
            self.catalogue.learn("m:80/dists/sid/Release", b"\0\n")
        with self.assertRaises(BadArchive):
            self.catalogue.learn("m:80/Packages.gz", b"\x1f\x8bgarbage")

        self.assertEqual(self.catalogue.items(), [])


class Damaged(Damage):
    """Indexes after an accident."""

    def test_every_index(self) -> None:
        """They say something, or are refused."""
        for path in ("dists/sid/Release", "dists/sid/main/binary-amd64/Packages", "Sources"):
            with self.subTest(path):
                sample = FILES.get(path, SOURCES.encode())
                self.refuses_or_reads(sample, lambda data, path=path: Catalogue().learn(f"m/{path}", data))  # type: ignore[misc]
