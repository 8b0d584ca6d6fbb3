"""Tar archives as they are written, and as other programs write them."""

from __future__ import annotations

import io
import subprocess
import tarfile
import unittest

from pkgsuite.errors import BadArchive, BadValue
from pkgsuite.formats import tar, untar
from pkgsuite.formats.tar import Member
from pkgsuite.model.file import File
from tests.formats.scratch_pacman import needed

MEMBERS = [
    Member("usr", kind="dir", mode=0o755, mtime=355),
    Member("usr/bin", b"#!/bin/sh\n", mode=0o4755, uid=1000, gid=100),
    Member("block", bytes(512)),
    Member("empty"),
    Member("link", kind="link", target="usr/bin", mode=0o777),
]
HARD = [
    Member("n" * 100, b"100"),
    Member("d/" * 60 + "file", b"long"),
    Member("d" * 150, kind="dir", mode=0o700),
    Member("latin-\udce9", b"surrogate"),
    Member("ünïcode \n\\ name", b"text"),
    Member("short", kind="link", target="t" * 300, mode=0o777),
    Member("l" * 101, kind="link", target="\udcff" * 101, mode=0o777),
    Member("owner", b"x", uid=3_000_000_000, gid=2_097_152, mtime=1 << 35),
]


class WrittenTar(unittest.TestCase):
    """What `tar.write` gives."""

    def test_round_trip(self) -> None:
        """Every member comes back as it was: hard names, long links and large numbers too."""
        written = tar.write(MEMBERS + HARD)

        self.assertEqual(untar.read(written), MEMBERS + HARD)

    def test_tarfile_agrees(self) -> None:
        """The standard library reads the same members."""
        written = tar.write(MEMBERS + HARD)

        with tarfile.open(fileobj=io.BytesIO(written)) as read:
            seen = [(m.name, m.linkname, m.mode, m.uid, m.gid, m.mtime, m.size) for m in read]

        self.assertEqual(
            seen, [(m.path, m.target, m.mode, m.uid, m.gid, m.mtime, len(m.content)) for m in MEMBERS + HARD]
        )

    def test_bsdtar_accepts(self) -> None:
        """The tar of libarchive, which pacman uses, lists every member without a complaint."""
        bsdtar = needed("bsdtar", "libarchive-tools")

        listed = subprocess.run([bsdtar, "-tvf", "-"], input=tar.write(MEMBERS), capture_output=True, check=True)

        self.assertEqual(listed.stderr, b"")
        self.assertEqual(listed.stdout.decode().split("\n")[1].split()[:5], ["-rwsr-xr-x", "0", "1000", "100", "10"])
        self.assertIn("link -> usr/bin", listed.stdout.decode())

    def test_bsdtar_reads_names(self) -> None:
        """Names that are long or not ASCII reach libarchive byte for byte."""
        bsdtar = needed("bsdtar", "libarchive-tools")
        names = ["n" * 100, "d/" * 60 + "file", "latin-\udce9"]
        written = tar.write(Member(name, name.encode("utf-8", "surrogateescape")) for name in names)

        content = subprocess.run([bsdtar, "-xOf", "-"], input=written, capture_output=True, check=True).stdout

        self.assertEqual(content, "".join(names).encode("utf-8", "surrogateescape"))

    def test_files(self) -> None:
        """A model's file becomes a member with the usual permissions."""
        written = [Member.of(File.parse(entry), mtime=5) for entry in ("etc/", "etc/a", "b -> etc/a", "c|0700")]

        self.assertEqual([member.mode for member in written], [0o755, 0o644, 0o777, 0o700])
        self.assertEqual([member.kind for member in written], ["dir", "file", "link", "file"])
        self.assertEqual({member.mtime for member in written}, {5})

    def test_impossible_members(self) -> None:
        """What tar cannot hold is named: a NUL, an unknown kind, a negative time."""
        for member in (Member("a\0b"), Member("a", kind="fifo"), Member("a", mtime=-1), Member("a", uid=-1)):
            with self.subTest(member), self.assertRaises(BadValue):
                tar.write([member])


