"""The words of the filter: text, `tag:`, `status:` and `manager:`; all must match, `-` before one turns it round."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TypeAlias

from .outcomes import STATUSES
from .scenario import Scenario

__all__ = ["Match", "compile_filter", "statuses_in", "with_status"]

Match: TypeAlias = "Callable[[Scenario], bool]"

STATUS = "status:"


def compile_filter(text: str) -> Match | None:
    """What tells whether a scenario matches *text*; None where everything does."""
    terms = [term(word) for word in split(text)]
    if not terms:
        return None
    return lambda scenario: all(matches(scenario) for matches in terms)


def split(text: str) -> list[str]:
    """The words of *text*; quotes hold words together, one that is still open counts to the end."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.replace('"', " ").replace("'", " ").split()


def term(word: str) -> Match:
    """What one word asks for."""
    if word.startswith("-") and len(word) > 1:
        inner = term(word[1:])
        return lambda scenario: not inner(scenario)
    key, colon, value = word.partition(":")
    values = frozenset(value.casefold().split(",")) - {""}
    if colon and key.casefold() in KEYS:
        given = KEYS[key.casefold()]
        return lambda scenario: not values or given(scenario, values)
    wanted = word.casefold()
    return lambda scenario: wanted in haystack(scenario)


def haystack(scenario: Scenario) -> str:
    """The text of a scenario that words are looked for in."""
    return f"{scenario.test}\n{scenario.label}\n{scenario.description}".casefold()


def has_status(scenario: Scenario, values: frozenset[str]) -> bool:
    """Whether the scenario has one of the statuses, which may be abbreviated."""
    return any(scenario.status.startswith(value) for value in values)


def has_tag(scenario: Scenario, values: frozenset[str]) -> bool:
    """Whether the scenario has one of the tags."""
    return any(tag.casefold() in values for tag in scenario.tags)


def has_manager(scenario: Scenario, values: frozenset[str]) -> bool:
    """Whether the scenario is for one of the managers."""
    return any(manager.casefold() in values for manager in scenario.managers)


KEYS = {"status": has_status, "tag": has_tag, "manager": has_manager}


def statuses_in(text: str) -> frozenset[str]:
    """The statuses that a filter asks for."""
    words = (word.removeprefix(STATUS).split(",") for word in split(text) if word.startswith(STATUS))
    return frozenset(value for values in words for value in values) & frozenset(STATUSES)


def with_status(text: str, status: str) -> str:
    """The filter *text* with *status* switched on or off in it."""
    wanted = statuses_in(text) ^ {status}
    others = [word for word in text.split() if not word.startswith(STATUS)]
    ordered = [each for each in STATUSES if each in wanted]
    return " ".join([*others, *([STATUS + ",".join(ordered)] if ordered else [])])
