"""One forked process in the world that runs the tests of a class, and its parent's side.

The parent sends a command a line (`setUpClass`, `run`, `tearDownClass`, `doClassCleanups`), the child answers with
lists of messages, one a line, and ends each answer with `done`. What the tests print travels too, so that whoever
buffers or redirects it in the parent gets it.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import os
import signal
import socket
import sys
import threading
import unittest
import warnings
import weakref
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any, NoReturn

from pkgsuite.errors import SuiteError
from pkgsuite.fork import exceptions
from pkgsuite.fork.outcomes import Message, Recorder
from pkgsuite.system import ladder, pulse
from pkgsuite.system.generation import generation

__all__ = ["CLEAN_UPS", "ClassProcess", "ProcessEnded", "number_of"]

__unittest = True

PROXY = "_proxy"
"""How the environment variables end that name a proxy, in capitals or not."""

CLEAN_UPS = "doClassCleanups"

PATIENCE_S = 0.05
URGENT = {"done", "interrupted", "output"}
"""How long messages may gather, and those that do not wait."""

_leaving: list[tuple[int, int]] = []
"""Children that were let go and may not have ended yet: the generation that forked each, and its pid."""

_numbers = itertools.count(1)
_tests: weakref.WeakValueDictionary[int, unittest.TestCase] = weakref.WeakValueDictionary()


def number_of(test: unittest.TestCase) -> int:
    """Give *test* a number by which a child that is forked later finds its own copy."""
    number = next(_numbers)
    _tests[number] = test
    return number


class ProcessEnded(SuiteError):
    """The process that ran the tests of a class ended before they did."""

    is_crash = True
    """It makes the outcome of a test `crashed`, for whoever tells that from other errors."""


class ClassProcess:
    """The parent's side of the process that runs the tests of *kind*, forked into the world of this process.

    Raises Unsupported where no world can be had.
    """

    def __init__(self, kind: type[unittest.TestCase]) -> None:
        bury()
        self._world = ladder.the_world()
        self._generation = generation()
        ours, theirs = socket.socketpair()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = self._world.fork()
        if self._pid == 0:
            ours.close()
            serve(kind, theirs)
        theirs.close()
        self._socket = ours
        self._answers = ours.makefile("rb")

    @property
    def is_ours(self) -> bool:
        """Whether this is the process that forked the child."""
        return self._generation == generation()

    def ask(self, command: str, **more: object) -> Iterator[Message]:
        """Send *command* and give each message of the answer; raises ProcessEnded or KeyboardInterrupt.

        A message tells whether those are the `last`, with which the child is done.
        When this process is interrupted meanwhile, the world is ended with all that runs in it.
        """
        try:
            self._socket.sendall(json.dumps({"command": command, **more}).encode() + b"\n")
            for line in self._answers:
                messages: list[Message] = json.loads(line)
                is_last = "done" in messages[-1]
                for message in messages:
                    if "done" in message:
                        return
                    if "interrupted" in message:
                        raise exceptions.rebuild(message["interrupted"])
                    if "output" in message:
                        print_here(message["stream"], message["output"])
                    else:
                        yield {**message, "last": is_last}
        except (BrokenPipeError, ConnectionResetError):
            pass
        except BaseException:
            self.kill()
            raise
        raise ProcessEnded(f"the process that ran this test {self._how_it_ended()}")

    def _how_it_ended(self) -> str:
        status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        self.kill()
        if status < 0:
            return f"was ended by {signal.Signals(-status).name}"
        return f"ended itself with status {status}; a test must return or raise, not call os._exit()"

    def close(self) -> None:
        """Let the child end by itself; nobody waits while the kernel takes its disk apart."""
        self._answers.close()
        self._socket.close()
        _leaving.append((generation(), self._pid))
        bury()

    def kill(self) -> None:
        """End the child at once, with the world and whatever it started there."""
        self._answers.close()
        self._socket.close()
        self._world.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def bury() -> None:
    """Bury the children that have ended since they were let go."""
    for born_by, pid in _leaving[:]:
        with contextlib.suppress(ChildProcessError):
            if born_by == generation() and os.waitpid(pid, os.WNOHANG) == (0, 0):
                continue
        _leaving.remove((born_by, pid))


def print_here(stream: str, text: str) -> None:
    """Write what a test printed to this process's stream of that name, whatever it is by now."""
    target = getattr(sys, stream)
    if target is None:
        return
    try:
        target.write(text)
    except UnicodeEncodeError:
        encoding = getattr(target, "encoding", None) or "ascii"
        target.write(text.encode(encoding, "backslashreplace").decode(encoding))
    with contextlib.suppress(Exception):
        target.flush()


