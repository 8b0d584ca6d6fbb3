"""Rules about paths."""

from __future__ import annotations

import unittest
from dataclasses import replace

from pkgsuite.model.tree import FileState, Tree
from pkgsuite.rules.text import parse
from pkgsuite.rules.values import contents, exists, modified, owner, pacnew, unchanged
from tests.rules.examples import file, machine

KEPT = FileState("file", size=1, digest=1, mtime_ns=5, ctime_ns=5)


def unreadable(path: str) -> bytes:
    """A file that is gone by the time it is read."""
    raise FileNotFoundError(2, "No such file or directory", path)


class Modified(unittest.TestCase):
    """What counts as a change of a path."""

    def seen(self, before: Tree, after: Tree, path: str = "a") -> str:
        """What FILE_MODIFIED sees."""
        verdict = modified(path).check(replace(machine(), before=before, after=after))
        opposite = unchanged(path).check(replace(machine(), before=before, after=after))
        self.assertIsNot(verdict.held, opposite.held)
        return verdict.seen if verdict.held else f"not: {verdict.seen}"

    def test_each_property(self) -> None:
        """Kind, content, mtime and ctime count, each by itself."""
        for change, told in (
            ({}, "not: not modified"),
            ({"digest": b"b"}, "changed content"),
            ({"size": 2, "digest": b"b"}, "changed content"),
            ({"mtime_ns": 6}, "changed mtime"),
            ({"ctime_ns": 6}, "changed ctime"),
            ({"mode": 0o600, "ctime_ns": 6}, "changed mode, ctime"),
            ({"kind": "dir"}, "changed kind"),
        ):
            with self.subTest(told):
                self.assertEqual(self.seen(Tree({"a": KEPT}), Tree({"a": KEPT._replace(**change)})), told)

    def test_created_and_deleted(self) -> None:
        """What is new or gone is modified."""
        self.assertEqual(self.seen(Tree({}), Tree({"a": KEPT})), "created: a regular file")
        self.assertEqual(self.seen(Tree({"a": KEPT}), Tree({})), "deleted: a regular file")

    def test_link_to_nowhere(self) -> None:
        """A link that leads nowhere is a path like any other: new, gone, or as it was."""
        lost = Tree({"a": FileState("link", target="gone")})

        told = "a symbolic link to gone, which leads nowhere"
        self.assertEqual(self.seen(Tree({}), lost), f"created: {told}")
        self.assertEqual(self.seen(lost, Tree({})), f"deleted: {told}")
        self.assertEqual(self.seen(lost, lost), "not: not modified")

    def test_links(self) -> None:
        """A link is modified when it or what it leads to is."""
        link, other = FileState("link", target="a"), FileState("link", target="b")
        files = {"a": KEPT, "b": KEPT}

        self.assertEqual(self.seen(Tree({**files, "l": link}), Tree({**files, "l": link}), "l"), "not: not modified")
        self.assertEqual(self.seen(Tree({**files, "l": link}), Tree({**files, "l": other}), "l"), "changed target")
        self.assertEqual(self.seen(Tree({**files, "l": link}), Tree({"b": KEPT, "l": link}), "l"), "changed target")
        changed = {"a": KEPT._replace(mtime_ns=9), "l": link}
        self.assertEqual(self.seen(Tree({**files, "l": link}), Tree(changed), "l"), "changed mtime")

    def test_below_a_link(self) -> None:
        """A path below a link to a directory is that of the directory."""
        above = {"d": FileState("dir"), "l": FileState("link", target="/d"), "d/a": KEPT}

        self.assertEqual(
            self.seen(Tree(above), Tree({**above, "d/a": KEPT._replace(ctime_ns=9)}), "l/a"), "changed ctime"
        )


class Contents(unittest.TestCase):
    """What a file holds."""

    def test_one_line(self) -> None:
        """A single line is quoted."""
        verdict = contents("etc/conf", "old\n").check(machine())

        self.assertEqual((verdict.expected, verdict.seen, verdict.diff), (r"'old\n'", r"'new\n'", ()))

    def test_several_lines(self) -> None:
        """Several lines are compared by a unified diff."""
        verdict = contents("etc/kept", "one\n2\nthree").check(machine())

        self.assertEqual(
            verdict.diff,
            (
                "--- expected",
                "+++ seen",
                "@@ -1,3 +1,3 @@",
                " one",
                "-2",
                "-three (no newline at the end)",
                "+two",
                "+three",
            ),
        )

    def test_no_diff_where_it_held(self) -> None:
        """A rule that held, or is negated, needs no diff."""
        self.assertEqual(contents("etc/kept", "one\ntwo\nthree\n").check(machine()).diff, ())
        self.assertEqual((~contents("etc/kept", "one\n2\n")).check(machine()).diff, ())

    def test_unreadable(self) -> None:
        """A file that cannot be read cannot be judged."""
        for rule in (contents("etc/conf", "a"), ~contents("etc/conf", "a")):
            verdict = rule.check(replace(machine(), read=unreadable))

            self.assertFalse(verdict.held)
            self.assertIn("cannot be judged: it cannot be read: [Errno 2]", verdict.seen)


class Words(unittest.TestCase):
    """What is told of a path."""

    def test_what_stands_there(self) -> None:
        """Whatever stands at a path is told, and where a link leads."""
        for path, told in (
            ("usr", "a directory"),
            ("etc/conf", "a regular file"),
            ("run", "a device, pipe or socket"),
            ("bin", "a symbolic link to usr/bin, a directory"),
            ("tool", "a symbolic link to /bin/tool, a regular file"),
            ("lost", "a symbolic link to nowhere, which leads nowhere"),
            ("round", "a symbolic link to round, which leads nowhere"),
            ("no/such", "nothing there"),
        ):
            with self.subTest(path):
                self.assertEqual(exists(path).check(machine()).seen, told)

    def test_negated(self) -> None:
        """A negated rule expects the opposite in words."""
        self.assertEqual((~exists("usr")).check(machine()).expected, "not a regular file")
        self.assertEqual((~pacnew("etc/conf")).check(machine()).expected, "no etc/conf.pacnew")

    def test_anything_counts_beside(self) -> None:
        """Whatever stands beside the file counts as its .pacnew, even a link that leads nowhere."""
        after = Tree({"a": file(""), "a.pacnew": FileState("link", target="gone")})

        self.assertTrue(pacnew("a").check(replace(machine(), after=after)).held)

    def test_owner(self) -> None:
        """The owner is that of a link itself, not of what it leads to."""
        disk = Tree({"a": FileState("file", uid=1000, gid=100), "b": FileState("link", target="a")})

        for path, seen in (("a", "1000:100"), ("b", "0:0")):
            verdict = owner(path, 7, 7).check(replace(machine(), after=disk))
            self.assertEqual((verdict.held, verdict.expected, verdict.seen), (False, "7:7", seen))

    def test_mode(self) -> None:
        """Permission bits are told in four octal digits."""
        verdict = parse("FILE_MODE=tool|755").check(machine())

        self.assertEqual((verdict.expected, verdict.seen), ("0755", "4755"))
