"""What a package says of others: `a`, `a>=1.0`, `a:any (>= 1.0) [amd64] | b`; deb-control(5), deb-src-control(5).

Scenarios write `a>=1.0` for every manager, so that form is the one that is read back; Debian's own is accepted as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pkgsuite.errors import BadValue
from pkgsuite.values import dataclass

__all__ = ["Relation", "debian", "neutral", "parse", "split"]

OPERATORS = {"<": "<<", "<=": "<=", "=": "=", ">=": ">=", ">": ">>"}
"""How versions are compared, each operator with Debian's."""

NEUTRAL = {theirs: ours for ours, theirs in OPERATORS.items()}

NAME = r"(?P<name>[A-Za-z0-9@_+$][A-Za-z0-9@._+${}-]*)(?::(?P<qualifier>[a-z0-9-]+))?"
VERSION = r"[^\s()<>=|,\[\]]+"
SHORT = re.compile(rf"{NAME}(?:(?P<operator><=|>=|<|>|=)(?P<version>{VERSION}))?")
LONG = re.compile(
    rf"{NAME}(?:\s*\(\s*(?P<operator><<|<=|=|>=|>>)\s*(?P<version>{VERSION})\s*\))?"
    r"(?:\s*\[(?P<architectures>[^\]]*)\])?(?P<profiles>(?:\s*<[^<>]*>)*)"
)
EXPECTED = "a relation such as 'a', 'a>=1.0', 'a (>= 1.0)' or 'a | b'"


@dataclass(frozen=True, slots=True)
class Relation:
    """One package, by name and perhaps by version; *operator* is one of `OPERATORS`, empty without a *version*.

    *qualifier* is the architecture behind the name, such as `any`. *architectures* and build *profiles*, a text for
    each pair of brackets, tell where the relation holds in a source package.
    """

    name: str
    operator: str = ""
    version: str = ""
    qualifier: str = ""
    architectures: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.operator) != bool(self.version) or self.operator not in ("", *OPERATORS):
            raise BadValue("operator", self.operator, f"one of {', '.join(OPERATORS)} with a version, or neither")

    def __str__(self) -> str:
        """The form for every manager."""
        return f"{self._name}{self.operator}{self.version}{self._restrictions}"

    @property
    def debian(self) -> str:
        """Debian's form."""
        version = f" ({OPERATORS[self.operator]} {self.version})" if self.operator else ""
        return f"{self._name}{version}{self._restrictions}"

    @property
    def _name(self) -> str:
        return f"{self.name}:{self.qualifier}" if self.qualifier else self.name

    @property
    def _restrictions(self) -> str:
        architectures = f" [{' '.join(self.architectures)}]" if self.architectures else ""
        return architectures + "".join(f" <{profile}>" for profile in self.profiles)


def parse(text: str, field: str = "relation") -> tuple[Relation, ...]:
    """The alternatives that *text* names, separated by `|`; raises BadValue naming *field*."""
    return tuple(relation(part.strip(), text, field) for part in text.split("|"))


def relation(text: str, whole: str, field: str) -> Relation:
    """One of the alternatives of the *whole*."""
    if short := SHORT.fullmatch(text):
        return Relation(short["name"], short["operator"] or "", short["version"] or "", short["qualifier"] or "")
    long = LONG.fullmatch(text)
    if not long:
        raise BadValue(field, whole, EXPECTED)
    return Relation(
        long["name"],
        NEUTRAL[long["operator"]] if long["operator"] else "",
        long["version"] or "",
        long["qualifier"] or "",
        tuple((long["architectures"] or "").split()),
        tuple(profile.strip() for profile in long["profiles"].replace(">", "").split("<")[1:]),
    )


def debian(text: str, field: str = "relation") -> str:
    """*text* in Debian's form; raises BadValue naming *field*."""
    return " | ".join(each.debian for each in parse(text, field))


def neutral(text: str) -> str:
    """*text* in the form for every manager; what is no relation stays as it is."""
    try:
        return " | ".join(map(str, parse(text)))
    except BadValue:
        return " ".join(text.split())


def split(value: str) -> tuple[str, ...]:
    """The relations that stand in one field, separated by commas."""
    return tuple(part for each in value.split(",") if (part := each.strip()))


def joined(texts: Iterable[str], field: str, *, unchecked: bool = False) -> str:
    """One field with all relations in Debian's form; *unchecked* lets others stand as they are."""
    return ", ".join(text if unchecked and not is_relation(text) else debian(text, field) for text in texts)


def is_relation(text: str) -> bool:
    """Whether *text* can be read."""
    try:
        return bool(parse(text))
    except BadValue:
        return False
