"""Rules from text: what is refused, with which words, and that nothing else can come of any text."""

from __future__ import annotations

import random
import unittest

from pkgsuite.errors import BadRule
from pkgsuite.rules.registry import RULES
from pkgsuite.rules.text import parse
from tests.rules.examples import EXAMPLES, machine
from tests.soak import amount

ROUNDS = amount(20_000, 1_000_000)

MALFORMED = {
    "no rule at all": ("", "!", "=", "=a", "[1]", "RETCODE[1", "RETCODE]1[=0", "RETCODE[1]x=0", "RETCODE[[1]]=0"),
    "an unknown name": ("CACHE_TYPO=x", "PKG_VERSIN=a|1", "pkg_exist=a", " PKG_EXIST=a", "PKG_EXIST =a", "PKG_=a"),
    "two bangs": ("!!PKG_EXIST=a", "! PKG_EXIST=a"),
    "no equals sign": ("PKG_EXIST", "RETCODE", "!FILE_EXIST", "UNCHANGED_ELSEWHERE", "RETCODE[1]"),
    "no key": ("PKG_EXIST=", "FILE_EXIST=", "DIR_EXIST=/", "OUTPUT=", "STDERR=", "RETCODE=", "PKG_VERSION=|1"),
    "no value": (
        "PKG_VERSION=a",
        "PKG_VERSION=a|",
        "FILE_CONTENTS=a",
        "PKG_GROUPS=a|",
        "CACHE_EXISTS=a",
        "FILE_MODE=a",
    ),
    "a value where none belongs": (
        "PKG_EXIST=a|1",
        "FILE_EXIST=a|b",
        "RETCODE=0|1",
        "NO_STALE_LOCK=",
        "NO_CORE_DUMP=x",
    ),
    "no package": ("PKG_EXIST=a b", "PKG_EXIST=a=1", "PKG_EXIST= a", "PKG_EXIST=a\n", "PKG_VERSION=a>1|1"),
    "no version": ("PKG_VERSION=a| 1", "PKG_VERSION=a|1\n2", "PKG_VERSION=a|1 "),
    "no exit status": (
        "RETCODE=x",
        "RETCODE=1.0",
        "RETCODE=256",
        "RETCODE=-65",
        "RETCODE= 1",
        "RETCODE=+1",
        "RETCODE=٣",
    ),
    "no reason": ("PKG_REASON=a|explicit", "PKG_REASON=a|2", "PKG_REASON=a|-1"),
    "no mode": ("FILE_MODE=a|9", "FILE_MODE=a|0o755", "FILE_MODE=a|rwx", "FILE_MODE=a|10000", "FILE_MODE=a|-1"),
    "no owner": ("FILE_OWNER=a|0", "FILE_OWNER=a|root:root", "FILE_OWNER=a|-1:0", "FILE_OWNER=a|0:0:0"),
    "no type": ("FILE_TYPE=x|bogus", "FILE_TYPE=x|", "FILE_TYPE=x|File", "FILE_TYPE=x|file|link"),
    "no regular expression": ("OUTPUT=(", "OUTPUT=*a", "STDERR=[", "PACMAN_OUTPUT=a{99999999999999999999}"),
    "no path": ("FILE_EXIST=/etc", "FILE_EXIST=a/../b", "FILE_EXIST=..", "FILE_EXIST=./a", "FILE_EXIST=a//b"),
    "no path of a file": ("FILE_EXIST=a/", "LINK_EXIST=a/", "FILE_PACNEW=a/", "FILE_CONTENTS=a/|x", "DIR_EXIST=a//"),
    "no path in a package": ("PKG_FILES=a|/usr", "PKG_BACKUP=a|../x", "CACHE_FEXISTS=/x", "CACHE_FCONTENTS=..|x"),
    "no pattern": (
        "UNCHANGED_ELSEWHERE=/etc/*",
        "UNCHANGED_ELSEWHERE=a||b",
        "UNCHANGED_ELSEWHERE=|",
        "UNCHANGED_ELSEWHERE=/",
    ),
    "no place of a command": (
        "RETCODE[0]=0",
        "RETCODE[]=0",
        "RETCODE[-1]=0",
        "RETCODE[x]=0",
        "RETCODE[01]=0",
        "OUTPUT[1 ]=a",
    ),
    "a place where none belongs": ("PKG_EXIST[1]=a", "FILE_EXIST[2]=a", "NO_STALE_LOCK[1]"),
}


