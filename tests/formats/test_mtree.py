"""Descriptions of archives that managers verify later."""

from __future__ import annotations

import subprocess
import unittest

from pkgsuite.formats import mtree
from pkgsuite.formats.tar import Member
from tests.formats.scratch_pacman import needed


class Mtree(unittest.TestCase):
    """What `mtree.write` gives."""

    def test_lines(self) -> None:
        """Each kind of member has the keywords that makepkg gives it; usual ones are said once for all."""
        members = [
            Member("etc", kind="dir", mode=0o755, mtime=7),
            Member("etc/a", b"x", uid=3, mtime=7),
            Member("etc/b", kind="link", target="a b", mode=0o777),
        ]

        lines = mtree.write(members).decode().splitlines()

        sums = "md5digest=9dd4e461268c8034f5c8564e155c67a6 sha256digest=" + (
            "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        )
        self.assertEqual(lines[:2], ["#mtree", "/set type=file uid=0 gid=0 mode=644"])
        self.assertEqual(lines[2], "./etc time=7.0 mode=755 type=dir")
        self.assertEqual(lines[3], f"./etc/a time=7.0 uid=3 size=1 {sums}")
        self.assertEqual(lines[4], r"./etc/b time=0.0 mode=777 type=link link=a\040b")

    def test_odd_names(self) -> None:
        """Bytes that would end a name are escaped."""
        self.assertIn(
            rb"./\040#\075\134\303\251\377\012 ".replace(b"#", rb"\043"), mtree.write([Member(" #=\\é\udcff\n")])
        )

    def test_bsdtar_reads(self) -> None:
        """Libarchive, with which pacman reads them, gets every path, mode and size back."""
        bsdtar = needed("bsdtar", "libarchive-tools")
        members = [
            Member("d", kind="dir", mode=0o750),
            Member("d/a #=\\b", b"four", mode=0o4711),
            Member("plain", b"x"),
        ]

        listed = subprocess.run([bsdtar, "-tvf", "-"], input=mtree.write(members), capture_output=True, check=True)

        rows = [line.split(None, 8) for line in listed.stdout.decode().splitlines()]
        self.assertEqual(
            [(row[0], row[4], row[8]) for row in rows],
            [("drwxr-x---", "0", "./d"), ("-rws--x--x", "4", r"./d/a #=\\b"), ("-rw-r--r--", "1", "./plain")],
        )


if __name__ == "__main__":
    unittest.main()
