"""Mutants as programs, to stand in the manager's place."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from pkgsuite.errors import ProgramMissing, SuiteError
from pkgsuite.managers.base import Manager
from pkgsuite.mutants import registry

__all__ = ["write"]

PACKAGE = Path(__file__).resolve().parents[1]

TEXT = """\
#!{python} -IS
import sys
from types import ModuleType

sys.modules["pkgsuite"] = package = ModuleType("pkgsuite")
package.__path__ = [{package!r}]  # its modules without the names that it gives to scenarios, which take long to load

from pkgsuite.mutants import registry
from pkgsuite.mutants.call import Call

mutate = registry.mutant_called({manager!r}, {name!r})
sys.exit(mutate(Call({program!r}, sys.argv[1:], registry.LEDGERS[{manager!r}])))
"""


def write(directory: Path, manager: Manager, name: str) -> Path:
    """Write the programs of a mutant, each the real one with the fault, to a directory with links to all others.

    Gives what the manager's variable names: the program, or the directory where there may be several.
    """
    if " " in sys.executable:
        raise SuiteError(f"{sys.executable} has a blank in its path; mutants need a Python without")
    place = directory / name
    place.mkdir()
    for program in registry.programs_of(manager.name, name):
        path = place / program
        text = TEXT.format(
            python=sys.executable, package=str(PACKAGE), manager=manager.name, name=name, program=real(manager, program)
        )
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
    for program in manager.programs:
        path, target = place / program, Path(real(manager, program))
        if not path.exists() and target.name == program:
            path.symlink_to(target)
    return place / manager.name if manager.programs == (manager.name,) else place


def real(manager: Manager, program: str) -> str:
    """The program that a mutant calls: the manager's own, or one that those call; raises ProgramMissing."""
    if program in manager.programs:
        return manager.argv([program], "/")[0]
    found = shutil.which(program)
    if found is None:
        raise ProgramMissing(f"no {program} on PATH; a mutant stands in its place; {manager.remedy}")
    return found
