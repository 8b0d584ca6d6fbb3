"""Many rules judged together, and the text that tells what is broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pkgsuite.model.observation import Observation
from pkgsuite.rules.base import Rule, Verdict
from pkgsuite.rules.show import printable
from pkgsuite.rules.text import parse

__all__ = ["block", "broken"]

MOST_OF_A_RULE = 100


def broken(observation: Observation, rules: Iterable[Rule | str]) -> list[Verdict]:
    """The verdicts of those *rules* that do not hold; raises BadRule before any is judged."""
    parsed = [parse(rule) if isinstance(rule, str) else rule for rule in rules]
    return [verdict for rule in parsed if not (verdict := rule.check(observation)).held]


def block(verdicts: Sequence[Verdict]) -> str:
    """How many rules are broken, and each of them with what was expected and seen."""
    wrong = [verdict for verdict in verdicts if not verdict.held]
    return "\n".join([headline(len(wrong), len(verdicts)), *(line for verdict in wrong for line in tell(verdict))])


def headline(wrong: int, count: int) -> str:
    """The sentence above the broken rules."""
    if not wrong:
        return "the rule holds" if count == 1 else f"all {count} rules hold"
    if count == 1:
        return "the rule is broken"
    return f"{wrong} of {count} rules {'is' if wrong == 1 else 'are'} broken"


def tell(verdict: Verdict) -> Iterator[str]:
    """The lines of one broken rule."""
    rule = printable(verdict.rule)
    yield f"  ✗ {rule}" if len(rule) <= MOST_OF_A_RULE else f"  ✗ {rule[:MOST_OF_A_RULE]}…"
    yield from labelled("expected", verdict.expected)
    yield from labelled("seen", verdict.seen)
    yield from (f"      {line}" for line in verdict.diff)


def labelled(label: str, text: str) -> Iterator[str]:
    """*text* behind its label, further lines below the first."""
    for line in text.split("\n"):
        yield f"      {label:8}  {printable(line)}"
        label = ""
