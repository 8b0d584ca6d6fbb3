"""Paragraphs of the status file of dpkg and of extended_states of apt, and the packages that they describe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pkgsuite.formats import deb_control
from pkgsuite.formats.deb822 import Paragraph, parse, write
from pkgsuite.model.file import File
from pkgsuite.model.package import DEPENDENCY, EXPLICIT, Package

__all__ = [
    "CONFIG_FILES",
    "INSTALLED",
    "auto_installed",
    "conffiles",
    "package_of",
    "paragraph",
    "write_extended_states",
]

INSTALLED = "install ok installed"
"""What the status of an installed package says, unless the package says something else."""

CONFIG_FILES = "config-files"
"""The state of a package of which only configuration files are left."""

ORDER = (
    *("Package", "Essential", "Protected", "Status", "Priority", "Section", "Installed-Size", "Origin", "Maintainer"),
    *("Bugs", "Architecture", "Multi-Arch", "Source", "Version", "Config-Version", "Replaces", "Provides", "Depends"),
    *("Pre-Depends", "Recommends", "Suggests", "Breaks", "Conflicts", "Enhances", "Conffiles", "Description"),
    *("Triggers-Pending", "Triggers-Awaited"),
)
"""The order in which dpkg writes the fields; others follow."""

CONFFILE = re.compile(r"/(?P<path>.+) (?P<md5>[0-9a-f]{32}|newconffile)(?P<flags>(?: obsolete| remove-on-upgrade)*)")

READ_ELSEWHERE = ("Status", "Conffiles")


def paragraph(package: Package) -> dict[str, str]:
    """What the status file says of an installed package; raises BadValue."""
    said = deb_control.fields(package)
    said["Status"] = package.status or INSTALLED
    if sums := package.backup_sums():
        said["Conffiles"] = "".join(f"\n/{path} {md5}" for path, md5 in sums.items())
    if package.state == CONFIG_FILES:
        said = {name: value for name, value in said.items() if name not in ("Essential", "Protected")}
        said.setdefault("Config-Version", package.version)
    first = [name for name in ORDER if name in said]
    return {name: said[name] for name in dict.fromkeys([*first, *said])}


def package_of(said: Paragraph, source: str, files: Iterable[File] = (), **more: Any) -> Package:
    """The package that a paragraph of the status file describes; raises BadArchive."""
    rest = Paragraph({name: value for name, value in said.items() if name not in READ_ELSEWHERE})
    more = {"status": said.get("Status", ""), "backup": list(conffiles(said)), **more}
    return deb_control.package_of(rest, source, files=files, **more)


def conffiles(said: Mapping[str, str]) -> dict[str, str]:
    """The MD5 sum of each configuration file as it was shipped, `newconffile` where it is still to be installed."""
    lines = said.get("Conffiles", "").split("\n")
    return {found["path"]: found["md5"] for line in lines if (found := CONFFILE.fullmatch(line.strip()))}


def write_extended_states(packages: Iterable[Package], native: str) -> bytes:
    """The extended_states of apt: what was installed for others; packages for every architecture count as *native*."""
    return write(
        {"Package": package.name, "Architecture": real_architecture(package, native), "Auto-Installed": "1"}
        for package in packages
        if package.reason == DEPENDENCY
    )


def auto_installed(extended_states: bytes) -> dict[tuple[str, str], int]:
    """Why packages are installed, by name and architecture; raises BadArchive."""
    return {
        (said.get("Package", ""), said.get("Architecture", "")): (
            DEPENDENCY if said.get("Auto-Installed") == "1" else EXPLICIT
        )
        for said in parse(extended_states)
    }


def real_architecture(package: Package, native: str) -> str:
    """The architecture that apt counts the package to."""
    named = deb_control.architecture(package)
    return native if named == deb_control.EVERY_ARCHITECTURE else named
