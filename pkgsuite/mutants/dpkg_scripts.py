"""Faults in how dpkg runs maintainer scripts: they are distorted where dpkg-deb takes them out of the archive."""

from __future__ import annotations

import os
import sys

from pkgsuite.mutants.call import TYPE_CHECKING, Call

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MUTANTS"]

BEFORE, AFTER = ("preinst", "prerm"), ("postinst", "postrm")
SCRIPTS = (*BEFORE, *AFTER)


def run_with_scripts(call: Call, names: tuple[str, ...], change: Callable[[str], str | None]) -> int:
    """Run the call: dpkg with our dpkg-deb, and that with *change* for each script, which gives None to drop it."""
    if call.name == "dpkg":
        os.environ["PATH"] = f"{os.path.dirname(os.path.abspath(sys.argv[0]))}:{os.environ.get('PATH', '')}"
        return call.run()
    status = call.run()
    for name in names if "--control" in call.words and status == 0 else ():
        path = f"{call.words[-1]}/{name}"
        if os.path.isfile(path):
            rewrite(path, change)
    return status


def rewrite(path: str, change: Callable[[str], str | None]) -> None:
    """Change a script."""
    with open(path, encoding="utf-8", errors="surrogateescape") as source:
        changed = change(source.read())
    if changed is None:
        os.unlink(path)
        return
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as target:
        target.write(changed)


def beginning_with(line: str) -> Callable[[str], str | None]:
    """A change that lets a shell script begin with a line."""

    def change(text: str) -> str:
        first, _, rest = text.partition("\n")
        return f"{first}\n{line}\n{rest}"

    return change


def skip_preinst(call: Call) -> int:
    """No preinst runs."""
    return run_with_scripts(call, ("preinst",), lambda text: None)


def skip_postinst(call: Call) -> int:
    """No postinst runs."""
    return run_with_scripts(call, ("postinst",), lambda text: None)


def skip_prerm(call: Call) -> int:
    """No prerm of a package that it installed runs."""
    return run_with_scripts(call, ("prerm",), lambda text: None)


def skip_postrm(call: Call) -> int:
    """No postrm of a package that it installed runs."""
    return run_with_scripts(call, ("postrm",), lambda text: None)


def ignore_failing_scripts_before(call: Call) -> int:
    """A preinst or prerm that fails counts as one that worked."""
    return run_with_scripts(call, BEFORE, beginning_with("trap 'exit 0' EXIT"))


def ignore_failing_scripts_after(call: Call) -> int:
    """A postinst or postrm that fails counts as one that worked."""
    return run_with_scripts(call, AFTER, beginning_with("trap 'exit 0' EXIT"))


def tell_scripts_nothing(call: Call) -> int:
    """Scripts get no arguments."""
    return run_with_scripts(call, SCRIPTS, beginning_with("set --"))


def tell_scripts_no_version(call: Call) -> int:
    """Scripts are told what happens, but of no version."""
    return run_with_scripts(call, SCRIPTS, beginning_with('set -- "$1"'))


def tell_scripts_no_names(call: Call) -> int:
    """The environment of scripts does not name the package."""
    return run_with_scripts(call, SCRIPTS, beginning_with("unset DPKG_MAINTSCRIPT_PACKAGE DPKG_MAINTSCRIPT_NAME"))


MUTANTS = (
    skip_preinst,
    skip_postinst,
    skip_prerm,
    skip_postrm,
    ignore_failing_scripts_before,
    ignore_failing_scripts_after,
    tell_scripts_nothing,
    tell_scripts_no_version,
    tell_scripts_no_names,
)
"""Every fault here; a new one is a function and a line."""
