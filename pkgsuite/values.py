"""Dataclasses that a program can define by the dozen as it starts.

The decorator of the standard library writes and compiles seven methods for each frozen class, which took a third of the
time of a short run. Here `__init__` is still its work; the other methods are there once for all classes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen=False, slots=False, repr=True, eq=True):
        """Make a dataclass of a class, which is as `dataclasses.dataclass` of the same options would make it."""

        def decorate(cls):
            if not slots:
                return dataclasses.dataclass(frozen=frozen, repr=repr, eq=eq)(cls)
            made = dataclasses.dataclass(slots=True, repr=False, eq=False)(cls)
            methods = {**(of_frozen() if frozen else {}), **(of_equals(made, frozen) if eq else {})}
            for name, method in {**methods, **({"__repr__": describe} if repr else {})}.items():
                if cls.__dict__.get(name) is None:
                    setattr(made, name, method)
            return made

        return decorate


def of_frozen() -> dict[str, object]:
    """The methods of what is set once, by its `__init__`."""
    return {"__setattr__": set_once, "__delattr__": keep}


def of_equals(cls: type, frozen: bool) -> dict[str, object]:
    """The methods of what is as its fields are."""
    fields = dataclasses.fields(cls)
    compared = values_of([each.name for each in fields if each.compare])

    def is_same(self: object, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    if not frozen:
        return {"__eq__": is_same, "__hash__": None}
    hashed = values_of([each.name for each in fields if (each.compare if each.hash is None else each.hash)])
    return {"__eq__": is_same, "__hash__": lambda self: hash(hashed(self))}


def values_of(names: list[str]) -> Callable[[object], object]:
    """What tells the values of these fields."""
    return attrgetter(*names) if names else lambda self: ()


def describe(self: object) -> str:
    """The `__repr__`: what would make an equal one."""
    fields = dataclasses.fields(self)  # type: ignore[arg-type]
    told = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields if each.repr)
    return f"{type(self).__qualname__}({told})"


def set_once(self: object, name: str, value: object) -> None:
    """The `__setattr__`: `__init__` comes first, so that it alone can set a field."""
    if hasattr(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def keep(self: object, name: str) -> None:
    """The `__delattr__`."""
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
