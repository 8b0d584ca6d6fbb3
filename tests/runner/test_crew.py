"""Workers that run tests as they come, and what becomes of those that do not end well."""

from __future__ import annotations

import os
import select
import signal
import time
import unittest
from collections import deque

from pkgsuite import events
from pkgsuite.runner import crew, warden
from pkgsuite.runner.groups import Group
from pkgsuite.runner.schedule import Schedule
from pkgsuite.runner.terms import Home, Terms
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


class Signal:
    """Something that one process says once and another waits for."""

    def __init__(self, case: unittest.TestCase) -> None:
        self._descriptor = os.eventfd(0, os.EFD_SEMAPHORE)
        case.addCleanup(os.close, self._descriptor)

    def give(self) -> None:
        os.eventfd_write(self._descriptor, 1)

    def wait(self) -> None:
        os.eventfd_read(self._descriptor)

    def has_come(self) -> bool:
        return bool(select.select([self._descriptor], [], [], 0)[0])


def results_of_short_ones(kind: type[unittest.TestCase], terms: Terms) -> list[events.Event]:
    """What is told of the tests 1 and 2 of *kind*, both of which one worker has at once."""
    told: list[events.Event] = []
    tests = [kind("test_1"), kind("test_2")]
    crew.Crew(tests, Schedule([Group("", deque([0, 1]), False, lambda number: 1e-6)]), told.append, terms).work()
    return told


class CrewTest(unittest.TestCase):
    def test_who_is_late_is_known_although_the_next_one_has_begun(self):
        """A test that ends while it is being ended has its result, and the next one, cut short, runs again."""
        late, begun, again = Signal(self), Signal(self), Signal(self)

        class Case(unittest.TestCase):
            def test_1(self):
                late.wait()

            def test_2(self):
                begun.give()
                while not again.has_come():
                    signal.pause()

        def end_later(pid: int) -> None:
            late.give()
            begun.wait()
            again.give()
            warden.end(pid)

        terms = Terms(["1", "2"], 1, 0.5, home=Home(warden.fork, end_later))

        told = results_of_short_ones(Case, terms)

        results = [(event.test, event.outcome) for event in told if isinstance(event, events.Result)]
        self.assertEqual(results, [("1", "passed"), ("2", "passed")])
        self.assertEqual([event.test for event in told if isinstance(event, events.Started)], ["1", "2"])
        self.assertEqual([event for event in told if isinstance(event, events.Trouble)], [])

    def test_a_tear_down_that_hangs_is_told_though_the_crew_stops(self):
        """The worker holds a test that it does not begin any more, and tears down."""
        stopped = Signal(self)

        class Case(unittest.TestCase):
            @classmethod
            def tearDownClass(cls):
                signal.pause()

            def test_1(self):
                stopped.wait()

            def test_2(self): ...

        def hear(event: events.Event) -> None:
            told.append(event)
            if isinstance(event, events.Started):
                team.stop()
                stopped.give()

        told: list[events.Event] = []
        schedule = Schedule([Group("", deque([0, 1]), False, lambda number: 1e-6)])
        team = crew.Crew([Case("test_1"), Case("test_2")], schedule, hear, Terms(["1", "2"], 1, 0.5))

        team.work()

        results = [(event.test, event.outcome) for event in told if isinstance(event, events.Result)]
        self.assertEqual(results, [("1", "passed")])
        troubles = [event.reason for event in told if isinstance(event, events.Trouble)]
        self.assertEqual(["within 0.5 s" in reason for reason in troubles], [True])

    def test_a_last_tear_down_that_ends_its_process_is_told(self):
        """Though it does so with status 0, as a worker does that has nothing left to do."""

        class Case(unittest.TestCase):
            @classmethod
            def tearDownClass(cls):
                os._exit(0)

            def test_1(self): ...

            def test_2(self): ...

        told = results_of_short_ones(Case, Terms(["1", "2"]))

        self.assertEqual([event.outcome for event in told if isinstance(event, events.Result)], ["passed", "passed"])
        self.assertEqual(len([event for event in told if isinstance(event, events.Trouble)]), 1)

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
        self.assertGreaterEqual(found["hangs"].seconds, 0.5)
        self.assertEqual("passed", found["passes"].outcome)
