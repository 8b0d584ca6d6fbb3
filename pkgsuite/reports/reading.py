"""Files of events, as `--report jsonl` writes them and a runner that was killed leaves them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pkgsuite import events
from pkgsuite.errors import SuiteError

__all__ = ["told_by"]


def told_by(name: str, lines: Iterable[bytes]) -> Iterator[events.Event]:
    """The events in the lines of a file that is called *name*.

    Kinds of a later release are left out, and so is a last line that breaks off in its midst. Raises SuiteError that
    names the line where one is no event.
    """
    number = 0
    for number, line in enumerate(lines, 1):
        try:
            event = events.decode(line.decode("utf-8", "replace"))
        except events.UnknownKind:
            continue
        except SuiteError as error:
            if not line.endswith(b"\n") and line.startswith(b"{"):
                return
            raise SuiteError(f"{name}:{number}: {error}") from error
        yield event
    if not number:
        raise SuiteError(f"{name} holds no events")
