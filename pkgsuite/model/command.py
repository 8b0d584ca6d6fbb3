"""A command that was run, and what became of it."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Mapping
from dataclasses import field

from pkgsuite.values import dataclass

__all__ = ["CommandResult", "Usage"]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command and its children took: CPU seconds, and bytes of memory at the peak."""

    user_s: float = 0.0
    system_s: float = 0.0
    peak_rss_bytes: int = 0


@dataclass(frozen=True, slots=True)
class CommandResult:
    """One command: as the scenario wrote it, as it was run, and how it ended.

    *returncode* is the exit status, or minus the number of the signal that ended it; *stdout* and *stderr* are what was
    kept of the streams, with a note in the middle where *is_cut* says that they were too long. The versions are those
    of the installed packages by name; None where the database could not be read.
    """

    command: str
    argv: tuple[str, ...]
    returncode: int
    stdout: bytes = b""
    stderr: bytes = b""
    seconds: float = 0.0
    usage: Usage = field(default_factory=Usage)
    timed_out: bool = False
    is_cut: bool = False
    index: int = 0
    versions_before: Mapping[str, str] | None = field(default=None, compare=False)
    versions_after: Mapping[str, str] | None = field(default=None, compare=False)

    @property
    def status(self) -> str:
        """How the command ended, in words."""
        if self.timed_out:
            return f"no end after {self.seconds:.1f} s"
        if self.returncode < 0:
            try:
                return f"ended by {signal.Signals(-self.returncode).name}"
            except ValueError:
                return f"ended by signal {-self.returncode}"
        return f"exit {self.returncode}"

    @property
    def line(self) -> str:
        """The command as it was run, ready for a shell."""
        return shlex.join(self.argv)

    def lines(self, *streams: str) -> list[str]:
        """The lines of *streams* (`stdout`, `stderr`; both if none is named), bytes that are not UTF-8 escaped."""
        chosen = streams or ("stdout", "stderr")
        texts = [getattr(self, name).decode("utf-8", "backslashreplace") for name in chosen]
        return [line for text in texts for line in text.splitlines()]
