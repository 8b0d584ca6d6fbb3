"""Which scenarios a mutant meets, when the first that notices is enough."""

from __future__ import annotations

import unittest
from collections.abc import Mapping, Sequence
from unittest import mock

from pkgsuite.managers.pacman import Pacman
from pkgsuite.mutants import matrix
from pkgsuite.mutants.matrix import Candidate, Chosen, Column

TESTS = ("a", "b", "c", "d")
MUTANT = Candidate("mutant", "It is wrong.", "/nowhere")


class UpToTheFirstTest(unittest.TestCase):
    def meet(self, outcomes: Mapping[str, str], words: Sequence[str] = TESTS) -> tuple[Column, list[Sequence[str]]]:
        """What is found where each test has such an outcome, and the words of each run."""
        runs: list[Sequence[str]] = []

        def run_with(manager: object, chosen: Chosen, mutant: Candidate, *, failfast: bool = False) -> Column:
            runs.append(list(chosen.words))
            others: dict[str, tuple[str, str]] = {}
            for test in chosen.tests:
                if outcomes[test] == "noticed":
                    return Column(mutant, {test: ("RETCODE=0",)}, others)
                others[test] = (outcomes[test], "")
                if failfast and outcomes[test] == "error":
                    break
            return Column(mutant, {}, others)

        with mock.patch.object(matrix, "run_with", run_with):
            every, fit = Chosen([*TESTS, "unfit"], words), Chosen(TESTS, words)
            (column,) = matrix.columns(Pacman(), every, fit, [MUTANT], 1, failfast=True)
        return column, runs

    def test_the_first_that_notices_is_the_last(self) -> None:
        column, runs = self.meet({"a": "passed", "b": "noticed", "c": "noticed", "d": "passed"})

        self.assertEqual((["b"], ["a"]), (list(column.noticed), column.passed))
        self.assertEqual([list(TESTS)], runs)

    def test_an_error_is_passed_over(self) -> None:
        column, runs = self.meet({"a": "passed", "b": "error", "c": "error", "d": "noticed"})

        self.assertEqual((["d"], ["b", "c"]), (list(column.noticed), list(column.odd)))
        self.assertEqual([list(TESTS), ["c", "d"], ["d"]], runs)

    def test_nobody_notices(self) -> None:
        column, runs = self.meet({"a": "passed", "b": "passed", "c": "passed", "d": "error"})

        self.assertFalse(column.is_good)
        self.assertEqual((["a", "b", "c"], ["d"]), (column.passed, list(column.odd)))
        self.assertEqual([list(TESTS)], runs)

    def test_words_that_are_no_ids_cannot_be_left_out(self) -> None:
        column, runs = self.meet({"a": "passed", "b": "error", "c": "noticed", "d": "passed"}, words=["tests.py"])

        self.assertEqual(["c"], list(column.noticed))
        self.assertEqual([["tests.py"], ["tests.py"]], runs)


if __name__ == "__main__":
    unittest.main()
