"""The gate between the host and the world: what `Scenario` does on the host in place of running its tests there."""

from __future__ import annotations

import unittest
from typing import NoReturn

from pkgsuite.errors import SuiteError, Unsupported
from pkgsuite.fork import exceptions
from pkgsuite.fork.child import CLEAN_UPS, ClassProcess, ProcessEnded, number_of
from pkgsuite.fork.outcomes import replay

__all__ = ["is_running", "number_of", "run_test", "set_up_class", "tear_down_class"]

__unittest = True

_processes: dict[type[unittest.TestCase], ClassProcess] = {}

_broken: dict[type[unittest.TestCase], str] = {}
"""Classes whose process ended and that could not be set up in another, with the reason."""


def set_up_class(kind: type[unittest.TestCase]) -> None:
    """Fork a process for the class and call its setUpClass there; raises what that raised.

    Without a world nothing happens here, and each test is skipped by its own name.
    """
    _processes.pop(kind, None)
    _broken.pop(kind, None)
    try:
        process = ClassProcess(kind)
    except Unsupported:
        return
    except SuiteError as error:
        raise error.with_traceback(None) from None
    _processes[kind] = process
    call_there(kind, "setUpClass")


def is_running(kind: type[unittest.TestCase]) -> bool:
    """Whether the class has a process by now."""
    return kind in _processes


def tear_down_class(kind: type[unittest.TestCase]) -> None:
    """Call tearDownClass in the class's process, which ends with the class's clean-ups; raises what it raised."""
    process = _processes.get(kind)
    if process is None or not process.is_ours:
        return
    kind.addClassCleanup(clean_up_class, kind)
    call_there(kind, "tearDownClass")


def clean_up_class(kind: type[unittest.TestCase]) -> None:
    """Call the clean-ups of the class in its process and end that; raises what they raised, one by one."""
    process = _processes.pop(kind, None)
    if process is None:
        return
    complaints = list(process.ask(CLEAN_UPS))
    process.close()
    for told in reversed(complaints):
        kind.addClassCleanup(raise_told, told)


def call_there(kind: type[unittest.TestCase], fixture: str) -> None:
    """Call a class fixture in the class's process and raise what it raised."""
    try:
        complaints = list(_processes[kind].ask(fixture))
    except ProcessEnded:
        del _processes[kind]
        raise
    if complaints and fixture == "setUpClass":
        kind.addClassCleanup(clean_up_class, kind)
    for told in complaints:
        raise_told(told)


def raise_told(told: dict[str, object]) -> NoReturn:
    """Raise what a fixture raised in the other process."""
    if "skip" in told:
        raise unittest.SkipTest(str(told["skip"]))
    raise exceptions.rebuild(told["raised"])  # type: ignore[arg-type]


def run_test(test: unittest.TestCase, number: int, result: unittest.TestResult) -> None:
    """Run *test* in its class's process, or in one of its own, and tell *result* what happened."""
    kind = type(test)
    process = _processes.get(kind)
    is_borrowed = process is not None and process.is_ours
    has_ended = False
    result.startTest(test)
    try:
        if kind in _broken:
            raise SuiteError(_broken[kind])
        if not is_borrowed or process is None:
            process = ClassProcess(kind)
        for message in process.ask(
            "run",
            number=number,
            method=test._testMethodName,
            failfast=bool(getattr(result, "failfast", False)),
            variables=bool(getattr(result, "tb_locals", False)),
            events=getattr(result, "event", None) is not None,
        ):
            replay(message, test, result)
        if not is_borrowed:
            process.close()
    except Unsupported as reason:
        result.addSkip(test, str(reason))
    except ProcessEnded as error:
        add_error(result, test, error)
        has_ended = True
    except SuiteError as error:
        add_error(result, test, error)
    finally:
        # Not in the handler: a process that is forked there takes the error along as the context of all others.
        if has_ended and is_borrowed:
            start_again(kind, test, result)
        result.stopTest(test)


def start_again(kind: type[unittest.TestCase], test: unittest.TestCase, result: unittest.TestResult) -> None:
    """Give the class a new process for its other tests."""
    try:
        set_up_class(kind)
    except Exception as error:
        add_error(result, test, error)
        _broken[kind] = f"its class could not be set up again in a new process: {error}"


def add_error(result: unittest.TestResult, test: unittest.TestCase, error: Exception) -> None:
    """Tell *result* of trouble that lies with no frame of the author's."""
    result.addError(test, (type(error), error.with_traceback(None), None))  # type: ignore[arg-type]
