"""A root becomes a tar and a root again, and a tar cannot write outside its root."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import tempfile
import unittest
from pathlib import Path

from pkgsuite.errors import SuiteError
from pkgsuite.system import packing


def tar(*members: tarfile.TarInfo, content: bytes = b"x") -> io.BytesIO:
    """A packed tar of *members*; files hold *content*."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for member in members:
            member.size = len(content) if member.isreg() else 0
            archive.addfile(member, io.BytesIO(content))
    target.seek(0)
    return target


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    """One member of a tar, owned by whoever runs the tests."""
    found = tarfile.TarInfo(name)
    found.type, found.linkname, found.mode, found.mtime = kind, link, mode, 1000
    found.uid, found.gid = os.getuid(), os.getgid()
    return found


class PackingTest(unittest.TestCase):
    def setUp(self) -> None:
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.root = Path(self.place.name, "root")
        self.root.mkdir()

    def unpack(self, *members: tarfile.TarInfo) -> list[str]:
        return packing.unpack(tar(*members), str(self.root))

    def test_there_and_back(self) -> None:
        """Contents, modes, times, links, hard links and pipes come back."""
        source = Path(self.place.name, "source")
        (source / "usr/bin").mkdir(parents=True)
        (source / "usr/bin/su").write_bytes(b"root")
        (source / "usr/bin/su").chmod(0o4755)
        os.link(source / "usr/bin/su", source / "usr/bin/sudo")
        (source / "link").symlink_to("/etc/passwd")
        os.mkfifo(source / "pipe", 0o600)
        os.utime(source / "usr/bin/su", ns=(5, 1_500_000_000))
        os.utime(source / "usr", ns=(5, 2_000_000_000))
        (source / "usr").chmod(0o555)
        target = io.BytesIO()
        packing.pack(str(source), b'{"a": 1}', target)
        (source / "usr").chmod(0o755)

        target.seek(0)
        facts = packing.read_facts(target)
        target.seek(0)
        lost = packing.unpack(target, str(self.root))

        self.assertEqual((b'{"a": 1}', []), (facts, lost))
        self.assertEqual(b"root", (self.root / "usr/bin/sudo").read_bytes())
        self.assertTrue((self.root / "usr/bin/sudo").samefile(self.root / "usr/bin/su"))
        self.assertEqual(0o4755, stat.S_IMODE((self.root / "usr/bin/su").stat().st_mode))
        self.assertEqual(1_500_000_000, (self.root / "usr/bin/su").stat().st_mtime_ns)
        self.assertEqual(0o555, stat.S_IMODE((self.root / "usr").stat().st_mode))
        self.assertEqual(2_000_000_000, (self.root / "usr").stat().st_mtime_ns)
        self.assertEqual("/etc/passwd", os.readlink(self.root / "link"))
        self.assertTrue(stat.S_ISFIFO((self.root / "pipe").stat().st_mode))
        (self.root / "usr").chmod(0o755)

    def test_nothing_leaves_the_root(self) -> None:
        """Names that lead out, through `..`, from `/`, or behind a link, are refused, and nothing is written there."""
        outside = f"{self.place.name}/outside"
        link, directory, hard = tarfile.SYMTYPE, tarfile.DIRTYPE, tarfile.LNKTYPE
        for hostile in (
            [member("root/../outside")],
            [member("../outside")],
            [member(outside)],
            [member("outside")],
            [member("root//outside")],
            [member("root/./outside")],
            [member("root/a", link, self.place.name), member("root/a/outside")],
            [member("root/a", link, ".."), member("root/a/outside", directory)],
            [member("root/b", link, outside), member("root/b")],
            [member("root/c", link, "../.."), member("root/d", link, "c/root"), member("root/d/../outside")],
            [member("root/passwd", hard, "/etc/passwd")],
            [member("root/passwd", hard, "root/../../etc/passwd")],
            [member("root/e", link, outside), member("root/f", hard, "root/e"), member("root/f")],
            [member("root", link, self.place.name)],
        ):
            with self.subTest([f"{each.name} {each.linkname}" for each in hostile]):
                with self.assertRaises(SuiteError):
                    self.unpack(*hostile)

                self.assertFalse(os.path.lexists(outside))
                self.assertTrue(self.root.is_dir() and not self.root.is_symlink())

    def test_devices_are_left_out(self) -> None:
        """A device is not made, and that is said."""
        device = member("root/null", tarfile.CHRTYPE)

        self.assertEqual(["1 devices are left out, such as root/null"], self.unpack(device, member("root/a")))

        self.assertEqual(["a"], os.listdir(self.root))

    def test_owners_that_cannot_be_are_told(self) -> None:
        """What cannot be owned by the right user is there all the same."""
        foreign = member("root/a")
        foreign.uid = 1 << 40

        self.assertRegex(self.unpack(foreign)[0], "1 owners cannot be restored here, such as 1099511627776:")

        self.assertEqual(b"x", (self.root / "a").read_bytes())

    def test_damaged(self) -> None:
        """A tar that is cut short or is none at all is one error, whatever is wrong with it."""
        whole = tar(member("root/a"), content=os.urandom(9999)).getvalue()
        for data in (whole[: len(whole) // 2], b"", b"nothing", b"\x1f\x8b", whole[:30] + b"\0" * 50 + whole[80:]):
            for read in (packing.read_facts, lambda source: packing.unpack(source, str(self.root))):
                with self.subTest(data[:20]), self.assertRaises(SuiteError):
                    read(io.BytesIO(data))
                (self.root / "a").unlink(missing_ok=True)

    def test_no_facts(self) -> None:
        """A tar that does not start with facts has none."""
        for first in (member("root/a"), member("facts.json", tarfile.SYMTYPE, "/etc/passwd")):
            with self.assertRaisesRegex(SuiteError, "does not start with facts.json"):
                packing.read_facts(tar(first))
