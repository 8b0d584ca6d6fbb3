"""Ids as people read them: the words of modules, classes and tests, and the groups that a test lies in."""

from __future__ import annotations

import re

__all__ = ["groups_of", "label_of_group", "label_of_test"]

OWN = ("pkgsuite.testcases.", "testcases.", "pkgsuite.dialects.")
"""What ids of our own begin with; it says nothing in the window."""

HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def groups_of(test: str) -> tuple[str, ...]:
    """The ids of the groups that a test lies in, outermost first: its module and its class, as far as it has them."""
    parts = test.split(".")
    if len(parts) < 2:
        return ()
    return (".".join(parts[:-2]), ".".join(parts[:-1])) if len(parts) > 2 else (parts[0],)


def label_of_group(group: str, *, is_class: bool) -> str:
    """What a row of the tree says for a module or class."""
    if is_class:
        return words(" ".join(HUMP.split(group.rpartition(".")[2])))
    for beginning in OWN:
        group = group.removeprefix(beginning)
    *above, last = group.split(".")
    return ".".join([*above, last.removeprefix("test_") or last])


def label_of_test(test: str) -> str:
    """What a row of the tree says for a test."""
    name = test.rpartition(".")[2]
    return name.removeprefix("test_").replace("_", " ").strip() or name


def words(text: str) -> str:
    """*text* as the beginning of a sentence; abbreviations stay as they are."""
    found = [word if len(word) > 1 and word.isupper() else word.lower() for word in text.split()]
    joined = " ".join(found)
    return joined[:1].upper() + joined[1:]
