"""Workers that run tests as they come, and what becomes of those that do not end well."""

from __future__ import annotations

import os
import time
import unittest

from pkgsuite import events
from pkgsuite.runner import crew
from pkgsuite.runner.worker import Manners


class Hidden:
    """Keeps the samples from discovery: some of them end the process that runs them."""

    class Sample(unittest.TestCase):
        def passes(self):
            pass

        def fails(self):
            self.fail("deliberate")

        def ends_the_process(self):
            os._exit(0)

        def is_killed(self):
            os.kill(os.getpid(), 9)

        def hangs(self):
            while True:
                time.sleep(1)

        def knows_where_it_is(self):
            self.assertEqual(0, os.geteuid())
            self.assertEqual("yes", os.environ.get("CREW_PREPARED"))


def outcomes(*names: str, jobs: int = 2, deadline_s: float | None = 30.0) -> dict[str, events.Result]:
    """The result of each test."""
    told: list[events.Event] = []

    def prepare() -> None:
        os.environ["CREW_PREPARED"] = "yes"

    tests = [Hidden.Sample(name) for name in names]
    crew.run(tests, told.append, jobs=jobs, deadline_s=deadline_s, manners=Manners(prepare))
    return {event.test.rpartition(".")[2]: event for event in told if isinstance(event, events.Result)}


class CrewTest(unittest.TestCase):
    def test_every_test_has_one_result_whatever_its_worker_does(self):
        names = ("is_killed", "passes", "ends_the_process", "fails", "knows_where_it_is")

        found = outcomes(*names)

        expected = dict(zip(names, ("crashed", "passed", "crashed", "failed", "passed"), strict=True))
        if found["passes"].outcome == "skipped":
            self.skipTest(found["passes"].reason)
        self.assertEqual(expected, {name: result.outcome for name, result in found.items()})
        self.assertIn("SIGKILL", found["is_killed"].reason)
        self.assertIn("must not end the process", found["ends_the_process"].reason)

    def test_a_test_that_hangs_is_ended_at_its_deadline(self):
        found = outcomes("hangs", "passes", jobs=1, deadline_s=0.5)

        if found["passes"].outcome == "skipped":
            self.skipTest(found["passes"].reason)
        self.assertIn("within 0.5 s", found["hangs"].reason)
        self.assertEqual("passed", found["passes"].outcome)
