"""The rule that nothing else changed."""

from __future__ import annotations

import unittest

from pkgsuite.model.observation import Observation
from pkgsuite.model.tree import FileState, Tree
from pkgsuite.rules.base import Verdict
from pkgsuite.rules.values import unchanged_elsewhere
from tests.rules.examples import command, file

DIRECTORY = FileState("dir", 0o755)


def judged(before: dict[str, FileState], after: dict[str, FileState], *patterns: str) -> Verdict:
    """What the rule makes of two disks."""
    seen = Observation(
        commands=(command(0),), before=Tree(before), after=Tree(after), bookkeeping=("var/lib/db/", "*.log")
    )
    return unchanged_elsewhere(*patterns).check(seen)


class Elsewhere(unittest.TestCase):
    """What counts as elsewhere."""

    def test_nothing_changed(self) -> None:
        """A disk that is as it was breaks nothing."""
        self.assertEqual(judged({"a": file("")}, {"a": file("")}).seen, "nothing changed")

    def test_times(self) -> None:
        """Times of directories, and ctime, are no change; the mtime of a file is."""
        before, after = {"a": file(""), "d": DIRECTORY}, {"a": file(""), "d": DIRECTORY._replace(mtime_ns=9)}

        self.assertTrue(judged(before, after).held)
        self.assertTrue(judged(before, {**after, "a": file("")._replace(ctime_ns=9)}).held)
        self.assertEqual(judged(before, {**after, "a": file("", time=9)}).seen, "changed mtime of a")

    def test_every_change_is_told(self) -> None:
        """All that no pattern names is listed, one a line."""
        before = {"gone": file(""), "kept": file(""), "conf": file("1")}
        verdict = judged(before, {"kept": file(""), "conf": file("22"), "new": file("")}, "new*")

        self.assertFalse(verdict.held)
        self.assertEqual(verdict.expected, "nothing changed but new*")
        self.assertEqual(verdict.seen.split("\n"), ["changed content of conf", "deleted gone"])

    def test_many_changes(self) -> None:
        """Of very many changes the first are listed and the rest counted."""
        lines = judged({}, {f"f{number:03}": file("") for number in range(100)}).seen.split("\n")

        self.assertEqual((len(lines), lines[-1]), (31, "… and 70 more"))

    def test_bookkeeping(self) -> None:
        """What the manager writes for itself needs no pattern, nor do the directories made for it."""
        after = {"var": DIRECTORY, "var/lib": DIRECTORY, "var/lib/db": DIRECTORY, "var/lib/db/a": file("")}

        self.assertTrue(judged({}, {**after, "m.log": file("")}).held)

    def test_subtree(self) -> None:
        """A pattern that ends in a slash names the directory and all below it, and nothing that starts alike."""
        after = {"opt": DIRECTORY, "opt/a": DIRECTORY, "opt/a/b": file("")}

        self.assertTrue(judged({}, after, "opt/").held)
        self.assertEqual(judged({}, {**after, "opt2": file("")}, "opt/").seen, "created opt2")
        self.assertFalse(judged({}, after, "opt").held)

    def test_implied_parents(self) -> None:
        """Directories above a named path may come and go with it, but not change."""
        after = {"usr": DIRECTORY, "usr/bin": DIRECTORY, "usr/bin/a": file("")}

        self.assertTrue(judged({}, after, "usr/bin/a").held)
        self.assertTrue(judged(after, {}, "usr/bin/a").held)
        self.assertEqual(
            judged({"usr": DIRECTORY._replace(mode=0o700)}, after, "usr/bin/a").seen, "changed mode of usr"
        )

    def test_unused_parents(self) -> None:
        """A directory is not implied by a path that did not change itself."""
        self.assertEqual(judged({}, {"usr": DIRECTORY}, "usr/bin/a").seen, "created usr")

    def test_negated(self) -> None:
        """The negation expects a change that no pattern names."""
        verdict = (~unchanged_elsewhere()).check(Observation(commands=(command(0),)))

        self.assertEqual((verdict.held, verdict.expected), (False, "changes that no pattern names"))

    def test_nothing_ran(self) -> None:
        """Where no command was run, that nothing changed says nothing."""
        for rule in (unchanged_elsewhere(), ~unchanged_elsewhere()):
            with self.subTest(rule=str(rule)):
                self.assertIn("no command was run", rule.check(Observation()).seen)
                self.assertFalse(rule.check(Observation()).held)
