"""Commands end at their deadline with all they started, and their output is kept as it came."""

from __future__ import annotations

import base64
import time
import unittest
from typing import Any

from pkgsuite.errors import ProgramMissing
from pkgsuite.system import family, ladder, process
from tests.system.joined import answer_of

PATH = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def setUpModule() -> None:
    """Skip where no world can be had."""
    ladder.the_world()


def run(script: str, timeout: float = 20, stdin: bytes = b"") -> dict[str, Any]:
    """How a shell script ends in a world, and how many processes it leaves there."""

    def ended() -> dict[str, Any]:
        done = process.run(["sh", "-c", script], env=PATH, timeout=timeout, stdin=stdin)
        return {
            "status": done.returncode,
            "stdout": base64.b64encode(done.stdout).decode(),
            "stderr": done.stderr.decode(),
            "seconds": done.seconds,
            "user_s": done.user_s,
            "peak": done.peak_rss_bytes,
            "timed_out": done.timed_out,
            "left": [one.name for one in family.descendants()],
        }

    answer: dict[str, Any] = answer_of(ended)
    return {**answer, "stdout": base64.b64decode(answer["stdout"])}


class Heard:
    """A follower that remembers."""

    def __init__(self) -> None:
        self.words: list[bytes] = []

    def began(self, pid: int) -> None:
        """It runs."""

    def said(self, data: bytes) -> None:
        """It wrote this."""
        self.words.append(data)


class RunTest(unittest.TestCase):
    """A command that ends by itself."""

    def test_streams_are_apart(self) -> None:
        """stdout and stderr are kept apart."""
        done = run("echo out; echo err >&2; exit 3")

        self.assertEqual((done["status"], done["stdout"], done["stderr"]), (3, b"out\n", "err\n"))

    def test_every_byte_survives(self) -> None:
        """Output is bytes: all 256 values come back as they were."""
        every = bytes(range(256))
        done = run("cat", stdin=every * 1000)

        self.assertEqual(done["stdout"], every * 1000)

    def test_environment_is_clean(self) -> None:
        """A command gets the environment it is given and nothing else."""
        done = run("exec env")

        names = {line.partition(b"=")[0] for line in done["stdout"].splitlines()}
        self.assertLessEqual(names, {b"PATH", b"PWD", b"_", b"OLDPWD", b"SHLVL"})

    def test_signal(self) -> None:
        """A command that a signal ended has a negative status."""
        self.assertEqual(run("kill -SEGV $$")["status"], -11)

    def test_usage(self) -> None:
        """CPU time and memory of a command are told."""
        done = run("x=0; while [ $x -lt 30000 ]; do x=$((x+1)); done; echo done; sleep 0.05")

        self.assertGreater(done["user_s"], 0.005)
        self.assertGreater(done["peak"], 100_000)

    def test_daemon_stays_and_does_not_block(self) -> None:
        """A daemon that holds the output open does not keep the command from ending."""
        done = run("setsid sleep 45 & echo started")

        self.assertEqual(done["stdout"], b"started\n")
        self.assertLess(done["seconds"], 5)
        self.assertEqual(len(done["left"]), 1, "the daemon, whichever program it has come to by now")

    def test_flood_is_capped(self) -> None:
        """Of a flood the start and the end are kept, with a note that says how much is left out."""
        done = run("echo first; head -c 40000000 /dev/zero; echo last")

        self.assertLess(len(done["stdout"]), 1.1 * process.KEPT_BYTES)
        self.assertTrue(done["stdout"].startswith(b"first\n"))
        self.assertTrue(done["stdout"].endswith(b"last\n"))
        self.assertRegex(done["stdout"], rb"\n\[\d+ bytes left out\]\n")

    def test_small_talk_does_not_wake_us_up(self) -> None:
        """Of a command that writes a line at a time we hear now and then, and in the end of all."""
        heard = Heard()
        script = "i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done"

        done = process.run(["sh", "-c", script], env=PATH, timeout=60, follower=heard)

        self.assertEqual(b"".join(b"%d\n" % number for number in range(2000)), done.stdout)
        self.assertEqual(done.stdout, b"".join(heard.words))
        self.assertLessEqual(len(heard.words), done.seconds * 1000 / process.REST_MS + 3)

    def test_missing_program(self) -> None:
        """A program that is not there is named."""
        with self.assertRaisesRegex(ProgramMissing, "/nowhere/pacman cannot be run"):
            process.run(["/nowhere/pacman"], env=PATH, timeout=1)


class DeadlineTest(unittest.TestCase):
    """A command that does not end by itself."""

    def test_whole_tree_is_ended(self) -> None:
        """At the deadline daemons that ignore SIGTERM and left the session are ended too, at once."""
        start = time.monotonic()
        done = run("trap '' TERM; (setsid sh -c 'trap \"\" TERM; sleep 61' &); (sleep 62 &); sleep 63", timeout=0.3)

        self.assertTrue(done["timed_out"])
        self.assertEqual(done["left"], [])
        self.assertLess(time.monotonic() - start, 5)

    def test_output_until_then_is_kept(self) -> None:
        """What a command said before its deadline is kept."""
        self.assertEqual(run("echo before; sleep 60", timeout=0.3)["stdout"], b"before\n")

    def test_stopped_process(self) -> None:
        """A process that stopped itself is ended as well."""
        self.assertEqual(run("kill -STOP $$", timeout=0.3)["left"], [])
