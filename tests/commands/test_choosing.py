"""Test files of pacman's own among the names: `list` shows them and `run` runs them, beside ordinary tests."""

from __future__ import annotations

import shutil
import unittest

from pkgsuite import events
from tests.command_line import CommandLineTest, as_json

FILE = """
self.description = "Install a package"
p = pmpkg("dummy")
p.files = ["bin/dummy"]
self.addpkg(p)
self.args = "-U %s" % p.filename()
self.addrule("PACMAN_RETCODE=0")
self.addrule("PKG_EXIST=dummy")
"""

PYTHON = """
import unittest
class A(unittest.TestCase):
    def test_it(self): self.description = 1
"""

ID = "pkgsuite.dialects.pactest.Pactest.test_"


class Choosing(CommandLineTest):
    """Each test has two files of pacman's, and one of unittest's."""

    def setUp(self):
        super().setUp()
        for name in ("upgrade001", "upgrade002"):
            self.write(f"tests/{name}.py", FILE)
        self.write("test_ours.py", PYTHON)

    def ids(self, *words):
        return [each["id"] for each in as_json(self.call("list", "--json", *words))]

    def test_a_directory_of_them(self):
        self.assertEqual([f"{ID}upgrade001", f"{ID}upgrade002"], self.ids("tests"))

    def test_one_says_what_it_is_for_and_where_it_is(self):
        (entry,) = as_json(self.call("list", "--json", "tests/upgrade001.py"))

        place = str(self.place / "tests/upgrade001.py")
        told = [entry["description"], entry["managers"]]
        self.assertEqual(["Install a package", ["pacman"]], told)
        self.assertTrue(place.endswith(entry["file"]), entry["file"])

    def test_together_with_others_and_patterns(self):
        self.assertEqual(["test_ours.A.test_it", f"{ID}upgrade002"], self.ids("tests", "test_ours.py", "-k", "*[t2]"))

    def test_a_directory_of_both(self):
        self.write("tests/test_mine.py", PYTHON)
        self.write("tests/test_theirs.py", FILE)
        ours = "test_mine.A.test_it"
        theirs = [f"{ID}{name}" for name in ("test_theirs", "upgrade001", "upgrade002")]

        self.assertEqual([ours, *theirs], self.ids("tests"))
        self.assertEqual([ours], self.ids("tests", "-k", "mine"))
        self.assertEqual([theirs[1]], self.ids("tests", "-k", "upgrade001"))
        self.assertEqual([theirs[1]], self.ids("tests", "test_ours", "-k", "upgrade001"))

    def test_nothing_left_is_wrong_usage(self):
        self.assert_refused(self.call("list", "tests", "-k", "nowhere"), "nowhere")

    @unittest.skipUnless(shutil.which("pacman"), "no pacman; get it with: apt-get install pacman-package-manager")
    def test_run_runs_them(self):
        status, told = self.told("tests/upgrade001.py", "test_ours")

        results = [(each.test, each.outcome) for each in told if isinstance(each, events.Result)]
        self.assertEqual(0, status)
        self.assertCountEqual([("test_ours.A.test_it", "passed"), (f"{ID}upgrade001", "passed")], results)


if __name__ == "__main__":
    unittest.main()
