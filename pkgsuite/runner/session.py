"""One run: the tests in their order, from the plan to the counts."""

from __future__ import annotations

import contextlib
import signal
import time
import unittest
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from pkgsuite import events
from pkgsuite.runner.result import EventResult

__all__ = ["FAILING", "run"]

FAILING = ("failed", "error", "xpassed")
"""The outcomes that make a run fail."""


def run(
    tests: Sequence[unittest.TestCase], send: Callable[[events.Event], object], *, failfast: bool = False
) -> events.Done:
    """Run *tests* and send every event; the first Ctrl-C lets the running test finish, the second stops at once."""
    counts: Counter[str] = Counter()

    def count(event: events.Event) -> None:
        if isinstance(event, events.Result):
            counts[event.outcome] += 1
        send(event)

    start = time.monotonic()
    result = EventResult(count)
    result.failfast = failfast
    send(events.Plan(tuple(test.id() for test in tests)))
    with two_interrupts(result, send), contextlib.suppress(KeyboardInterrupt):
        unittest.TestSuite(tests).run(result)
    left = len(tests) - sum(counts.values())
    if left > 0 and result.shouldStop:
        send(events.Note(f"stopped: {left} of {len(tests)} tests were not run"))
    done = events.Done({name: counts[name] for name in events.OUTCOMES if counts[name]}, time.monotonic() - start)
    send(done)
    return done


@contextlib.contextmanager
def two_interrupts(result: unittest.TestResult, send: Callable[[events.Event], object]) -> Iterator[None]:
    """Let the first Ctrl-C ask the run to stop, and the second stop it."""

    def ask(number: int, frame: object) -> None:
        if result.shouldStop:
            signal.default_int_handler(number, None)
        result.stop()
        send(events.Note("stopping after the test that runs; Ctrl-C again stops at once"))

    try:
        before = signal.signal(signal.SIGINT, ask)
    except ValueError:
        yield
        return
    try:
        yield
    except KeyboardInterrupt:
        result.stop()
        raise
    finally:
        signal.signal(signal.SIGINT, before)
