"""A world is root's own, sees the host read-only, and is gone with its runner."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

import psutil

from pkgsuite.errors import Unsupported, WorldError
from pkgsuite.system import family, ladder
from pkgsuite.system.place import here, is_inside
from pkgsuite.system.wait import wait_until
from tests.system.joined import answer_of

TOP = Path(__file__).parents[2]


def setUpModule() -> None:
    """Skip where no world can be had."""
    ladder.the_world()


class InsideTest(unittest.TestCase):
    """What a joined process finds."""

    def test_is_root(self) -> None:
        """A joined process is user and group 0."""
        self.assertEqual(answer_of(lambda: [os.getuid(), os.getgid()]), [0, 0])

    def test_knows_where_it_is(self) -> None:
        """Only a joined process is inside."""
        self.assertFalse(is_inside())
        self.assertTrue(answer_of(is_inside))

    def test_host_is_read_only(self) -> None:
        """No file of the host can be made or changed, though the process is root there."""

        def tries() -> list[str]:
            refused = []
            for path in ("/usr/bin/pkgsuite-was-here", "/etc/hosts", str(TOP / "README.md"), "/pkgsuite-was-here"):
                try:
                    with open(path, "a"):
                        pass
                except OSError:
                    refused.append(path)
            return refused

        self.assertEqual(len(answer_of(tries)), 4)

    def test_host_stays_read_only(self) -> None:
        """A world with a user namespace cannot make the host writable again."""
        if not ladder.the_world().has_user_namespace:
            self.skipTest("root's own namespaces guard against accidents only; allow user namespaces")

        def tries() -> int:
            done = subprocess.run(["mount", "-o", "remount,rw,bind", "/"], stderr=subprocess.DEVNULL, check=False)
            again = subprocess.run(["mount", "-o", "remount,rw", "/proc/sys"], stderr=subprocess.DEVNULL, check=False)
            return int(done.returncode != 0) + int(again.returncode != 0)

        self.assertEqual(answer_of(tries), 2)

    def test_disks_are_not_there(self) -> None:
        """/dev holds only harmless devices."""
        names = set(answer_of(lambda: os.listdir("/dev")))

        self.assertLessEqual(
            names,
            {"null", "zero", "full", "random", "urandom", "tty", "fd", "stdin", "stdout", "stderr", "shm"},
        )

    def test_tmp_is_its_own(self) -> None:
        """What lies in /tmp of the host is not seen, and what is written there stays in the world."""
        with tempfile.NamedTemporaryFile(dir="/tmp", prefix="pkgsuite-test-") as file:
            seen = answer_of(lambda: os.path.exists(file.name))
        answer_of(lambda: Path("/tmp/pkgsuite-test-left").write_text("x"))

        self.assertFalse(seen)
        self.assertFalse(os.path.exists("/tmp/pkgsuite-test-left"))

    def test_only_loopback(self) -> None:
        """The network is a loopback interface that works."""

        def talk() -> list[object]:
            with socket.create_server(("127.0.0.9", 0)) as server:
                with socket.create_connection(server.getsockname()) as client:
                    client.sendall(b"hi")
                peer, _ = server.accept()
                with peer:
                    return [[name for _, name in socket.if_nameindex()], peer.recv(2).decode()]

        names, said = answer_of(talk)

        self.assertEqual(names[:1], ["lo"])
        self.assertEqual(said, "hi")

    def test_no_process_of_the_host(self) -> None:
        """Processes of the host are out of sight."""
        if not ladder.the_world().facts.own_proc:
            self.skipTest("this container keeps its own /proc in place")

        self.assertLess(answer_of(lambda: len(psutil.pids())), 10)

    def test_status_passes_through(self) -> None:
        """The status of a joined child is what waitpid gives."""
        for status in (0, 3, 255):
            with self.subTest(status=status):
                pid = ladder.the_world().fork()
                if pid == 0:
                    os._exit(status)
                self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), status)

    def test_signal_passes_through(self) -> None:
        """A joined child that is ended by a signal looks so from outside."""
        pid = ladder.the_world().fork()
        if pid == 0:
            os.kill(os.getpid(), signal.SIGKILL)
            os._exit(0)

        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), -signal.SIGKILL)


class LadderTest(unittest.TestCase):
    """The best rung is taken, the others say why not."""

    def test_each_rung_that_is_possible_works(self) -> None:
        """Every rung either makes a world that can be joined or says why it cannot."""
        for rung in ladder.RUNGS.values():
            with self.subTest(rung=rung.name):
                try:
                    made = rung.open(())
                except (WorldError, OSError) as refused:
                    self.assertTrue(str(refused))
                    continue
                self.addCleanup(made.close)
                self.assertEqual(answer_of(os.getuid, made), 0 if made.place.has_mounts else os.getuid())

    def test_single_id_refuses_owners(self) -> None:
        """In a map with one id no other owner can be given, in a range it can."""

        def give_away() -> bool:
            path = Path(here().sandboxes, "file")
            path.touch()
            with contextlib.suppress(OSError):
                os.chown(path, 33, 33)
                return True
            return False

        has_many = int(Path("/proc/self/uid_map").read_text().split()[2]) > 1
        expected = {"user-single": False, "user-range": True, "root": has_many}
        tried = 0
        for name, can in expected.items():
            try:
                made = ladder.RUNGS[name].open(())
            except (WorldError, OSError):
                continue
            with self.subTest(rung=name):
                self.addCleanup(made.close)
                self.assertEqual(answer_of(give_away, made), can)
            tried += 1
        self.assertGreater(tried, 0)

    def test_none_allowed(self) -> None:
        """Where no rung is allowed the reason and a remedy are told."""
        done = in_python(
            "from pkgsuite.system import ladder\n"
            "try: ladder.the_world()\n"
            "except ladder.Unsupported as reason: print(reason)",
            PKGSUITE_ISOLATION="none",
        )

        self.assertIn("PKGSUITE_ISOLATION allows none", done)
        self.assertIn("run as root", done)

    def test_empty_setting(self) -> None:
        """A variable that is set to nothing says nothing: every automatic rung may be tried."""
        with mock.patch.dict(os.environ, {ladder.ALLOWED: ""}):
            names = [rung.name for rung in ladder.allowed_rungs()]

        self.assertEqual(names, [rung.name for rung in ladder.RUNGS.values() if rung.is_automatic])

    def test_unknown_rung(self) -> None:
        """An unknown word is refused with the known ones."""
        os.environ[ladder.ALLOWED] = "bogus"
        self.addCleanup(os.environ.pop, ladder.ALLOWED)

        with self.assertRaisesRegex(WorldError, "bogus.*expected some of.*user-range"):
            ladder.allowed_rungs()

    def test_namespaces_refused(self) -> None:
        """Where the kernel allows no user namespaces, that is what the rungs say."""
        script = (
            "import os\n"
            "open('/proc/sys/user/max_user_namespaces', 'w').write('0')\n"
            "from pkgsuite.system import ladder\n"
            "print(ladder.climb().refused)\n"
        )
        done = subprocess.run(
            ["unshare", "-Ur", sys.executable, "-c", script], capture_output=True, text=True, cwd=TOP, check=False
        )
        if done.returncode != 0 and "unshare" in done.stderr:
            self.skipTest(f"user namespaces cannot be nested here: {done.stderr.strip()}")

        self.assertIn("user-single", done.stdout, done.stderr)
        self.assertIn("unshare", done.stdout)


class EndTest(unittest.TestCase):
    """Nothing outlives the runner."""

    def test_only_the_runner_closes(self) -> None:
        """A joined process cannot end its world, not even one that has the number of the runner in its namespace."""
        made = first_rung().open(())
        self.addCleanup(made.close)

        answer_of(made.close, made)

        self.assertTrue(made.is_alive)
        self.assertFalse(answer_of(lambda: made.is_alive, made))

    def test_closed(self) -> None:
        """When a world is closed every process in it is gone, and it cannot be joined."""
        made = first_rung().open(())
        pid = made.fork()
        if pid == 0:
            signal.pause()
        child = psutil.Process(pid)

        made.close()

        os.waitpid(pid, 0)
        self.assertFalse(child.is_running())
        self.assertFalse(made.is_alive)

    def test_one_that_has_ended_is_not_killed_again(self) -> None:
        """Another process may have the number of a keeper that is buried: closing the world leaves it alone."""
        before = family.descendants()
        made = first_rung().open(())
        (keeper,) = (each.pid for each in family.descendants() - before if each.number in family.children("self"))
        os.kill(keeper, signal.SIGKILL)
        wait_until(lambda: not made.is_alive, timeout=5, what="the keeper is buried")

        with mock.patch("os.kill") as kill:
            made.close()

        kill.assert_not_called()

    def test_runner_killed(self) -> None:
        """A runner that is killed with SIGKILL takes every process of its world along within 100 ms."""
        script = (
            "import os, subprocess, sys, signal\n"
            "from pkgsuite.system.ladder import the_world\n"
            "pid = the_world().fork()\n"
            "if pid == 0:\n"
            "    subprocess.Popen(['setsid', 'sleep', '987'])\n"
            "    print('ready', flush=True)\n"
            "    signal.pause()\n"
            "os.waitpid(pid, 0)\n"
        )
        for _ in range(5):
            runner = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=TOP)
            assert runner.stdout
            self.assertEqual(runner.stdout.readline(), "ready\n")
            below = psutil.Process(runner.pid).children(recursive=True)
            self.assertGreaterEqual(len(below), 4)
            runner.kill()
            killed_at = time.monotonic()
            runner.wait()
            runner.stdout.close()

            wait_until(lambda: not any(map(is_alive, below)), timeout=5, what=f"all are gone: {below}")  # noqa: B023
            self.assertLess(time.monotonic() - killed_at, 2)


def first_rung() -> ladder.Rung:
    """The best rung of this machine."""
    climbed = ladder.climb()
    if climbed.rung is None or climbed.world is None:
        raise Unsupported(climbed.explain())
    climbed.world.close()
    return climbed.rung


def is_alive(process: psutil.Process) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def in_python(script: str, **environment: str) -> str:
    """What *script* prints in a new Python."""
    return subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **environment},
        cwd=TOP,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
