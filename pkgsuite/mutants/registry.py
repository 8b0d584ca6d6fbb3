"""The mutants there are, by manager; those of another manager are a file and a line here."""

from __future__ import annotations

from pkgsuite.mutants import pacman
from pkgsuite.mutants.call import TYPE_CHECKING

if TYPE_CHECKING:
    from pkgsuite.mutants.call import Mutant

__all__ = ["MUTANTS", "description_of", "mutants_of"]

MUTANTS: dict[str, tuple[Mutant, ...]] = {"pacman": pacman.MUTANTS}


def mutants_of(manager: str) -> dict[str, Mutant]:
    """The mutants of a manager by their names."""
    return {mutant.__name__.replace("_", "-"): mutant for mutant in MUTANTS[manager]}


def description_of(mutant: Mutant) -> str:
    """What is wrong with a mutant, in a line."""
    return (mutant.__doc__ or "").partition("\n")[0]
