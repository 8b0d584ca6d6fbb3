"""Every kind of rule: that it is documented, shown by example, judged as its example says, and the same as text."""

from __future__ import annotations

import re
import unittest
from collections.abc import Iterator

from pkgsuite.rules.registry import KINDS, RULES
from pkgsuite.rules.text import parse
from tests.rules.examples import EXAMPLES, machine, wrecked


def texts() -> Iterator[str]:
    """Every text in the examples."""
    for example in EXAMPLES.values():
        yield from (*example.held, *example.broken, *example.unclear, *example.wrecked)


class Registry(unittest.TestCase):
    """The table of all kinds."""

    def test_names_are_unique(self) -> None:
        """No two kinds share a name or an alias."""
        self.assertEqual(len(RULES), sum(len(kind.names) for kind in KINDS))

    def test_dialect_is_whole(self) -> None:
        """Every rule that test files of pacman use has its name here."""
        dialect = {
            *("PACMAN_RETCODE", "PACMAN_OUTPUT"),
            *("PKG_EXIST", "PKG_VERSION", "PKG_DESC", "PKG_REASON", "PKG_GROUPS", "PKG_PROVIDES", "PKG_DEPENDS"),
            *("PKG_FILES", "PKG_OPTDEPENDS", "PKG_BACKUP"),
            *("FILE_EXIST", "FILE_EMPTY", "FILE_CONTENTS", "FILE_MODIFIED", "FILE_MODE", "FILE_TYPE"),
            *("FILE_PACNEW", "FILE_PACSAVE", "FILE_PACORIG", "DIR_EXIST", "LINK_EXIST"),
            *("CACHE_EXISTS", "CACHE_FEXISTS", "CACHE_FCONTENTS"),
        }

        self.assertEqual(dialect - set(RULES), set())

    def test_examples_are_whole(self) -> None:
        """Each kind has an example that holds and one that is broken, and no example lacks its kind."""
        self.assertEqual(set(EXAMPLES), {kind.name for kind in KINDS})
        for name, example in EXAMPLES.items():
            with self.subTest(name):
                self.assertTrue(example.held)
                self.assertTrue(example.broken or example.wrecked)
                self.assertTrue(all(parse(text).kind is RULES[name] for text in (*example.held, *example.broken)))

    def test_every_name_has_an_example(self) -> None:
        """Aliases are shown too."""
        self.assertEqual({parse(text).spelling for text in texts()}, set(RULES))

    def test_documentation(self) -> None:
        """Each kind is told in one sentence, and its form is its name and its arguments."""
        for kind in KINDS:
            with self.subTest(kind.name):
                self.assertRegex(kind.doc, r"^[A-Z].*[^.]\.$")
                self.assertNotIn("\n", kind.doc)
                self.assertRegex(kind.form, rf"^{kind.name}(=\S+)?$")

    def test_only_the_last_argument_takes_bars(self) -> None:
        """No argument but a rule's last accepts a bar, so that its text is never split elsewhere."""
        for kind in KINDS:
            for argument in kind.arguments[:-1]:
                with self.subTest(kind.name, argument=argument.name):
                    self.assertFalse(argument.accepts("a|b"))


class Examples(unittest.TestCase):
    """The examples, judged."""

    def test_held(self) -> None:
        """What is true holds, and its negation is broken."""
        for name, example in EXAMPLES.items():
            for text in example.held:
                with self.subTest(name, rule=text):
                    self.assertTrue(parse(text).check(machine()).held)
                    self.assertFalse(parse(f"!{text}").check(machine()).held)

    def test_broken(self) -> None:
        """What is false is broken, and its negation holds."""
        for name, example in EXAMPLES.items():
            for text in example.broken:
                with self.subTest(name, rule=text):
                    self.assertFalse(parse(text).check(machine()).held)
                    self.assertTrue(parse(f"!{text}").check(machine()).held)

    def test_unclear(self) -> None:
        """What cannot be judged is broken, negated or not, and says so."""
        for name, example in EXAMPLES.items():
            for text in (*example.unclear, *(f"!{text}" for text in example.unclear)):
                with self.subTest(name, rule=text):
                    verdict = parse(text).check(machine())

                    self.assertFalse(verdict.held)
                    self.assertRegex(verdict.seen, "^cannot be judged: .")

    def test_wrecked(self) -> None:
        """What must never happen breaks its rule once it has happened."""
        for name, example in EXAMPLES.items():
            for text in example.wrecked:
                with self.subTest(name, rule=text):
                    self.assertFalse(parse(text).check(wrecked()).held)
                    self.assertTrue(parse(f"!{text}").check(wrecked()).held)

    def test_words(self) -> None:
        """Every verdict says what was expected and what was seen, and a negated one expects something else."""
        for text in texts():
            with self.subTest(text):
                verdict, opposite = parse(text).check(machine()), parse(f"!{text}").check(machine())

                self.assertTrue(verdict.expected and verdict.seen)
                self.assertNotEqual(verdict.expected, opposite.expected)
                self.assertEqual(verdict.seen, opposite.seen)
                self.assertEqual((verdict.rule, opposite.rule), (text, f"!{text}"))

    def test_round_trip(self) -> None:
        """The text of a rule is what its author wrote, and parses back to an equal rule."""
        for text in [*texts(), *(f"!{text}" for text in texts())]:
            with self.subTest(text):
                rule = parse(text)

                self.assertEqual(str(rule), text)
                self.assertEqual(parse(str(rule)), rule)
                self.assertEqual(hash(parse(str(rule))), hash(rule))
                self.assertEqual(~~rule, rule)
                self.assertNotEqual(~rule, rule)

    def test_values_are_exact(self) -> None:
        """A value with anything behind its end no longer holds where equality is claimed."""
        for text in texts():
            if re.match("PKG_(VERSION|DESC)|FILE_CONTENTS", text):
                with self.subTest(text):
                    self.assertFalse(parse(f"{text}x").check(machine()).held)
