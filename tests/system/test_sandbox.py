"""A sandbox is furnished by steps, and no link leads out of it."""

from __future__ import annotations

import io
import os
import tarfile
import unittest

from pkgsuite.errors import SuiteError, WorldError
from pkgsuite.system import ladder, shell
from pkgsuite.system.sandbox import Copy, Directory, Sandbox, SymbolicLink, Text
from tests.system.joined import answer_of


class SandboxTest(unittest.TestCase):
    """In a world."""

    @classmethod
    def setUpClass(cls) -> None:
        ladder.the_world()

    def test_steps(self) -> None:
        """Each step does what it says."""

        def furnish() -> list[object]:
            box = Sandbox("box")
            box.apply(
                [Directory("etc/x", 0o700), Text("etc/x/a", b"hi", 0o640, mtime_s=355), SymbolicLink("l", "etc/x")]
            )
            status = os.stat(f"{box.root}/etc/x/a")
            return [
                os.stat(f"{box.root}/etc/x").st_mode & 0o7777,
                status.st_mode & 0o7777,
                status.st_mtime,
                os.readlink(f"{box.root}/l"),
            ]

        self.assertEqual(answer_of(furnish), [0o700, 0o640, 355, "etc/x"])

    def test_links_stay_inside(self) -> None:
        """A step that goes through an absolute link writes below the root, not on the host."""

        def furnish() -> bool:
            box = Sandbox("box")
            box.apply([SymbolicLink("out", "/etc"), Directory("etc"), Text("out/a", b"x")])
            return os.path.isfile(f"{box.root}/etc/a")

        self.assertTrue(answer_of(furnish))

    def test_full_disk(self) -> None:
        """A disk that is full is told with the step and the remedy."""

        def fill() -> str:
            try:
                Sandbox("small", 1 << 20).apply([Text("big", bytes(2 << 20))])
            except SuiteError as error:
                return str(error)
            return ""

        self.assertRegex(answer_of(fill), "could not write 2097152 bytes to big: .*is full.*disk_bytes")

    def test_packed_with_owners(self) -> None:
        """A sandbox is packed into a tar that has its modes and links."""

        def pack() -> list[str]:
            box = Sandbox("box")
            box.apply([Text("bin/a", b"x", 0o4755), SymbolicLink("b", "bin/a")])
            target = io.BytesIO()
            box.pack(b"{}", target)
            with tarfile.open(fileobj=io.BytesIO(target.getvalue())) as archive:
                return [f"{member.name} {member.mode:o} {member.linkname}" for member in archive if not member.isdir()]

        self.assertEqual(sorted(answer_of(pack)), ["facts.json 644 ", "root/b 777 bin/a", "root/bin/a 4755 "])

    def test_shell_runs_in_there(self) -> None:
        """The shell works where there is nothing but the shell."""
        program = shell.find_shell()

        def run() -> int:
            box = Sandbox("box")
            box.apply([Copy("bin/sh", program)])
            pid = os.fork()
            if pid == 0:
                os.chroot(box.root)
                os.execv("/bin/sh", ["sh", "-c", "exit 7"])
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

        self.assertEqual(answer_of(run), 7)


class OutsideTest(unittest.TestCase):
    """On the host."""

    def test_refused(self) -> None:
        """Outside a world no sandbox is made, and the message says where machines are started."""
        with self.assertRaisesRegex(WorldError, "only in a world.*setUp"):
            Sandbox("box")
