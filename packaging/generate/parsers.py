"""The command line as its own parsers describe it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from pkgsuite import cli

__all__ = ["Command", "Option", "commands", "root"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option or positional argument: its spellings, what follows them, its help and its choices."""

    flags: tuple[str, ...]
    value: str
    help: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """One command with the words that call it, such as `node mirror`."""

    words: str
    help: str
    description: str
    options: tuple[Option, ...]
    positionals: tuple[Option, ...]
    subcommands: tuple[str, ...]
    epilog: str


def root() -> Command:
    """`pkgsuite` itself."""
    return described(cli.build(), "", "")


def commands() -> list[Command]:
    """Every command, in the order of the help; those within another follow it."""
    return list(below(cli.build(), ""))


def below(parser: argparse.ArgumentParser, words: str) -> Iterator[Command]:
    """The commands of a parser."""
    for action in subparsers(parser):
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, inner in action.choices.items():
            yield described(inner, f"{words} {name}".strip(), helps.get(name, ""))
            yield from below(inner, f"{words} {name}".strip())


def subparsers(parser: argparse.ArgumentParser) -> Iterator[argparse._SubParsersAction]:
    """What holds the commands of a parser."""
    return (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))


def described(parser: argparse.ArgumentParser, words: str, help_: str) -> Command:
    """A command from its parser."""
    actions = [
        action
        for action in parser._actions
        if action.help is not argparse.SUPPRESS and not isinstance(action, argparse._SubParsersAction)
    ]
    return Command(
        words,
        help_,
        parser.description or "",
        tuple(option(parser, action) for action in actions if action.option_strings),
        tuple(option(parser, action) for action in actions if not action.option_strings),
        tuple(name for action in subparsers(parser) for name in action.choices),
        parser.epilog or "",
    )


def option(parser: argparse.ArgumentParser, action: argparse.Action) -> Option:
    """An option from its action."""
    told = (action.help or "") % {**vars(action), "prog": parser.prog}
    choices = tuple(map(str, action.choices)) if action.choices else ()
    return Option(tuple(action.option_strings), value(action, choices), told, choices)


def value(action: argparse.Action, choices: tuple[str, ...]) -> str:
    """What is written for the values of an option, the same for every Python."""
    if action.nargs == 0:
        return ""
    default = "|".join(choices) or (action.dest.upper() if action.option_strings else action.dest)
    if isinstance(action.metavar, tuple):
        first, rest = action.metavar
    else:
        first = rest = action.metavar or default
    forms = {"?": f"[{first}]", "*": f"[{first} …]", "+": f"{first} [{rest} …]", "...": f"{first} …"}
    return forms.get(str(action.nargs), first)
