"""The command line's own promises: one clear line for what is wrong, and no traceback of ours."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import unittest
from contextlib import redirect_stdout
from unittest import mock

from pkgsuite import cli
from pkgsuite.version import VERSION
from tests.command_line import CommandLineTest

SAMPLE = """
    import unittest
    class Case(unittest.TestCase):
        def test_it(self):
            pass
"""


class UsageTest(CommandLineTest):
    """What argparse and the environment refuse."""

    def test_wrong_words(self) -> None:
        """Words that are none exit with 2 and say which there are."""
        for words, expected in (
            ((), "COMMAND"),
            (("bogus",), "invalid choice: 'bogus' (choose from"),
            (("run", "--keep", "bogus"), "'never'"),
            (("run", "--bogus"), "unrecognized arguments: --bogus"),
            (("clean", "everything"), "unrecognized arguments: everything"),
        ):
            with self.subTest(words=words):
                done = self.call(*words)

                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(expected.replace("'", ""), done.stderr.replace("'", ""))
                self.assertNotIn("Traceback", done.stderr)

    def test_help_and_version(self) -> None:
        """Help is there for each command in any width, and the version is the package's."""
        for word in ("run", "list", "doctor", "world", "clean"):
            for columns in ("200", "20", "1"):
                with self.subTest(word=word, columns=columns), mock.patch.dict(os.environ, COLUMNS=columns):
                    self.assertIn("usage: pkgsuite", ended(word, "--help"))
        self.assertEqual(ended("--version"), f"pkgsuite {VERSION}\n")

    def test_directory_is_gone(self) -> None:
        """In a directory that was deleted one line says so."""
        gone = self.place / "gone"
        gone.mkdir()

        done = self.call("run", cwd=gone, before=gone.rmdir)

        self.assert_refused(done, "current directory", "cd")

    def test_home(self) -> None:
        """HOME may be unset, lead nowhere, or be closed to this user."""
        self.write("test_sample.py", SAMPLE)
        closed = self.place / "closed"
        closed.mkdir(mode=0)
        for home in (None, "", str(self.place / "missing"), str(closed), "relative"):
            with self.subTest(home=home):
                done = self.call("run", "test_sample", HOME=home)

                self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertFalse((self.place / "missing").exists())

    def test_word_in_a_variable(self) -> None:
        """A variable that names nothing is wrong usage, not a reason to skip."""
        self.write("test_sample.py", SAMPLE)
        for name, value in (
            ("PKGSUITE_PACMAN", "/nowhere/pacman"),
            ("PKGSUITE_PACMAN", "no-such-pacman"),
            ("PKGSUITE_ISOLATION", "bogus"),
            ("PKGSUITE_KEEP", "bogus"),
            ("PKGSUITE_SHELL", "/nowhere/sh"),
        ):
            with self.subTest(variable=name, value=value):
                self.assert_refused(self.call("run", "test_sample", **{name: value}), name, value)


class StreamsTest(CommandLineTest):
    """Streams that are closed, full, or know few characters."""

    def setUp(self) -> None:
        super().setUp()
        self.write(
            "test_sample.py",
            """
            import unittest
            class Case(unittest.TestCase):
                def test_fail(self):
                    print("ümläut ✓")
                    self.fail("größer … ✗")
                def test_pass(self):
                    pass
            """,
        )

    def test_reader_is_gone(self) -> None:
        """Where nobody reads on, the run ends without a word."""
        for words in ("run", "run --report jsonl=-", "list"):
            with self.subTest(words=words):
                done = self.shell(f'{{ $pkgsuite {words} test_sample; echo "status $?" >&2; }} | head -c 1 >/dev/null')

                self.assertNotIn("Traceback", done.stderr.replace("Traceback (most recent call last):\n      File", ""))
                self.assertNotIn("BrokenPipe", done.stderr)
                self.assertRegex(done.stderr, "status (141|1|0)\n")

    def test_closed(self) -> None:
        """Closed standard streams change no exit status."""
        for closing in (">&-", "<&- 2>&-", "<&- >&- 2>&-"):
            with self.subTest(closing=closing):
                self.assertEqual(self.shell(f"$pkgsuite run test_sample {closing}").returncode, 1)

    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no /dev/full")
    def test_full(self) -> None:
        """A full disk behind stdout is said in a line."""
        for words in ("run test_sample", "list test_sample"):
            with self.subTest(words=words):
                done = self.shell(f"$pkgsuite {words} >/dev/full")

                self.assert_refused(done, "output cannot be written", "No space left")

    def test_few_characters(self) -> None:
        """In ASCII and Latin-1 everything is said, what cannot be shown in other letters."""
        for encoding in ("ascii", "latin-1"):
            for word, status in (("run", 1), ("list", 0)):
                with self.subTest(encoding=encoding, word=word):
                    done = self.call(word, "test_sample", PYTHONIOENCODING=encoding)

                    self.assertEqual(done.returncode, status, done.stderr)
                    self.assertEqual(done.stderr, "")
                    self.assertIn("test_sample.Case.test_fail", done.stdout)
        done = self.call("run", "test_sample", PYTHONIOENCODING="ascii")
        self.assertIn("FAILED", done.stdout)
        self.assertIn("gr\\xf6\\xdfer ... x", done.stdout)

    def test_c_locale(self) -> None:
        """The C locale is no trouble, whatever Python makes of it."""
        for settings in ({}, {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}):
            with self.subTest(settings=settings):
                self.assertEqual(self.call("run", "test_sample", LC_ALL="C", **settings).returncode, 1)


TALKS = """
import threading, time
from pkgsuite import cli

def talk():
    while True:
        print("x" * 1000)

cli.main = lambda: time.sleep(0.2) or 130
threading.Thread(target=talk, daemon=True).start()
cli.program()
"""
"""A program that ends while a thread prints."""


class EndTest(CommandLineTest):
    """The program ends at once, but not before anybody who waits for its end."""

    def test_what_is_left_to_do(self) -> None:
        """What others have registered for the end is done, with the status of the command."""
        code = "import atexit; from pkgsuite.cli import program; atexit.register(print, 'the end'); program()"

        done = subprocess.run(
            [sys.executable, "-c", code, "run", "nowhere"],
            cwd=self.place,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )

        self.assertEqual((2, "the end\n"), (done.returncode, done.stdout))

    def test_a_thread_that_still_talks_does_not_spoil_it(self) -> None:
        """Not even to somebody who does not listen any more."""
        child = subprocess.Popen(
            [sys.executable, "-c", TALKS],
            env=self.environment(PYTHONUNBUFFERED=None),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(child.communicate)
        self.addCleanup(child.kill)

        self.assertEqual(130, child.wait(60))


class MainTest(unittest.TestCase):
    """`main` as a function."""

    def test_words(self) -> None:
        """It takes words and gives the exit status."""
        with redirect_stdout(io.StringIO()) as out:
            status = cli.main(["list", "tests.test_cli.MainTest.test_words"])

        self.assertEqual(status, 0)
        self.assertIn("It takes words", out.getvalue())


def ended(*words: str) -> str:
    """What `main` prints before it ends with status 0 by itself."""
    out = io.StringIO()
    try:
        with redirect_stdout(out):
            cli.main(words)
    except SystemExit as end:
        assert not end.code, end.code
    return out.getvalue()
