"""Which scenarios a mutant meets, when the first that notices is enough."""

from __future__ import annotations

import unittest
from collections.abc import Mapping, Sequence
from unittest import mock

from pkgsuite.managers.pacman import Pacman
from pkgsuite.mutants import matrix
from pkgsuite.mutants.matrix import Candidate, Chosen, Column

TESTS = ("A.a", "A.b", "B.c", "B.d")
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
        """One of each class is asked before another of any."""
        column, runs = self.meet({"A.a": "passed", "A.b": "noticed", "B.c": "noticed", "B.d": "passed"})

        self.assertEqual((["B.c"], ["A.a"]), (list(column.noticed), column.passed))
        self.assertEqual([["A.a", "B.c"]], runs)

    def test_an_error_is_passed_over(self) -> None:
        column, runs = self.meet({"A.a": "passed", "A.b": "error", "B.c": "error", "B.d": "noticed"})

        self.assertEqual((["B.d"], ["B.c", "A.b"]), (list(column.noticed), list(column.odd)))
        self.assertEqual([["A.a", "B.c"], ["A.b", "B.d"], ["B.d"]], runs)

    def test_nobody_notices(self) -> None:
        column, runs = self.meet({"A.a": "passed", "A.b": "passed", "B.c": "passed", "B.d": "error"})

        self.assertFalse(column.is_good)
        self.assertEqual((["A.a", "B.c", "A.b"], ["B.d"]), (column.passed, list(column.odd)))
        self.assertEqual([["A.a", "B.c"], ["A.b", "B.d"]], runs)

    def test_words_that_are_no_ids_cannot_be_left_out(self) -> None:
        column, runs = self.meet(
            {"A.a": "passed", "A.b": "error", "B.c": "noticed", "B.d": "passed"}, words=["tests.py"]
        )

        self.assertEqual(["B.c"], list(column.noticed))
        self.assertEqual([["tests.py"], ["tests.py"]], runs)


if __name__ == "__main__":
    unittest.main()
