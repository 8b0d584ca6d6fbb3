"""A Scenario tells a TestResult what a plain TestCase would: one table, each row run both ways."""

from __future__ import annotations

import os
import re
import runpy
import signal
import sys
import tempfile
import textwrap
import traceback
import unittest
from pathlib import Path
from typing import NoReturn

from pkgsuite.system import ladder

FRAMES_OF_OTHERS = r'  File "(?!DIRECTORY).*\n(    .*\n)+'

DIFFERING = (
    (r"in \d+\.\d+s", "in TIME"),
    (r"\(\d+\.\d+s\)|\d+\.\d+s ", "TIME"),
    (r"0x[0-9a-f]{6,}", "ADDRESS"),
    (r"repeated \d+ more", "repeated MANY more"),
    (FRAMES_OF_OTHERS, ""),
)
"""What is not the same from run to run, and frames of the framework above an interrupt."""

HEAD = """
import os, signal, sys, unittest
from {module} import {base}

class Base({base}):
    pass

"""

ROWS = {
    "pass": """
        class Case(Base):
            def test_it(self):
                '''It passes.'''
                self.assertTrue(True)
    """,
    "fail": """
        class Case(Base):
            def test_it(self):
                value = {"a": 1}
                self.assertEqual(value["a"], 2, "not two")
    """,
    "fail in a helper": """
        class Case(Base):
            def test_it(self):
                self.look(3)
            def look(self, number):
                self.assertIn(number, [1, 2])
    """,
    "plain assert": """
        class Case(Base):
            def test_it(self):
                assert 1 + 1 == 3, "sums"
    """,
    "assert without words": """
        class Case(Base):
            def test_it(self):
                assert False
    """,
    "error": """
        class Case(Base):
            def test_it(self):
                {}["missing"]
    """,
    "error with a cause": """
        class Case(Base):
            def test_it(self):
                try:
                    int("x")
                except ValueError as error:
                    raise RuntimeError("outer") from error
    """,
    "error while handling": """
        class Case(Base):
            def test_it(self):
                try:
                    int("x")
                except ValueError:
                    undefined_name
    """,
    "error suppressed": """
        class Case(Base):
            def test_it(self):
                try:
                    int("x")
                except ValueError:
                    raise OSError(2, "No such file", "a") from None
    """,
    "own exception that takes arguments": """
        class Odd(Exception):
            def __init__(self, a, b):
                super().__init__(a)
                self.b = b
            def __str__(self):
                return f"odd {self.b}"
        class Case(Base):
            def test_it(self):
                raise Odd(1, b=lambda: 0) if False else Odd(1, 2)
    """,
    "exception that cannot be pickled": """
        class Case(Base):
            def test_it(self):
                class Local(Exception):
                    def __reduce__(self):
                        raise TypeError("no pickles")
                raise Local("told as text")
    """,
    "syntax error": """
        class Case(Base):
            def test_it(self):
                compile("a b", "somewhere.py", "exec")
    """,
    "notes": """
        class Case(Base):
            def test_it(self):
                error = ValueError("noted")
                if hasattr(error, "add_note"):
                    error.add_note("a note")
                raise error
    """,
    "group": """
        class Case(Base):
            def test_it(self):
                if sys.version_info >= (3, 11):
                    raise ExceptionGroup("several", [ValueError("one"), TypeError("two")])
    """,
    "recursion": """
        class Case(Base):
            def test_it(self):
                self.test_it()
    """,
    "several lines": """
        class Case(Base):
            def test_it(self):
                self.assertEqual(
                    [1,
                     2],
                    [3],
                )
    """,
    "skip": """
        class Case(Base):
            def test_it(self):
                self.skipTest("no reason")
    """,
    "skip by decorator": """
        class Case(Base):
            @unittest.skip("decorated")
            def test_it(self):
                raise SystemError
        @unittest.skip("all of them")
        class Other(Base):
            @classmethod
            def setUpClass(cls):
                raise SystemError
            def test_it(self):
                raise SystemError
    """,
    "expected failure": """
        class Case(Base):
            @unittest.expectedFailure
            def test_fails(self):
                self.fail("as expected")
            @unittest.expectedFailure
            def test_passes(self):
                pass
    """,
    "subtests": """
        class Case(Base):
            def test_it(self):
                for number in range(4):
                    with self.subTest("half", number=number, text="a'b"):
                        if number == 3:
                            self.skipTest("three")
                        self.assertEqual(number % 2, 0)
                with self.subTest():
                    {}[0]
    """,
    "set up fails": """
        class Case(Base):
            def setUp(self):
                self.addCleanup(print, "cleaned")
                raise ValueError("in setUp")
            def test_it(self):
                pass
            def tearDown(self):
                print("never")
    """,
    "tear down and clean-up fail": """
        class Case(Base):
            def setUp(self):
                self.addCleanup(self.fail, "in clean-up")
            def tearDown(self):
                raise ValueError("in tearDown")
            def test_it(self):
                self.fail("in test")
    """,
    "class fixtures": """
        class Case(Base):
            @classmethod
            def setUpClass(cls):
                super().setUpClass()
                cls.shared = []
                cls.addClassCleanup(print, "class cleaned")
            @classmethod
            def tearDownClass(cls):
                print("torn down with", cls.shared)
            def test_1(self):
                self.shared.append(1)
            def test_2(self):
                self.assertEqual(self.shared, [1])
    """,
    "class fixtures of several bases": """
        class Mixin:
            @classmethod
            def setUpClass(cls):
                print("mixin")
                super().setUpClass()
        class Parent(Base):
            @classmethod
            def setUpClass(cls):
                print("parent")
                super().setUpClass()
        class Case(Mixin, Parent):
            def test_it(self):
                pass
        class Other(Parent):
            @classmethod
            def setUpClass(cls):
                super().setUpClass()
                print("child")
            def test_it(self):
                pass
    """,
    "setUpClass fails": """
        class Case(Base):
            @classmethod
            def setUpClass(cls):
                cls.addClassCleanup(print, "class cleaned")
                raise ValueError("in setUpClass")
            @classmethod
            def tearDownClass(cls):
                print("never")
            def test_1(self):
                pass
            def test_2(self):
                pass
        class Other(Base):
            def test_it(self):
                pass
    """,
    "setUpClass skips": """
        class Case(Base):
            @classmethod
            def setUpClass(cls):
                raise unittest.SkipTest("whole class")
            def test_1(self):
                pass
    """,
    "tearDownClass fails": """
        class Case(Base):
            @classmethod
            def setUpClass(cls):
                cls.addClassCleanup(cls.broken)
            @classmethod
            def broken(cls):
                raise KeyError("in class clean-up")
            @classmethod
            def tearDownClass(cls):
                raise ValueError("in tearDownClass")
            def test_1(self):
                pass
    """,
    "module fixtures": """
        made = []
        def setUpModule():
            made.append("by the module")
        def tearDownModule():
            print("module torn down")
        class Case(Base):
            def test_it(self):
                self.assertEqual(made, ["by the module"])
    """,
    "closure": """
        def make(secret):
            class Case(Base):
                def test_it(self):
                    self.assertEqual(secret, [1, 2])
            return Case
        Case = make([1, 2])
    """,
    "prints": """
        class Case(Base):
            @classmethod
            def setUpClass(cls):
                print("from setUpClass")
            def test_it(self):
                print("to stdout", "ümläut")
                print("to stderr", file=sys.stderr)
                self.fail("with output")
    """,
    "arguments of the instance": """
        class Case(Base):
            def __init__(self, name="test_it", number=0):
                super().__init__(name)
                self.number = number
            def test_it(self):
                self.assertEqual(self.number, 7)
        def load_tests(loader, tests, pattern):
            return unittest.TestSuite([Case(number=7), Case(number=8)])
    """,
    "keyboard interrupt": """
        class Case(Base):
            def test_1(self):
                pass
            def test_2(self):
                raise KeyboardInterrupt
            def test_3(self):
                pass
    """,
    "system exit": """
        class Case(Base):
            def test_it(self):
                sys.exit(3)
    """,
}

