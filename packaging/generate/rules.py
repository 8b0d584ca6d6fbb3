"""The reference of rules, from the kinds themselves."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Sequence

import pkgsuite.rules
from pkgsuite.rules import values
from pkgsuite.rules.arguments import Argument
from pkgsuite.rules.base import Kind
from pkgsuite.rules.registry import KINDS

__all__ = ["page"]

TITLES = {
    "transaction": "What a command did",
    "cache": "The manager's cache",
    "elsewhere": "The rest of the disk",
    "nodes": "Mirrors and other nodes",
    "always": "What must never happen",
}
"""Titles of modules whose name is none."""

INTRODUCTION = """\
<!-- Made from pkgsuite.rules by packaging/generate; `./run generate` writes it anew. -->
# Rules

A rule is one claim about a machine after its commands. It is a value or a text, which are the same thing:

```python
from pkgsuite import installed, parse

assert str(installed("dummy", "1.0-2")) == "PKG_VERSION=dummy|1.0-2"
assert parse("PKG_VERSION=dummy|1.0-2") == installed("dummy", "1.0-2")
assert str(~installed("dummy")) == "!PKG_EXIST=dummy"
```

- `self.check(rule, …)` checks all of them and shows every broken one with what was expected and what was seen.
- `~` negates a value, `!` a text. A claim that cannot be judged, such as the version of a package that is not there,
  breaks the rule and its negation alike.
- Rules about commands speak of the last one. `returncode(0).of(1)` and `RETCODE[1]=0` speak of the first.
- Paths are relative to the machine's root. "Modified" means since before the first command of the test.
- The rules of the last section are checked without being named, whenever anything is checked.
"""


def page() -> str:
    """docs/rules.md."""
    parts = [INTRODUCTION]
    for name, kinds in sections().items():
        title = TITLES.get(name, name.capitalize())
        parts.append("\n".join([f"## {title}", "", "| text | value | claim |", "| --- | --- | --- |", *rows(kinds)]))
    parts.append("\n".join(["## Arguments", "", "| argument | what it must be |", "| --- | --- |", *arguments()]))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def sections() -> dict[str, list[Kind]]:
    """The kinds by the module that they are in, in the order of the registry."""
    homes = {
        kind.name: name
        for _, name, _ in pkgutil.iter_modules(pkgsuite.rules.__path__)
        if name != "registry"
        for kind in getattr(importlib.import_module(f"pkgsuite.rules.{name}"), "KINDS", ())
    }
    found: dict[str, list[Kind]] = {}
    for kind in KINDS:
        found.setdefault(homes[kind.name], []).append(kind)
    return found


def rows(kinds: Sequence[Kind]) -> Iterator[str]:
    """A row of the table for each kind."""
    for kind in kinds:
        made = makers(f'claim("{kind.name}"')
        also = [f"Also: {', '.join(f'`{name}`' for name in kind.aliases)}."] if kind.aliases else []
        also += [f"`{call}` is its negation." for name in made for call in makers(f"~{name}(").values()]
        claim = cell(" ".join([kind.doc, *also]))
        yield f"| {code(kind.form)} | {' '.join(map(code, made.values()))} | {claim} |"


def makers(what: str) -> dict[str, str]:
    """The functions in whose source *what* stands, by their names, each with its parameters."""
    functions = {name: getattr(values, name) for name in values.__all__}
    return {
        name: f"{name}({', '.join(map(parameter, inspect.signature(function).parameters.values()))})"
        for name, function in functions.items()
        if what in inspect.getsource(function)
    }


def parameter(each: inspect.Parameter) -> str:
    """A parameter without its type."""
    if each.kind is inspect.Parameter.VAR_POSITIONAL:
        return f"*{each.name}"
    return each.name if each.default is inspect.Parameter.empty else f"{each.name}={each.default!r}"


def arguments() -> Iterator[str]:
    """What each argument must be."""
    known: dict[str, Argument] = {}
    for kind in KINDS:
        for argument in kind.arguments:
            known.setdefault(f"{argument.name}{argument.expected}", argument)
    for argument in sorted(known.values(), key=lambda each: (each.name, each.expected)):
        yield f"| {code(argument.name)} | {cell(argument.expected)} |"


def code(text: str) -> str:
    """*text* as code in a table."""
    return f"`{cell(text)}`"


def cell(text: str) -> str:
    """*text* where a bar would end the cell."""
    return text.replace("|", "\\|")
