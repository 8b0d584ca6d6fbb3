"""Whatever a test or a fixture does, the test has one result, and nothing that fails is lost."""

from __future__ import annotations

import sys
import unittest

from pkgsuite import events
from pkgsuite.runner.result import EventResult
from tests.runner.samples import Run, load


class OutcomesTest(unittest.TestCase):
    """What a single test may do."""

    def test_each(self) -> None:
        """Each way to end has its outcome and reason."""

        class Case(unittest.TestCase):
            def test_pass(self) -> None:
                """A claim."""

            def test_fail(self) -> None:
                self.fail("first line\nsecond line")

            def test_error(self) -> None:
                raise ValueError("wrong")

            def test_error_without_words(self) -> None:
                raise ValueError

            def test_skip(self) -> None:
                self.skipTest("no reason")

            @unittest.expectedFailure
            def test_xfail(self) -> None:
                self.fail("as expected")

            @unittest.expectedFailure
            def test_xpass(self) -> None:
                pass

        run = Run(load(Case))

        run.check(self)
        found = {result.test.rpartition("_")[2]: (result.outcome, result.reason) for result in run.results}
        self.assertEqual(
            found,
            {
                "pass": ("passed", ""),
                "fail": ("failed", "first line"),
                "error": ("error", "wrong"),
                "words": ("error", "ValueError"),
                "skip": ("skipped", "no reason"),
                "xfail": ("xfailed", "as expected"),
                "xpass": ("xpassed", "expected to fail, and passed"),
            },
        )
        started = [event.description for event in run.events if isinstance(event, events.Started)]
        self.assertIn("A claim.", started)

    def test_subtests(self) -> None:
        """A test with subtests has one result, with the details of each that failed."""

        class Case(unittest.TestCase):
            def test_it(self) -> None:
                for number in range(4):
                    with self.subTest(number=number):
                        self.assertEqual(number % 2, 0, f"odd {number}")

            def test_skips(self) -> None:
                for number in range(2):
                    with self.subTest(number=number):
                        self.skipTest("not this one")

        run = Run(load(Case))

        run.check(self)
        self.assertEqual(run.outcomes, {"test_it": "failed", "test_skips": "skipped"})
        self.assertEqual(run.results[0].reason, "(number=1): 1 != 0 : odd 1")
        self.assertIn("(number=3):\nTraceback", run.results[0].details)
        self.assertIn("odd 3", run.results[0].details)

    def test_several_troubles(self) -> None:
        """An error in the clean-up of a failed test counts as error, and both are told."""

        class Case(unittest.TestCase):
            def test_it(self) -> None:
                self.addCleanup(self.explode)
                self.fail("in the test")

            def explode(self) -> None:
                raise ValueError("in the clean-up")

        run = Run(load(Case))

        run.check(self)
        self.assertEqual(run.outcomes, {"test_it": "error"})
        self.assertIn("in the test", run.results[0].details)
        self.assertIn("in the clean-up", run.results[0].details)

    def test_odd_exceptions(self) -> None:
        """Exceptions that cannot be pickled, have no text, or hold odd characters are told."""

        class Odd(Exception):
            def __reduce__(self) -> str:
                raise TypeError("no pickles")

        class Case(unittest.TestCase):
            def test_1(self) -> None:
                raise Odd("odd \udcff \x00 \x1b[31m")

            def test_2(self) -> None:
                sys.exit("leaving")

        run = Run(load(Case))

        run.check(self)
        self.assertEqual(run.outcomes, {"test_1": "error", "test_2": "error"})

    def test_tells_nothing(self) -> None:
        """A test whose own `run` tells nothing, or does not even start, is an error and not a pass."""

        class Case(unittest.TestCase):
            def run(self, result: unittest.TestResult | None = None) -> None:  # type: ignore[override]
                if result is not None and self._testMethodName != "test_1":
                    result.startTest(self)
                    result.stopTest(self)

            def test_1(self) -> None: ...

            def test_2(self) -> None: ...

            def test_3(self) -> None: ...

        for tests in (load(Case), load(Case)[:1]):
            run = Run(tests)

            run.check(self)
            self.assertEqual(set(run.outcomes.values()), {"error"})

    def test_skipped_without_a_start(self) -> None:
        """A test that is told to be skipped and was not started, as Python 3.12.1 does it, has one result."""

        class Case(unittest.TestCase):
            def run(self, result: unittest.TestResult | None = None) -> None:  # type: ignore[override]
                if result is not None:
                    result.addSkip(self, "decorated")
                    if self._testMethodName == "test_1":
                        result.stopTest(self)

            def test_1(self) -> None: ...

            def test_2(self) -> None: ...

            def test_3(self) -> None: ...

        run = Run(load(Case))

        run.check(self)
        self.assertEqual(run.done.counts, {"skipped": 3})

    def test_without_a_plan(self) -> None:
        """Without a plan results are told as they come, and fixtures as troubles."""

        class Case(unittest.TestCase):
            @classmethod
            def setUpClass(cls) -> None:
                raise ValueError("in setUpClass")

            def test_it(self) -> None: ...

        found: list[events.Event] = []
        unittest.TestSuite(load(Case)).run(EventResult(found.append))

        self.assertEqual([type(event) for event in found], [events.Trouble])


