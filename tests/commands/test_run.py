"""`pkgsuite run` as a stranger calls it: reports, exit statuses, Ctrl-C, terminals."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

from pkgsuite import events
from pkgsuite.managers.pacman import pacman
from pkgsuite.system import ladder
from tests.command_line import CommandLineTest, command

EVERY = """
    import sys, unittest
    class Case(unittest.TestCase):
        def test_1_pass(self):
            print("printed in the first")
        def test_2_half_a_line(self):
            print("half a line", end="")
            print("to stderr", end="", file=sys.stderr)
        def test_3_subtests(self):
            for number in range(2):
                with self.subTest(number=number):
                    pass
        @unittest.expectedFailure
        def test_4_expected(self):
            self.fail()
        @unittest.skip("not today")
        def test_5_skip(self):
            pass
"""

ENDINGS = {
    "fail": "self.fail('no')",
    "error": "1 / 0",
    "os._exit(0)": "import os; os._exit(0)",
    "sys.exit(0)": "import sys; sys.exit(0)",
}


class StatusTest(CommandLineTest):
    """Exit statuses."""

    def one(self, body: str, more: str = "") -> None:
        """A module with one test."""
        self.write(
            "test_sample.py",
            f"import unittest\nclass Case(unittest.TestCase):\n    {more}\n    def test_it(self):\n        {body}\n",
        )

    def test_passes(self) -> None:
        """Tests that pass, are skipped or fail as expected make 0."""
        self.write("test_sample.py", EVERY)
        status, told = self.told("test_sample")

        self.assertEqual(status, 0)
        self.assertEqual(told[-1].counts, {"passed": 3, "skipped": 1, "xfailed": 1})

    def test_does_not_pass(self) -> None:
        """Anything else makes 1, an exit with status 0 in the middle too."""
        for name, body in ENDINGS.items():
            with self.subTest(ending=name):
                self.one(body)
                status, told = self.told("test_sample")

                self.assertEqual(status, 1)
                self.assertEqual(
                    [type(event).__name__ for event in told], ["Plan", "Planned", "Started", "Result", "Done"]
                )

    def test_unexpected_success_and_fixtures(self) -> None:
        """So do a test that passes unexpectedly and a fixture behind the tests."""
        for more in (
            "@unittest.expectedFailure",
            "@classmethod\n    def tearDownClass(cls): 1 / 0\n",
        ):
            with self.subTest(more=more):
                self.one("pass", more)

                self.assertEqual(self.call("run", "test_sample").returncode, 1)

    def test_import_error(self) -> None:
        """A module that cannot be imported is an error of that module, with its author's traceback."""
        self.write("test_broken.py", "import unittest\nimport no_such_thing\n")

        done = self.call("run", "test_broken")

        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertIn("test_broken.py", done.stdout)
        self.assertIn("No module named 'no_such_thing'", done.stdout)
        self.assert_no_traceback_of_ours(done)

    def test_failfast(self) -> None:
        """--failfast stops at the first that does not pass and says what was left."""
        self.write(
            "test_sample.py",
            """
            import unittest
            class Case(unittest.TestCase):
                def test_1(self): self.fail()
                def test_2(self): pass
            """,
        )
        done = self.call("run", "-j1", "--failfast", "test_sample")

        self.assertEqual(done.returncode, 1)
        self.assertIn("1 failed, 1 not run", done.stdout)

    def test_unknown_name(self) -> None:
        """A name, a file or a pattern that selects nothing is wrong usage."""
        self.write("test_sample.py", EVERY)
        for words in (
            ("no.such.test",),
            ("test_sample.Nothing",),
            ("test_sample.Case.test_9",),
            ("missing/test_a.py",),
            ("-k", "nothing", "test_sample"),
            ("-k", "nothing of that name"),
        ):
            with self.subTest(words=words):
                self.assert_refused(self.call("run", *words))

    def test_a_strangers_directory(self) -> None:
        """A directory in /tmp with a scenario runs from where it lies, and by its path from anywhere."""
        self.write(
            "tests/test_sample.py", "from pkgsuite import Scenario\nclass A(Scenario):\n    def test_it(self): pass\n"
        )
        for words, cwd in (
            (["."], self.place / "tests"),
            (["test_sample"], self.place / "tests"),
            (["tests"], self.place),
            ([str(self.place / "tests" / "test_sample.py")], "/"),
        ):
            with self.subTest(words=words, cwd=cwd):
                done = self.call("run", *words, cwd=cwd)

                self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
                self.assertIn("test_sample.A.test_it", done.stdout)