class ForeignTar(unittest.TestCase):
    """What `untar.read` makes of archives that other programs wrote."""

    def test_all_formats(self) -> None:
        """The ustar, GNU and pax forms of the standard library all read the same."""
        wanted = [Member("d/" * 60 + "file", b"long"), Member("ünïcode", b"text"), *MEMBERS]
        for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
            with self.subTest(form=form):
                written = foreign(wanted, form)

                self.assertEqual(untar.read(written), wanted)

    def test_pax_numbers(self) -> None:
        """Owners that only a pax record can hold are read from it."""
        member = Member("a", b"x", uid=3_000_000, gid=4_000_000)

        self.assertEqual(untar.read(foreign([member], tarfile.PAX_FORMAT)), [member])

    def test_hard_link(self) -> None:
        """A hard link is a file with the content of the first one."""
        info = tarfile.TarInfo("./second")
        info.type, info.linkname = tarfile.LNKTYPE, "./first"
        written = foreign([Member("./first", b"same")], tarfile.GNU_FORMAT, info)

        self.assertEqual([(m.path, m.content) for m in untar.read(written)], [("first", b"same"), ("second", b"same")])

    def test_root(self) -> None:
        """The directory `./` itself is left out, and `./` in front of other paths."""
        written = foreign([Member(".", kind="dir"), Member("./a"), Member(".b")], tarfile.GNU_FORMAT)

        self.assertEqual([member.path for member in untar.read(written)], ["a", ".b"])

    def test_refused(self) -> None:
        """Devices, and links to nothing, are refused by what was expected and seen."""
        for kind, words in ((tarfile.FIFOTYPE, "expected a file"), (tarfile.LNKTYPE, "expected a link to an earlier")):
            info = tarfile.TarInfo("odd")
            info.type, info.linkname = kind, "nowhere"
            with self.subTest(kind), self.assertRaisesRegex(BadArchive, f"byte 1024: {words}.*seen"):
                untar.read(foreign([Member("a", b"x")], tarfile.GNU_FORMAT, info))


class DamagedTar(unittest.TestCase):
    """Damage is seen where it is."""

    def test_truncated(self) -> None:
        """An archive that ends too early is refused, wherever the end is."""
        written = tar.write(MEMBERS)

        for length in range(len(written) - 1023):
            with self.subTest(length), self.assertRaises(BadArchive):
                untar.read(written[:length])

    def test_flipped_header(self) -> None:
        """One wrong byte in a header is refused; it does not end the archive early."""
        written = bytearray(tar.write(MEMBERS))
        written[512 + 3] ^= 1

        with self.assertRaisesRegex(BadArchive, r"byte 512: expected a header with checksum \d+, seen"):
            untar.read(bytes(written))

    def test_negative_size(self) -> None:
        """A size below zero is refused; some readers go round for ever on it."""
        header = bytearray(tar.write([Member("a")])[:512])
        header[124:136] = b"\xff" * 10 + b"\xfe\x00"
        header[148:156] = b"%06o\0 " % (sum(header) - sum(header[148:156]) + 8 * 32)

        with self.assertRaisesRegex(BadArchive, "expected octal digits"):
            untar.read(bytes(header) + bytes(1024))

    def test_pax_records(self) -> None:
        """A pax record whose length is a lie is refused."""
        for record in (
            b"0 path=a\n",
            b"99 path=a\n",
            b"5 path=a\n",
            b"x",
            b"13 size=-5120\n",
            b"23 GNU.sparse.major=1\n",
        ):
            written = b"".join(tar.packed(b"x", b"pax", record)) + tar.write([Member("a")])
            with self.subTest(record), self.assertRaises(BadArchive):
                untar.read(written)

    def test_endless_path(self) -> None:
        """A path that no kernel takes is refused before its parents are counted."""
        with self.assertRaisesRegex(BadArchive, "at most 4096 characters"):
            untar.read(tar.write([Member("a/" * 50_000 + "a")]))


def foreign(members: list[Member], form: int, *more: tarfile.TarInfo) -> bytes:
    """The archive that the standard library writes."""
    types = {"file": tarfile.REGTYPE, "dir": tarfile.DIRTYPE, "link": tarfile.SYMTYPE}
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=form) as archive:
        for member in members:
            info = tarfile.TarInfo(member.path)
            info.type, info.linkname, info.size = types[member.kind], member.target, len(member.content)
            info.mode, info.uid, info.gid, info.mtime = member.mode, member.uid, member.gid, member.mtime
            archive.addfile(info, io.BytesIO(member.content))
        for info in more:
            archive.addfile(info)
    return written.getvalue()


if __name__ == "__main__":
    unittest.main()
