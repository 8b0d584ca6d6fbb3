"""Pacman's own test files as scenarios: three lines make `python3 -m unittest` run a directory of them.

from pkgsuite.dialects import pactest

def load_tests(loader, tests, pattern):
    return pactest.load_directory("test/pacman/tests")
"""

from __future__ import annotations

import re
import unittest
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, ClassVar, cast

from pkgsuite import story
from pkgsuite.dialects import pactest_script
from pkgsuite.dialects.pactest_manager import SERVER_LOG, VALGRIND_LOG, Calling, PactestPacman
from pkgsuite.dialects.pactest_recorder import Recorder
from pkgsuite.dialects.pactest_script import Script
from pkgsuite.errors import Unsupported
from pkgsuite.judging import Judging
from pkgsuite.machine import TIMEOUT, Attended, Machine, Parts
from pkgsuite.managers.pacman import pacman
from pkgsuite.model.file import File
from pkgsuite.rules.base import Rule
from pkgsuite.rules.text import parse
from pkgsuite.values import dataclass
from pkgsuite.variants import ScenarioType

__all__ = ["Options", "PactestScenario", "load_directory", "load_files"]

__unittest = True

COMPARING = ("FILE_MODIFIED", "UNCHANGED_ELSEWHERE")
"""The rules that look at what files held before."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the tests are run: *missing* are capabilities that pacman was built without, *timeout* is for each test."""

    calling: Calling = field(default_factory=Calling)
    missing: frozenset[str] = frozenset()
    timeout: float = TIMEOUT
    attended: Attended | None = None


class PactestScenario(Judging, on=pacman):
    """The tests of some files, a method each.

    The file runs in the world, before its test begins; a file that is wrong makes an error, whatever it expects.
    """

    scripts: ClassVar[dict[str, Script]] = {}
    options: ClassVar[Options] = Options()

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._declared: Recorder | None = None
        self._trouble: Exception | None = None

    @property
    def script(self) -> Script:
        """The file of this test."""
        return self.scripts[self._testMethodName]

    def shortDescription(self) -> str | None:
        """What the file says of itself: as it was run, else as it can be read."""
        told = self._declared.description if self._declared else ""
        return str(told) or self.script.description or self.script.name

    def again(self) -> str:
        return story.again(["pactest", self.script.path])

    def _run_here(self, result: unittest.TestResult) -> unittest.TestResult | None:
        try:
            return super()._run_here(result)
        finally:
            if self._declared is not None:
                self._declared.close()

    def _declare(self) -> None:
        """Run the file; what it starts ends with the test."""
        self._declared = Recorder(self.script.path, self.options.missing)
        self._trouble = None
        try:
            self.script.run(self._declared)
        except Exception as error:
            self._trouble = error
        else:
            vars(self)["__unittest_expecting_failure__"] = bool(self._declared.expectfailure)

    def setUp(self) -> None:
        """Generate the root and run pacman; a trouble in here is never the expected failure."""
        super().setUp()
        assert self._declared is not None
        if self._trouble is not None:
            raise self._trouble
        if self._declared.skipall:
            raise Unsupported(str(self._declared.skipall))
        manager = PactestPacman(self._declared, self.options.calling)
        has_digests = any(rule.kind.name in COMPARING for rule in self._rules())
        parts = Parts(manager, manager.setup(), has_digests=has_digests)
        self.machine = self._add_machine(self._testMethodName, parts)
        for server in self._declared.http_servers:
            server.start()
        self.machine.execute(
            f"pacman {self._declared.args}", timeout=self.options.timeout, attended=self.options.attended
        )
        if self._declared.http_servers:
            requests = [line for server in self._declared.http_servers for line in server.log]
            self.machine.place(File(SERVER_LOG, "".join(f"{line}\n" for line in requests)))

    def _hold(self) -> None:
        """Judge the rules of the file."""
        self._judge(self.machine, self._rules())

    def _look_again(self, machine: Machine) -> None:
        """Nothing happens between the check and the end."""

    def _rules(self) -> Sequence[Rule]:
        assert self._declared is not None
        leaks = [parse(f"FILE_EMPTY={VALGRIND_LOG}")] if self.options.calling.valgrind else []
        return [*self._declared.rules, *leaks]


def load_directory(path: str | Path, options: Options | None = None) -> unittest.TestSuite:
    """A suite of the test files in a directory; raises SuiteError where there are none."""
    return load_files(pactest_script.find(Path(path)), options)


def load_files(paths: Iterable[str | Path], options: Options | None = None) -> unittest.TestSuite:
    """A suite of test files; those that only declare share a process. Raises SuiteError where one cannot be read."""
    scripts: dict[str, Script] = {}
    for path in paths:
        script = Script.read(Path(path))
        name = start = f"test_{re.sub(r'[^0-9A-Za-z_]', '_', script.name)}"
        number = 1
        while name in scripts:
            number += 1
            name = f"{start}_{number}"
        scripts[name] = script
    shared = {name: script for name, script in scripts.items() if script.only_declares}
    options = options or Options()
    kinds = dict.fromkeys(shared, scenario_for(shared, options))
    kinds |= {name: scenario_for({name: script}, options) for name, script in scripts.items() if name not in shared}
    return unittest.TestSuite(kinds[name](name) for name in scripts)


def scenario_for(scripts: dict[str, Script], options: Options) -> type[PactestScenario]:
    """A scenario class, and so a process, with a test method for each script."""
    methods: dict[str, Any] = {name: method(name, script) for name, script in scripts.items()}
    names = {"__module__": __name__, "scripts": scripts, "options": options, **methods}
    return cast("type[PactestScenario]", ScenarioType("Pactest", (PactestScenario,), names))


def method(name: str, script: Script) -> Callable[[PactestScenario], None]:
    """The test method of one script."""

    def test(self: PactestScenario) -> None:
        self._hold()

    test.__name__ = name
    test.__qualname__ = f"Pactest.{name}"
    return test
