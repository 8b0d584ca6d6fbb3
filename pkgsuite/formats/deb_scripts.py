"""The maintainer scripts of Debian packages, made from scriptlets that name a moment; deb-preinst(5) and its kin."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from pkgsuite.model.package import MAINTAINER_SCRIPTS, Package

__all__ = ["scripts"]

SHELL = "#!/bin/sh\n"
PROGRAMS = ("#!", "\x7fELF")

MOMENTS = {
    "preinst": {"pre_install": "install:*", "pre_upgrade": "upgrade:*"},
    "postinst": {"post_install": "configure:", "post_upgrade": "configure:?*"},
    "prerm": {"pre_remove": "remove:*"},
    "postrm": {"post_remove": "remove:*"},
}
"""The scriptlets that each script calls, with the arguments that dpkg gives at that moment, joined by a colon."""

OLD_VERSION = '"$2"'
"""The argument in which dpkg tells what is upgraded."""


def scripts(package: Package) -> dict[str, str]:
    """The maintainer scripts by name; those that the package gives under Debian's names win over its scriptlets."""
    given = package.scriptlets
    found = {name: given.get(name) or dispatcher(name, given, package.version) for name in MAINTAINER_SCRIPTS}
    return {name: whole(body) for name, body in found.items() if body}


def dispatcher(script: str, bodies: Mapping[str, str], version: str) -> str:
    """A maintainer script that calls the scriptlet of the moment; empty where there is none among *bodies*."""
    moments = {name: arguments for name, arguments in MOMENTS.get(script, {}).items() if name in bodies}
    if not moments:
        return ""
    functions = [f"{name}() {{\n{bodies[name]}\n}}\n" for name in moments]
    cases = [f"    {arguments}) {call(name, version)} ;;\n" for name, arguments in moments.items()]
    return "".join([*functions, 'case "$1:$2" in\n', *cases, "esac\n"])


def call(scriptlet: str, version: str) -> str:
    """The call of a scriptlet with what pacman would hand to it: the version, and when upgrading the old one too."""
    words = [scriptlet, shlex.quote(version)]
    return " ".join([*words, OLD_VERSION] if scriptlet.endswith("_upgrade") else words)


def whole(body: str) -> str:
    """*body* as a program: for the shell, unless it says otherwise."""
    if body.startswith(PROGRAMS):
        return body
    return SHELL + body + ("" if body.endswith("\n") else "\n")
