"""Dataclasses that are quick to define: as those of the standard library, method by method."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import unittest
from collections.abc import Callable
from dataclasses import KW_ONLY, field
from typing import Any

from pkgsuite.values import dataclass

Decorator = Callable[..., Callable[[type], type]]

KINDS = ({"frozen": True, "slots": True}, {"slots": True}, {"frozen": True}, {}, {"slots": True, "eq": False})


def point(decorator: Decorator, **options: bool) -> Any:
    @decorator(**options)
    class Point:
        x: int
        _: KW_ONLY
        y: int = 0
        names: list[str] = field(default_factory=list, repr=False, hash=False)
        weight: float = field(default=1.0, compare=False)

    return Point


def named(decorator: Decorator, **options: bool) -> Any:
    @decorator(**options)
    class Named:
        name: str

        def __post_init__(self) -> None:
            object.__setattr__(self, "name", self.name.upper())

        def __repr__(self) -> str:
            return f"<{self.name}>"

    @decorator(**options)
    class Aged(Named):
        age: int = 0

        def __eq__(self, other: object) -> bool:
            return True

    return Aged


def empty(decorator: Decorator, **options: bool) -> Any:
    return decorator(**options)(type("Empty", (), {"__module__": __name__, "__annotations__": {}}))


@dataclass(frozen=True, slots=True)
class Known:
    """What pickle can find by its name."""

    a: int


def saw(action: Callable[[], object]) -> object:
    """What it gave or raised."""
    try:
        return action()
    except Exception as error:
        return type(error), isinstance(error, AttributeError)


class ValuesTest(unittest.TestCase):
    def test_they_are_what_the_standard_library_makes(self) -> None:
        deeds: tuple[Callable[[Any], object], ...] = (
            lambda kind: repr(kind(1, y=2, names=["a"])),
            lambda kind: kind(1) == kind(1, weight=3.0),
            lambda kind: kind(1) == kind(2),
            lambda kind: kind(1) == kind(1, names=["b"]),
            lambda kind: kind(1) == 1,
            lambda kind: kind(1).__eq__(1),
            lambda kind: hash(kind(1)) == hash(kind(1, names=["b"])),
            lambda kind: hash(kind(1)) == hash(kind(2)),
            lambda kind: kind(),
            lambda kind: kind(1, 2),
            lambda kind: setattr(kind(1), "x", 2),
            lambda kind: setattr(kind(1), "weight", 2),
            lambda kind: delattr(kind(1), "x"),
            lambda kind: dataclasses.asdict(dataclasses.replace(kind(1), x=5)),
            lambda kind: [each.name for each in dataclasses.fields(kind)],
            lambda kind: copy.copy(kind(1, y=3)).y,
            lambda kind: kind.__match_args__,
            lambda kind: kind.__dict__.get("__slots__"),
        )
        for options in KINDS:
            theirs, ours = point(dataclasses.dataclass, **options), point(dataclass, **options)
            for number, deed in enumerate(deeds):
                with self.subTest(options=options, deed=number):
                    self.assertEqual(saw(lambda: deed(theirs)), saw(lambda: deed(ours)))  # noqa: B023

    def test_methods_of_the_class_stay(self) -> None:
        deeds: tuple[Callable[[Any], object], ...] = (
            lambda kind: repr(kind("a", 1)),
            lambda kind: kind("a") == kind("b"),
            lambda kind: hash(kind("a")) == hash(kind("a")),
            lambda kind: hash(kind("a")) == hash(kind("b")),
            lambda kind: setattr(kind("a"), "name", "b"),
        )
        for options in KINDS[:4]:
            theirs, ours = named(dataclasses.dataclass, **options), named(dataclass, **options)
            for number, deed in enumerate(deeds):
                with self.subTest(options=options, deed=number):
                    self.assertEqual(saw(lambda: deed(theirs)), saw(lambda: deed(ours)))  # noqa: B023

    def test_without_fields(self) -> None:
        for options in KINDS[:4]:
            kind = empty(dataclass, **options)
            with self.subTest(options):
                self.assertEqual(("Empty()", True), (repr(kind()), kind() == kind()))

    def test_there_is_no_room_for_more(self) -> None:
        """Here the standard library stumbles, with a TypeError about super()."""
        with self.assertRaises(AttributeError):
            setattr(Known(1), "unknown", 2)  # noqa: B010

    def test_they_can_be_pickled(self) -> None:
        self.assertEqual(Known(1), pickle.loads(pickle.dumps(Known(1))))


if __name__ == "__main__":
    unittest.main()
