"""The last runs of the window, kept as the events they told, so that all of them can be seen again."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pkgsuite import events
from pkgsuite.errors import SuiteError

from .estimate import clock

__all__ = ["MOST_RUNS", "Earlier", "earlier", "keep"]

MOST_RUNS = 20
MOST_BYTES = 200 * 1024 * 1024
"""How much all of them may take together."""

TAIL_BYTES = 64 * 1024
ENDING = ".jsonl"


@dataclass(frozen=True, slots=True)
class Earlier:
    """One run: the file with its events, when it began, how many tests it planned, and what came of them."""

    path: Path
    at: float
    planned: int
    done: events.Done | None

    def cells(self) -> tuple[str, str, str, str]:
        """What a list says of it."""
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.at))
        if self.done is None:
            return when, str(self.planned), "did not end", ""
        told = ", ".join(f"{count} {outcome}" for outcome, count in self.done.counts.items())
        return when, str(self.planned), told or "nothing was run", clock(self.done.seconds)


def keep(record: Path, place: Path | None) -> str:
    """Keep the events of a run in *place*, if there is one, and let go of the oldest; gives a warning, or nothing."""
    if place is None:
        return ""
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{time.time_ns() // 1_000_000}{ENDING}"
        shutil.copyfile(record, place / f".{name}")
        os.replace(place / f".{name}", place / name)
        size = 0
        for number, path in enumerate(newest_first(place)):
            size += path.stat().st_size
            if number >= MOST_RUNS or (number and size > MOST_BYTES):
                path.unlink()
    except OSError as error:
        return f"the run is not kept in {place}: {error.strerror}"
    return ""


def earlier(place: Path | None) -> list[Earlier]:
    """The runs in *place*, the newest first; what is none is left out."""
    return [found for path in newest_first(place) for found in read(path)] if place else []


def newest_first(place: Path) -> list[Path]:
    """The files of runs, whose names are when they ended."""
    files = [path for path in place.glob(f"*{ENDING}") if path.stem.isdecimal()]
    return sorted(files, key=lambda path: int(path.stem), reverse=True)


def read(path: Path) -> Iterator[Earlier]:
    """What the first and the last line say of a run, if they are those of one."""
    try:
        with path.open("rb") as file:
            plan = events.decode(file.readline().decode("utf-8", "replace"))
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            last = file.read().decode("utf-8", "replace").splitlines()[-1]
        if isinstance(plan, events.Plan):
            yield Earlier(path, plan.at, len(plan.tests), done_of(last))
    except (OSError, SuiteError, IndexError):
        return


def done_of(line: str) -> events.Done | None:
    """The end that a line tells, if it does."""
    try:
        event = events.decode(line)
    except SuiteError:
        return None
    return event if isinstance(event, events.Done) else None
