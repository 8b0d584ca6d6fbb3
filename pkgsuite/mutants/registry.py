"""The mutants there are, by manager; those of another manager are a file and a line here."""

from __future__ import annotations

from pkgsuite.mutants import (
    apt_options,
    apt_trust,
    dpkg_database,
    dpkg_options,
    dpkg_scripts,
    endings,
    files,
    pacman_database,
    pacman_options,
)
from pkgsuite.mutants.alpm import Alpm
from pkgsuite.mutants.call import TYPE_CHECKING
from pkgsuite.mutants.dpkg import Dpkg

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgsuite.mutants.call import Mutant
    from pkgsuite.mutants.ledger import Ledger

__all__ = ["FAITHFUL", "FAMILIES", "LEDGERS", "description_of", "mutant_called", "mutants_of", "programs_of"]

LEDGERS: dict[str, Ledger] = {"pacman": Alpm(), "apt": Dpkg()}

FAITHFUL = "faithful"
"""The name of what stands in every program's place and has no fault."""

DPKG, APT = ("dpkg",), ("apt-get", "apt")

FAMILIES: dict[str, tuple[tuple[tuple[str, ...], Iterable[Mutant]], ...]] = {
    "pacman": (
        (
            ("pacman",),
            (*files.MUTANTS, *pacman_database.MUTANTS, *pacman_options.MUTANTS, *endings.MUTANTS, files.empty_cache),
        ),
    ),
    "apt": (
        (DPKG, (*files.MUTANTS, *dpkg_database.MUTANTS, *dpkg_options.MUTANTS)),
        ((*DPKG, "dpkg-deb"), dpkg_scripts.MUTANTS),
        (APT, (*apt_options.MUTANTS, files.empty_cache)),
        ((*APT, "gpgv"), apt_trust.MUTANTS),
        ((*APT, "apt-mark"), apt_options.MARKS),
        ((*APT, "apt-cache"), apt_options.PREFERENCES),
        ((*APT, *DPKG, "apt-mark", "apt-cache", "dpkg-query"), endings.MUTANTS),
    ),
}
"""The faults of each manager, behind the programs in whose place they stand."""


def mutants_of(manager: str) -> dict[str, Mutant]:
    """The mutants of a manager by their names."""
    return {name_of(mutant): mutant for _, mutants in FAMILIES[manager] for mutant in mutants}


def mutant_called(manager: str, name: str) -> Mutant:
    """The mutant of that name, or what is faithful."""
    return endings.faithful if name == FAITHFUL else mutants_of(manager)[name]


def programs_of(manager: str, name: str) -> tuple[str, ...]:
    """The programs in whose place a mutant stands."""
    if name == FAITHFUL:
        return tuple(dict.fromkeys(program for programs, _ in FAMILIES[manager] for program in programs))
    return next(programs for programs, mutants in FAMILIES[manager] if name in map(name_of, mutants))


def name_of(mutant: Mutant) -> str:
    """The name of a mutant, as it is written on a command line."""
    return mutant.__name__.replace("_", "-")


def description_of(mutant: Mutant) -> str:
    """What is wrong with a mutant, in a line."""
    return (mutant.__doc__ or "").partition("\n")[0]
