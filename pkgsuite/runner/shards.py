"""Tests divided among machines that know nothing of each other.

Tests of a class or module with fixtures stay together. Where nothing is known of how long tests take, each goes where
the hash of its name sends it, whatever else there is to run. With a table of times the longest go first, each to the
shard that has least: the same wherever the tests and the table are the same. What a machine remembers by itself
counts for nothing, since another machine remembers something else.
"""

from __future__ import annotations

import hashlib
import unittest
from collections.abc import Iterable, Sequence

from pkgsuite.errors import SuiteError
from pkgsuite.runner.groups import in_groups
from pkgsuite.runner.loading import is_stand_in
from pkgsuite.runner.origin import normal
from pkgsuite.runner.record import median
from pkgsuite.runner.times import Times
from pkgsuite.values import dataclass

__all__ = ["Division", "Shard", "divide"]

EVERYWHERE = 0
"""The shard of what every machine has to tell: a module that cannot be loaded there."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of *count* parts, by its number from 1."""

    number: int
    count: int

    @classmethod
    def read(cls, text: str) -> Shard:
        """The shard that `I/N` means; raises SuiteError for anything else."""
        number, _, count = text.partition("/")
        if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
            raise SuiteError(f"{text!r}: expected I/N, such as 1/4, with I from 1 to N")
        return cls(int(number), int(count))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


@dataclass(frozen=True, slots=True)
class Unit:
    """Tests that stay together, by their places in the selection, and how long they take."""

    name: str
    tests: tuple[int, ...]
    expected_s: float


@dataclass(frozen=True, slots=True)
class Division:
    """The shard of each test, in the order of the selection."""

    shards: tuple[int, ...]
    names: tuple[str, ...]

    def holds(self, shard: Shard) -> list[bool]:
        """Whether each test is in *shard*."""
        return [each in (EVERYWHERE, shard.number) for each in self.shards]

    @property
    def mark(self) -> str:
        """A few letters that are the same for the same division, and for no other."""
        pairs = sorted(zip(self.names, self.shards, strict=True))
        return hashlib.blake2b(repr(pairs).encode("utf-8", "backslashreplace"), digest_size=4).hexdigest()


def divide(tests: Sequence[unittest.TestCase], count: int, times: Times | None = None) -> Division:
    """Divide *tests* into *count* shards, by *times* or by their names."""
    names = tuple(normal(test.id()) for test in tests)
    shards = [EVERYWHERE] * len(tests)
    units = units_of(tests, names, times or {})
    for unit, shard in by_time(units, count) if times else by_name(units, count):
        for test in unit.tests:
            shards[test] = shard
    return Division(tuple(shards), names)


def units_of(tests: Sequence[unittest.TestCase], names: Sequence[str], times: Times) -> list[Unit]:
    """What can be given away, each in one piece; what is not known takes as long as others do."""
    usual = median(times[name] for name in names if name in times)
    units = []
    for group in in_groups(tests):
        numbers = [number for number in group.tests if not is_stand_in(tests[number])]
        pieces = [numbers] if group.is_whole else [[number] for number in numbers]
        for piece in filter(None, pieces):
            name = normal(group.name) if group.is_whole else names[piece[0]]
            units.append(Unit(name, tuple(piece), sum(times.get(names[number], usual) for number in piece)))
    return units


def by_name(units: Iterable[Unit], count: int) -> Iterable[tuple[Unit, int]]:
    """Each unit with the shard that its name alone decides."""
    for unit in units:
        digest = hashlib.blake2b(unit.name.encode("utf-8", "backslashreplace"), digest_size=8).digest()
        yield unit, int.from_bytes(digest, "big") % count + 1


def by_time(units: Iterable[Unit], count: int) -> Iterable[tuple[Unit, int]]:
    """The longest unit first, each with the shard that has least to do by then, and of those the one with fewest."""
    loads = [(0.0, 0, number) for number in range(1, count + 1)]
    for unit in sorted(units, key=lambda unit: (-unit.expected_s, unit.name)):
        expected_s, tests, number = least = min(loads)
        loads.remove(least)
        loads.append((expected_s + unit.expected_s, tests + len(unit.tests), number))
        yield unit, number
