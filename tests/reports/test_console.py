"""What people read of a run."""

from __future__ import annotations

import io
import os
import re
import unittest
from unittest import mock

from pkgsuite import events
from pkgsuite.reports.console import Console
from pkgsuite.reports.screen import Screen


class Terminal(io.StringIO):
    """A terminal that remembers what was written."""

    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


RUN = (
    events.Plan(tuple("abcdefghij")),
    events.Started("a"),
    events.Result("a", "passed", 1.234),
    events.Started("b"),
    events.Result("b", "failed", 0.0, "first line", "Traceback\n  all of it"),
    events.Started("c"),
    events.Result("c", "skipped", 0.0, "no pacman"),
    events.Started("d"),
    events.Result("d", "skipped", 0.0, "no pacman"),
    events.Result("e", "xpassed", 0.0, "expected to fail, and passed"),
    events.Result("f", "xfailed", 0.0),
    events.Trouble("tearDownClass (m.C)", "wrong", "Traceback\n  of the fixture"),
    events.Note("stopped"),
    events.Done({"passed": 1, "failed": 1, "skipped": 2, "xfailed": 1, "xpassed": 1}, 12.34, 4, 1),
)

SHOWN = """\
 1/10 ✓   1.23 s  a
 2/10 ✗   0.00 s  b
    Traceback
      all of it

 3/10 ⊖   0.00 s  c
 4/10 ⊖   0.00 s  d
 5/10 ✗   0.00 s  e
 6/10 ✓   0.00 s  f
⚠ tearDownClass (m.C)
    Traceback
      of the fixture

! stopped

⊖ 2 skipped: no pacman
These did not pass; a name behind `python3 -m pkgsuite run` repeats it:
  ✗ b: first line
  ✗ e: expected to fail, and passed
  ⚠ tearDownClass (m.C): wrong
✓ 1 passed, ✗ 1 failed, ⊖ 2 skipped, ✓ 1 failed as expected, ✗ 1 passed unexpectedly, ⚠ 1 beside the tests, 4 not run \
in 12.3 s
"""


def shown(target: io.TextIOBase, *, quiet: bool = False, **variables: str) -> str:
    """What the run looks like on *target*."""
    with mock.patch.dict(os.environ, variables):
        console = Console(Screen(target), quiet=quiet)  # type: ignore[arg-type]
        for event in RUN:
            console.event(event)
    target.seek(0)
    return target.read()


def log(encoding: str) -> io.TextIOWrapper:
    """A file with an encoding."""
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


class ConsoleTest(unittest.TestCase):
    """A whole run."""

    maxDiff = None

    def test_log(self) -> None:
        """In a file: a line a test, details behind what does not pass, the summary."""
        self.assertEqual(shown(log("utf-8")), SHOWN)

    def test_quiet(self) -> None:
        """Quiet leaves out what passed or was skipped."""
        text = shown(log("utf-8"), quiet=True)

        self.assertNotIn("1/10", text)
        self.assertIn(" 2/10 ✗", text)
        self.assertTrue(text.endswith(SHOWN.partition("! stopped")[2]))

    def test_ascii(self) -> None:
        """Where the signs cannot be shown words stand for them."""
        text = shown(log("ascii"))

        self.assertIn(" 2/10 FAILED   0.00 s  b\n", text)
        self.assertTrue(text.isascii())

    def test_terminal(self) -> None:
        """On a terminal the same lines are left when the live ones are cleared."""
        text = shown(Terminal(), TERM="xterm", NO_COLOR="1")

        self.assertEqual(re.sub(r"[^\n]*\r\x1b\[K", "", text), SHOWN)
        self.assertIn(" 2/10 b\r\x1b[K", text)

    def test_colour(self) -> None:
        """Colours add nothing but colour."""
        text = shown(Terminal(), TERM="xterm", NO_COLOR="")

        self.assertIn("\x1b[31m✗\x1b[0m", text)
        self.assertEqual(re.sub(r"\x1b\[\d+m", "", re.sub(r"[^\n]*\r\x1b\[K", "", text)), SHOWN)

    def test_dumb(self) -> None:
        """A dumb terminal gets what a file gets."""
        self.assertEqual(shown(Terminal(), TERM="dumb"), SHOWN)


class ScreenTest(unittest.TestCase):
    """What tests print, among our own lines."""

    def test_partial_line(self) -> None:
        """Our line starts on a new one, theirs are left as they are."""
        target = log("utf-8")
        screen = Screen(target)

        screen.pass_on("half", target)
        screen.pass_on(" a line", target)
        screen.line("ours")
        screen.pass_on("whole\n", target)
        screen.pass_on("", target)
        screen.line("ours")

        target.seek(0)
        self.assertEqual(target.read(), "half a line\nours\nwhole\nours\n")

    def test_live_line(self) -> None:
        """The live line is cleared before they print."""
        target = Terminal()
        with mock.patch.dict(os.environ, TERM="xterm"):
            screen = Screen(target)

        screen.live("x" * 500)
        screen.pass_on("theirs\n", target)

        self.assertEqual(target.getvalue(), "x" * 79 + "\r\x1b[Ktheirs\n")

    def test_shared(self) -> None:
        """Standard streams that end here are taken for the time of the run, others are left alone."""
        target, other = log("utf-8"), io.StringIO()
        with mock.patch("sys.stdout", target), mock.patch("sys.stderr", other):
            screen = Screen(target)
            with screen.shared():
                print("printed", end="")
                screen.line("ours")
            print("after")

        target.seek(0)
        self.assertEqual(target.read(), "printed\nours\nafter\n")
