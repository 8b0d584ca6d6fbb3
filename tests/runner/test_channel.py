"""Another program follows a run on a descriptor, and steers it by its standard input."""

from __future__ import annotations

import json
import os
import subprocess
from typing import IO, Any

from pkgsuite import events
from pkgsuite.runner import channel
from pkgsuite.system.wait import wait_until
from tests.command_line import CommandLineTest, command

SAMPLE = """
    import os, time, unittest
    class Case(unittest.TestCase):
        def test_1(self):
            while not os.path.exists({go!r}):
                time.sleep(0.005)
        def test_2(self):
            pass
    class Flood(unittest.TestCase):
        pass
    for number in range(300):
        setattr(Flood, f"test_{{number}}", lambda self: print("x" * 60_000))
"""


class ChannelTest(CommandLineTest):
    """--events-fd."""

    def start(self, *words: str) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
        """A run with one worker, and what it tells."""
        self.go = self.place / "go"
        self.write("test_sample.py", SAMPLE.format(go=str(self.go)))
        reading, writing = os.pipe()
        run = subprocess.Popen(
            command("run", "-j1", f"--events-fd={writing}", *words),
            cwd=self.place,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[writing],
        )
        os.close(writing)
        told = open(reading, "rb")  # noqa: SIM115 - closed by the clean-up
        self.addCleanup(told.close)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        assert run.stdin is not None
        self.addCleanup(run.stdin.close)
        return run, told

    def until(self, told: IO[bytes], kind: str) -> dict[str, Any]:
        """Read up to the next event of a kind."""
        for line in told:
            event: dict[str, Any] = json.loads(line)
            if event["event"] == kind:
                return event
        raise AssertionError(f"the events ended before any {kind}")

    def say(self, run: subprocess.Popen[bytes], words: str) -> None:
        """Give a command."""
        assert run.stdin is not None
        run.stdin.write(words.encode())
        run.stdin.flush()

    def test_stop(self) -> None:
        """What runs ends as it would, and no more runs; what is no command is left alone."""
        run, told = self.start("test_sample.Case")
        self.until(told, "started")

        self.say(run, "nonsense\nst")
        self.say(run, "op\n")
        self.until(told, "note")
        self.go.touch()

        self.assertEqual(self.until(told, "result")["outcome"], "passed")
        done = self.until(told, "done")
        self.assertEqual((done["counts"], done["not_run"], done["is_interrupted"]), ({"passed": 1}, 1, True))
        self.assertEqual(run.wait(), 130)

    def test_force_and_the_end_of_the_input(self) -> None:
        """What runs is ended at once."""
        for words in ("force\n", ""):
            with self.subTest(words=words):
                run, told = self.start("test_sample.Case")
                self.until(told, "started")

                self.say(run, words)
                if not words and run.stdin is not None:
                    run.stdin.close()

                result = self.until(told, "result")
                self.assertEqual((result["outcome"], result["reason"]), ("error", "interrupted"))
                done = self.until(told, "done")
                self.assertEqual((done["counts"], done["not_run"]), ({"error": 1}, 1))
                self.assertEqual(run.wait(), 130)

    def test_a_reader_that_goes_away(self) -> None:
        """Whoever wanted the run is gone, and so is the run."""
        run, told = self.start("test_sample")
        self.until(told, "started")

        told.close()
        self.go.touch()

        wait_until(lambda: run.poll() is not None, timeout=60, what="the run ends")
        self.assertEqual(run.returncode, 130)

    def test_a_reader_that_reads_nothing_holds_nothing_up(self) -> None:
        """Output is left out where much waits, which a note says; no result is."""
        run, told = self.start("test_sample.Flood", "--report=jsonl=all.jsonl")
        self.until(told, "plan")
        path = self.place / "all.jsonl"
        wait_until(lambda: b'"event": "done"' in path.read_bytes(), timeout=120, what="all tests have run")

        found = [events.decode(line.decode()) for line in told]

        self.assertEqual(sum(isinstance(event, events.Result) for event in found), 300)
        outputs = sum(isinstance(event, events.Output) for event in found)
        self.assertLess(outputs, 300)
        self.assertGreater(outputs * 60_000, channel.MOST_WAITING_BYTES - 120_000)
        notes = [event.text for event in found if isinstance(event, events.Note)]
        self.assertEqual(sum(int(note.split()[0]) for note in notes if "left out" in note), 300 - outputs)
        self.assertEqual(run.wait(), 0)

    def test_a_descriptor_that_cannot_be_written(self) -> None:
        """It is wrong usage."""
        self.write("test_sample.py", SAMPLE.format(go="/"))

        self.assert_refused(self.call("run", "--events-fd=77", "test_sample"), "--events-fd", "Bad file descriptor")
