"""A run from the plan to the counts: failfast, Ctrl-C, and tests that end more than themselves."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
import unittest
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pkgsuite import Scenario, events, pacman
from pkgsuite.runner import session
from pkgsuite.runner.team import Team
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


class QuickMemory:
    """Remembers that every test is over in no time, so that a worker has many at once."""

    def recall(self, planned: events.Planned) -> events.Planned:
        """What is remembered of a test."""
        return replace(planned, expected_s=1e-6)

    def is_flaky(self, result: events.Result) -> bool:
        """Nothing is known of that."""
        return False


class ShortTest(unittest.TestCase):
    """Tests that are known to be short, of which a worker has many at once."""

    def run_with(self, special: Callable[[unittest.TestCase], object], **options: Any) -> Run:
        """A run of 100 tests that say their names, the one called test_050 *special* ones."""

        def usual(case: unittest.TestCase) -> None:
            print(f"this is {case.id()}", end="")

        def unusual(case: unittest.TestCase) -> None:
            usual(case)
            special(case)

        tests = {f"test_{number:03}": unusual if number == 50 else usual for number in range(100)}
        kind = type("Case", (unittest.TestCase,), {"__module__": __name__, **tests})
        return Run(load(kind), memory=QuickMemory(), **options)

    def test_what_each_writes_is_its_own(self) -> None:
        """On one worker and on several, though they do not wait for anybody."""
        for jobs in (1, 3):
            with self.subTest(jobs=jobs):
                run = self.run_with(lambda case: None, jobs=jobs)

                outputs = {event.test: event.text for event in run.events if isinstance(event, events.Output)}
                self.assertEqual(outputs, {result.test: f"this is {result.test}" for result in run.results})
                self.assertEqual(run.done.counts, {"passed": 100})

    def test_one_that_ends_the_process(self) -> None:
        """It costs itself only: those that waited behind it run elsewhere, once."""
        for jobs in (1, 3):
            with self.subTest(jobs=jobs):
                run = self.run_with(lambda case: os._exit(0), jobs=jobs)

                self.assertEqual(run.done.counts, {"passed": 99, "crashed": 1})
                self.assertEqual(run.outcomes["test_050"], "crashed")
                started = [event.test for event in run.events if isinstance(event, events.Started)]
                self.assertEqual(sorted(started), sorted(result.test for result in run.results))
                self.assertEqual(run.troubles, [])
                outputs = {event.test: event.text for event in run.events if isinstance(event, events.Output)}
                self.assertTrue(all(text == f"this is {test}" for test, text in outputs.items()), outputs)

    def test_one_that_hangs(self) -> None:
        """At its deadline it is ended, and those behind it run elsewhere."""
        run = self.run_with(lambda case: signal.pause(), timeout=10.0)

        self.assertEqual(run.done.counts, {"passed": 99, "error": 1})
        self.assertIn("within 10 s", next(each.reason for each in run.results if each.outcome == "error"))

    def test_failfast(self) -> None:
        """No test runs behind one that failed."""
        run = self.run_with(lambda case: case.fail(), failfast=True)

        run.check(self)
        self.assertEqual((run.done.counts, run.done.not_run), ({"passed": 50, "failed": 1}, 49))

    def test_interrupt(self) -> None:
        """The test that runs ends as it would, and none of those that waited behind it in the worker runs."""
        runner = os.getpid()
        heard = os.eventfd(0)
        self.addCleanup(os.close, heard)

        class Remote:
            """Tells the worker when the interrupt is heard."""

            def attach(self, crew: Team, stop: Callable[[], object], force: Callable[[], object]) -> None:
                """Put a step in between."""
                before = crew.stop

                def stop_and_say() -> None:
                    before()
                    os.eventfd_write(heard, 1)

                crew.stop = stop_and_say  # type: ignore[method-assign]

        def interrupt(case: unittest.TestCase) -> None:
            os.kill(runner, signal.SIGINT)
            os.eventfd_read(heard)

        run = self.run_with(interrupt, remote=Remote())

        run.check(self)
        self.assertEqual((run.done.counts, run.done.not_run, run.troubles), ({"passed": 51}, 49, []))

    def test_interrupt_twice(self) -> None:
        """Those that waited in the worker are not run, and are not in error."""
        runner = os.getpid()

        def interrupt(case: unittest.TestCase) -> None:
            while True:
                os.kill(runner, signal.SIGINT)
                time.sleep(0.02)

        run = self.run_with(interrupt)

        run.check(self)
        self.assertEqual((run.done.counts, run.done.not_run), ({"passed": 50, "error": 1}, 49))


class ToldTest(unittest.TestCase):
    def test_what_a_scenario_did_is_told_while_it_goes_on(self) -> None:
        """Also when it has just begun, and prints something: nothing waits for what may come much later."""
        ladder.the_world()
        reader, writer = os.pipe()
        self.addCleanup(os.close, writer)
        self.addCleanup(os.close, reader)

        class Case(Scenario, on=pacman):
            def test_it(self):
                self.start_machine().run("pacman --version")
                print("it goes on")
                self.assertTrue(select.select([reader], [], [], 20)[0], "nobody was told of the command")

        def hear(event: events.Event) -> None:
            if isinstance(event, events.Command):
                os.write(writer, b"!")

        done = session.run(load(Case), hear, session.Options())

        self.assertEqual({"passed": 1}, done.counts)


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
