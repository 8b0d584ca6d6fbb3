"""Tests that kill their worker, exit, raise what nobody can pickle, print without end or hang: each has its result."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from pkgsuite.system import ladder
from tests.command_line import CommandLineTest, command
from tests.soak import amount

CLASSES = amount(10, 100)
PER_CLASS = 10
FLOOD_BYTES = amount(32 << 20, 1 << 30)
DEADLINE_S = amount(5, 40)
"""Long enough for a test that does nothing, or for a flood, however busy the machine is."""

MOST_GROWTH_BYTES = 16 << 20

EXPECTED = {
    "killed": ("crashed", "SIGKILL"),
    "leaves": ("crashed", "status 0"),
    "odd": ("error", "nobody pickles this"),
    "floods": ("passed", ""),
    "hangs": ("error", f"within {DEADLINE_S} s"),
    "good": ("passed", ""),
}
"""What comes of a test by the end of its name: the outcome, and words of the reason."""

SAMPLE = """
    import os, subprocess, sys, threading, time, unittest
    from pkgsuite import Scenario

    BLOCK = b"all work and no play\\n" * 50_000

    def good(self): pass

    def killed(self):
        print("the last words of", self.id())
        os.kill(os.getpid(), 9)

    def leaves(self): os._exit(0)

    def odd(self):
        class Odd(Exception):
            def __init__(self, lock, file):
                super().__init__("nobody pickles this")
                self.lock, self.file = lock, file
            def __reduce__(self): raise TypeError("no")
        raise Odd(threading.Lock(), sys.stderr)

    def floods(self):
        left = {flood}
        while left > 0:
            left -= os.write(1, BLOCK[:left])

    def hangs(self):
        subprocess.Popen(["sh", "-c", "trap '' TERM HUP INT; setsid sleep 987 & sleep 987 # {mark}"])
        while True: time.sleep(1)

    class Fixtures:
        @classmethod
        def setUpClass(cls): super().setUpClass()

    def make(number):
        bad = (killed, leaves, odd, floods, hangs)[number % 5]
        kinds = [bad if each == number % {per_class} else good for each in range({per_class})]
        tests = {{f"test_{{each}}_{{kind.__name__}}": kind for each, kind in enumerate(kinds)}}
        bases = ((unittest.TestCase,), (Fixtures, unittest.TestCase), (Scenario,))[number % 3]
        return type(f"Class{{number:03}}", bases, {{"__module__": __name__, **tests}})

    for number in range({classes}):
        globals()[f"Class{{number:03}}"] = make(number)
"""


class LossesTest(CommandLineTest):
    maxDiff = None
    """A tenth of all tests does what a test must not do."""

    def setUp(self) -> None:
        super().setUp()
        ladder.the_world()
        self.mark = uuid.uuid4().hex
        self.write(
            "test_sample.py",
            SAMPLE.format(flood=FLOOD_BYTES, mark=self.mark, classes=CLASSES, per_class=PER_CLASS),
        )

    def run_it(self, *words: object) -> tuple[int, list[dict[str, Any]], int]:
        """The exit status, the events, and by how many bytes the runner grew since it had loaded the tests."""
        runner = subprocess.Popen(
            command("run", "--jobs=2", f"--timeout={DEADLINE_S}", "--report=jsonl", *words, "test_sample"),
            cwd=self.place,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert runner.stdout is not None
        told, small, large = [], 0, 0
        with runner.stdout:
            for line in runner.stdout:
                told.append(json.loads(line))
                if told[-1]["event"] == "plan":
                    small = memory(runner.pid, "VmRSS")
                elif told[-1]["event"] == "result":
                    large = memory(runner.pid, "VmHWM") or large
        return runner.wait(), told, large - small

    def test_all_are_accounted_for(self) -> None:
        """First without a history, then with one, in another order; memory stays, and so does no process."""
        for words in ((), ("--seed=1",)):
            with self.subTest(words=words):
                status, told, grown = self.run_it(*words)

                self.assertEqual(status, 1)
                self.check(told)
                self.assertLess(grown, MOST_GROWTH_BYTES)
                self.assertEqual([pid for pid in Path("/proc").glob("[0-9]*") if self.mark in words_of(pid)], [])

    def check(self, told: list[dict[str, Any]]) -> None:
        """What was planned was told, each test as what it is."""
        plan, done = told[0], told[-1]
        results = {event["test"]: event for event in told if event["event"] == "result"}
        self.assertEqual(len(plan["tests"]), CLASSES * PER_CLASS)
        self.assertEqual(sorted(plan["tests"]), sorted(results))
        self.assertEqual(len(results), sum(event["event"] == "result" for event in told))
        self.assertEqual({each["details"] for each in results.values() if each["outcome"] == "passed"}, {""})
        wrong = {name: (each["outcome"], each["reason"]) for name, each in results.items() if not is_expected(each)}
        self.assertEqual(wrong, {})
        self.assertEqual(done["event"], "done")
        self.assertEqual(done["counts"], dict(Counter(each["outcome"] for each in results.values())))
        self.assertEqual((done["not_run"], done["troubles"]), (0, 0))
        outputs = {event["test"]: event for event in told if event["event"] == "output"}
        for name in results:
            if name.endswith("floods"):
                self.assertEqual(outputs[name]["size_bytes"], FLOOD_BYTES)
                self.assertLess(len(outputs[name]["text"]), 1 << 17)
                self.assertTrue(Path(outputs[name]["log"]).is_file())
            elif name.endswith("killed"):
                self.assertIn(f"the last words of {name}", results[name]["details"])


def is_expected(result: dict[str, Any]) -> bool:
    """Whether a test ended as its name says."""
    outcome, words = EXPECTED[result["test"].rpartition("_")[2]]
    return result["outcome"] == outcome and words in result["reason"]


def memory(pid: int, name: str) -> int:
    """A size in /proc/PID/status, in bytes; 0 once the process has ended."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) << 10
    return 0


def words_of(process: Path) -> str:
    """The words that a process was called with."""
    try:
        return (process / "cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""
