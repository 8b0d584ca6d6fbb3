"""Tests that do to Python what they like spoil nothing but themselves."""

from __future__ import annotations

import json
from pathlib import Path

from pkgsuite import events
from tests.command_line import CommandLineTest

CLOCKS = """
import select, time, unittest
from unittest import mock

class Breaks(unittest.TestCase):
    def test_it(self):
        time.monotonic = time.time = lambda: 1 / 0

@mock.patch("time.time")
class Patches(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        patch = mock.patch("time.monotonic", side_effect=[1.0])
        patch.start()
        cls.addClassCleanup(patch.stop)
    def test_1(self, clock): pass
    def test_2(self, clock): pass

class Innocent(unittest.TestCase):
    def test_it(self): select.select([], [], [], 0.5)
"""

MUTE = """
import unittest

class Mute(Exception):
    def __str__(self): raise ValueError

class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls): open("up", "a").write("up\\n")
    def test_1(self): raise Mute
    def test_2(self): self.assertIn("needle", "hay" * 10_000_000)
    def test_3(self): pass
"""

HALF_A_LINE = """
import time, unittest

class Case(unittest.TestCase):
    def test_1(self):
        time.sleep(0.2)
        print("of the first", end="")
    def test_2(self):
        pass
"""

AT_EXIT = """
import atexit, pathlib, unittest
atexit.register(pathlib.Path("of-the-runner").touch, exist_ok=False)

class Case(unittest.TestCase):
    def test_it(self):
        atexit.register(pathlib.Path("of-the-test").touch, exist_ok=False)
"""

AGAIN = """
import unittest

def setUpModule(): pass

class First(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls): open("fixtures", "a").write("first\\n")
    async def test_1(self):
        self.assertFalse(hasattr(self, "has_run"))
        self.has_run = True

class Second(unittest.TestCase):
    @classmethod
    def setUpClass(cls): open("fixtures", "a").write("second\\n")
    def test_1(self): pass
    def test_2(self): pass
"""


TEAR_DOWN = """
import unittest

class Case(unittest.TestCase):
    @classmethod
    def tearDownClass(cls):
        print("why it failed")
        raise RuntimeError
    def test_it(self): pass
"""

CHANNEL = """
import os, socket, stat, unittest

class A(unittest.TestCase):
    def test(self):
        for number in range(3, 50):
            try:
                if stat.S_ISSOCK(os.fstat(number).st_mode):
                    os.write(number, b'{"version": 1, "event": "nonsense"}\\n{broken\\n')
            except OSError:
                pass

class B(unittest.TestCase):
    def test(self): pass
"""


COMES_BACK = """
import os, unittest

class Case(unittest.TestCase):
    @classmethod
    def tearDownClass(cls): open("down", "a").write("down\\n")
    def test_1(self):
        child = os.fork()
        if child: os.waitpid(child, 0)
    def test_2(self): pass
"""


class RoguesTest(CommandLineTest):
    """Each in a file of its own."""

    def outcomes(self, text: str, *words: str) -> dict[str, events.Result]:
        """The results of the tests in a file, by class and method; nothing goes wrong beside them."""
        self.write("test_rogue.py", text)
        _, told = self.told("test_rogue", *words)
        self.assertEqual([], [event for event in told if isinstance(event, events.Trouble)])
        results = [event for event in told if isinstance(event, events.Result)]
        self.outputs = {
            event.test.removeprefix("test_rogue."): event for event in told if isinstance(event, events.Output)
        }
        return {event.test.removeprefix("test_rogue."): event for event in results}

    def test_clocks(self) -> None:
        """Whoever replaces the clock is not asked for the time by the runner."""
        found = self.outcomes(CLOCKS, "-j2")

        self.assertEqual({"passed"}, {result.outcome for result in found.values()}, found)
        self.assertEqual(4, len(found))

    def test_what_cannot_be_said(self) -> None:
        """Exceptions without a text and with a very long one are results, and the fixture runs once."""
        found = self.outcomes(MUTE, "-j1")

        self.assertEqual(["error", "failed", "passed"], [found[f"Case.test_{number}"].outcome for number in (1, 2, 3)])
        self.assertIn("Mute, whose text cannot be had: its __str__ raises ValueError", found["Case.test_1"].reason)
        self.assertIn("characters left out]", found["Case.test_2"].details)
        self.assertLess(len(json.dumps(found["Case.test_2"].details)), 300_000)
        self.assertEqual("up\n", Path(self.place, "up").read_text())

    def test_words_of_a_tear_down(self) -> None:
        """What a fixture wrote before it failed is told with its trouble."""
        self.write("test_rogue.py", TEAR_DOWN)
        _, told = self.told("test_rogue", "-j2")

        (trouble,) = [event for event in told if isinstance(event, events.Trouble)]
        self.assertIn("it wrote last:\nwhy it failed", trouble.details)

    def test_channel(self) -> None:
        """Whoever writes into what the runner and its workers say is a test that failed, and no other is lost."""
        self.write("test_rogue.py", CHANNEL)
        status, told = self.told("test_rogue", "-j1")

        outcomes = {event.test: event.outcome for event in told if isinstance(event, events.Result)}
        self.assertEqual((1, {"test_rogue.A.test": "crashed", "test_rogue.B.test": "passed"}), (status, outcomes))

    def test_a_child_that_comes_back(self) -> None:
        """It tears down nothing that its parent still needs."""
        found = self.outcomes(COMES_BACK, "-j1")

        self.assertEqual(["passed", "passed"], [result.outcome for result in found.values()])
        self.assertEqual("down\n", Path(self.place, "down").read_text())

    def test_half_a_line(self) -> None:
        """What a test wrote is its own, though no line ended."""
        self.outcomes(HALF_A_LINE, "-j1")

        self.assertEqual({"Case.test_1": "of the first"}, {name: each.text for name, each in self.outputs.items()})

    def test_what_is_left_for_the_end(self) -> None:
        """What a test leaves for the end of its process is done, what its module left by the runner, each once."""
        self.outcomes(AT_EXIT, "-j1")

        self.assertTrue(Path(self.place, "of-the-test").exists())
        self.assertTrue(Path(self.place, "of-the-runner").exists())

    def test_again(self) -> None:
        """Each time it is another test object, and the fixtures of a class still run once, in any order."""
        for words in (["--repeat=3"], ["--repeat=3", "--seed=3"], ["--repeat=3", "--seed=4"]):
            with self.subTest(words):
                Path(self.place, "fixtures").unlink(missing_ok=True)

                found = self.outcomes(AGAIN, "-j1", *words)

                self.assertEqual({"passed"}, {result.outcome for result in found.values()}, found)
                self.assertEqual(9, len(found))
                self.assertEqual(["first", "second"], sorted(Path(self.place, "fixtures").read_text().split()))


