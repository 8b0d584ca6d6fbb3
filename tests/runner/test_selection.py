"""Names, files, directories and patterns stand for the tests that a reader expects; what stands for none is refused."""

from __future__ import annotations

import os
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

from pkgsuite.errors import SuiteError
from pkgsuite.runner import selection
from tests.checkout import TOP, needs_checkout

TWO = """
    import unittest
    def helper(needed): pass
    class Case(unittest.TestCase):
        def test_one(self): pass
        def test_two(self): pass
"""


SEVERAL = """
    from pkgsuite import Scenario
    from pkgsuite.managers.pacman import Pacman, pacman
    class Other(Pacman):
        name = "other"
    class Several(Scenario, on=(pacman, Other())):
        def test_it(self): pass
"""


class SelectionTest(unittest.TestCase):
    """Each in a directory with a name of its own, and modules that are forgotten afterwards."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        self.addCleanup(sys.path.__setitem__, slice(None), list(sys.path))
        self.addCleanup(self.forget, set(sys.modules))
        self.place = Path(temporary.name).resolve()
        os.chdir(self.place)

    def forget(self, known: set[str]) -> None:
        """Forget modules that were imported from here since; others know each other's classes."""
        for name in set(sys.modules) - known:
            if name.startswith(("test_", "package")) or str(self.place) in str(
                getattr(sys.modules[name], "__file__", "")
            ):
                del sys.modules[name]
        sys.path_importer_cache.clear()

    def write(self, name: str, text: str = TWO) -> Path:
        """A file here."""
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    def ids(self, *names: str, patterns: tuple[str, ...] = ()) -> list[str]:
        """The ids of what is selected."""
        return [test.id() for test in selection.select(names, patterns)]

    def assert_refused(self, words: str, *names: str, patterns: tuple[str, ...] = ()) -> None:
        """It is a SuiteError of one line with *words*."""
        with self.assertRaisesRegex(SuiteError, words) as caught:
            self.ids(*names, patterns=patterns)
        self.assertNotIn("\n", str(caught.exception))

    def test_names(self) -> None:
        """Module, class, test, file and directory."""
        self.write("test_sel_a.py")
        both = ["test_sel_a.Case.test_one", "test_sel_a.Case.test_two"]

        self.assertEqual(self.ids("test_sel_a"), both)
        self.assertEqual(self.ids("test_sel_a.Case"), both)
        self.assertEqual(self.ids("test_sel_a.Case.test_two"), both[1:])
        self.assertEqual(self.ids("test_sel_a.py"), both)
        self.assertEqual(self.ids("./test_sel_a.py"), both)
        self.assertEqual(self.ids(str(self.place / "test_sel_a.py")), both)
        self.assertEqual(self.ids("."), both)
        self.assertEqual(self.ids(str(self.place)), both)

    def test_packages(self) -> None:
        """In a package ids have its name, whether it is named, or a file or directory in it."""
        for name in ("sel_pack/__init__.py", "sel_pack/deep/__init__.py"):
            self.write(name, "")
        self.write("sel_pack/deep/test_b.py")
        ids = ["sel_pack.deep.test_b.Case.test_one", "sel_pack.deep.test_b.Case.test_two"]

        for name in ("sel_pack", "sel_pack.deep", "sel_pack/", "sel_pack/deep/test_b.py", "sel_pack/deep"):
            with self.subTest(name=name):
                self.assertEqual(self.ids(name), ids)

    def test_from_elsewhere(self) -> None:
        """A file is found from any directory."""
        path = self.write("test_sel_c.py")
        os.chdir("/")

        self.assertEqual(len(self.ids(str(path))), 2)

    def test_each_once(self) -> None:
        """What two names stand for runs once."""
        self.write("test_sel_d.py")

        self.assertEqual(len(self.ids("test_sel_d", "test_sel_d.Case", "test_sel_d.py")), 2)

    def test_patterns(self) -> None:
        """-k means a part of the id, or with a star all of it."""
        self.write("test_sel_e.py")

        self.assertEqual(self.ids("test_sel_e", patterns=("one",)), ["test_sel_e.Case.test_one"])
        self.assertEqual(self.ids("test_sel_e", patterns=("*_two",)), ["test_sel_e.Case.test_two"])
        self.assertEqual(len(self.ids("test_sel_e", patterns=("one", "two"))), 2)
        self.assert_refused("no test is selected by 'test_sel_e -k three'.*list", "test_sel_e", patterns=("three",))

    def test_variants(self) -> None:
        """The bare name of a scenario for several managers stands for all of them, by the names of their results."""
        self.write("test_sel_m.py", SEVERAL)
        name = "test_sel_m.Several.test_it"

        self.assertEqual(self.ids(name), [f"{name}_on_pacman", f"{name}_on_other"])

    def test_nothing_of_that_name(self) -> None:
        """A name that stands for nothing is refused, with what may have been meant."""
        self.write("test_sel_f.py")
        self.write("notes.txt", "")
        for name, words in (
            ("no_such_module", "there is no 'no_such_module'"),
            ("no_such.module.Case", "there is no 'no_such'"),
            ("", "there is no ''"),
            ("test_sel_f.Case.test_on", "no 'test_on' in test_sel_f.Case; is test_one meant"),
            ("test_sel_f.Cas", "no 'Cas' in test_sel_f; is Case meant"),
            ("test_sel_f.helper", "test_sel_f.helper is no test"),
            ("test_sel_f.Case.test_one.more", "no 'more' in test_sel_f.Case.test_one"),
            ("missing/", "no file or directory 'missing/'"),
            ("missing.py", "no file or directory 'missing.py'"),
            ("./notes.txt", "expected a file called NAME.py"),
            ("x" * 300 + "/y", "no file or directory"),
        ):
            with self.subTest(name=name[:40]):
                self.assert_refused(words, name)

    def test_empty_directory(self) -> None:
        """A directory without tests is refused."""
        (self.place / "empty").mkdir()

        self.assert_refused("no test is selected by 'empty'", "empty")

    def test_same_name(self) -> None:
        """Two files of one module name are refused: the second would silently be the first."""
        self.write("one/test_sel_g.py")
        self.write("two/test_sel_g.py")

        self.assert_refused("same module name", "one/test_sel_g.py", "two/test_sel_g.py")

    def test_import_error(self) -> None:
        """A module that cannot be imported is one test in error, with its name and its author's traceback only."""
        for number, (source, words) in enumerate(
            (
                ("import nothing_of_that_name", "ModuleNotFoundError: No module named 'nothing_of_that_name'"),
                ("def broken(:", "SyntaxError"),
                ("import sys\nsys.exit(0)", "SystemExit: 0"),
                ("raise OSError(2, 'gone')", "FileNotFoundError"),
            )
        ):
            name = f"test_sel_broken{number}"
            directory = self.write(f"{number}/{name}.py", source).parent
            for given in (f"{directory}/{name}.py", str(directory)):
                with self.subTest(source=source, given=given):
                    (test,) = selection.select([given])
                    result = unittest.TestResult()
                    test.run(result)

                    self.assertEqual(test.id(), name)
                    self.assertEqual(len(result.errors), 1)
                    details = result.errors[0][1]
                    self.assertIn(f"{name} cannot be imported: ", details)
                    self.assertIn(words, details)
                    self.assertIn(f"{directory}/{name}.py", details)
                    self.assertNotIn("loader.py", details)
                    self.assertNotIn("importlib", details)

    def test_broken_package(self) -> None:
        """A package that cannot be imported is one test in error under its name."""
        self.write("sel_broken/__init__.py", "1 / 0")
        self.write("sel_broken/test_x.py")

        self.assertEqual(self.ids("sel_broken.test_x.Case"), ["sel_broken"])

    def test_one_broken_among_others(self) -> None:
        """A broken module does not hide the others, whatever the pattern."""
        self.write("test_sel_h.py")
        self.write("test_sel_i.py", "1 / 0")

        self.assertEqual(self.ids(".", patterns=("one",)), ["test_sel_h.Case.test_one", "test_sel_i"])

    def test_module_skips(self) -> None:
        """A module that skips itself is one skipped test under its name."""
        for name in ("test_sel_j.py", "."):
            self.write("test_sel_j.py", "import unittest\nraise unittest.SkipTest('not here')")
            with self.subTest(name=name):
                (test,) = selection.select([name])
                result = unittest.TestResult()
                test.run(result)

                self.assertEqual(test.id(), "test_sel_j")
                self.assertEqual([reason for _, reason in result.skipped], ["not here"])

    def test_load_tests(self) -> None:
        """load_tests of a module is obeyed, and its failure told under the module's name."""
        self.write("test_sel_k.py", TWO + "    def load_tests(loader, tests, pattern): return Case('test_two')\n")
        self.write("test_sel_l.py", TWO + "    def load_tests(loader, tests, pattern): return 1 / 0\n")

        self.assertEqual(self.ids("test_sel_k.py"), ["test_sel_k.Case.test_two"])
        self.assertEqual(self.ids("test_sel_l.py"), ["test_sel_l"])

    def test_ours(self) -> None:
        """Without a name it is our own scenarios, from any directory and as well by their installed name."""
        ids = self.ids(patterns=("pacman.test_install",))

        self.assertTrue(ids)
        self.assertEqual(ids, self.ids("pkgsuite.testcases.pacman.test_install"))
        for name in ids:
            self.assertTrue(name.startswith("pkgsuite.testcases.pacman.test_install"), name)

    @needs_checkout
    def test_ours_in_a_checkout(self) -> None:
        """At the top of a checkout they have the names that `unittest discover` gives them."""
        os.chdir(TOP)

        for name in self.ids(patterns=("pacman.test_install",)):
            self.assertTrue(name.startswith("testcases.pacman.test_install"), name)
