"""Dataclasses that a program can define by the dozen as it starts.

The decorator of the standard library writes and compiles seven methods for each frozen class, which took a third of the
time of a short run. Here it settles what the fields are and makes the slots; `__init__` alone is written for each, and
is quicker too, while the other methods are there once for all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen=False, slots=False, repr=True, eq=True):
        """Make a dataclass of a class, which is as `dataclasses.dataclass` of the same options would make it."""

        def decorate(cls):
            if not slots:
                return dataclasses.dataclass(frozen=frozen, repr=repr, eq=eq)(cls)
            made = dataclasses.dataclass(slots=True, init=False, repr=False, eq=False)(cls)
            methods = {"__init__": initializer(made), "__repr__": describe if repr else None}
            methods |= of_frozen() if frozen else {}
            methods |= of_equals(made, frozen) if eq else {}
            for name, method in methods.items():
                if cls.__dict__.get(name) is None and (method or name == "__hash__"):
                    setattr(made, name, method)
            return made

        return decorate


def initializer(cls: Any) -> Callable[..., None]:
    """The `__init__`, which sets the slots of a class without asking its `__setattr__`."""
    known: dict[str, Any] = {"__name__": cls.__module__, "MISSING": MISSING}
    parameters, body = {False: ["self"], True: ["*"]}, []
    for each in dataclasses.fields(cls):
        name, default = each.name, ""
        known[f"_set_{name}"] = getattr(cls, name).__set__
        if each.default_factory is not MISSING:
            known[f"_new_{name}"] = each.default_factory
            default = "=MISSING"
            body.append(f"_set_{name}(self, _new_{name}() if {name} is MISSING else {name})")
        else:
            if each.default is not MISSING:
                known[f"_default_{name}"] = each.default
                default = f"=_default_{name}"
            body.append(f"_set_{name}(self, {name})")
        parameters[bool(each.kw_only)].append(name + default)
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    words = [*parameters[False], *(parameters[True] if len(parameters[True]) > 1 else [])]
    exec(f"def __init__({', '.join(words)}):\n " + "\n ".join(body or ["pass"]), known)
    method: Callable[..., None] = known["__init__"]
    method.__qualname__ = f"{cls.__qualname__}.__init__"
    return method


def of_frozen() -> dict[str, object]:
    """The methods of what nobody can change."""
    return {
        "__setattr__": refuse_to_set,
        "__delattr__": refuse_to_delete,
        "__getstate__": give_state,
        "__setstate__": take_state,
    }


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


def refuse_to_set(self: object, name: str, value: object) -> None:
    """The `__setattr__`."""
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def refuse_to_delete(self: object, name: str) -> None:
    """The `__delattr__`."""
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def give_state(self: Any) -> list[object]:
    """The `__getstate__`, for copies and pickles."""
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def take_state(self: Any, state: list[object]) -> None:
    """The `__setstate__`."""
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)
