"""What dpkg and apt keep of the packages in a root, read back: status, notes beside it, extended_states."""

from __future__ import annotations

from pathlib import Path

from pkgsuite.errors import BadArchive
from pkgsuite.formats import deb, deb822, dpkg
from pkgsuite.formats.deb_control import EVERY_ARCHITECTURE
from pkgsuite.model.package import Package

__all__ = ["DATABASE", "STATE", "read_packages", "read_versions"]

DATABASE = "var/lib/dpkg"
STATE = "var/lib/apt"

INSTALLED = " installed"
NOT_INSTALLED = " not-installed"
"""The state of what dpkg has heard of and nothing more, so that not even a version is known."""


def read_packages(root: str, native: str) -> dict[str, Package]:
    """The packages that dpkg knows, those of foreign architectures as `name:architecture`; raises BadArchive."""
    place = Path(root, DATABASE, "info")
    info = {path.name: path.read_bytes() for path in place.iterdir()} if place.is_dir() else {}
    states = Path(root, STATE, "extended_states")
    reasons = states.read_bytes() if states.is_file() else b""
    found = dpkg.read_database(deb822.write(status(root)), reasons, info, native=native)
    return {named(package.name, deb.architecture(package), native): package for package in found}


def read_versions(root: str, native: str) -> dict[str, str]:
    """The versions of those that are installed whole, by the same names; raises BadArchive."""
    return {
        named(said.get("Package", ""), said.get("Architecture", ""), native): said.get("Version", "")
        for said in status(root)
        if said.get("Status", "").endswith(INSTALLED)
    }


def status(root: str) -> list[deb822.Paragraph]:
    """The paragraphs of the status file, brought up to date by what an interrupted dpkg noted beside it."""
    place = Path(root, DATABASE)
    notes = sorted(path for path in place.glob("updates/*") if path.name.isdigit())
    found: dict[tuple[str, str], deb822.Paragraph] = {}
    for path in [place / "status", *notes]:
        data = path.read_bytes() if path.is_file() else b""
        try:
            paragraphs = deb822.parse(data)
        except BadArchive as error:
            raise BadArchive(f"{path.relative_to(root)}: {error}") from error
        found |= {(said.get("Package", ""), said.get("Architecture", "")): said for said in paragraphs}
    return [said for said in found.values() if not said.get("Status", "").endswith(NOT_INSTALLED)]


def named(name: str, architecture: str, native: str) -> str:
    """How rules name the package: a foreign one with its architecture."""
    return name if architecture in (EVERY_ARCHITECTURE, native, "") else f"{name}:{architecture}"
