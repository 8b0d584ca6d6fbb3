"""A rule: one claim about an observation, as a value that can write itself as text and judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import TypeAlias

from pkgsuite.errors import BadRule
from pkgsuite.model.observation import Observation
from pkgsuite.rules.arguments import Argument
from pkgsuite.values import dataclass

__all__ = ["Finding", "Judge", "Kind", "Rule", "Verdict"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a kind of rule finds, before any `!` is looked at.

    *held* is None where the claim cannot be judged, such as the version of a package that is not installed; that breaks
    the rule and its negation alike. *opposite* words the negated expectation where "not" before *expected* reads badly.
    """

    held: bool | None
    expected: str
    seen: str
    diff: tuple[str, ...] = ()
    opposite: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a rule held, what it expected and what was seen; *diff* leads from one to the other, line by line."""

    rule: str
    held: bool
    expected: str
    seen: str
    diff: tuple[str, ...] = ()


Judge: TypeAlias = Callable[..., Finding]
"""A function of an observation and the texts of a rule's arguments."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of claim: its name, what it says in a sentence, who judges it, and what arguments it takes.

    *aliases* are further names for it in text. A kind *of_command* judges the last command, and its rules may name
    another. So many arguments at the end are *optional*.
    """

    name: str
    doc: str
    judge: Judge
    arguments: tuple[Argument, ...] = ()
    aliases: tuple[str, ...] = ()
    of_command: bool = False
    optional: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that stands for the kind in text."""
        return (self.name, *self.aliases)

    @property
    def form(self) -> str:
        """How its rules are written, such as `PKG_VERSION=name|version` or `SERVED=path[|times]`."""
        names = [argument.name for argument in self.arguments]
        needed = len(names) - self.optional
        arguments = "|".join(names[:needed]) + "".join(f"[|{name}]" for name in names[needed:])
        return "=".join([self.name, *filter(None, [arguments])])


@dataclass(frozen=True, slots=True, repr=False)
class Rule:
    """One claim; `str(rule)` is its text, which parses back to an equal value. Raises BadRule where it is malformed.

    *command* is the place of the command that it speaks of, from 1 on; None is the last one. *spelling* is the name of
    the kind as the author wrote it.
    """

    kind: Kind
    arguments: tuple[str, ...] = ()
    negated: bool = False
    command: int | None = None
    spelling: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        wanted = self.kind.arguments
        least = len(wanted) - self.kind.optional
        if not least <= len(self.arguments) <= len(wanted):
            counts = " or ".join(map(str, range(least, len(wanted) + 1)))
            raise self._malformed(f"{counts} arguments", str(len(self.arguments)))
        for argument, text in zip(wanted, self.arguments, strict=False):
            if not isinstance(text, str) or not argument.accepts(text):
                raise self._malformed(f"{argument.name} to be {argument.expected}", repr(text))
        if self.command is not None and not self.kind.of_command:
            raise self._malformed("the place of a command on rules about commands only", f"[{self.command}]")
        if self.command is not None and (type(self.command) is not int or self.command < 1):
            raise self._malformed("the place of a command, from 1 on", f"[{self.command}]")

    def _malformed(self, expected: str, seen: str) -> BadRule:
        return BadRule(f"{str(self)!r}: expected {expected}, saw {seen}; write {self.kind.form}")

    def __str__(self) -> str:
        selector = "" if self.command is None else f"[{self.command}]"
        name = f"{'!' if self.negated else ''}{self.spelling or self.kind.name}{selector}"
        return f"{name}={'|'.join(map(str, self.arguments))}" if self.kind.arguments else name

    def __repr__(self) -> str:
        return f"<Rule {self}>"

    def __invert__(self) -> Rule:
        return replace(self, negated=not self.negated)

    def __bool__(self) -> bool:
        raise BadRule(
            f"{str(self)!r}: expected a rule to be checked, saw it used as a truth; write ~rule for its negation"
        )

    def of(self, command: int) -> Rule:
        """The same claim about the command at this place, from 1 on: `RETCODE[2]=0`."""
        return replace(self, command=command)

    def check(self, observation: Observation) -> Verdict:
        """Whether the claim is true of *observation*."""
        finding = self.kind.judge(self._narrow(observation), *self.arguments)
        expected = finding.expected
        if self.negated:
            expected = finding.opposite or f"not {expected}"
        if finding.held is None:
            return Verdict(str(self), False, expected, f"cannot be judged: {finding.seen}")
        held = finding.held is not self.negated
        return Verdict(str(self), held, expected, finding.seen, () if held or self.negated else finding.diff)

    def _narrow(self, observation: Observation) -> Observation:
        """The observation with the named command as its last, or with none if that was not run."""
        if self.command is None:
            return observation
        return replace(observation, commands=observation.commands[self.command - 1 : self.command])