class Forwarder(io.RawIOBase):
    """The raw end of a text stream that sends what is written."""

    def __init__(self, name: str, descriptor: int, send: Callable[[Message], None]) -> None:
        self._name = name
        self._descriptor = descriptor
        self._send = send

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: Any) -> int:
        text = bytes(data).decode("utf-8", "backslashreplace")
        self._send({"stream": self._name, "output": text})
        return len(data)


def serve(kind: type[unittest.TestCase], parent: socket.socket) -> NoReturn:
    """The child's life: answer the parent's commands until it has no more."""
    own = generation()
    line_to_parent = Line(parent)
    send = line_to_parent.send
    status = 1
    try:
        become_a_test_process(send)
        with pulse.every(PATIENCE_S, line_to_parent.flush):
            for line in parent.makefile("rb"):
                answer(kind, json.loads(line), send)
                if generation() != own:
                    break  # a test forked and its child came back from the test: it has no business here
        status = 0
    except (BrokenPipeError, ConnectionResetError):
        pass
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(2, f"pkgsuite: {type(error).__name__}: {error}\n".encode())
    finally:
        if generation() == own:
            os._exit(status)
    os._exit(status)


class Line:
    """The child's way to its parent: messages gather for a moment, since each send wakes the other process up.

    What is printed, what answers a command, and what has gathered long enough goes at once. A process that is
    forked from this one has no way to the parent.
    """

    def __init__(self, parent: socket.socket) -> None:
        self._parent = parent
        self._generation = generation()
        self._one_at_a_time = threading.RLock()
        self._gathered: list[Message] = []
        self._sent_at = monotonic()

    def send(self, message: Message) -> None:
        """Send *message*, now or with the next ones."""
        if generation() != self._generation:
            return
        with self._one_at_a_time:
            self._gather(message)
            if monotonic() - self._sent_at > PATIENCE_S or not URGENT.isdisjoint(message):
                self.flush()

    def _gather(self, message: Message) -> None:
        """Let *message* wait; events that follow each other are one, a line each."""
        last = self._gathered[-1] if self._gathered else {}
        if "events" in message and "events" in last:
            last["events"] += "\n" + message["events"]
        else:
            self._gathered.append(message)

    def flush(self) -> None:
        """Send what has gathered."""
        with self._one_at_a_time:
            if self._gathered:
                line = json.dumps(self._gathered).encode() + b"\n"
                self._gathered.clear()
                self._parent.sendall(line)
                self._sent_at = monotonic()


def become_a_test_process(send: Callable[[Message], None]) -> None:
    """Give the process streams that forward, an empty input, and the usual answer to Ctrl-C.

    It leaves the terminal, so that nothing in a world can type there; whether Ctrl-C ends a test is for the parent to
    say. Proxies of the host are forgotten: what a test asks for, such as its nodes, is where it is.
    """
    for name in [name for name in os.environ if name.lower().endswith(PROXY)]:
        del os.environ[name]
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    with contextlib.suppress(PermissionError):
        os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = io.BufferedWriter(Forwarder(name, descriptor, send))
        setattr(sys, name, io.TextIOWrapper(raw, "utf-8", "backslashreplace", line_buffering=True))
    sys.breakpointhook = explain_breakpoint


def explain_breakpoint(*args: object, **more: object) -> NoReturn:
    """Say how to debug: the terminal belongs to the parent."""
    raise SuiteError(
        "breakpoint() works where the whole process is in the world: "
        "python3 -m pkgsuite world -- python3 -m unittest NAME-OF-THE-TEST"
    )


def answer(kind: type[unittest.TestCase], message: Message, send: Callable[[Message], None]) -> None:
    """Do what one command asks for and say so."""
    try:
        if message["command"] == "run":
            test = _tests.get(message["number"]) or kind(message["method"])
            recorder = Recorder(
                send,
                failfast=message["failfast"],
                with_variables=message["variables"],
                with_events=message["events"],
            )
            test.run(recorder)
        else:
            call_fixture(kind, message["command"], send)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        send({"done": True})
    except KeyboardInterrupt as error:
        send({"interrupted": exceptions.tell(error)})


def call_fixture(kind: type[unittest.TestCase], name: str, send: Callable[[Message], None]) -> None:
    """Call a class fixture, or the class's clean-ups; tell what they raise."""
    try:
        getattr(kind, name)()
        for _, error, _ in getattr(kind, "tearDown_exceptions", ()) if name == CLEAN_UPS else ():
            send(tell_raised(error))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        send(tell_raised(error))


def tell_raised(error: BaseException) -> Message:
    """A message that says what a fixture raised."""
    if isinstance(error, unittest.SkipTest):
        return {"skip": str(error)}
    return {"raised": exceptions.tell(error, with_variables=True)}
