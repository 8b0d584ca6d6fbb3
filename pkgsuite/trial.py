"""A test that runs in a world: it is forked into one, and what came of it is told as if it had run here."""

from __future__ import annotations

import os
import unittest
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from pkgsuite import cache, events, keep
from pkgsuite.errors import SuiteError, Unsupported
from pkgsuite.fork import gate, outcomes
from pkgsuite.managers.base import Manager
from pkgsuite.system import family
from pkgsuite.system.place import is_inside
from pkgsuite.variants import ScenarioType, as_managers, multiply

__all__ = ["Trial", "troubles"]

__unittest = True

_had: set[tuple[str, str]] = set()
"""The managers that were found, each with the PATH at the time; machines look for themselves."""


class Trial(unittest.TestCase, metaclass=ScenarioType):
    """A TestCase whose class fixtures and tests run in a world, once for each manager that `on=` names."""

    managers: ClassVar[tuple[Manager, ...]] = ()
    variants: ClassVar[dict[str, dict[str, Manager]]] = {}

    def __init_subclass__(cls, on: Manager | Iterable[Manager] | None = None, **more: Any) -> None:
        super().__init_subclass__(**more)
        if on is not None:
            cls.managers = as_managers(on)
        cls.variants = {}
        if len(cls.managers) > 1:
            cls.variants = multiply(cls, cls.managers)
        for name, on_the_host in (("setUpClass", gate.set_up_class), ("tearDownClass", gate.tear_down_class)):
            guard(cls, name, on_the_host)

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._number = gate.number_of(self)
        self._troubles = 0
        self._result: unittest.TestResult | None = None

    @property
    def manager(self) -> Manager:
        """The manager that this test is for; raises SuiteError where the class names none."""
        for variants in self.variants.values():
            if self._testMethodName in variants:
                return variants[self._testMethodName]
        if len(self.managers) != 1:
            raise SuiteError(
                f"{type(self).__name__} names no manager: class {type(self).__name__}(Scenario, on=pacman)"
            )
        return self.managers[0]

    # Running

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Run the test in its world and tell *result*."""
        if result is None:
            return self._run_alone()
        if self._testMethodName in self.variants:
            for name in self.variants[self._testMethodName]:
                type(self)(name).run(result)
            return result
        if is_inside() or outcomes.skip_reason(self) is not None:
            return self._run_here(result)
        if not gate.is_running(type(self)):
            keep.prepare()
            cache.prepare()
        missing = self._missing()
        if missing is None:
            gate.run_test(self, self._number, result)
        else:
            result.startTest(self)
            result.addSkip(self, missing)
            result.stopTest(self)
        return result

    def _run_alone(self) -> unittest.TestResult:
        result = self.defaultTestResult()
        result.startTestRun()
        try:
            self.run(result)
        finally:
            result.stopTestRun()
        return result

    def _run_here(self, result: unittest.TestResult) -> unittest.TestResult | None:
        self._result = result
        self._troubles = troubles(self, result)
        strays = family.descendants()
        try:
            self._declare()
            return super().run(result)
        finally:
            self._result = None
            family.end(family.descendants() - strays)

    def _declare(self) -> None:
        """Find out what the test is, right before it runs; those of dialects are told by a file."""

    def debug(self) -> None:
        """Run the test without collecting outcomes; only where the whole process is in a world."""
        if not is_inside():
            raise SuiteError(f"debug() needs the whole process in a world: python3 -m pkgsuite world -- … {self.id()}")
        super().debug()

    def _missing(self) -> str | None:
        """Why the manager cannot be had, or None."""
        if not self.managers:
            return None
        wanted = self.manager.wanted, os.environ.get("PATH", "")
        if wanted not in _had:
            try:
                self.manager.find()
            except Unsupported as reason:
                return str(reason)
            _had.add(wanted)
        return None

    @property
    def _listener(self) -> Callable[[events.Event], object] | None:
        """Who takes events, or None."""
        listen: Callable[[events.Event], object] | None = getattr(self._result, "event", None)
        return listen

    def _emit(self, event: events.Event) -> None:
        listen = self._listener
        if listen is not None:
            listen(event)


def troubles(test: unittest.TestCase, result: unittest.TestResult | None) -> int:
    """How many errors and failures are known by now: to *result*, and before Python 3.11 to the test itself."""
    waiting = getattr(getattr(test, "_outcome", None), "errors", ())
    told = len(getattr(result, "errors", ())) + len(getattr(result, "failures", ()))
    return told + sum(1 for _, error in waiting if error is not None)


def guard(kind: type[Trial], name: str, on_the_host: Callable[[type[Trial]], None]) -> None:
    """Let the class fixture *name* of *kind* run in the world only; on the host *on_the_host* stands in its place."""
    own = kind.__dict__.get(name)

    def fixture(cls: type[Trial]) -> None:
        if not is_inside():
            keep.prepare()
            cache.prepare()
            on_the_host(cls)
        elif own is not None:
            own.__get__(None, cls)()
        else:
            getattr(super(kind, cls), name)()

    fixture.__name__ = name
    fixture.is_idle = own is None  # type: ignore[attr-defined]
    setattr(kind, name, classmethod(fixture))
