"""The outcomes of tests as messages: recorded in one process, told to a TestResult in another."""

from __future__ import annotations

import unittest
import unittest.case
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from pkgsuite import events
from pkgsuite.fork import exceptions

__all__ = ["Message", "Recorder", "replay", "skip_reason"]

if TYPE_CHECKING:
    ErrorInfo: TypeAlias = (
        "tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]"  # as unittest passes it
    )

SubTest: Any = unittest.case._SubTest  # type: ignore[attr-defined]

Message: TypeAlias = "dict[str, Any]"
"""What travels between the two processes: a JSON object."""


class Recorder(unittest.TestResult):
    """A TestResult that sends everything and keeps how often it was told of trouble.

    *event* takes what scenarios tell, and is None where nobody in the other process listens.
    """

    def __init__(
        self, send: Callable[[Message], None], *, failfast: bool, with_variables: bool, with_events: bool = True
    ) -> None:
        super().__init__()
        self._send = send
        self.event = self._pass_on if with_events else None
        self.failfast = failfast
        self._with_variables = with_variables

    def _pass_on(self, event: events.Event) -> None:
        """Pass an event on to whoever listens in the other process."""
        self._send({"events": events.encode(event)})

    def _call(self, name: str, test: unittest.TestCase | None, error: ErrorInfo | None = None, **more: object) -> None:
        message: Message = {"call": name, **more}
        if isinstance(test, SubTest):
            message["subtest"] = tell_subtest(test)
        if error is not None and error[1] is not None:
            message["error"] = exceptions.tell(error[1], with_variables=self._with_variables)
        self._send(message)

    def addSuccess(self, test: unittest.TestCase) -> None:
        self._call("addSuccess", test)

    def addError(self, test: unittest.TestCase, err: ErrorInfo) -> None:
        self._call("addError", test, err)
        self.errors.append((test, ""))
        self._stop_on_first()

    def addFailure(self, test: unittest.TestCase, err: ErrorInfo) -> None:
        self._call("addFailure", test, err)
        self.failures.append((test, ""))
        self._stop_on_first()

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self._call("addSkip", test, reason=reason)

    def addExpectedFailure(self, test: unittest.TestCase, err: ErrorInfo) -> None:
        self._call("addExpectedFailure", test, err)

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        self._call("addUnexpectedSuccess", test)
        self._stop_on_first()

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: ErrorInfo | None) -> None:
        self._call("addSubTest", subtest, err)
        if err is not None:
            self.failures.append((subtest, ""))
            self._stop_on_first()

    def addDuration(self, test: unittest.TestCase, elapsed: float) -> None:
        self._call("addDuration", test, elapsed=elapsed)

    def _stop_on_first(self) -> None:
        if self.failfast:
            self.stop()


def tell_subtest(subtest: Any) -> Message:
    """The message and parameters of a subtest, as texts."""
    has_message = isinstance(subtest._message, str)
    params = [[name, exceptions.safe_repr(value)] for name, value in subtest.params.items()]
    return {"message": subtest._message if has_message else None, "params": params}


def rebuild_subtest(test: unittest.TestCase, told: Message) -> unittest.TestCase:
    """A subtest of *test* that is named like the told one."""
    message = told["message"] if told["message"] is not None else unittest.case._subtest_msg_sentinel  # type: ignore[attr-defined]
    params = {name: exceptions.Shown(text) for name, text in told["params"]}
    subtest: unittest.TestCase = SubTest(test, message, params)
    return subtest


def replay(message: Mapping[str, Any], test: unittest.TestCase, result: unittest.TestResult) -> None:
    """Tell *result* what happened to *test* in the other process."""
    if "events" in message:
        pass_on(message["events"], result, may_wait=bool(message.get("last")))
        return
    name = message["call"]
    method = getattr(result, name, None)
    if method is None:
        return
    subject = rebuild_subtest(test, message["subtest"]) if "subtest" in message else test
    error = exceptions.rebuild(message["error"]) if "error" in message else None
    info = (type(error), error, error.__traceback__) if error else None
    if name == "addSubTest":
        method(test, subject, info)
    elif name == "addSkip":
        method(subject, message["reason"])
    elif name == "addDuration":
        method(subject, message["elapsed"])
    elif info is not None:
        method(subject, info)
    else:
        method(subject)


def pass_on(lines: str, result: unittest.TestResult, *, may_wait: bool) -> None:
    """Tell *result* the events of these lines, as they are where it takes them so, and whether more comes at once."""
    forward, listen = getattr(result, "forward", None), getattr(result, "event", None)
    if forward is not None:
        forward(lines, may_wait)
    elif listen is not None:
        for line in lines.split("\n"):
            listen(events.decode(line))


def skip_reason(test: unittest.TestCase) -> str | None:
    """Why a decorator skips *test*, or None."""
    method = getattr(test, test._testMethodName, None)
    for marked in (type(test), method):
        if getattr(marked, "__unittest_skip__", False):
            return str(getattr(marked, "__unittest_skip_why__", ""))
    return None
