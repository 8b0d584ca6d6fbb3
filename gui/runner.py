"""The run as a subprocess: `pkgsuite run --events-fd N`, read without waiting and stopped through its stdin."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from pkgsuite import events
from pkgsuite.errors import SuiteError

from .pipes import Lines, widen

__all__ = ["PKGSUITE", "Answer", "Run"]

PKGSUITE = (sys.executable or "python3", "-m", "pkgsuite")
"""How the command line is called: with this Python, from the same directory."""

OUTPUT_LINES = 1000


class Run:
    """A run of *words*; every event goes to *record* too, as it came."""

    def __init__(self, words: Sequence[str], record: Path | None = None, pkgsuite: Sequence[str] = PKGSUITE) -> None:
        reader, writer = os.pipe()
        self._record = record.open("w", encoding="utf-8") if record else None
        try:
            widen(writer)
            self._process = subprocess.Popen(
                [*pkgsuite, "run", "--events-fd", str(writer), *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=[writer],
                start_new_session=True,
            )
        except OSError:
            os.close(reader)
            raise
        finally:
            os.close(writer)
        assert self._process.stdout is not None and self._process.stdin is not None
        self._stdin = self._process.stdin
        os.set_blocking(self._stdin.fileno(), False)
        self._events = Lines(reader)
        self._voice = Lines(os.dup(self._process.stdout.fileno()))
        self._process.stdout.close()
        self.output: deque[str] = deque(maxlen=OUTPUT_LINES)
        self.is_done = False

    @property
    def pid(self) -> int:
        """The runner's process id."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether the runner has ended and nothing it told is left to read."""
        return not self._events.is_open and self._process.poll() is not None

    def read(self, seconds: float) -> Iterator[events.Event]:
        """What has happened since, for at most about *seconds*; what is no event is shown with the output."""
        end = time.monotonic() + seconds
        self.output.extend(self._voice.read())
        while time.monotonic() < end:
            lines = self._events.read()
            if not lines:
                break
            for line in lines:
                yield from self._decoded(line)
        if self._process.poll() is not None:
            self._drain()

    def _decoded(self, line: str) -> Iterator[events.Event]:
        if self._record:
            self._record.write(f"{line}\n")
        try:
            event = events.decode(line)
        except SuiteError as error:
            self.output.append(str(error))
            return
        self.is_done = self.is_done or isinstance(event, events.Done)
        yield event

    def _drain(self) -> None:
        """The runner has ended: whatever holds its stdout open is none of ours."""
        for _ in range(16):
            lines = self._voice.read()
            self.output.extend(lines)
            if not lines:
                break

    def stop(self) -> None:
        """Ask for a soft stop: what runs is torn down, results are kept."""
        self._say("stop")

    def force(self) -> None:
        """Ask for the end of everything at once."""
        self._say("force")

    def _say(self, word: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            os.write(self._stdin.fileno(), f"{word}\n".encode())

    def hang_up(self) -> None:
        """Close its stdin: it tears everything down."""
        with contextlib.suppress(OSError):
            self._stdin.close()

    def kill(self) -> None:
        """End the runner without asking; what it started ends with it."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def ending(self) -> str:
        """How the runner ended, in words that say more than its status."""
        status = self._process.wait()
        how = f"was killed by {signal_name(-status)}" if status < 0 else f"ended with status {status}"
        last = next((line.strip() for line in reversed(self.output) if line.strip()), "")
        return f"The runner {how} before the run was over" + (f": {last}" if last else "")

    def close(self) -> None:
        """Let go of its descriptors; it must have ended, or been killed."""
        self.hang_up()
        self._events.close()
        self._voice.close()
        self._process.wait()
        if self._record:
            self._record.close()


def signal_name(number: int) -> str:
    """The name of a signal."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


class Answer:
    """What another command of pkgsuite prints, once it has ended; asking never waits."""

    def __init__(self, words: Sequence[str], pkgsuite: Sequence[str] = PKGSUITE) -> None:
        self._process = subprocess.Popen(
            [*pkgsuite, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdout is not None and self._process.stderr is not None
        self._streams = [Lines(os.dup(each.fileno())) for each in (self._process.stdout, self._process.stderr)]
        self._process.stdout.close()
        self._process.stderr.close()
        self._lines: tuple[list[str], list[str]] = ([], [])

    def poll(self) -> bool:
        """Read what has come; gives whether that is all."""
        for stream, lines in zip(self._streams, self._lines, strict=True):
            lines += stream.read()
        return not any(stream.is_open for stream in self._streams) and self._process.poll() is not None

    @property
    def status(self) -> int:
        """The exit status."""
        return self._process.wait()

    @property
    def output(self) -> str:
        """Everything on its stdout."""
        return "\n".join(self._lines[0])

    @property
    def trouble(self) -> str:
        """The last words on its stderr."""
        return "\n".join(line for line in self._lines[1] if line.strip())

    def close(self) -> None:
        """End it, whether it has answered or not."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        for stream in self._streams:
            stream.close()
