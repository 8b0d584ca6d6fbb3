"""The nine tests of DebTorrent over and over, by everybody and everywhere: nothing is flaky."""

from __future__ import annotations

import os
import pwd
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

from pkgsuite.managers.apt import apt
from pkgsuite.system.wait import wait_until
from tests import test_killed
from tests.checkout import TOP
from tests.soak import IS_LONG, amount, rounds

ROUNDS = amount(1, 50)
NINE = "pkgsuite.testcases.swarm.test_nine"
OTHERS = ("pkgsuite.testcases.swarm.test_nine_opentracker", "pkgsuite.testcases.swarm.test_clients")
NODES = 10
"""The processes of a run in test 8: eight nodes, and at least the runner and the process that runs the test."""

ONE = "test_2_everything_from_the_peer"
"""What the short form runs of them."""

COUNTS = re.compile(r"^(✓ \d+ passed.*?)(?: in [^ ]* s)?$", re.MULTILINE)


class NineTest(unittest.TestCase):
    """Each round is a run of its own."""

    @classmethod
    def setUpClass(cls) -> None:
        apt.find()

    def run_rounds(self, wrapper: tuple[str, ...] = (), python: str = sys.executable, *files: str) -> None:
        """Every test passes in each round."""
        chosen = [] if IS_LONG else ["-k", ONE]
        words = [*wrapper, python, "-m", "pkgsuite", "run", "--no-history", *(files or (NINE,)), *chosen]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(TOP)}
        for number in rounds(ROUNDS):
            done = subprocess.run(words, cwd=TOP, env=environment, capture_output=True, text=True, check=False)
            with self.subTest(round=number):
                self.assertEqual(0, done.returncode, done.stdout[-6000:] + done.stderr[-2000:])
                told = COUNTS.findall(done.stdout)[-1]
                self.assertEqual(told if files else f"✓ {9 if IS_LONG else 1} passed", told)

    def test_by_whoever_runs_this(self) -> None:
        self.run_rounds()

    def test_by_an_ordinary_user(self) -> None:
        if os.geteuid():
            self.run_rounds()
            return
        python = next(filter(can_use, (sys.executable, "/usr/bin/python3")), None)
        if python is None:
            self.skipTest("no Python that everybody can run has psutil; apt-get install python3-psutil")
        self.run_rounds(as_nobody("HOME=/nonexistent"), python)

    def test_in_an_empty_network(self) -> None:
        wrapper = ("unshare", "--net") if not os.geteuid() else ("unshare", "--user", "--map-root-user", "--net")
        done = subprocess.run([*wrapper, "true"], capture_output=True, text=True, check=False)
        if done.returncode:
            self.skipTest(f"no network of its own here ({done.stderr.strip()}); run this as root (sudo)")
        self.run_rounds(wrapper)

    def test_with_programs_of_others(self) -> None:
        self.run_rounds((), sys.executable, *OTHERS)


class KilledTest(test_killed.KilledTest):
    """The runner is killed in the middle of test 8, with a tracker, a mirror and six downloaders at work."""

    words = ("run", "--no-history", "pkgsuite.testcases.swarm.test_nine", "-k", "test_8")

    def test_at_any_moment(self) -> None:
        choose = random.Random(test_killed.SEED)
        for number in rounds(amount(3, 100)):
            with self.subTest(number=number):
                self.kill_at(choose.uniform(0, 1.0))

    def kill_at(self, moment: float) -> None:
        """Start a run, kill it *moment* seconds after all nodes are there, and look at the host."""
        before = self.host()
        runner = self.start()
        wait_until(lambda: len(self.marked()) >= NODES, timeout=120, what="the nodes run")
        deadline = time.monotonic() + moment
        wait_until(lambda: time.monotonic() > deadline, timeout=60, what="its moment")
        spaces = {space for pid in self.marked() for space in test_killed.spaces_of(pid)}
        spaces -= {os.readlink("/proc/self/ns/pid")}

        self.assertIsNone(runner.poll())
        runner.send_signal(signal.SIGKILL)

        wait_until(lambda: not self.left(spaces), timeout=20, what="all that it started is gone")
        runner.wait()
        wait_until(lambda: self.added(before) == [], timeout=20, what=f"nothing is added: {self.added(before)}")


def as_nobody(*variables: str) -> tuple[str, ...]:
    """A wrapper that makes a command an ordinary user's."""
    user = pwd.getpwnam("tester") if has_user("tester") else pwd.getpwnam("nobody")
    ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    return ("setpriv", *ids, "env", *variables)


def has_user(name: str) -> bool:
    """Whether there is a user of that name."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def can_use(python: str) -> bool:
    """Whether an ordinary user can run pkgsuite with this Python."""
    if shutil.which("setpriv") is None:
        return False
    words = [*as_nobody(), python, "-c", "import psutil, pkgsuite.scenario"]
    return not subprocess.run(words, cwd=TOP, capture_output=True, check=False).returncode
