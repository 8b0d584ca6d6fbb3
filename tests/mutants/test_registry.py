"""The list of mutants: each is one function with a name and a sentence of its own."""

from __future__ import annotations

import unittest

from pkgsuite.managers.registry import MANAGERS
from pkgsuite.mutants import registry


class RegistryTest(unittest.TestCase):
    """What there is."""

    def test_managers(self) -> None:
        """Every manager has mutants."""
        self.assertEqual(set(MANAGERS), set(registry.FAMILIES))
        self.assertEqual(set(MANAGERS), set(registry.LEDGERS))

    def test_names(self) -> None:
        """No two mutants of a manager have one name, since it stands for one on the command line."""
        for manager, families in registry.FAMILIES.items():
            names = [registry.name_of(mutant) for _, mutants in families for mutant in mutants]
            self.assertEqual(sorted(set(names)), sorted(names), manager)

    def test_descriptions(self) -> None:
        """Each says in a sentence what is wrong, and no two the same."""
        for manager in registry.FAMILIES:
            told = [registry.description_of(mutant) for mutant in registry.mutants_of(manager).values()]
            self.assertEqual(len(told), len(set(told)), manager)
            for sentence in told:
                self.assertRegex(sentence, r"\A.{10,110}\.\Z")

    def test_programs(self) -> None:
        """A mutant stands in the place of programs that the manager has, or that those call."""
        self.assertEqual(("dpkg",), registry.programs_of("apt", "drop-file"))
        self.assertEqual(("dpkg", "dpkg-deb"), registry.programs_of("apt", "skip-preinst"))
        self.assertEqual(("pacman",), registry.programs_of("pacman", "drop-file"))