class FixturesTest(unittest.TestCase):
    """What fixtures of classes and modules may do."""

    def test_set_up_class_fails(self) -> None:
        """Each test of the class is an error that says why; the first has the traceback; other classes run."""

        class Case(unittest.TestCase):
            @classmethod
            def setUpClass(cls) -> None:
                raise ValueError("in setUpClass")

            def test_1(self) -> None: ...

            def test_2(self) -> None: ...

        class Next(unittest.TestCase):
            def test_3(self) -> None: ...

        run = Run(load(Case, Next))

        run.check(self)
        self.assertEqual(run.outcomes, {"test_1": "error", "test_2": "error", "test_3": "passed"})
        first, second, _ = run.results
        self.assertRegex(first.reason, r"^setUpClass \(.*Case\): in setUpClass$")
        self.assertEqual(second.reason, first.reason)
        self.assertIn("Traceback", first.details)
        self.assertEqual((second.details, run.troubles), ("", []))

    def test_set_up_class_skips(self) -> None:
        """Each test of the class is skipped with the reason."""

        class Case(unittest.TestCase):
            @classmethod
            def setUpClass(cls) -> None:
                raise unittest.SkipTest("not here")

            def test_1(self) -> None: ...

            def test_2(self) -> None: ...

        run = Run(load(Case))

        run.check(self)
        self.assertEqual(run.outcomes, {"test_1": "skipped", "test_2": "skipped"})
        self.assertEqual({result.reason for result in run.results}, {"not here"})

    def test_class_clean_up_after_a_broken_set_up(self) -> None:
        """What fails besides in the same class is a trouble of its own."""

        class Case(unittest.TestCase):
            @classmethod
            def setUpClass(cls) -> None:
                cls.addClassCleanup(cls.explode)
                raise ValueError("in setUpClass")

            @classmethod
            def explode(cls) -> None:
                raise KeyError("in the clean-up")

            def test_1(self) -> None: ...

        run = Run(load(Case))

        run.check(self)
        self.assertEqual((run.outcomes, len(run.troubles)), ({"test_1": "error"}, 1))

    def test_tear_down_class_fails(self) -> None:
        """The tests keep their results; the trouble is told besides."""

        class Case(unittest.TestCase):
            @classmethod
            def tearDownClass(cls) -> None:
                raise ValueError("in tearDownClass")

            def test_1(self) -> None: ...

        class Next(unittest.TestCase):
            def test_2(self) -> None: ...

        run = Run(load(Case, Next))

        run.check(self)
        self.assertEqual(run.outcomes, {"test_1": "passed", "test_2": "passed"})
        (trouble,) = run.troubles
        self.assertIn("tearDownClass", trouble.where)
        self.assertEqual(trouble.reason, "in tearDownClass")
        self.assertIn("Traceback", trouble.details)

    def test_class_in_two_parts(self) -> None:
        """A class whose tests do not stand together is set up once, and its tests run behind each other."""

        class Case(unittest.TestCase):
            times = 0

            @classmethod
            def setUpClass(cls) -> None:
                cls.times += 1

            def test_1(self) -> None: ...

            def test_2(self) -> None:
                self.assertEqual(self.times, 1)

        class Between(unittest.TestCase):
            def test_3(self) -> None: ...

        first, second = load(Case)
        run = Run([first, *load(Between), second])

        run.check(self)
        self.assertEqual(run.outcomes, {"test_1": "passed", "test_2": "passed", "test_3": "passed"})

    def test_set_up_module(self) -> None:
        """A module whose set-up fails or skips has each of its tests accounted for."""
        for raised, outcome in ((ValueError("in setUpModule"), "error"), (unittest.SkipTest("all"), "skipped")):
            with self.subTest(outcome=outcome):

                def set_up(error: Exception = raised) -> None:
                    raise error

                module = type(sys)("sample_of_a_module")
                module.setUpModule = set_up  # type: ignore[attr-defined]
                sys.modules[module.__name__] = module
                self.addCleanup(sys.modules.pop, module.__name__, None)
                body = {"__module__": module.__name__, "test_1": lambda case: None, "test_2": lambda case: None}
                kinds = [type(name, (unittest.TestCase,), dict(body)) for name in ("A", "B")]

                run = Run(load(*kinds))

                run.check(self)
                self.assertEqual([result.outcome for result in run.results], [outcome] * 4)