class OutputTest(CommandLineTest):
    """What is printed."""

    def test_log(self) -> None:
        """In a log each test has a line of its own, behind what it printed, and no control characters."""
        self.write("test_sample.py", EVERY)
        with (self.place / "log").open("wb") as log:
            subprocess.run(
                command("run", "-j1", "test_sample"),
                cwd=self.place,
                env=self.environment(),
                stdout=log,
                stderr=log,
                check=True,
            )

        text = (self.place / "log").read_text(encoding="utf-8")
        self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f]")
        self.assertRegex(
            text,
            r"\Aprinted in the first\n"
            r"1/5 ✓ +0.\d\d s  test_sample.Case.test_1_pass\n"
            r"half a lineto stderr\n"
            r"2/5 ✓ +0.\d\d s  test_sample.Case.test_2_half_a_line\n",
        )
        self.assertRegex(
            text, r"\n⊖ 1 skipped: not today\n✓ 3 passed, ⊖ 1 skipped, ✓ 1 failed as expected in 0.\d s\n\Z"
        )

    def test_quiet(self) -> None:
        """--quiet leaves the summary."""
        self.write("test_sample.py", EVERY)
        for jobs in (1, 2):
            with self.subTest(jobs=jobs):
                shown = self.call("run", "-q", f"-j{jobs}", "test_sample").stdout

                self.assertRegex(shown, r"\A\n⊖ 1 skipped: not today\n✓ 3 passed, [^\n]* in \d+.\d s\n\Z")

    def test_flood(self) -> None:
        """A test that prints without end is shown and does not stop the run."""
        self.write(
            "test_sample.py",
            """
            import unittest
            from pkgsuite import Scenario
            class Plain(unittest.TestCase):
                def test_it(self):
                    for _ in range(1000): print("x" * 1000)
            class There(Scenario):
                def test_it(self):
                    for _ in range(1000): print("y" * 1000)
            """,
        )
        done = self.call("run", "-j1", "test_sample")

        self.assertEqual(done.returncode, 0)
        self.assertIn("2 passed", done.stdout)
        self.assertEqual((done.stdout.count("x" * 1000), done.stdout.count("y" * 1000)), (1000, 1000))


