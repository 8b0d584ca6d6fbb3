"""Mutants as programs, to stand in the manager's place."""

from __future__ import annotations

import sys
from pathlib import Path

from pkgsuite.errors import SuiteError

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

sys.exit(registry.mutants_of({manager!r})[{name!r}](Call({program!r}, sys.argv[1:])))
"""


def write(directory: Path, manager: str, name: str, program: str) -> Path:
    """Write a program that is *program*, the real manager, with the fault of a mutant."""
    if " " in sys.executable:
        raise SuiteError(f"{sys.executable} has a blank in its path; mutants need a Python without")
    path = directory / name / manager
    path.parent.mkdir(parents=True)
    text = TEXT.format(python=sys.executable, package=str(PACKAGE), manager=manager, name=name, program=program)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path
