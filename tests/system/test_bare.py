"""Places on the host, for machines without namespaces: what was made there is gone when the run is."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import unittest
from pathlib import Path

from pkgsuite.managers.pacman import pacman
from pkgsuite.system.wait import wait_until
from tests.command_line import CommandLineTest, command

SAMPLE = """
    import os, signal
    from pathlib import Path
    from pkgsuite import Package, Scenario, pacman
    class Case(Scenario, on=pacman):
        def test_where(self):
            machine = self.start_machine(packages=[Package("dummy")])
            machine.run("pacman -V")
            Path(os.environ["PKGSUITE_TEST_TOLD"]).write_text(machine.root)
            {last}
"""


@unittest.skipUnless(
    shutil.which("fakechroot") and shutil.which("fakeroot"),
    "no fakeroot with fakechroot; apt-get install fakechroot fakeroot",
)
class FakechrootTest(CommandLineTest):
    """`pkgsuite run` where chroot is pretended."""

    @classmethod
    def setUpClass(cls) -> None:
        pacman.find()

    def start(self, last: str) -> subprocess.Popen[bytes]:
        """A run of a scenario that tells its root, and what it does last."""
        self.write("test_sample.py", SAMPLE.format(last=last))
        self.told = self.place / "told"
        environment = self.environment(PKGSUITE_ISOLATION="fakechroot", PKGSUITE_TEST_TOLD=str(self.told))
        null = subprocess.DEVNULL
        return subprocess.Popen(
            command("run", "test_sample"), cwd=self.place, env=environment, stdin=null, stdout=null, stderr=null
        )

    def directory(self) -> Path:
        """Where the roots of the run stood."""
        return Path(self.told.read_text()).parent

    def test_a_run_that_ends_leaves_no_directory(self) -> None:
        self.assertEqual(self.start("").wait(), 0)

        self.assertFalse(self.directory().exists())

    def test_a_run_that_is_killed_leaves_no_directory(self) -> None:
        runner = self.start("signal.pause()")
        wait_until(lambda: self.told.exists() and self.told.read_text(), timeout=60, what="the scenario has a root")
        directory = self.directory()

        os.kill(runner.pid, signal.SIGKILL)

        runner.wait()
        wait_until(lambda: not directory.exists(), timeout=30, what="the directory is gone")

    def test_no_message_queue_is_left(self) -> None:
        """Nor a semaphore: the kernel has few, and they stay for ever."""
        own = ("unshare", "--user", "--map-root-user", "--ipc")
        if subprocess.run([*own, "true"], capture_output=True, check=False).returncode:
            self.skipTest("no namespace of its own to count in; sysctl user.max_user_namespaces=10000")
        self.write("test_sample.py", SAMPLE.format(last=""))
        run = " ".join(command("run", "-q", "--no-history", "test_sample"))
        script = f"for i in 1 2 3 4; do {run}; done; tail -n +2 -q /proc/sysvipc/msg /proc/sysvipc/sem"
        environment = self.environment(PKGSUITE_ISOLATION="fakechroot", PKGSUITE_TEST_TOLD=str(self.place / "told"))

        done = subprocess.run(
            [*own, "sh", "-c", script], cwd=self.place, env=environment, capture_output=True, text=True, check=False
        )

        self.assertEqual(4, done.stdout.count("1 passed"), done.stdout + done.stderr)
        self.assertEqual([], [line for line in done.stdout.splitlines() if "passed" not in line and line])
