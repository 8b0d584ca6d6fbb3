"""All about one test, as the page draws it."""

from __future__ import annotations

import unittest
from typing import Any

from pkgsuite import events
from pkgsuite.reports.gathering import Run
from pkgsuite.reports.html.details import of_test


def attempt_of(*told: events.Event) -> Any:
    """The record of the only attempt of a test called `a`."""
    run = Run()
    for event in (events.Started("a", at=100.0), *told):
        run.take(event)
    (attempt,) = of_test(run.tests["a"])["attempts"]
    return attempt


class DetailsTest(unittest.TestCase):
    """Parts of a record."""

    def test_times_count_from_the_start_of_the_attempt(self) -> None:
        attempt = attempt_of(
            events.Node("a", "n", "mirror", "http://x/", "started", at=101.5),
            events.Node("a", "n", "mirror", "http://x/", "ended", "bye", at=104.0),
            events.Launched("a", "m", 1, "c", ("c",), 102.0),
        )

        (node,) = attempt["nodes"]
        self.assertEqual((node["from"], node["to"], node["log"]), (1.5, 4.0, "bye"))
        self.assertEqual(attempt["commands"][0]["at"], 2.0)

    def test_a_node_that_starts_twice_lives_twice(self) -> None:
        lives = [
            events.Node("a", "n", "tracker", "", state, at=100.0 + at)
            for at, state in enumerate(("started", "ended", "started"), 1)
        ]

        self.assertEqual([(each["from"], each["to"]) for each in attempt_of(*lives)["nodes"]], [(1, 2), (3, None)])

    def test_cpu_is_the_share_of_a_core_between_samples(self) -> None:
        usages = [events.Usage("a", "m", 100.0 + at, cpu, 5) for at, cpu in ((1, 0.5), (2, 1.5), (4, 1.5))]

        (curve,) = attempt_of(*usages)["curves"]

        self.assertEqual((curve["at"], curve["cpu"], curve["rss"]), ([1, 2, 4], [50, 100, 0], [5, 5, 5]))

    def test_samples_without_a_time_make_no_curve(self) -> None:
        (curve,) = attempt_of(events.Usage("a", "m", 0.0, 1.0, 5))["curves"]

        self.assertEqual((curve["at"], curve["cpu"]), ([None], [0.0]))

    def test_commands_of_a_queue_that_never_began_are_named(self) -> None:
        ended = events.Command("a", "m", "one", ("one",), "exit 0", 0, 1, 1, 1, 1, number=1)

        self.assertEqual(
            attempt_of(events.Queue("a", "m", ("one", "one", "two")), ended)["waiting"], ["m$ one", "m$ two"]
        )

    def test_only_a_broken_rule_has_lines_to_compare(self) -> None:
        rules = [events.Rule("a", "m", "r", held, "x", "y") for held in (True, False)]

        self.assertEqual([rule.get("lines") for rule in attempt_of(*rules)["rules"]], [None, [["-", "x"], ["+", "y"]]])

    def test_output_is_as_a_terminal_leaves_it(self) -> None:
        ended = events.Command("a", "m", "c", (), "exit 0", 0, 1, 1, 1, 1, "\x1b[1m10 %\r99 %\n\0", 1)

        self.assertEqual(attempt_of(ended)["commands"][0]["output"], "99 %\n\\x00")
