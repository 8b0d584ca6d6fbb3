"""Rules as values: how they are made, negated, pointed at a command, and judged."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from dataclasses import FrozenInstanceError

from pkgsuite.errors import BadRule
from pkgsuite.model.observation import Observation
from pkgsuite.rules.base import Finding, Kind, Rule, Verdict
from pkgsuite.rules.text import parse
from pkgsuite.rules.values import exists, installed, output, returncode, served


def kind(held: bool | None, opposite: str = "") -> Kind:
    """A kind of claim that is always judged the same."""
    return Kind("FLAT", "The earth is flat.", lambda seen: Finding(held, "flat", "round", ("-flat",), opposite))


class Judging(unittest.TestCase):
    """What `Rule.check` makes of a finding."""

    def test_verdicts(self) -> None:
        """A finding is turned round by negation, unless it cannot be judged; a diff is for broken claims only."""
        unclear = "cannot be judged: round"
        for held, negated, expected in (
            (True, False, Verdict("FLAT", True, "flat", "round")),
            (True, True, Verdict("!FLAT", False, "not flat", "round")),
            (False, False, Verdict("FLAT", False, "flat", "round", ("-flat",))),
            (False, True, Verdict("!FLAT", True, "not flat", "round")),
            (None, False, Verdict("FLAT", False, "flat", unclear)),
            (None, True, Verdict("!FLAT", False, "not flat", unclear)),
        ):
            with self.subTest(held=held, negated=negated):
                self.assertEqual(Rule(kind(held), negated=negated).check(Observation()), expected)

    def test_opposite(self) -> None:
        """A kind may word what its negation expects."""
        self.assertEqual((~Rule(kind(True, "curved"))).check(Observation()).expected, "curved")


class Making(unittest.TestCase):
    """Rules made as values."""

    def test_frozen(self) -> None:
        """A rule cannot be changed."""
        with self.assertRaises(FrozenInstanceError):
            exists("a").negated = True  # type: ignore[misc]

    def test_negation(self) -> None:
        """`~` negates and negates back."""
        self.assertEqual(str(~exists("a")), "!FILE_EXIST=a")
        self.assertEqual(~~exists("a"), exists("a"))

    def test_not_a_truth(self) -> None:
        """`not rule` and `rule and rule` are errors, since they would lose a claim without a word."""
        with self.assertRaisesRegex(BadRule, "write ~rule"):
            _ = not exists("a")
        with self.assertRaisesRegex(BadRule, "write ~rule"):
            _ = exists("a") and exists("b")

    def test_repr(self) -> None:
        """A rule shows itself as its text."""
        self.assertEqual(repr(~installed("a", "1")), "<Rule !PKG_VERSION=a|1>")

    def test_of(self) -> None:
        """A rule about commands may name one by its place."""
        self.assertEqual(str(~returncode(0).of(2)), "!RETCODE[2]=0")
        self.assertNotEqual(returncode(0).of(2), returncode(0))

    def test_of_refused(self) -> None:
        """A place below 1, that is no number, or on a rule about anything else, is an error."""
        for place in (0, -1, True, "1", 1.0):
            with self.subTest(place=place):
                self.assertRaises(BadRule, output("a").of, place)
        self.assertRaises(BadRule, exists("a").of, 1)

    def test_optional_argument(self) -> None:
        """An argument at the end may be left out where the kind says so, and then is not part of the text."""
        self.assertEqual([str(served("a")), str(served("a", 2))], ["SERVED=a", "SERVED=a|2"])
        self.assertNotEqual(served("a"), served("a", 1))
        self.assertEqual(served("a").kind.form, "SERVED=path[|times]")
        for text in (
            "SERVED",
            "SERVED=",
            "SERVED=a|",
            "SERVED=a|x",
            "SERVED=a|-1",
            "SERVED=a|01",
            "SERVED=a|1|2",
            "SERVED=/a",
        ):
            with self.subTest(text):
                self.assertRaises(BadRule, parse, text)

    def test_malformed(self) -> None:
        """A malformed value is an error at once, as its text would be."""
        malformed: tuple[Callable[[], Rule], ...] = (
            lambda: exists("/etc"),
            lambda: exists(""),
            lambda: installed("a", ""),
            lambda: installed("a|b"),
            lambda: returncode(256),
            lambda: output("("),
            lambda: exists(5),  # type: ignore[arg-type]
            lambda: Rule(kind(True), ("a",)),
        )
        for make in malformed:
            with self.subTest(), self.assertRaises(BadRule):
                make()
