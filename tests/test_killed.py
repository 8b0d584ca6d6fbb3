"""A runner that is killed at any moment leaves nothing on the host: no process, and so no port, no mount, no file.

PKGSUITE_TEST_SEED says from which random number on.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from pkgsuite.managers.pacman import pacman
from pkgsuite.system import ladder, temporary
from pkgsuite.system.wait import wait_until
from tests.command_line import CommandLineTest, command
from tests.soak import amount, rounds

TIMES = amount(12, 300)
SEED = int(os.environ.get("PKGSUITE_TEST_SEED", "1"))

MARK = "PKGSUITE_TEST_MARK"
"""The environment variable by which everything that a run starts is known; commands get a clean environment."""

GONE_S = 0.1
"""How long anything may outlive the runner on a machine that has nothing else to do."""

SLACK = 300
"""How much longer that takes on one that has."""

OTHERS_S = 20
"""How long other runs on this machine may keep what they made."""


SAMPLE = """
    import subprocess
    from pkgsuite import Package, Scenario, installed, pacman
    class Case(Scenario, on=pacman):
        @classmethod
        def setUpClass(cls):
            super().setUpClass()
            subprocess.Popen(["setsid", "sleep", "986"])
        def setUp(self):
            super().setUp()
            self.machine = self.start_machine(repositories=[Package("dummy", files=["usr/bin/dummy"])])
        def test_install(self):
            self.machine.run("pacman -S dummy")
            self.check(installed("dummy"))
        def test_daemon(self):
            subprocess.Popen(["sh", "-c", "trap '' TERM HUP INT; setsid sleep 986 & sleep 986"])
            self.machine.run("pacman -Sl")
        def test_queue(self):
            for number in range(3):
                self.queue(self.machine, "pacman -Sw dummy")
            self.run_queue(side_by_side=True)
    class Other(Case):
        pass
"""


class KilledTest(CommandLineTest):
    """kill -9 from the start of the interpreter to the end of the run."""

    words = ("run", "test_sample")

    @classmethod
    def setUpClass(cls) -> None:
        ladder.the_world()
        pacman.find()

    def setUp(self) -> None:
        super().setUp()
        self.write("test_sample.py", SAMPLE)
        self.home = self.place / "home"
        for path in (self.home, self.place / "tmp"):
            path.mkdir()
        self.mark = uuid.uuid4().hex

    def start(self) -> subprocess.Popen[bytes]:
        """A run of the sample, by its mark."""
        environment = self.environment(HOME=str(self.home), TMPDIR=str(self.place / "tmp"), **{MARK: self.mark})
        environment.pop("XDG_CACHE_HOME", None)
        null = subprocess.DEVNULL
        return subprocess.Popen(
            command(*self.words), cwd=self.place, env=environment, stdin=null, stdout=null, stderr=null
        )

    def test_whose_mounts_count(self) -> None:
        """Those among temporary files of somebody else are not ours; all others may be."""
        ours = ("/", "/mnt", "/tmp", "/usr/lib", f"/tmp/{temporary.prefix()}abc/root", self.place, self.place / "tmp/a")
        for mount in map(Path, ours):
            self.assertFalse(is_of_others(mount, self.place), mount)
        for mount in map(Path, ("/tmp/theirs", "/tmp/theirs/tracing")):
            self.assertTrue(is_of_others(mount, self.place), mount)

    def test_at_any_moment(self) -> None:
        """Nothing is left, whenever it is killed."""
        start = time.monotonic()
        self.assertEqual(self.start().wait(), 0)
        length = time.monotonic() - start
        choose = random.Random(SEED)
        for number in rounds(TIMES):
            moment = choose.uniform(0, 1.1 * length)
            with self.subTest(number=number, moment=f"{moment:.3f} of {length:.3f} s", seed=SEED):
                self.kill_at(moment)

    def kill_at(self, moment: float) -> None:
        """Start a run, kill it after *moment* seconds, and look at the host."""
        before = self.host()
        runner = self.start()
        deadline = time.monotonic() + moment
        wait_until(lambda: time.monotonic() > deadline or runner.poll() is not None, timeout=60, what="its moment")

        spaces = {space for pid in self.marked() for space in spaces_of(pid)} - {os.readlink("/proc/self/ns/pid")}
        runner.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        wait_until(lambda: not self.left(spaces), timeout=GONE_S * SLACK, what="all that it started is gone")
        took = time.monotonic() - killed
        runner.wait()

        self.assertLess(took, GONE_S if is_idle() else GONE_S * SLACK, "processes outlived the runner")
        wait_until(lambda: self.added(before) == [], timeout=OTHERS_S, what=f"nothing is added: {self.added(before)}")

    def marked(self) -> list[int]:
        """The runner and its forks, whatever namespaces they are in; commands do not get its environment."""
        mark = f"{MARK}={self.mark}".encode()
        return [pid for pid in pids() if mark in environment_of(pid)]

    def left(self, spaces: set[str]) -> set[int]:
        """What is alive of a run that had these pid namespaces."""
        return {*self.marked(), *(pid for pid in pids() if is_alive(pid) and spaces & set(spaces_of(pid)))}

    def host(self) -> set[str]:
        """What a run must leave as it was."""
        lines = Path("/proc/self/mountinfo").read_text().splitlines()
        mounts = (line for line in lines if not is_of_others(Path(line.split()[4]), self.place))
        here = (
            str(path)
            for path in self.place.rglob("*")
            if self.home / ".cache" not in (path, *path.parents) and not is_of_tempfile(path)
        )
        return {*mounts, *here, *(name for place in ("/tmp", "/var/tmp", "/dev/shm") for name in names_of_ours(place))}

    def added(self, before: set[str]) -> list[str]:
        """What was not on the host before; what a living run holds is its own."""
        return sorted(path for path in self.host() - before if not is_held(path))


def is_of_tempfile(path: Path) -> bool:
    """Whether it is the file by which Python's tempfile tries a directory; a kill just then leaves it."""
    with contextlib.suppress(OSError):
        return (
            path.parent.name == "tmp" and len(path.name) == 8 and path.is_file() and path.read_bytes() in (b"", b"blat")
        )
    return False


def is_of_others(mount: Path, place: Path) -> bool:
    """Whether somebody else on this machine mounts something there: among temporary files that are not ours."""
    if mount.parts[:2] != ("/", "tmp") or len(mount.parts) == 2 or place in (mount, *mount.parents):
        return False
    return not mount.parts[2].startswith(temporary.prefix())


def pids() -> Iterator[int]:
    """Every process."""
    return map(int, filter(str.isdigit, os.listdir("/proc")))


def environment_of(pid: int) -> bytes:
    """The environment that a process was started with; that of a zombie is empty."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def spaces_of(pid: int) -> Iterator[str]:
    """The pid namespaces of a process and of its children to be."""
    for name in ("pid", "pid_for_children"):
        with contextlib.suppress(OSError):
            yield os.readlink(f"/proc/{pid}/ns/{name}")


def is_alive(pid: int) -> bool:
    """Whether a process is more than a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def names_of_ours(place: str) -> Iterator[str]:
    """What stands in a directory and is called as a run of this user calls its own."""
    with contextlib.suppress(OSError):
        yield from (f"{place}/{name}" for name in os.listdir(place) if name.startswith(temporary.prefix()))


def is_held(path: str) -> bool:
    """Whether a living process holds the lock of a directory."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def is_idle() -> bool:
    """Whether there is a processor for everybody who wants one."""
    return os.getloadavg()[0] < len(os.sched_getaffinity(0))
