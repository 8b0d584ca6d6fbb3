"""Rules about the packages that are installed; what is said of one that is not installed cannot be judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pkgsuite.errors import BadArchive
from pkgsuite.model.observation import Observation
from pkgsuite.model.package import DEPENDENCY, EXPLICIT, Package
from pkgsuite.rules.arguments import ENTRY, FILE_PATH, ITEM, PACKAGE, REASON, STATE, TEXT, VERSION
from pkgsuite.rules.base import Finding, Judge, Kind

__all__ = ["KINDS"]

EMPTY = "an empty text"
AUTOMATIC, MANUAL = "installed automatically", "installed manually"
REASONS = {str(EXPLICIT): f"{EXPLICIT} (explicit)", str(DEPENDENCY): f"{DEPENDENCY} (dependency)"}


INSTALLED, NOT_INSTALLED = "installed", "not-installed"
WHOLE = {"", INSTALLED, "triggers-awaited", "triggers-pending"}
"""The states of a package that is installed, even if triggers are still to run."""


def look_up(observation: Observation, name: str) -> Package | str | None:
    """The installed package, None where there is none, or why the database cannot tell."""
    found = look_at(observation, name)
    return None if isinstance(found, Package) and found.state not in WHOLE else found


def look_at(observation: Observation, name: str) -> Package | str | None:
    """The package however far it is installed, None where it is unknown, or why the database cannot tell."""
    try:
        return observation.packages.get(name)
    except BadArchive as error:
        return f"the package database cannot be read: {error}"


def exists(observation: Observation, name: str) -> Finding:
    """Whether the package is installed."""
    found = look_up(observation, name)
    if isinstance(found, str):
        return Finding(None, "installed", found)
    return Finding(found is not None, "installed", "not installed" if found is None else f"installed: {found}")


def is_in_state(observation: Observation, name: str, state: str) -> Finding:
    """Whether the package is installed just so far."""
    found = look_at(observation, name)
    if isinstance(found, str):
        return Finding(None, state, found)
    seen = NOT_INSTALLED if found is None else found.state or INSTALLED
    return Finding(seen == state, state, seen)


def is_automatic(observation: Observation, name: str) -> Finding:
    """Whether the package is installed only because others needed it."""
    found = look_up(observation, name)
    if not isinstance(found, Package):
        return Finding(None, AUTOMATIC, found or f"{name} is not installed")
    held = found.reason == DEPENDENCY
    return Finding(held, AUTOMATIC, AUTOMATIC if held else MANUAL, opposite=MANUAL)


def is_held(observation: Observation, name: str) -> Finding:
    """Whether the user wants the package to stay as it is."""
    found = look_at(observation, name)
    if not isinstance(found, Package):
        return Finding(None, "held", found or f"{name} is unknown")
    return Finding(found.is_held, "held", "held" if found.is_held else "not held")


def judge_with(claim: Callable[[Package, str], Finding]) -> Judge:
    """A judge of a *claim* about an installed package."""

    def judge(observation: Observation, name: str, item: str) -> Finding:
        found = look_up(observation, name)
        if isinstance(found, Package):
            return claim(found, item)
        return Finding(None, item or EMPTY, found or f"{name} is not installed")

    return judge


def equals(see: Callable[[Package], str]) -> Judge:
    """A judge of whether what *see* gives is exactly as expected."""
    return judge_with(lambda package, text: Finding(see(package) == text, text or EMPTY, see(package) or EMPTY))


def lists(see: Callable[[Package], Iterable[str]]) -> Judge:
    """A judge of whether what *see* gives holds an item."""

    def claim(package: Package, item: str) -> Finding:
        items = list(see(package))
        return Finding(item in items, item, ", ".join(items) or "nothing")

    return judge_with(claim)


def is_reason(package: Package, reason: str) -> Finding:
    """Whether the package is installed for *reason*."""
    seen = str(package.reason)
    return Finding(seen == reason, REASONS[reason], REASONS.get(seen, seen))


def optional_dependencies(package: Package) -> list[str]:
    """The optional dependencies without what they are good for."""
    return [entry.partition(": ")[0].strip() for entry in package.optdepends]


KINDS = (
    Kind("PKG_EXIST", "A package of this name is installed.", exists, (PACKAGE,)),
    Kind(
        "PKG_VERSION",
        "The package is installed in exactly this version.",
        equals(lambda package: package.version),
        (PACKAGE, VERSION),
    ),
    Kind(
        "PKG_DESC",
        "The installed package's description is exactly this text.",
        equals(lambda package: package.desc),
        (PACKAGE, TEXT),
    ),
    Kind(
        "PKG_REASON",
        "The package is installed for this reason: 0 if it was asked for, 1 as a dependency.",
        judge_with(is_reason),
        (PACKAGE, REASON),
    ),
    Kind(
        "PKG_STATE",
        "The package is installed just so far, in dpkg's words; pacman's are `installed` or `not-installed`.",
        is_in_state,
        (PACKAGE, STATE),
    ),
    Kind("PKG_AUTO", "The package was installed because others needed it.", is_automatic, (PACKAGE,)),
    Kind("PKG_HELD", "The package is held: the user wants it to stay as it is.", is_held, (PACKAGE,)),
    Kind(
        "PKG_GROUPS",
        "The installed package is in this group.",
        lists(lambda package: package.groups),
        (PACKAGE, ITEM),
    ),
    Kind(
        "PKG_PROVIDES",
        "The installed package provides this, written as its database entry has it.",
        lists(lambda package: package.provides),
        (PACKAGE, ITEM),
    ),
    Kind(
        "PKG_DEPENDS",
        "The installed package depends on this, written as its database entry has it.",
        lists(lambda package: package.depends),
        (PACKAGE, ITEM),
    ),
    Kind(
        "PKG_OPTDEPENDS",
        "The installed package has this optional dependency; the reason behind the colon does not count.",
        lists(optional_dependencies),
        (PACKAGE, ITEM),
    ),
    Kind(
        "PKG_FILES",
        "The installed package lists this path; that of a directory ends in a slash.",
        lists(lambda package: (entry.listing for entry in package.entries)),
        (PACKAGE, ENTRY),
    ),
    Kind(
        "PKG_BACKUP",
        "The installed package marks this path as a configuration file that upgrades must keep.",
        lists(lambda package: package.backup),
        (PACKAGE, FILE_PATH),
    ),
)
