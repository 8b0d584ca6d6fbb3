"""What is to be run: each test under a name of its own, and what is known of it before."""

from __future__ import annotations

import inspect
import re
import unittest
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pkgsuite import events
from pkgsuite.runner.loading import is_stand_in

__all__ = ["about", "bare", "managers_of", "names_of", "tags_of"]

NUMBER = re.compile(r" #\d+$")


def names_of(tests: Iterable[unittest.TestCase]) -> list[str]:
    """A name for each test: its id, with ` #2` and so on behind the ids of those that come up several times."""
    ids = [test.id() for test in tests]
    counts = Counter(ids)
    seen: Counter[str] = Counter()
    names = []
    for name in ids:
        seen[name] += 1
        names.append(f"{name} #{seen[name]}" if counts[name] > 1 else name)
    return names


def bare(name: str) -> str:
    """The id of the test that has this name in a plan."""
    return NUMBER.sub("", name)


def about(name: str, test: unittest.TestCase) -> events.Planned:
    """What the test itself tells before it runs."""
    file, line = place_of(test)
    return events.Planned(
        name, description=test.shortDescription() or "", file=file, line=line, tags=tuple(sorted(tags_of(test)))
    )


def place_of(test: unittest.TestCase) -> tuple[str, int]:
    """The file of a test and the line where it begins; where those are not to be had, nothing and 0."""
    if is_stand_in(test):
        return "", 0
    method = inspect.unwrap(getattr(type(test), test._testMethodName, test.id))
    code = getattr(method, "__code__", None)
    script = getattr(test, "script", None)
    if script is not None and getattr(script, "path", None):
        return str(script.path), 1
    return (code.co_filename, code.co_firstlineno) if code is not None and method != test.id else ("", 0)


def tags_of(test: unittest.TestCase) -> set[str]:
    """The tags of a test: what its class, its method and its module call `tags`, and the managers that it is for."""
    method = getattr(type(test), test._testMethodName, None)
    found = {manager.name for manager in managers_of(test)}
    for owner in (*inspect.getmro(type(test)), method, inspect.getmodule(type(test))):
        given: str | Sequence[str] = getattr(owner, "__dict__", {}).get("tags", ())
        found |= {given} if isinstance(given, str) else set(map(str, given)) if is_listed(given) else set()
    return found


def managers_of(test: unittest.TestCase) -> list[Any]:
    """The managers of a scenario's test; those of one that is for a single one are that one."""
    variants = getattr(test, "variants", {})
    for names in variants.values() if isinstance(variants, dict) else ():
        if test._testMethodName in names:
            return [names[test._testMethodName]]
    return list(getattr(test, "managers", ()))


def is_listed(given: object) -> bool:
    """Whether tags are given as several."""
    return isinstance(given, (list, tuple, set, frozenset))
