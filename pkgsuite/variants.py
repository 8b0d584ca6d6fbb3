"""One test method for each manager, made when the class of a scenario is made.

With several managers `test_install` becomes `test_install_on_apt` and `test_install_on_pacman`. The bare name is hidden
from discovery and still runs on all of them for whoever asks for it by name.
"""

from __future__ import annotations

import functools
import unittest
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pkgsuite.errors import SuiteError
from pkgsuite.managers.base import Manager

__all__ = ["ScenarioType", "as_managers", "multiply"]

PREFIX = "test"


class ScenarioType(type):
    """The type of scenario classes; it hides the bare names of multiplied tests from discovery."""

    variants: dict[str, dict[str, Manager]]

    def __dir__(cls) -> Iterable[str]:
        own = {name for names in cls.variants.values() for name in names}
        return [
            name
            for name in super().__dir__()
            if name not in cls.variants and (name in own or not is_variant(cls, name))
        ]


def is_variant(kind: type, name: str) -> bool:
    """Whether the attribute is a test method that was made for one manager, perhaps by a base class for its own."""
    return name.startswith(PREFIX) and hasattr(getattr(kind, name, None), "bare_name")


def as_managers(given: Manager | Iterable[Manager]) -> tuple[Manager, ...]:
    """The managers of `on=`; raises SuiteError for anything else."""
    found = (given,) if isinstance(given, Manager) else tuple(given) if isinstance(given, Iterable) else (given,)
    for manager in found:
        if not isinstance(manager, Manager):
            raise SuiteError(f"on={manager!r}: expected a manager such as pkgsuite.pacman, or several in a tuple")
    if len({manager.name for manager in found}) != len(found):
        raise SuiteError(f"on={found!r}: expected each manager once")
    return found


def multiply(kind: type[unittest.TestCase], managers: Sequence[Manager]) -> dict[str, dict[str, Manager]]:
    """Give *kind* a test method for each test and manager; the answer is which stand for each bare name."""
    variants: dict[str, dict[str, Manager]] = {}
    for name in [name for name in dir(kind) if name.startswith(PREFIX)]:
        method = getattr(kind, name)
        if not callable(method) or is_variant(kind, name):
            continue
        variants[name] = {}
        for manager in managers:
            variant = f"{name}_on_{manager.name}"
            setattr(kind, variant, renamed(method, variant, name))
            variants[name][variant] = manager
    return variants


def renamed(method: Callable[..., Any], name: str, bare_name: str) -> Callable[..., Any]:
    """The same test under another name."""

    @functools.wraps(method)
    def variant(self: unittest.TestCase) -> Any:
        return method(self)

    variant.__name__ = name
    variant.bare_name = bare_name  # type: ignore[attr-defined]
    return variant
