"""What a Scenario's process does when it is interrupted, killed or ends itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

import psutil

from pkgsuite.system import ladder
from pkgsuite.system.wait import wait_until

TOP = Path(__file__).parents[2]


class EndingsTest(unittest.TestCase):
    """Each with unittest in a process of its own."""

    @classmethod
    def setUpClass(cls) -> None:
        ladder.the_world()

    def start(self, body: str, *arguments: str) -> subprocess.Popen[str]:
        """unittest on a module with *body*, in a directory that is deleted later."""
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        head = "import os, signal, subprocess, time\nfrom pkgsuite import Scenario\n"
        Path(place.name, "sample.py").write_text(head + textwrap.dedent(body))
        runner = subprocess.Popen(
            [sys.executable, "-u", "-m", "unittest", "-v", *arguments, "sample"],
            cwd=place.name,
            env={**os.environ, "PYTHONPATH": str(TOP), "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.addCleanup(runner.wait)
        self.addCleanup(runner.kill)
        assert runner.stdout
        self.addCleanup(runner.stdout.close)
        return runner

    WAITS = """
        class Case(Scenario):
            def test_1(self):
                subprocess.Popen(["setsid", "sleep", "986"])
                print("ready")
                while not os.path.exists("go"):
                    time.sleep(0.01)
                print("went on")
            def test_2(self):
                print("second")
    """

    def test_interrupt(self) -> None:
        """Ctrl-C ends the run as it ends one of plain tests, and nothing of the world is left."""
        runner = self.start(self.WAITS)
        below = self.until_ready(runner)

        runner.send_signal(signal.SIGINT)
        text = runner.stdout.read() if runner.stdout else ""

        self.assertNotEqual(runner.wait(), 0)
        self.assertIn("KeyboardInterrupt", text)
        self.assertNotIn("second", text)
        self.assert_gone(below)

    def test_interrupt_that_is_caught(self) -> None:
        """With --catch the running test finishes, and no other is started."""
        runner = self.start(self.WAITS, "--catch")
        below = self.until_ready(runner)

        runner.send_signal(signal.SIGINT)
        (self.place / "go").touch()
        text = runner.stdout.read() if runner.stdout else ""

        self.assertIn("went on", text)
        self.assertNotIn("second", text)
        self.assertIn("Ran 1 test", text)
        self.assert_gone(below)

    def test_killed(self) -> None:
        """A runner that is killed leaves no process."""
        runner = self.start(self.WAITS)
        below = self.until_ready(runner)

        runner.kill()

        self.assert_gone(below)

    def test_process_ends_itself(self) -> None:
        """A test that ends its process is an error, and the tests after it run with their class set up anew."""
        runner = self.start(
            """
            class Case(Scenario):
                @classmethod
                def setUpClass(cls):
                    super().setUpClass()
                    cls.made = os.getpid()
                def test_1(self):
                    os._exit(3)
                def test_2(self):
                    os.kill(os.getpid(), signal.SIGKILL)
                def test_3(self):
                    self.assertEqual(self.made, os.getpid())
            """
        )
        text = runner.stdout.read() if runner.stdout else ""

        self.assertIn("ended itself with status 3", text)
        self.assertIn("was ended by SIGKILL", text)
        self.assertRegex(text, r"test_3 .*ok")
        self.assertIn("FAILED (errors=2)", text)

    def test_cannot_be_set_up_again(self) -> None:
        """A class that cannot be set up in a new process has an error for each test that is left, and runs none."""
        runner = self.start(
            """
            class Case(Scenario):
                @classmethod
                def setUpClass(cls):
                    super().setUpClass()
                    if os.path.exists("go"):
                        raise ValueError("not twice")
                def test_1(self):
                    print("ready")
                    while not os.path.exists("go"):
                        time.sleep(0.01)
                    os._exit(3)
                def test_2(self):
                    print("ran without")
                def test_3(self):
                    print("ran without")
            """
        )
        assert runner.stdout
        while "ready" not in (line := runner.stdout.readline()):
            self.assertTrue(line, "the runner ended too early")
        (self.place / "go").touch()
        text = runner.stdout.read()

        self.assertNotIn("ran without", text)
        self.assertEqual(text.count("could not be set up again"), 2)
        self.assertIn("Ran 3 tests", text)

    def test_breakpoint(self) -> None:
        """breakpoint() says how to debug instead of waiting for a terminal that it does not have."""
        runner = self.start(
            """
            class Case(Scenario):
                def test_1(self):
                    breakpoint()
            """
        )
        text = runner.stdout.read() if runner.stdout else ""

        self.assertIn("pkgsuite world -- python3 -m unittest", text)

    def until_ready(self, runner: subprocess.Popen[str]) -> list[psutil.Process]:
        """Wait for the word, and give all processes below the runner."""
        assert runner.stdout
        while "ready" not in (line := runner.stdout.readline()):
            self.assertTrue(line, "the runner ended too early")
        below = psutil.Process(runner.pid).children(recursive=True)
        self.assertTrue({"setsid", "sleep"} & {name_of(process) for process in below})
        return below

    def assert_gone(self, processes: list[psutil.Process]) -> None:
        """All *processes* end at once."""
        wait_until(lambda: not any(map(is_alive, processes)), timeout=5, what=f"all are gone: {processes}")


def name_of(process: psutil.Process) -> str:
    """The name of a process that may have ended."""
    try:
        return str(process.name())
    except psutil.Error:
        return ""


def is_alive(process: psutil.Process) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
