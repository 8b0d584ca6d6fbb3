"""Where people read: lines that never run into what tests print, and any text on any terminal."""

from __future__ import annotations

import codecs
import contextlib
import itertools
import os
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any, TextIO, cast

__all__ = ["Screen", "open_streams"]

PLAIN = {"✓": "+", "✗": "x", "⚠": "!", "⊖": "-", "…": "...", "│": "|", "→": "->", "—": "-"}
"""What stands for our own signs where the encoding has none of them."""

PLAIN_ERRORS = "pkgsuite-plain"

CLEAR = "\r\x1b[K"
USUAL_COLUMNS = 80


def plain(error: UnicodeError) -> tuple[str, int]:
    """The handler of characters that an encoding lacks: our signs in plain letters, all else as escapes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(PLAIN.get(char) or char.encode("ascii", "backslashreplace").decode() for char in lacking), error.end


def open_streams() -> None:
    """Make the standard streams of this process take any text, and stand for those that are closed."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    codecs.register_error(PLAIN_ERRORS, plain)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - it stays open
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=PLAIN_ERRORS)


class Screen:
    """A stream for people, with a live line at the bottom if it is a terminal that can do that."""

    def __init__(self, target: TextIO) -> None:
        self._target = target
        self._decode = codecs.getincrementaldecoder("utf-8")("backslashreplace").decode
        self._has_live_line = False
        self._live_text = ""
        self._is_within_line = False
        self._last: TextIO | None = None
        self.is_live = target.isatty() and os.environ.get("TERM") not in (None, "", "dumb")
        self.has_colour = self.is_live and not os.environ.get("NO_COLOR")
        self.is_unicode = "utf" in (getattr(target, "encoding", "") or "").lower()

    def line(self, text: str) -> None:
        """Write a line, or several."""
        self.make_way()
        self._target.write(f"{text}\n")
        self._target.flush()

    def live(self, *texts: str) -> None:
        """Show the first of *texts* that there is room for until the next output, or as much as goes of the last."""
        room = self._columns() - 1 if self.is_live else 0
        text = next((each for each in texts if cut(each, room, "") == each), texts[-1])
        if self.is_live and text != self._live_text:
            self.make_way()
            self._has_live_line = bool(text)
            self._live_text = text
            self._target.write(cut(text, room, "…" if self.is_unicode else ""))
            self._target.flush()

    def make_way(self) -> None:
        """Go to the start of an empty line."""
        self._flush_theirs()
        if self._has_live_line:
            self._target.write(CLEAR)
        elif self._is_within_line:
            self._target.write("\n")
        self._has_live_line = self._is_within_line = False
        self._live_text = ""

    def echo(self, data: bytes) -> None:
        """Write what another process printed."""
        text = self._decode(data)
        if self._has_live_line:
            self.make_way()
        self.pass_on(text, self._target)
        self._target.flush()

    def pass_on(self, text: str, stream: TextIO) -> int:
        """Write what a test printed to *stream*, which ends here too."""
        if self._has_live_line:
            self.make_way()
            self._target.flush()
        if self._last is not stream:
            self._flush_theirs()
            self._last = stream
        written = stream.write(text)
        if text:
            self._is_within_line = not text.endswith("\n")
        return written

    def _flush_theirs(self) -> None:
        """Let what waits in the buffer of one stream come before what another says."""
        if self._last is not None:
            self._last.flush()
            self._last = None

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._target.fileno()).columns or USUAL_COLUMNS
        except (OSError, ValueError):
            return USUAL_COLUMNS

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        """Take what is printed to the standard streams meanwhile, if they end at this screen."""
        before = {name: getattr(sys, name) for name in ("stdout", "stderr")}
        try:
            for name, stream in before.items():
                if is_same(stream, self._target):
                    setattr(sys, name, cast(TextIO, Lodger(stream, self)))
            yield
        finally:
            for name, stream in before.items():
                with contextlib.suppress(OSError):
                    stream.flush()
                setattr(sys, name, stream)


class Lodger:
    """A stream that shares a screen."""

    def __init__(self, stream: TextIO, screen: Screen) -> None:
        self._stream = stream
        self._screen = screen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write where the screen has room."""
        return self._screen.pass_on(text, self._stream)

    def writelines(self, lines: list[str]) -> None:
        """Write each of *lines*."""
        for line in lines:
            self.write(line)


def cut(text: str, columns: int, sign: str) -> str:
    """*text*, or as much of it as goes into so many columns with *sign* behind it."""
    if len(text) <= columns and text.isascii():
        return text
    widths = [width(char) for char in text]
    if sum(widths) <= columns:
        return text
    room = columns - len(sign)
    kept = itertools.takewhile(lambda each: each[1] <= room, zip(text, itertools.accumulate(widths), strict=True))
    return "".join(char for char, _ in kept) + sign[: max(columns, 0)]


def width(char: str) -> int:
    """How many columns a terminal gives a character."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def is_same(one: TextIO, other: TextIO) -> bool:
    """Whether two streams end at the same file or terminal."""
    if one is other:
        return True
    try:
        return os.path.sameopenfile(one.fileno(), other.fileno())
    except (OSError, ValueError):
        return False
