"""A run from the plan to the counts: failfast, Ctrl-C, and tests that end more than themselves."""

from __future__ import annotations

import os
import signal
import threading
import time
import unittest

from pkgsuite import Scenario, events
from pkgsuite.runner import session
from pkgsuite.system import ladder
from tests.runner.samples import Run, load


def three(second: str) -> list[unittest.TestCase]:
    """Three tests, the second of which does what *second* names."""

    runner = os.getpid()

    def interrupt(case: unittest.TestCase) -> None:
        os.kill(runner, signal.SIGINT)

    def interrupt_twice(case: unittest.TestCase) -> None:
        while True:  # two at once are one to the kernel
            interrupt(case)
            time.sleep(0.02)

    body = {
        "fail": lambda case: case.fail("no"),
        "interrupt": interrupt,
        "interrupt twice": interrupt_twice,
        "unexpected success": unittest.expectedFailure(lambda case: None),
    }[second]
    tests = {"test_1": lambda case: None, "test_2": body, "test_3": lambda case: None}
    return load(type("Case", (unittest.TestCase,), {"__module__": __name__, **tests}))


class StopTest(unittest.TestCase):
    """Runs that end early."""

    def test_failfast(self) -> None:
        """The run stops behind the first test that does not pass, and says what it left out."""
        for second, outcome in (("fail", "failed"), ("unexpected success", "xpassed")):
            with self.subTest(second=second):
                run = Run(three(second), failfast=True)

                run.check(self)
                self.assertEqual(run.outcomes, {"test_1": "passed", "test_2": outcome})
                self.assertEqual((run.done.not_run, run.done.is_interrupted), (1, False))
                notes = [event.text for event in run.events if isinstance(event, events.Note)]
                self.assertEqual(notes, ["stopped: 1 of 3 tests were not run"])

    def test_interrupt(self) -> None:
        """After the first Ctrl-C the test that runs ends as it would."""
        before = signal.getsignal(signal.SIGINT)
        run = Run(three("interrupt"))

        run.check(self)
        self.assertEqual(run.outcomes, {"test_1": "passed", "test_2": "passed"})
        self.assertEqual((run.done.not_run, run.done.is_interrupted), (1, True))
        self.assertIs(signal.getsignal(signal.SIGINT), before)

    def test_interrupt_twice(self) -> None:
        """The second Ctrl-C ends the test that runs, which has not passed."""
        run = Run(three("interrupt twice"))

        run.check(self)
        self.assertEqual(run.outcomes, {"test_1": "passed", "test_2": "error"})
        self.assertEqual(run.results[-1].reason, "interrupted")
        self.assertEqual((run.done.not_run, run.done.is_interrupted), (1, True))

    def test_a_test_raises_an_interrupt(self) -> None:
        """Ctrl-C never reaches a test, so one that raises what it stands for is in error like any other."""

        class Case(unittest.TestCase):
            def test_1(self) -> None:
                raise KeyboardInterrupt

            def test_2(self) -> None: ...

        run = Run(load(Case))

        run.check(self)
        self.assertEqual(run.outcomes, {"test_1": "error", "test_2": "passed"})
        self.assertEqual((run.done.not_run, run.done.is_interrupted), (0, False))

    def test_interrupt_while_a_report_is_written(self) -> None:
        """Ctrl-C that comes in the midst of an event is told behind it."""
        told: list[str] = []

        def send(event: events.Event) -> None:
            if isinstance(event, events.Started) and "Started" not in told:
                os.kill(os.getpid(), signal.SIGINT)
            told.append(type(event).__name__)

        done = session.run(three("fail"), send)

        self.assertEqual((done.not_run, done.is_interrupted), (2, True))
        self.assertEqual(told.count("Note"), 2)

    def test_in_a_thread(self) -> None:
        """A thread that is not the main one may run tests too."""
        runs: list[Run] = []
        thread = threading.Thread(target=lambda: runs.append(Run(three("fail"))))
        thread.start()
        thread.join()

        runs[0].check(self)

    def test_nothing(self) -> None:
        """A run of no test has a plan and an end."""
        run = Run([])

        run.check(self)
        self.assertEqual(run.done.counts, {})


class ProcessTest(unittest.TestCase):
    """Scenarios whose process ends."""

    @classmethod
    def setUpClass(cls) -> None:
        ladder.the_world()

    def test_test_ends_its_process(self) -> None:
        """The test is an error, and those around it have their results."""

        class Case(Scenario):
            def test_1(self) -> None:
                os._exit(0)

            def test_2(self) -> None:
                os.kill(os.getpid(), signal.SIGKILL)

            def test_3(self) -> None: ...

        run = Run(load(Case))

        run.check(self)
        self.assertEqual(run.outcomes, {"test_1": "crashed", "test_2": "crashed", "test_3": "passed"})
        self.assertIn("status 0", run.results[0].reason)
        self.assertIn("SIGKILL", run.results[1].reason)

    def test_fixture_ends_its_process(self) -> None:
        """A class whose set-up ends its process has an error for each test; one whose tear-down does, a trouble."""

        class Before(Scenario):
            @classmethod
            def setUpClass(cls) -> None:
                os._exit(0)

            def test_1(self) -> None: ...

            def test_2(self) -> None: ...

        class After(Scenario):
            @classmethod
            def tearDownClass(cls) -> None:
                os._exit(0)

            def test_3(self) -> None: ...

        class Next(Scenario):
            def test_4(self) -> None: ...

        run = Run(load(Before, After, Next))

        run.check(self)
        self.assertEqual(
            run.outcomes, {"test_1": "crashed", "test_2": "crashed", "test_3": "passed", "test_4": "passed"}
        )
        self.assertEqual(len(run.troubles), 1)

    def test_fixtures_of_scenarios(self) -> None:
        """Class fixtures that fail or skip in the world count as those of plain classes do."""

        class Fails(Scenario):
            @classmethod
            def setUpClass(cls) -> None:
                raise ValueError("in setUpClass")

            def test_1(self) -> None: ...

            def test_2(self) -> None: ...

        class Skips(Scenario):
            @classmethod
            def setUpClass(cls) -> None:
                raise unittest.SkipTest("not here")

            def test_3(self) -> None: ...

        class Leaves(Scenario):
            @classmethod
            def tearDownClass(cls) -> None:
                raise ValueError("in tearDownClass")

            def test_4(self) -> None: ...

        run = Run(load(Fails, Skips, Leaves))

        run.check(self)
        self.assertEqual(run.outcomes, {"test_1": "error", "test_2": "error", "test_3": "skipped", "test_4": "passed"})
        self.assertEqual([trouble.reason for trouble in run.troubles], ["in tearDownClass"])
