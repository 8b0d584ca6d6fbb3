"""The stream: numbers, order, directives, and texts that would break it."""

from __future__ import annotations

import unittest

from pkgsuite import events
from pkgsuite.dialects.pactest_tap import TapStream
from tests.dialects.pactest_runs import read


def stream(*told: events.Event, says_todo: bool = True, tests: int = 2) -> str:
    """What a stream of the tests t0, t1 … writes."""
    written: list[str] = []
    made = TapStream(written.append, [(f"t{n}", f"n{n}") for n in range(tests)], says_todo=says_todo, verbose=1)
    for event in told:
        made.event(event)
    return "".join(written)


class TapStreamTest(unittest.TestCase):
    def test_results_come_in_the_order_of_the_files(self):
        output = stream(events.Result("t1", "passed"), events.Result("t0", "failed", details="why\nso"))

        self.assertEqual(
            "TAP version 13\n1..2\n# Running 'n0'\nnot ok 1 - n0\n# why\n# so\n# Running 'n1'\nok 2 - n1\n", output
        )

    def test_no_text_can_break_the_stream(self):
        nasty = "a\nok 9 - b # TODO c\x1b[31m"
        output = stream(
            events.Started("t0", nasty),
            events.Rule("t0", "m", nasty, False, nasty, nasty),
            events.Result("t0", "error", details=nasty),
            events.Result("t1", "skipped", reason=nasty),
        )

        lines, trouble = read(output)
        self.assertEqual([], trouble)
        self.assertEqual(["not ok", "ok"], [line.verdict for line in lines.values()])
        self.assertEqual("", lines["n0"].directive)
        self.assertNotIn("\x1b", output)

    def test_meson_gets_no_todo(self):
        for says_todo, expected in ((True, "not ok 1 - n0 # TODO expected to fail"), (False, "not ok 1 - n0")):
            self.assertIn(f"{expected}\n", stream(events.Result("t0", "xfailed"), says_todo=says_todo, tests=1))

    def test_it_knows_whether_anything_failed(self):
        for outcome in events.OUTCOMES:
            made = TapStream(lambda text: None, [("t", "n")], says_todo=True, verbose=0)
            made.event(events.Result("t", outcome))
            self.assertEqual(outcome in ("failed", "error", "crashed"), made.has_failed)
