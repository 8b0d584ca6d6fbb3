"""All report formats there are, by name; a new one is a file and a line here."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import combinations
from typing import Protocol, TextIO, cast

from pkgsuite import events
from pkgsuite.errors import SuiteError
from pkgsuite.reports.gathering import Run
from pkgsuite.reports.targets import STDOUT, Document, open_lines, own_stdout
from pkgsuite.values import dataclass

__all__ = ["DOCUMENTS", "FORMATS", "STREAMS", "Reports", "Stream", "opened", "take_stdout"]

STREAMS = {"jsonl": "jsonl.JsonLines", "tap": "tap.Tap"}
"""Formats of which every line is there at once: classes that make a Stream of a TextIO."""

DOCUMENTS = {"html": "html.page.write", "junit": "junit.write", "xunit": "junit.write_strictly"}
"""Formats that are written when the run has ended, however it ended: functions that take a Run and a TextIO."""

FORMATS = tuple(sorted([*STREAMS, *DOCUMENTS]))

Write = Callable[[Run, TextIO], None]
Opener = Callable[[], AbstractContextManager[TextIO]]


class Stream(Protocol):
    """A report that is written while the run goes on."""

    def event(self, event: events.Event) -> None:
        """Take one event and write what it makes."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one `--report` asks for: `FORMAT=PATH`, or `FORMAT`, which means stdout."""

    text: str
    name: str
    path: str

    @classmethod
    def read(cls, text: str, directory: str) -> Order:
        """The order that *text* is, where paths begin in *directory*; raises SuiteError where it is none."""
        name, separator, path = text.partition("=")
        if name not in FORMATS or (separator and not path):
            raise SuiteError(f"--report {text}: expected FORMAT=PATH with one of {', '.join(FORMATS)}")
        if not separator and name == "html" and sys.stdout.isatty():
            raise SuiteError("--report html: a terminal does not show it; name a file: --report html=report.html")
        return cls(text, name, os.path.join(directory, path) if path not in ("", STDOUT) else STDOUT)

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Say which report could not be written; a closed pipe is for others to tell."""
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise SuiteError(f"--report {self.text}: {self.path} cannot be written: {error.strerror}") from error


class Reports:
    """Several reports of one run: all get every event."""

    def __init__(self) -> None:
        self._run = Run()
        self._streams: list[tuple[Order, Stream]] = []
        self._documents: list[tuple[Order, Write, Opener]] = []
        self._is_written = True

    def add(self, order: Order, stack: contextlib.ExitStack) -> None:
        """Begin what *order* asks for, which ends with *stack*; raises SuiteError where it cannot be had."""
        with order.told():
            if order.name in STREAMS:
                target = own_stdout() if order.path == STDOUT else closing(open_lines(order.path))
                make = cast(Callable[[TextIO], Stream], found(STREAMS[order.name]))
                self._streams.append((order, make(stack.enter_context(target))))
            else:
                write = cast(Write, found(DOCUMENTS[order.name]))
                to_file = order.path != STDOUT
                opener = Document(order.path).opened if to_file else kept_open(stack.enter_context(own_stdout()))
                self._documents.append((order, write, opener))

    def event(self, event: events.Event) -> None:
        """Give one event to all; raises SuiteError where a report cannot be written."""
        for order, stream in self._streams:
            with order.told():
                stream.event(event)
        if self._documents:
            self._run.take(event)
            self._is_written = False
            if isinstance(event, events.Done):
                self.finish()

    def finish(self) -> None:
        """Write the documents, as far as the run came; where one cannot be written the others still are."""
        if self._is_written:
            return
        self._is_written = True
        with contextlib.ExitStack() as stack:
            for document in self._documents:
                stack.callback(self._write, *document)

    def _write(self, order: Order, write: Write, opener: Opener) -> None:
        with order.told(), opener() as target:
            write(self._run, target)


def is_device(path: str) -> bool:
    """Whether *path* is something that several may write to, such as /dev/null."""
    return os.path.exists(path) and not os.path.isfile(path)


def found(name: str) -> object:
    """The class or function called *name* below pkgsuite.reports; only what is asked for is imported."""
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(f"pkgsuite.reports.{module}"), attribute)


@contextlib.contextmanager
def opened(texts: Sequence[str], directory: str = "") -> Iterator[Reports]:
    """The reports that *texts* ask for, each `FORMAT=PATH` or `FORMAT`; they are whole when the block ends.

    Paths begin in *directory*. Raises SuiteError at once where one of them is unknown or cannot be written, or two are
    one file.
    """
    orders = [Order.read(text, directory) for text in texts]
    for one, other in combinations([order for order in orders if order.path != STDOUT], 2):
        if os.path.realpath(one.path) == os.path.realpath(other.path) and not is_device(one.path):
            raise SuiteError(f"--report {one.text} and --report {other.text} are one file; give each its own")
    for_stdout = [order.text for order in orders if order.path == STDOUT]
    if len(for_stdout) > 1:
        raise SuiteError(f"only one report can go to stdout, not {' and '.join(for_stdout)}; name files: FORMAT=PATH")
    with contextlib.ExitStack() as stack:
        reports = Reports()
        for order in orders:
            reports.add(order, stack)
        stack.callback(reports.finish)
        yield reports


def take_stdout(texts: Sequence[str]) -> bool:
    """Whether one of the reports that *texts* ask for is written to stdout, which belongs to it alone then."""
    return any(text.partition("=")[2] in ("", STDOUT) for text in texts)


@contextlib.contextmanager
def closing(target: TextIO) -> Iterator[TextIO]:
    """Close a report at the end; that it could not be written was said when it was."""
    try:
        yield target
    finally:
        with contextlib.suppress(OSError):
            target.close()


def kept_open(target: TextIO) -> Opener:
    """Opens what is open already, and flushes it."""

    @contextlib.contextmanager
    def again() -> Iterator[TextIO]:
        yield target
        target.flush()

    return again
