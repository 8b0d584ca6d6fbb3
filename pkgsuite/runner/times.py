"""How long tests take, from a file that any machine can have: a history, or the events of an earlier run."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from pkgsuite import events
from pkgsuite.errors import SuiteError
from pkgsuite.runner.origin import normal
from pkgsuite.runner.record import TELLING, median

__all__ = ["Times", "read"]

Times: TypeAlias = "Mapping[str, float]"
"""Seconds by the id of a test, as it is where pkgsuite is installed."""


def read(path: Path) -> Times:
    """What `history --json` or `--report jsonl` has written; raises SuiteError for anything else."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SuiteError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise wrong(path) from error
    try:
        told: Any = json.loads(text)
    except (ValueError, RecursionError):
        told = {"event": "the first of several"}
    if isinstance(told, dict) and "event" in told:
        return of_events(path, text.splitlines())
    if not isinstance(told, dict) or "tests" not in told:
        raise wrong(path)
    try:
        return {normal(str(each["test"])): float(each["usual_s"]) for each in told["tests"]}
    except (ValueError, TypeError, KeyError) as error:
        raise wrong(path) from error


def of_events(path: Path, lines: Iterable[str]) -> Times:
    """How long the tests of a run took, those that were skipped left out."""
    found: dict[str, list[float]] = defaultdict(list)
    try:
        for line in lines:
            event = events.decode(line)
            if isinstance(event, events.Result) and event.outcome in TELLING:
                found[normal(event.test)].append(event.seconds)
    except SuiteError as error:
        raise wrong(path) from error
    return {test: median(seconds) for test, seconds in found.items()}


def wrong(path: Path) -> SuiteError:
    """What is said of a file that is something else."""
    return SuiteError(f"{path} is neither what `pkgsuite history --json` writes nor what `run --report jsonl` does")