class ImportTest(CommandLineTest):
    """What modules do while they are imported."""

    PASSES = "import unittest\nclass Case(unittest.TestCase):\n    def test_it(self): pass\n"

    def test_words(self) -> None:
        """They are on stderr; stdout is the report's, or JSON, whoever replaces it."""
        self.write("test_x.py", f"import io, sys\nprint('a word')\nsys.stdout = io.StringIO()\n{self.PASSES}")

        for words in (("list", "--json", "."), ("run", ".", "--report=jsonl")):
            with self.subTest(words):
                done = self.call(*words)

                self.assertEqual(("a word\n", 0), (done.stderr.splitlines(keepends=True)[0], done.returncode))
                for text in [done.stdout] if words[0] == "list" else done.stdout.splitlines():
                    json.loads(text)
        self.assertIn("1 passed", self.call("run", ".").stdout)

    def test_elsewhere(self) -> None:
        """Reports are written where they were asked for."""
        self.write("test_x.py", f"import os\nos.mkdir('there'); os.chdir('there')\n{self.PASSES}")

        self.assertEqual(0, self.call("run", "test_x.py", "--report=tap=report").returncode)
        self.assertTrue(Path(self.place, "report").exists())

    def test_its_end(self) -> None:
        """A module that ends its process is one that cannot be imported; what it forks may end."""
        self.write("test_x.py", f"import os\nif not os.fork(): os._exit(0)\nos.wait()\n{self.PASSES}")
        self.write("test_y.py", "import os; os._exit(0)")

        for words in (["."], ["test_x", "test_y"]):
            done = self.call("run", *words)

            self.assertEqual(1, done.returncode, words)
            self.assertIn("calls os._exit(0), which would end the run", done.stdout)
            self.assertIn("✓ 1 passed, ⚠ 1 in error", done.stdout)

    def test_interrupted(self) -> None:
        """Ctrl-C ends the run, though unittest would take it for a fault of the module."""
        self.write("test_x.py", f"import signal\nsignal.raise_signal(signal.SIGINT)\n{self.PASSES}")
        self.write("test_y.py", self.PASSES)

        self.assertEqual((130, ""), (lambda done: (done.returncode, done.stdout))(self.call("run", ".")))

    def test_checkpoints(self) -> None:
        """Directories of a package that are none of its modules are passed over."""
        for name in ("pack/__init__.py", "pack/.ipynb_checkpoints/test_b-checkpoint.py", "pack/test_b.py"):
            self.write(name, self.PASSES if "test" in name else "")

        self.assertEqual("pack.test_b.Case.test_it\n1 tests\n", self.call("list", "pack").stdout)

    def test_a_package_that_loads_its_tests(self) -> None:
        """It is asked, by its name as by its directory."""
        self.write("pack/__init__.py", "")
        self.write("pack/sub/test_b.py", self.PASSES)
        self.write("pack/sub/test_left_out.py", self.PASSES)
        self.write(
            "pack/sub/__init__.py",
            """
            def load_tests(loader, tests, pattern):
                return loader.loadTestsFromName("pack.sub.test_b.Case.test_it" if pattern == "test*.py" else "nothing")
            """,
        )

        for name in ("pack.sub", "pack/sub"):
            self.assertEqual("pack.sub.test_b.Case.test_it\n1 tests\n", self.call("list", name).stdout)

    def test_one_file_for_two_reports(self) -> None:
        """They would write over each other."""
        self.write("test_x.py", self.PASSES)

        self.assert_refused(self.call("run", ".", "--report=tap=x", "--report=jsonl=./x"), "are one file")
        self.assertEqual(0, self.call("run", ".", "--report=tap=/dev/null", "--report=jsonl=/dev/null").returncode)
