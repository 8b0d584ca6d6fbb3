"""Rules from text: `NAME=key`, `NAME=key|value`, a leading `!` to negate, and `NAME[2]=…` for the second command."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

from pkgsuite.errors import BadRule
from pkgsuite.rules.base import Kind, Rule
from pkgsuite.rules.registry import RULES

__all__ = ["parse"]

FORM = re.compile(r"(?P<bang>!?)(?P<name>[^=\[]*)(?:\[(?P<place>[^=\]]*)\])?(?:=(?P<value>.*))?", re.DOTALL)
"""Only the first `=` separates; behind it, values may hold anything."""


def parse(text: str) -> Rule:
    """The rule that *text* stands for; raises BadRule where it is unknown or malformed."""
    if not isinstance(text, str):
        raise no_rule(text)
    return parsed(text)


@lru_cache
def parsed(text: str) -> Rule:
    """The rule that *text* stands for."""
    match = FORM.fullmatch(text)
    if match is None:
        raise no_rule(text)
    kind = find(match["name"], text)
    value, count = match["value"], len(kind.arguments)
    if count and value is None:
        raise BadRule(f"{text!r}: expected '=' behind {match['name']}, saw none; write {kind.form}")
    if not count and value is not None:
        raise BadRule(f"{text!r}: expected nothing behind {match['name']}, saw {'=' + value!r}; write {kind.form}")
    arguments = tuple(value.split("|", count - 1)) if count else ()
    return Rule(kind, arguments, bool(match["bang"]), place(match["place"], text), match["name"])


def no_rule(text: object) -> BadRule:
    """What is raised for something that has not even the form of a rule."""
    return BadRule(f"expected a rule such as 'PKG_EXIST=name', saw {text!r}; write NAME=key or NAME=key|value")


def find(name: str, text: str) -> Kind:
    """The kind called *name*; raises BadRule with the nearest names and all known ones."""
    if name in RULES:
        return RULES[name]
    nearest = difflib.get_close_matches(name.upper(), RULES)
    meant = f"did you mean {' or '.join(nearest)}? the " if nearest else "the "
    raise BadRule(
        f"{text!r}: expected the name of a rule, saw {name!r}; {meant}known rules are {', '.join(sorted(RULES))}"
    )


def place(digits: str | None, text: str) -> int | None:
    """The place of a command as written between brackets."""
    if digits is None:
        return None
    if re.fullmatch(r"[1-9][0-9]{0,8}", digits) is None:
        raise BadRule(f"{text!r}: expected the place of a command from 1 on, saw [{digits}]; write RETCODE[2]=0")
    return int(digits)
