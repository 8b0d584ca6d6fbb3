"""Tables in DebTorrent's form: what is read of a file, and what is said of a table that is wrong."""

from __future__ import annotations

import random
import unittest
from typing import Any

from pkgsuite.dialects import debtorrent_table
from pkgsuite.dialects.debtorrent_table import Downloader, load, read
from pkgsuite.dialects.debtorrent_tests import TESTS
from pkgsuite.errors import BadValue

GOOD: dict[str, Any] = {
    "two": (
        "A description.",
        {1: ["--port", "2000"], 2: []},
        {
            1: (1, []),
            2: (2, ["--max_upload_rate=50", "--security", "1"], {"mirror": "ftp.de.debian.org/debian", "clean": False}),
        },
        [(1, ["update"]), (2, ("install", "-q", "a", "b")), (1, ["install", "b"])],
    )
}

PROGRAM = '''#!/usr/bin/env python
"""A program of another Python; tests = {"not": "this"}"""
from time import sleep

tests = {'1': ('Start one, ' +
               'and one.',   # an apostrophe: it's a comment { [
               {1: []},
               {1: (1, ['--log_level', '10'], {'suites': 'contrib non-free'})},
               [(1, ['update']), (1, ["install", """fop-doc"""])]),
         }

print 'this is no Python of ours', `tests`
'''


def changed(at: str, given: object) -> dict[str, Any]:
    """The good table with another value in the test at `[1][2]` and the like."""
    table = {"two": list(GOOD["two"])}
    exec(f"table['two']{at} = given", {"table": table, "given": given})
    return {"two": tuple(table["two"])}


class LoadTest(unittest.TestCase):
    def test_a_table_is_read_as_it_says(self) -> None:
        test = load(GOOD)["two"]

        self.assertEqual("A description.", test.description)
        self.assertEqual({1: {"port": "2000"}, 2: {}}, test.trackers)
        self.assertEqual(Downloader(1), test.downloaders[1])
        self.assertEqual({"max_upload_rate": "50", "security": "1"}, test.downloaders[2].options)
        self.assertEqual(("ftp.de.debian.org", "debian"), (test.downloaders[2].host, test.downloaders[2].directory))
        self.assertEqual((2, ("install", "-q", "a", "b")), test.queue[1])
        self.assertTrue(test.is_run_twice)

    def test_packages_are_those_that_are_installed(self) -> None:
        test = load(GOOD)["two"]

        self.assertEqual(("a", "b"), test.packages())
        self.assertEqual(("b",), test.packages(1))

    def test_the_nine_are_a_table(self) -> None:
        self.assertEqual([str(number) for number in range(1, 10)], list(load(TESTS)))

    def test_what_is_wrong_is_named_with_its_place(self) -> None:
        for table, words in (
            ({}, "tests={}: expected a dictionary"),
            ([], "tests="),
            ({"all": GOOD["two"]}, "other than all and help"),
            ({5: GOOD["two"]}, "tests=5"),
            ({"two": GOOD["two"][:3]}, r"tests\['two'\]=.*a description, trackers, downloaders and a queue"),
            (changed("[1]", [1]), r"tests\['two'\]\[1\]=\[1\]: expected a dictionary of nodes"),
            (changed("[1]", {0: []}), r"\[1\]=0: expected a number from 1 to 9"),
            (changed("[1]", {1: ["--color", "red"]}), r"\[1\]\[1\]='--color': expected one of --port, --cache_dir"),
            (changed("[1]", {1: ["--port"]}), "a value behind it"),
            (changed("[1]", {1: ["--port", "x"]}), "a number behind it"),
            (changed("[2]", {}), r"\[2\]={}: expected at least one downloader"),
            (changed("[2]", {1: []}), r"\[2\]\[1\]=\[\]: expected the number of its tracker"),
            (changed("[2]", {1: (7, [])}), r"\[2\]\[1\]\[0\]=7: expected the number of a tracker: 1, 2"),
            (changed("[2]", {1: (1, "abc")}), r"\[2\]\[1\]\[1\]='abc': expected a list of options"),
            (changed("[2]", {1: (1, [], {"colour": 1})}), "mirror as str, suites as str, clean as bool"),
            (changed("[2]", {1: (1, [], {"clean": 1})}), "clean as bool"),
            (changed("[2]", {1: (1, [], {"mirror": "../etc"})}), r"\['mirror'\]='../etc'"),
            (changed("[2]", {1: (1, [], {"suites": "a/b"})}), r"\['suites'\]='a/b'"),
            (changed("[3]", []), r"\[3\]=\[\]: expected a list of commands"),
            (changed("[3]", [(1, "update")]), r"\[3\]\[0\]=.*a list of words"),
            (changed("[3]", [(1, ["update"]), (9, ["update"])]), r"\[3\]\[1\]\[0\]=9: expected .*: 1, 2"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(BadValue, words):
                load(table)


class ReadTest(unittest.TestCase):
    def test_a_file_of_another_python_is_read_and_not_run(self) -> None:
        (test,) = read(PROGRAM).values()

        self.assertEqual("Start one, and one.", test.description)
        self.assertEqual("contrib non-free", test.downloaders[1].suites)
        self.assertEqual(((1, ("update",)), (1, ("install", "fop-doc"))), test.queue)

    def test_a_file_without_a_table_is_told(self) -> None:
        for text, words in (
            ("", "expected a line that begins with `tests = {`"),
            ("tests = {", "its braces do not close"),
            ("tests = {'a': open('/etc/passwd')}", "plain values"),
            ("tests = {'a': 1 + 2}", "only texts can be added"),
            ("tests = {**{}}", "a dictionary in another"),
            ("tests = {[]: 1}", "plain values"),
            ("tests = {'a': '", "its braces do not close"),
        ):
            with self.subTest(text=text), self.assertRaisesRegex(BadValue, words):
                read(text, "test.py")

    def test_damage_is_an_error_and_nothing_else(self) -> None:
        noise = random.Random(8)
        for _ in range(500):
            text = list(PROGRAM)
            for _ in range(noise.randrange(1, 6)):
                text[noise.randrange(len(text))] = chr(noise.randrange(256))
            try:
                read("".join(text))
            except BadValue:
                continue

    def test_deep_nesting_is_an_error(self) -> None:
        with self.assertRaises(BadValue):
            read("tests = {" + "[" * 5000 + "]" * 5000 + "}")


class LiteralTest(unittest.TestCase):
    def test_braces_in_texts_and_comments_do_not_count(self) -> None:
        for text in ('{"}"}', "{'\\'}'}", '{"""}"""}', "{ # }\n}"):
            with self.subTest(text=text):
                self.assertEqual(text, debtorrent_table.literal(f"{text} and more }}"))