class Malformed(unittest.TestCase):
    """Texts that are no rules."""

    def test_refused(self) -> None:
        """Each malformed text is an error at once, negated or not, which quotes it."""
        for why, given in MALFORMED.items():
            for text in given:
                with self.subTest(why, rule=text):
                    self.assertRaises(BadRule, parse, f"!{text}")
                    with self.assertRaises(BadRule) as caught:
                        parse(text)
                    self.assertIn("expected", str(caught.exception))
                    self.assertIn("saw", str(caught.exception))

    def test_not_a_text(self) -> None:
        """What is no text is no rule."""
        for given in (None, 5, b"PKG_EXIST=a", ["PKG_EXIST=a"]):
            with self.subTest(given=given):
                self.assertRaises(BadRule, parse, given)

    def test_unknown(self) -> None:
        """An unknown rule is answered with the nearest names and all known ones."""
        with self.assertRaises(BadRule) as caught:
            parse("PKG_VERSIN=a|1")

        told = str(caught.exception)
        self.assertIn("'PKG_VERSIN=a|1': expected the name of a rule, saw 'PKG_VERSIN'; did you mean PKG_VERSION", told)
        self.assertTrue(all(name in told for name in RULES))

    def test_unlike_any(self) -> None:
        """Where no name is near, none is guessed."""
        with self.assertRaises(BadRule) as caught:
            parse("Q=1")

        self.assertNotIn("did you mean", str(caught.exception))

    def test_remedy(self) -> None:
        """A malformed rule is answered with what was expected, what was seen, and how it is written."""
        for text, told in (
            ("FILE_TYPE=x|bogus", "'FILE_TYPE=x|bogus': expected type to be dir, file or link, saw 'bogus'; "),
            ("PKG_VERSION=a", "'PKG_VERSION=a': expected 2 arguments, saw 1; write PKG_VERSION=name|version"),
            ("PKG_EXIST", "'PKG_EXIST': expected '=' behind PKG_EXIST, saw none; write PKG_EXIST=name"),
            ("NO_CORE_DUMP=x", "'NO_CORE_DUMP=x': expected nothing behind NO_CORE_DUMP, saw '=x'; write NO_CORE_DUMP"),
        ):
            with self.subTest(text), self.assertRaises(BadRule) as caught:
                parse(text)
            self.assertTrue(str(caught.exception).startswith(told), caught.exception)


class Values(unittest.TestCase):
    """What may stand in a value."""

    def test_first_separators_only(self) -> None:
        """Only the first `=` and the first `|` separate; newlines are part of a value."""
        self.assertEqual(parse("FILE_CONTENTS=etc/a|b = c|d\n\ne=\n").arguments, ("etc/a", "b = c|d\n\ne=\n"))
        self.assertEqual(parse("PKG_DEPENDS=a|b=1").arguments, ("a", "b=1"))
        self.assertEqual(parse("OUTPUT[2]=a=b|c[1]=\n").arguments, ("a=b|c[1]=\n",))

    def test_aliases_are_the_same_rule(self) -> None:
        """A rule keeps the name that its author gave it and is equal under each."""
        rules = [parse(f"{name}=0") for name in ("RETCODE", "PACMAN_RETCODE", "APT_RETCODE")]

        self.assertEqual(len(set(rules)), 1)
        self.assertEqual([str(~rule) for rule in rules], ["!RETCODE=0", "!PACMAN_RETCODE=0", "!APT_RETCODE=0"])

    def test_negation_is_no_excuse(self) -> None:
        """A claim about a package that is not installed breaks though negated, so a typo cannot pass."""
        verdict = parse("!PKG_VERSION=dumy|1.0-1").check(machine())

        self.assertFalse(verdict.held)
        self.assertEqual((verdict.expected, verdict.seen), ("not 1.0-1", "cannot be judged: dumy is not installed"))


class Fuzz(unittest.TestCase):
    """Texts that nobody would write."""

    PIECES = (*RULES, *"!=|[]()*/.\n\0 -0129ab\udcffé", "..", "etc/conf", "dummy", "[2]", "=", "|", "0755", "link")

    def test_bad_or_round_trip(self) -> None:
        """Any text is refused as a rule, or is one that writes itself back and can be judged."""
        dice = random.Random(20)
        seeds = [text for example in EXAMPLES.values() for text in (*example.held, *example.broken)]
        good = 0
        for number in range(ROUNDS):
            text = "".join(dice.choices(self.PIECES, k=dice.randrange(8)))
            if number % 2:
                text = mutated(dice.choice(seeds), dice, self.PIECES)
            try:
                rule = parse(text)
            except BadRule:
                continue
            good += 1
            with self.subTest(text):
                self.assertEqual(str(rule), text)
                self.assertEqual(parse(str(rule)), rule)
                self.assertEqual(rule.check(machine()).rule, text)
        self.assertGreater(good, 1000)


def mutated(text: str, dice: random.Random, pieces: tuple[str, ...]) -> str:
    """*text* with one stretch replaced by a piece."""
    start = dice.randrange(len(text) + 1)
    return text[:start] + dice.choice(pieces) + text[start + dice.randrange(3) :]
