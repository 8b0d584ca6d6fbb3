"""One test method for each manager, under names that unittest finds."""

from __future__ import annotations

import unittest

from pkgsuite.errors import SuiteError
from pkgsuite.managers.pacman import Pacman, pacman
from pkgsuite.scenario import Scenario
from pkgsuite.variants import as_managers


class Other(Pacman):
    """Another manager."""

    name = "other"


OTHER = Other()


def names(kind: type[unittest.TestCase]) -> list[str]:
    """What discovery finds."""
    return list(unittest.TestLoader().getTestCaseNames(kind))


class VariantsTest(unittest.TestCase):
    """What a class with `on=` offers."""

    def make(self) -> type[Scenario]:
        """A scenario for two."""

        class Several(Scenario, on=(pacman, OTHER)):
            testing = "no method"

            def test_b(self) -> None: ...

            def test_a(self) -> None: ...

        return Several

    def test_names(self) -> None:
        """Each test has a name for each manager; the bare one is hidden and there."""
        kind = self.make()

        self.assertEqual(names(kind), ["test_a_on_other", "test_a_on_pacman", "test_b_on_other", "test_b_on_pacman"])
        self.assertNotIn("test_a", dir(kind))
        self.assertTrue(hasattr(kind, "test_a"))
        self.assertIs(kind("test_a_on_other").manager, OTHER)

    def test_one(self) -> None:
        """With one manager names stay as they are."""

        class One(Scenario, on=pacman):
            def test_a(self) -> None: ...

        self.assertEqual(names(One), ["test_a"])
        self.assertIs(One("test_a").manager, pacman)

    def test_inherited(self) -> None:
        """A subclass has the tests of its base, once for each of its own managers."""

        class Fewer(self.make(), on=pacman):  # type: ignore[misc]
            def test_c(self) -> None: ...

        class Same(self.make()):  # type: ignore[misc]
            def test_c(self) -> None: ...

        self.assertEqual(names(Fewer), ["test_a", "test_b", "test_c"])
        self.assertEqual(len(names(Same)), 6)

    def test_what_is_no_manager(self) -> None:
        """Anything but managers, each once, is refused with what is expected."""
        for wrong in ("pacman", 3, None, [pacman, "apt"], (pacman, pacman), Pacman):
            with self.subTest(wrong=wrong), self.assertRaisesRegex(SuiteError, "^on=.*expected"):
                as_managers(wrong)  # type: ignore[arg-type]
