"""Which tests may be skipped where everything can be installed: those of a list, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

__all__ = ["LIST", "allowed", "unexpected"]

LIST = Path(__file__).with_name("may-skip.txt")


def allowed(text: str) -> dict[str, str]:
    """The patterns of test ids, with the reasons; raises ValueError for a line without one."""
    found = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        pattern, _, reason = line.partition(": ")
        if not reason.strip():
            raise ValueError(f"{LIST.name}: expected `pattern: reason`, saw {line!r}")
        found[pattern.strip()] = reason.strip()
    return found


def unexpected(tests: Iterable[str], patterns: Iterable[str]) -> list[str]:
    """The ids of skipped *tests* that no pattern names."""
    known = tuple(patterns)
    return sorted(test for test in tests if not any(fnmatchcase(test, pattern) for pattern in known))
