"""`pkgsuite list`: ids, descriptions, managers, and modules that are broken."""

from __future__ import annotations

from tests.command_line import CommandLineTest, as_json


class ListTest(CommandLineTest):
    """The list for people and for programs."""

    def setUp(self) -> None:
        super().setUp()
        self.write(
            "test_sample.py",
            '''
            import unittest
            from pkgsuite import Scenario, pacman
            class A(Scenario, on=pacman):
                """What the class is for.

                More."""
                def test_one(self):
                    """What the test shows."""
                def test_two(self): pass
            class B(unittest.TestCase):
                def test_bare(self): pass
            ''',
        )

    def test_text(self) -> None:
        """Each id with the docstring of the test or its class, and how many there are; nothing runs."""
        done = self.call("list", "test_sample")

        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(
            done.stdout,
            "test_sample.A.test_one\n    What the test shows.\n"
            "test_sample.A.test_two\n    What the class is for.\n"
            "test_sample.B.test_bare\n3 tests\n",
        )

    def test_json(self) -> None:
        """The same as objects."""
        told = as_json(self.call("list", "--json", "-k", "test_o", "test_sample"))

        expected = {
            "id": "test_sample.A.test_one",
            "description": "What the test shows.",
            "managers": ["pacman"],
            "file": str(self.place / "test_sample.py"),
            "line": 8,
            "tags": ["pacman"],
        }
        self.assertEqual([expected], [{name: each[name] for name in expected} for each in told])

    def test_broken(self) -> None:
        """A module that cannot be imported is listed with the reason, and the exit status is 1."""
        self.write("test_broken.py", "import no_such_thing\n")

        done = self.call("list", "--json", ".")

        self.assertEqual((done.returncode, done.stderr), (1, ""))
        first, *others = as_json(done)
        self.assertEqual(first["id"], "test_broken")
        self.assertIn("No module named 'no_such_thing'", first["description"])
        self.assertEqual(len(others), 3)

    def test_wrong(self) -> None:
        """A name that stands for nothing is wrong usage."""
        self.assert_refused(self.call("list", "test_nothing"), "test_nothing")
