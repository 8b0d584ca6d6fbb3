"""A kept sandbox opens again: in a new world, at its old path, with the real manager at hand."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from pkgsuite.managers.pacman import pacman
from pkgsuite.system import ladder
from tests.checkout import TOP

SCENARIO = """
from pkgsuite import File, Package, Scenario, exists, pacman


class Upgrade(Scenario, on=pacman):
    def test_broken(self):
        old = Package("dummy", files=["usr/bin/su|4755"])
        machine = self.start_machine(installed=[old], repositories=[old.upgraded("1.0-2")])
        machine.run("pacman -Su")
        self.check(exists("nowhere"))

    def test_two(self):
        first = self.start_machine("first", installed=[Package("dummy")])
        second = self.start_machine("second", files=[File("etc/owned", uid=33, gid=33), "etc/x"])
        first.run("pacman -Q")
        second.execute("pacman -Q dummy")
        self.check(first, exists("nowhere"))

    def test_sound(self):
        self.start_machine(installed=[Package("dummy")]).run("pacman -Q")
"""

TIMEOUT = 60


def setUpModule() -> None:
    """Skip where no world can be had."""
    pacman.find()
    if not ladder.the_world().place.has_mounts:
        raise unittest.SkipTest("namespaces are needed to open a kept sandbox")
    if ladder.the_world().place.rung == "user-single":
        raise unittest.SkipTest("one of the machines has files of another user; a range of ids is needed (uidmap)")


class ShellTest(unittest.TestCase):
    """What `pkgsuite shell` makes of the sandboxes of two failed tests."""

    place: tempfile.TemporaryDirectory[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.place.cleanup)
        Path(cls.place.name, "test_kept.py").write_text(SCENARIO)
        done = call(cls.place.name, "run", "--keep", "failed", f"{cls.place.name}/test_kept.py")
        assert "2 failed" in done.stdout, done.stdout + done.stderr

    def shell(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `pkgsuite shell`."""
        return call(self.place.name, "shell", *words, **more)

    def test_list(self) -> None:
        """Without arguments all that is kept is listed, with age, size, test and machine."""
        done = self.shell()

        self.assertEqual(0, done.returncode)
        self.assertEqual(
            ["test_kept.Upgrade.test_broken machine", "test_kept.Upgrade.test_two first"],
            sorted(" ".join(line.split()[-2:]) for line in done.stdout.splitlines()[:-1])[:2],
        )
        self.assertRegex(done.stdout, r"(?m)^ *\d+ (second|minute)s? ago +\d+ KiB  test_kept\.")
        self.assertIn(f"3 kept in {self.place.name}/kept", done.stdout)

    def test_manager_speaks_of_the_root(self) -> None:
        """The manager's program works on the kept root, as the scenario's commands did."""
        done = self.shell("test_kept.Upgrade.test_broken", "--", "pacman", "-Q")

        self.assertEqual((0, "dummy 1.0-2\n", ""), (done.returncode, done.stdout, done.stderr))

    def test_disk_is_as_it_was(self) -> None:
        """Modes, times, contents and the path of the root are those of the scenario, and one starts where it worked."""
        script = "pwd; cd ..; stat -c '%n %a' usr/bin/su; stat -c '%n %Y' etc/pacman.conf; cat usr/bin/su"

        done = self.shell("test_broken", "--", "sh", "-c", script)

        self.assertEqual(
            ["/tmp/pkgsuite/machine/tmp", "usr/bin/su 4755", "etc/pacman.conf 355", "usr/bin/su|4755*"],
            done.stdout.splitlines(),
        )

    def test_scriptlet_shell_and_changes_work(self) -> None:
        """What changes the root works too, and nothing of it is kept."""
        script = "pacman -R dummy && test ! -e ../usr/bin/su"

        self.assertEqual([0, 0], [self.shell("test_broken", "--", "sh", "-c", script).returncode for _ in range(2)])

    def test_status_is_that_of_the_command(self) -> None:
        """A command passes its status on, and one that does not exist has 127."""
        self.assertEqual(7, self.shell("test_broken", "--", "sh", "-c", "exit 7").returncode)
        self.assertEqual(128 + 9, self.shell("test_broken", "--", "sh", "-c", "kill -9 $$").returncode)
        self.assertEqual(1, self.shell("test_broken", "--", "pacman", "-Q", "nothing").returncode)
        missing = self.shell("test_broken", "--", "no-such-program")
        self.assertEqual(127, missing.returncode)
        self.assertIn("no-such-program cannot be run", missing.stderr)

    def test_names(self) -> None:
        """A test is named by its id, its start, its last words, or its file; a machine behind it."""
        path = next(Path(self.place.name, "kept").glob("*second*"))
        for words in (
            ["test_kept.Upgrade.test_two", "second"],
            ["test_kept.Upgrade.test_t", "second"],
            ["Upgrade.test_two", "second"],
            [str(path)],
        ):
            with self.subTest(words):
                done = self.shell(*words, "--", "pwd")

                self.assertEqual((0, "/tmp/pkgsuite/second/tmp\n"), (done.returncode, done.stdout))

    def test_wrong_names(self) -> None:
        """What is not clear, unknown or malformed is one error with what there is; nothing kept tells how to keep."""
        for words, told in {
            ("test_kept",): "not clear.*\n.*test_broken machine\n.*test_two first\n",
            ("test_two",): "not clear.*\n.*test_two first\n.*test_two second\n",
            ("test_two", "third"): "no machine 'third'.*only first, second",
            ("test_sound",): "nothing is kept of 'test_sound'; see what is with: python3 -m pkgsuite shell",
            ("./not.tar.gz",): "not.tar.gz cannot be read",
            ("--wrong",): "unrecognized arguments: --wrong",
            ("--", "pwd"): "expected TEST",
        }.items():
            with self.subTest(words):
                done = self.shell(*words)

                self.assertEqual((2, ""), (done.returncode, done.stdout))
                self.assertRegex(done.stderr, told)

        with tempfile.TemporaryDirectory() as empty:
            self.assertRegex(call(empty, "shell", "test_two").stderr, "no sandbox is kept in .*--keep failed")

    def test_owners(self) -> None:
        """Owners come back where the world has a range of ids; with a single one that is said, and it goes on."""
        script = "stat -c %u:%g ../etc/owned"
        if ladder.the_world().place.rung != "user-range":
            self.skipTest("kept without owners, for want of a range of ids")

        many = self.shell("test_two", "second", "--", "sh", "-c", script)
        single = self.shell("test_two", "second", "--", "sh", "-c", script, PKGSUITE_ISOLATION="user-single")

        self.assertEqual(("33:33\n", ""), (many.stdout, many.stderr))
        self.assertEqual((0, "0:0\n"), (single.returncode, single.stdout))
        self.assertIn("1 owners cannot be restored here, such as 33:33 of root/etc/owned", single.stderr)

    def test_another_program(self) -> None:
        """Another pacman can be tried on the kept sandbox."""
        program = Path(self.place.name, "bin", "my-pacman")
        program.parent.mkdir()
        program.write_text('#!/bin/sh\necho "$TMPDIR $HOME $*"\n')
        program.chmod(0o755)

        done = self.shell("test_broken", "--", "pacman", "-Su", PKGSUITE_PACMAN=str(program))

        self.assertRegex(done.stdout, r"^/tmp/pkgsuite/machine/tmp  .*--root=/tmp/pkgsuite/machine .*-Su$")

    def test_input_that_is_no_terminal(self) -> None:
        """Commands can be piped in."""
        done = call(self.place.name, "shell", "test_broken", text="pacman -Q\nexit 3\n")

        self.assertEqual((3, "dummy 1.0-2\n", ""), (done.returncode, done.stdout, done.stderr))

    def test_terminal(self) -> None:
        """On a terminal one is greeted with what there is, and prompted with the test's name; Ctrl-C ends a command."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ |= settings(self.place.name)
            os.chdir(TOP)
            os.execv(sys.executable, [sys.executable, "-m", "pkgsuite", "shell", "test_broken"])
        self.addCleanup(os.close, terminal)

        greeting = read_until(terminal, "(Upgrade.test_broken) /tmp/pkgsuite/machine/tmp # ")
        os.write(terminal, b"sh -c 'pacman -Q; echo now; exec sleep 60'\n")
        read_until(terminal, "now\n")
        os.write(terminal, b"\x03")
        output = read_until(terminal, "tmp # ")
        os.write(terminal, b"exit 4\n")
        read_until(terminal)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

        for words in ("test_kept.Upgrade.test_broken", "exit 0   pacman -Su", "/tmp/pkgsuite/machine", "ago"):
            self.assertIn(words, greeting)
        self.assertIn("^C", output)
        self.assertEqual(4, status)


class HostileTest(unittest.TestCase):
    """Facts that lie."""

    def test_facts(self) -> None:
        """A file without facts, or with strange ones, is one error; where it is listed, others are too."""
        with tempfile.TemporaryDirectory() as place:
            Path(place, "kept").mkdir()
            Path(place, "kept", "broken.tar.gz").write_bytes(b"\x1f\x8bnothing")

            listed = call(place, "shell")
            opened = call(place, "shell", f"{place}/kept/broken.tar.gz")

        self.assertEqual(0, listed.returncode)
        self.assertIn("broken.tar.gz is no kept sandbox", listed.stdout)
        self.assertEqual(2, opened.returncode)
        self.assertIn("broken.tar.gz is no kept sandbox", opened.stderr)


def settings(place: str) -> dict[str, str]:
    """The environment that keeps sandboxes in *place*."""
    return {
        "PKGSUITE_KEEP_DIR": f"{place}/kept",
        "XDG_STATE_HOME": f"{place}/state",
        "PYTHONPATH": str(TOP),
        "TERM": "dumb",
    }


def call(place: str, *words: str, text: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run pkgsuite with what is kept in *place*."""
    return subprocess.run(
        [sys.executable, "-m", "pkgsuite", *words],
        env={**os.environ, **settings(place), **more},
        cwd=TOP,
        input=text,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def read_until(terminal: int, *words: str) -> str:
    """What a terminal shows until it shows one of *words*, or until its end."""
    seen = ""
    deadline = time.monotonic() + TIMEOUT
    while not any(word in seen for word in words):
        if not select.select([terminal], [], [], max(deadline - time.monotonic(), 0))[0]:
            raise AssertionError(f"none of {words} came; it said:\n{seen}")
        try:
            data = os.read(terminal, 4096)
        except OSError:
            break
        if not data:
            break
        seen += data.decode(errors="replace").replace("\r\n", "\n")
    return seen