class ReportTest(CommandLineTest):
    """--report."""

    def setUp(self) -> None:
        super().setUp()
        self.write("test_sample.py", EVERY)

    def test_wrong(self) -> None:
        """An unknown format or a path that cannot be written is wrong usage, before any test runs."""
        for text, words in (
            ("bogus=x", "one of "),
            ("bogus", "jsonl"),
            ("jsonl=", "FORMAT=PATH"),
            (f"junit={self.place}/missing/x", "No such file"),
            (f"junit={self.place}", "Is a directory"),
            (f"jsonl={self.place}/missing/x", "No such file"),
            (f"jsonl={self.place}", "Is a directory"),
            ("jsonl=/dev/full", "No space left"),
        ):
            with self.subTest(report=text):
                done = self.call("run", "-q", "--report", text, "test_sample.Case.test_3_subtests")

                self.assert_refused(done, words)

    def test_file(self) -> None:
        """The file holds all events, the screen what it holds without."""
        done = self.call("run", "--report", "jsonl=run.jsonl", "test_sample")

        lines = (self.place / "run.jsonl").read_text().splitlines()
        told = [events.decode(line) for line in lines]
        self.assertEqual(done.returncode, 0)
        self.assertIsInstance(told[0], events.Plan)
        self.assertIsInstance(told[-1], events.Done)
        self.assertIn("3 passed", done.stdout)

    def test_stdout_is_whole(self) -> None:
        """On stdout there is the report and nothing else, whatever tests and their programs print there."""
        self.write(
            "test_prints.py",
            """
            import os, subprocess, sys, unittest
            class Case(unittest.TestCase):
                def test_it(self):
                    print("printed")
                    os.write(1, b"written\\n")
                    subprocess.run(["echo", "echoed"])
                    sys.__stdout__.write("original\\n")
            """,
        )
        done = self.call("run", "--report=jsonl=-", "test_prints")

        self.assertEqual([type(events.decode(line)).__name__ for line in done.stdout.splitlines()][-1], "Done")
        for word in ("printed", "written", "echoed", "original", "1 passed"):
            self.assertIn(word, done.stderr)

    def test_twice(self) -> None:
        """Several reports are alike."""
        self.call("run", "--report", "jsonl=a", "--report", "jsonl=b", "test_sample")

        self.assertEqual((self.place / "a").read_bytes(), (self.place / "b").read_bytes())

    def test_order_of_a_scenario(self) -> None:
        """Of a scenario's test there are the start, each command, each rule and the result, in that order."""
        ladder.the_world()
        pacman.find()
        self.write(
            "test_pacman.py",
            """
            from pkgsuite import Package, Scenario, installed, pacman
            class Case(Scenario, on=pacman):
                def test_it(self):
                    machine = self.start_machine(repositories=[Package("dummy")])
                    machine.run("pacman -S dummy")
                    self.check(installed("dummy"))
            """,
        )
        status, told = self.told("test_pacman")

        self.assertEqual(status, 0)
        kinds = "Plan Planned Started Launched Command Judging Rule Judging Rule Changed Result Done"
        self.assertEqual(" ".join(type(event).__name__ for event in told), kinds)
        self.assertEqual({event.test for event in told[1:-1]}, {"test_pacman.Case.test_it"})


WAITS = """
    import os, time, unittest
    from pkgsuite import Scenario
    class Case({base}):
        def wait(self):
            while not os.path.exists({go!r}):
                time.sleep(0.005)
        def test_9_last(self):
            pass
    for number in range({jobs}):
        setattr(Case, f"test_{{number}}", Case.wait)
"""

WAYS = [(base, jobs) for base in ("unittest.TestCase", "Scenario") for jobs in (1, 2)]
"""Where tests run, and how many at a time."""


class InterruptTest(CommandLineTest):
    """Ctrl-C on a terminal, which reaches the whole process group."""

    def start(self, base: str, jobs: int, *words: str) -> Terminal:
        """A run on a terminal, whose workers all have a test that waits for a file called `go`."""
        if base == "Scenario":
            ladder.the_world()
        (self.place / "go").unlink(missing_ok=True)
        self.write("test_sample.py", WAITS.format(base=base, go=str(self.place / "go"), jobs=jobs))
        terminal = Terminal(
            command("run", f"-j{jobs}", "test_sample", *words),
            self.place,
            self.environment(TERM="xterm", NO_COLOR="1"),
        )
        self.addCleanup(terminal.close)
        for number in range(jobs):
            terminal.until(f"Case.test_{number}")
        return terminal

    def test_once(self) -> None:
        """The tests that run end as they would, the others are not run, and the summary says so."""
        for base, jobs in WAYS:
            with self.subTest(base=base, jobs=jobs):
                terminal = self.start(base, jobs, "--report=jsonl=told")

                terminal.type("\x03")
                terminal.until("Ctrl-C again")
                (self.place / "go").touch()
                status, text = terminal.end()

                self.assertEqual(status, 130, text)
                self.assertIn(f"✓ {jobs} passed, 1 not run; interrupted after", text)
                self.assertNotIn("Traceback", text)
                self.check_report({"passed": jobs})

    def test_twice(self) -> None:
        """The second ends the tests at once; they have not passed."""
        for base, jobs in WAYS:
            with self.subTest(base=base, jobs=jobs):
                terminal = self.start(base, jobs, "--report=jsonl=told")

                terminal.type("\x03")
                terminal.until("Ctrl-C again")
                terminal.type("\x03")
                status, text = terminal.end()

                self.assertEqual(status, 130, text)
                for number in range(jobs):
                    self.assertIn(f"test_sample.Case.test_{number}: interrupted", text)
                self.assertIn(f"⚠ {jobs} in error, 1 not run; interrupted after", text)
                self.assertNotIn("Traceback", text)
                self.check_report({"error": jobs})

    def check_report(self, counts: dict[str, int]) -> None:
        """The report says the same as the summary."""
        *_, done = map(events.decode, (self.place / "told").read_text().splitlines())
        assert isinstance(done, events.Done)
        self.assertEqual((done.counts, done.not_run, done.is_interrupted), (counts, 1, True))


