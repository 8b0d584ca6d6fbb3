"""Tests that do to Python what they like spoil nothing but themselves."""

from __future__ import annotations

import json
from pathlib import Path

from pkgsuite import events
from tests.command_line import CommandLineTest

CLOCKS = """
import time, unittest
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
    def test_it(self): unittest.mock.sentinel, __import__("select").select([], [], [], 0.5)
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