ARGUMENTS = (["-v"], ["-b", "-f", "--locals", "-v"], ["-c", "-k", "test_1"])


class TableTest(unittest.TestCase):
    """Each row as a plain TestCase and as a Scenario, under the same arguments of unittest."""

    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        ladder.the_world()

    def test_rows(self) -> None:
        """What unittest prints and its exit status are the same both ways, but for times and addresses."""
        for name, body in ROWS.items():
            for arguments in ARGUMENTS:
                with self.subTest(row=name, arguments=arguments):
                    plain, scenario = (outcome(body, base, arguments) for base in ("TestCase", "Scenario"))

                    self.assertEqual(scenario, plain)

    def test_class_in_main(self) -> None:
        """A class in `__main__` runs as one in a module does."""
        plain, scenario = (outcome(ROWS["fail"], base, [], is_main=True) for base in ("TestCase", "Scenario"))

        self.assertEqual(scenario, plain)
        self.assertIn("not two", plain)


def outcome(body: str, base: str, arguments: list[str], *, is_main: bool = False) -> str:
    """What unittest prints for a module with *body*, with what differs from run to run replaced."""
    module = "unittest" if base == "TestCase" else "pkgsuite.scenario"
    source = HEAD.format(module=module, base=base) + textwrap.dedent(body) + ("\nunittest.main()\n" if is_main else "")
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "sample.py").write_text(source, encoding="utf-8")
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            be_unittest(directory, writer, arguments, is_main)
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as pipe:
            text = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    text = text.replace(directory, "DIRECTORY").replace("pkgsuite.scenario", "unittest").replace("Scenario", "TestCase")
    for differing, word in DIFFERING:
        text = re.sub(differing, word, text)
    return f"{text}exit {status}"


def be_unittest(directory: str, output: int, arguments: list[str], is_main: bool) -> NoReturn:
    """The life of a forked child: run unittest on `sample` with all output to a descriptor."""
    status = 99
    try:
        os.chdir(directory)
        sys.path.insert(0, directory)
        for descriptor in (1, 2):
            os.dup2(output, descriptor)
        os.close(output)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", 1, encoding="utf-8") for number in (1, 2))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if is_main:
            sys.argv = ["sample.py"]
            runpy.run_path("sample.py", run_name="__main__")
        unittest.main(module=None, argv=["python -m unittest", *arguments, "sample"])
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        status = 98
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
