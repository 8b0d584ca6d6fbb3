"""Rules about the directory where the manager keeps archives; paths are relative to it."""

from __future__ import annotations

from pkgsuite.model.observation import Observation
from pkgsuite.rules.arguments import FILE_PATH, PACKAGE, TEXT, VERSION
from pkgsuite.rules.base import Finding, Kind
from pkgsuite.rules.files import describe, has_contents, is_type

__all__ = ["KINDS"]

NO_CACHE = "the manager keeps no archives"


def has_file(observation: Observation, path: str) -> Finding:
    """Whether the cache holds a regular file of this name."""
    expected = f"{path} in the cache"
    if not observation.cache:
        return Finding(None, expected, NO_CACHE)
    place = f"{observation.cache}/{path}"
    return Finding(is_type(observation, place, "file"), expected, describe(observation.after, place))


def has_archive(observation: Observation, name: str, version: str) -> Finding:
    """Whether the cache holds the archive of a package that the scenario knows."""
    archive = observation.archives.get((name, version))
    if archive is None:
        return Finding(None, f"{name} {version} in the cache", "the scenario has no such package")
    return has_file(observation, archive)


def file_has_contents(observation: Observation, path: str, text: str) -> Finding:
    """Whether a file in the cache holds exactly *text*."""
    if not observation.cache:
        return Finding(None, "a file in the cache", NO_CACHE)
    return has_contents(observation, f"{observation.cache}/{path}", text)


KINDS = (
    Kind(
        "CACHE_EXISTS",
        "The archive of this package of the scenario is in the cache.",
        has_archive,
        (PACKAGE, VERSION),
    ),
    Kind("CACHE_FEXISTS", "A file of this name is in the cache.", has_file, (FILE_PATH,)),
    Kind("CACHE_FCONTENTS", "The file in the cache holds exactly this text.", file_has_contents, (FILE_PATH, TEXT)),
)
