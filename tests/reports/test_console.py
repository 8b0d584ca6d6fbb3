"""What people read of a run."""

from __future__ import annotations

import io
import os
import re
import unittest
from unittest import mock

from pkgsuite import events
from pkgsuite.reports.console import Console
from pkgsuite.reports.progress import Progress
from pkgsuite.reports.screen import Screen, cut


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
        self.assertIn("\n2 skipped: no pacman\n", text)
        self.assertIn("\n1 passed, 1 failed, 2 skipped, ", text)
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


class SummaryTest(unittest.TestCase):
    """The end of a run."""

    def shown(self, *told: events.Event) -> str:
        """What is shown in a file."""
        target = log("utf-8")
        console = Console(Screen(target))
        for event in told:
            console.event(event)
        target.seek(0)
        return target.read()

    def test_attempts_are_told_by_the_id_that_repeats_them(self) -> None:
        """Once, with how many of them did not pass."""
        shown = self.shown(
            events.Plan(("m.C.a #1", "m.C.a #2", "m.C.a #3", "m.C.b")),
            events.Result("m.C.a #2", "failed", 0, "the first reason"),
            events.Result("m.C.a #1", "passed"),
            events.Result("m.C.a #3", "failed", 0, "another reason"),
            events.Result("m.C.b", "crashed", 0, "its worker was ended by SIGKILL"),
            events.Done({"passed": 1, "failed": 2, "crashed": 1}, 1),
        )

        self.assertIn("\n  ✗ m.C.a (2 of 3 times): the first reason\n", shown)
        self.assertIn("\n  ⚠ m.C.b: its worker was ended by SIGKILL\n", shown)
        self.assertNotIn("another reason", shown)
        self.assertEqual(shown.count("! flaky, its last runs disagree: m.C.a\n"), 1)

    def test_a_run_that_was_interrupted_says_so(self) -> None:
        """Behind its counts."""
        shown = self.shown(events.Done({"passed": 1}, 2.5, 3, is_interrupted=True))

        self.assertTrue(shown.endswith("\n✓ 1 passed, 3 not run; interrupted after 2.5 s\n"), shown)

    def test_last_words_are_shown_once(self) -> None:
        """Where the details of the result have them, they are not told before it too."""
        shown = self.shown(
            events.Output("a", "last words\n", "", 11),
            events.Result("a", "crashed", 0, "gone", "gone\nit wrote last:\nlast words\n"),
        )

        self.assertEqual(shown.count("last words"), 1)

    def test_what_others_wrote_does_nothing_to_the_terminal(self) -> None:
        """Ids, reasons, details, notes and output of tests that run side by side: escapes are told, not obeyed."""
        evil = "\x1b]0;title\x07\x1b[2J\x07"
        shown = self.shown(
            events.Output(f"a{evil}", f"written{evil}", "", 1),
            events.Result(f"a{evil}", "failed", 0, f"reason{evil}", f"details{evil}"),
            events.Result("b", "skipped", 0, f"reason{evil}"),
            events.Trouble(f"where{evil}", f"reason{evil}"),
            events.Note(f"note{evil}"),
            events.Done({"failed": 1}),
        )

        self.assertNotRegex(shown, r"[\x00-\x09\x0b-\x1f]")


class ProgressTest(unittest.TestCase):
    """How far a run is, and how long it will take."""

    def setUp(self) -> None:
        self.clock = 0.0
        self.progress = Progress(lambda: self.clock)

    def tell(self, *told: events.Event) -> None:
        """What happens."""
        for event in told:
            self.progress.event(event)

    def test_what_is_left_is_shared_among_the_workers(self) -> None:
        """By what each took of late, but the longest takes as long as it takes."""
        self.tell(
            events.Plan(("m.C.a", "m.C.b", "m.C.c"), 2),
            *(events.Planned(f"m.C.{name}", expected_s=each) for name, each in (("a", 4), ("b", 4), ("c", 8))),
            events.Started("m.C.a"),
        )
        self.assertEqual(self.progress.left_s(), 8)
        self.clock = 3
        self.assertEqual(self.progress.left_s(), 6.5)
        self.assertEqual(self.progress.lines(), ("1/3 about 0:06 left: C.a", "1/3 about 0:06 left: a"))

    def test_without_a_history_the_first_tests_tell(self) -> None:
        """After a few of them."""
        names = [f"m.C.test_{number}" for number in range(10)]
        self.tell(events.Plan(tuple(names)))
        for name in names[:5]:
            self.assertEqual(self.progress.left_s(), 0)
            self.tell(events.Started(name), events.Result(name, "passed", 3))

        self.assertEqual(self.progress.left_s(), 15)

    def test_a_test_that_runs_for_long_says_so(self) -> None:
        """Of others there is the name alone."""
        self.tell(events.Plan(("p.m.C.a #1", "a b.c.d")), events.Started("p.m.C.a #1"))
        self.clock = 61
        self.tell(events.Started("a b.c.d"))

        self.assertEqual(self.progress.lines(), ("1/2 1:01 C.a #1, a b.c.d", "1/2 1:01 a #1, a b.c.d"))


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

        self.assertEqual(target.getvalue(), "x" * 78 + "…" + "\r\x1b[Ktheirs\n")

    def test_a_line_takes_the_columns_that_it_has(self) -> None:
        """Wide characters take two, combining ones none; a sign stands for the rest where there is one."""
        for text, columns, sign, expected in (
            ("short", 5, "…", "short"),
            ("abcdef", 5, "…", "abcd…"),
            ("abcdef", 5, "", "abcde"),
            ("ä" * 9, 5, "…", "ääää…"),
            ("a\u0308" * 5, 5, "…", "a\u0308" * 5),
            ("漢字漢字", 8, "…", "漢字漢字"),
            ("漢字漢字", 7, "…", "漢字漢…"),
            ("漢字漢字", 6, "…", "漢字…"),
            ("longer", 1, "…", "…"),
            ("longer", 0, "…", ""),
        ):
            with self.subTest(text=text, columns=columns):
                self.assertEqual(cut(text, columns, sign), expected)

    def test_a_narrow_terminal_has_the_shorter_line(self) -> None:
        """The first that it has room for."""
        target = Terminal()
        with mock.patch.dict(os.environ, TERM="xterm"):
            screen = Screen(target)

        screen.live("x" * 80, "y" * 79, "z")

        self.assertEqual(target.getvalue(), "y" * 79)

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