class TerminalTest(CommandLineTest):
    """The live line."""

    def screen(self, columns: int = 80, **variables: str | None) -> str:
        """What a run prints on a terminal of this width."""
        self.write("test_sample.py", EVERY)
        environment = self.environment(**{"TERM": "xterm", "NO_COLOR": None, **variables})
        terminal = Terminal(command("run", "-j1", "test_sample"), self.place, environment, columns)
        self.addCleanup(terminal.close)
        status, text = terminal.end()
        self.assertEqual(status, 0, text)
        return text

    def test_live_line_gives_way(self) -> None:
        """What a test prints stands on a line of its own, and the live line is cleared before."""
        shown = as_shown(self.screen())

        self.assertEqual(shown[0], "printed in the first")
        self.assertIn("half a lineto stderr", shown)
        self.assertRegex(shown[1], r"^1/5 ✓ +\d\.\d\d s  test_sample\.Case\.test_1_pass$")
        self.assertFalse([line for line in shown if line.count("/5") > 1])

    def test_narrow(self) -> None:
        """The live line never takes more than the width, however narrow."""
        for columns in (1, 2, 10, 30):
            with self.subTest(columns=columns):
                text = self.screen(columns, NO_COLOR="1")

                live = re.findall(r"(?:^|\x1b\[K|\n)([^\n\x1b\r]*)\r\x1b\[K", text)
                self.assertTrue(all(len(line) < max(columns, 2) for line in live), live)

    def test_colours(self) -> None:
        """Colours are for terminals, unless NO_COLOR or a dumb one asks for none."""
        self.assertIn("\x1b[32m", self.screen())
        self.assertNotIn("\x1b[32m", self.screen(NO_COLOR="1"))
        self.assertNotIn("\x1b", self.screen(TERM="dumb"))
        self.assertNotIn("\x1b", self.screen(TERM=None))


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, argv: list[str], cwd: Path, environment: dict[str, str], columns: int = 80) -> None:
        self._text = b""
        pid, self._master = pty.fork()
        if pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
                os.chdir(cwd)
                os.execve(argv[0], argv, environment)
            finally:
                os._exit(127)
        self._pid = pid
        self._status: int | None = None

    @property
    def text(self) -> str:
        """What was printed until now."""
        return self._text.decode("utf-8", "replace").replace("\r\n", "\n")

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def until(self, words: str, timeout: float = 30) -> None:
        """Read until *words* were printed."""
        deadline = time.monotonic() + timeout
        while words not in self.text and time.monotonic() < deadline:
            if not self._read():
                break
        if words not in self.text:
            raise AssertionError(f"{words!r} was not printed, but:\n{self.text}")

    def _read(self) -> bool:
        if not select.select([self._master], [], [], 1)[0]:
            return True
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            return False
        self._text += data
        return bool(data)

    def end(self) -> tuple[int, str]:
        """Read to the end; the exit status and all that was printed."""
        while self._read():
            pass
        self._status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._status, self.text

    def close(self) -> None:
        """End the program if it still runs."""
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._master)


def as_shown(text: str) -> list[str]:
    """The lines that are left on a terminal when carriage returns and clearing are obeyed."""
    text = re.sub(r"\x1b\[\d*m", "", text)
    return [re.sub(r"^.*\r\x1b\[K", "", line) for line in text.split("\n")]
