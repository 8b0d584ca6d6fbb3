"""Each test counts once, whatever happens to it."""

from __future__ import annotations

import io
import unittest

from tests.tally import TallyResult, summary


class Every(unittest.TestCase):
    """One test per outcome, and tests with several."""

    def test_passes(self):
        pass

    def test_fails(self):
        self.fail()

    def test_errs(self):
        raise OSError

    def test_fails_twice(self):
        self.addCleanup(self.fail)
        self.fail()

    def test_fails_in_two_subtests(self):
        for number in range(2):
            with self.subTest(number=number):
                self.fail()

    def test_skips_a_subtest(self):
        with self.subTest():
            self.skipTest("no moon")

    @unittest.skip("no sun")
    def test_skips(self):
        pass

    @unittest.expectedFailure
    def test_fails_as_expected(self):
        self.fail()

    @unittest.expectedFailure
    def test_passes_unexpectedly(self):
        pass


class BrokenFixture(unittest.TestCase):
    """No test of it starts."""

    @classmethod
    def setUpClass(cls):
        raise OSError

    def test_never_starts(self):
        pass


class SkippingFixture(BrokenFixture):
    """No test of it starts either."""

    @classmethod
    def setUpClass(cls):
        raise unittest.SkipTest("no moon")


def load_tests(loader: unittest.TestLoader, tests: unittest.TestSuite, pattern: str) -> unittest.TestSuite:
    """Only the tests of the tally: the others are what it counts."""
    return loader.loadTestsFromTestCase(TallyTest)


class TallyTest(unittest.TestCase):
    def test_each_test_counts_once_and_failures_win(self):
        for test, counts in {
            Every("test_passes"): {"passed": 1},
            Every("test_fails"): {"failed": 1},
            Every("test_errs"): {"failed": 1},
            Every("test_fails_twice"): {"failed": 1},
            Every("test_fails_in_two_subtests"): {"failed": 1},
            Every("test_skips_a_subtest"): {"skipped": 1},
            Every("test_skips"): {"skipped": 1},
            Every("test_fails_as_expected"): {"passed": 1},
            Every("test_passes_unexpectedly"): {"failed": 1},
            BrokenFixture("test_never_starts"): {"failed": 1},
            SkippingFixture("test_never_starts"): {"skipped": 1},
        }.items():
            with self.subTest(test.id()):
                self.assertEqual(counts, dict(tally(test).counts))

    def test_the_summary_groups_skips_by_reason_and_ends_with_the_counts(self):
        result = tally(Every("test_passes"), Every("test_skips"), SkippingFixture("test_never_starts"))

        self.assertEqual(
            [
                "\nskipped 1: no moon",
                f"    setUpClass ({__name__}.SkippingFixture)",
                "\nskipped 1: no sun",
                f"    {__name__}.Every.test_skips",
                "",
                "1 passed, 0 failed, 2 skipped",
            ],
            list(summary(result)),
        )

    def test_the_summary_says_that_nothing_ran(self):
        self.assertEqual(
            ["", "no test ran; expected at least one", "0 passed, 0 failed, 0 skipped"], list(summary(tally()))
        )


def tally(*tests: unittest.TestCase) -> TallyResult:
    """The result of running *tests*."""
    runner = unittest.TextTestRunner(io.StringIO(), resultclass=TallyResult)
    return runner.run(unittest.TestSuite(tests))
