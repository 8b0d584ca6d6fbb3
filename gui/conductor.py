"""Runs and questions on their way: starts them, reads what they tell in small pieces, and ends them; no tkinter."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from pkgsuite import events
from pkgsuite.errors import SuiteError

from . import records, settings
from .place import Place
from .runner import PKGSUITE, Answer, Run
from .state import Change, State

__all__ = ["Conductor", "Wishes"]

PATIENCE_S = 8.0
"""How long a runner that was told to end may take before it is killed."""

Take: TypeAlias = "Callable[[int, str, str], object]"
"""What becomes of an answer: exit status, stdout and stderr."""


class Wishes:
    """How tests are to be run: how many at a time (0: as the runner thinks right), and whether failures are kept."""

    def __init__(self, jobs: int = 0, keep_failed: bool = True) -> None:
        self.jobs, self.keep_failed = jobs, keep_failed

    def words(self) -> list[str]:
        """These wishes as options of `pkgsuite run`."""
        return [*(["--jobs", str(self.jobs)] if self.jobs else []), *(["--keep", "failed"] if self.keep_failed else [])]


class Conductor:
    """One run at a time, and any number of questions; *sources* are the names, files and directories on show."""

    def __init__(self, state: State, sources: Sequence[str] = (), pkgsuite: Sequence[str] = PKGSUITE) -> None:
        self.state, self.sources = state, list(sources)
        self._pkgsuite = pkgsuite
        self.run: Run | None = None
        self.output: list[str] = []
        self._questions: list[tuple[Answer, Take]] = []
        self._replay: Iterator[set[Change]] | None = None
        self._place = Place()
        self._ends_at = 0.0
        self._begun: set[Change] = set()

    @property
    def record(self) -> Path:
        """The file with all events of the last run."""
        return self._place.path / "events.jsonl"

    @property
    def is_busy(self) -> bool:
        """Whether anything is on its way."""
        return self.run is not None or bool(self._questions) or self._replay is not None

    @property
    def is_running(self) -> bool:
        """Whether a run is on its way."""
        return self.run is not None

    # Questions

    def ask(self, words: Sequence[str], take: Take) -> str:
        """Call pkgsuite with *words*, and *take* what it answers; gives what went wrong, or nothing."""
        try:
            self._questions.append((Answer(words, self._pkgsuite), take))
        except OSError as error:
            return f"{self._pkgsuite[0]} cannot be started: {error.strerror}"
        return ""

    def _answers(self) -> None:
        for question in [each for each in self._questions if each[0].poll()]:
            self._questions.remove(question)
            answer, take = question
            take(answer.status, answer.output, answer.trouble)
            answer.close()

    # Runs

    def start(self, tests: Sequence[str], wishes: Wishes) -> str:
        """Run *tests*, if nothing runs; gives what went wrong, or nothing."""
        if self.is_running or not tests:
            return ""
        try:
            self.run = Run([*wishes.words(), *self._names(tests)], self.record, self._pkgsuite)
        except OSError as error:
            return f"{self._pkgsuite[0]} cannot be started: {error.strerror}"
        self._ends_at = 0.0
        self._begun = self.state.begin(tests)
        return ""

    def again(self, key: str) -> list[str]:
        """The words that repeat what a row stands for, behind `pkgsuite run`."""
        return self._names(self.state.catalogue.tests_in(key))

    def _names(self, tests: Sequence[str]) -> list[str]:
        """What to call the tests on the command line; all of them are called what was asked for at the start."""
        if len(tests) == len(self.state.catalogue):
            return list(self.sources)
        names = self.state.catalogue.fewest_names(tests)
        if not self.sources:
            return names
        groups = self.state.catalogue.groups
        patterns = [f"{name}.*" if name in groups else f"*{name}" for name in names]
        return [*(word for pattern in patterns for word in ("-k", pattern)), *self.sources]

    def stop(self) -> set[Change]:
        """Stop softly; a second time, or later, kill."""
        if self.run is None:
            return set()
        if self.state.progress.is_stopping:
            return self.kill()
        self.run.stop()
        return self.state.stopping()

    def kill(self) -> set[Change]:
        """End the run at once; a runner that does not listen is killed in a moment."""
        if self.run is None:
            return set()
        self.run.force()
        self._ends_at = self._ends_at or time.monotonic() + PATIENCE_S
        return self.state.stopping()

    # Earlier runs

    def replay(self, path: Path) -> str:
        """Show the run whose events *path* holds; gives what went wrong, or nothing."""
        if self.is_running:
            return "A run is on its way; stop it first."
        try:
            with path.open(encoding="utf-8", errors="replace") as file:
                events.decode(file.readline())
            if path != self.record:
                shutil.copyfile(path, self.record)
        except OSError as error:
            return f"{path} cannot be opened: {error.strerror}"
        except SuiteError as error:
            return f"{path} holds no events of a run: {error}"
        self._replay = self._replayed()
        return ""

    def recall(self, told: Iterable[events.Event]) -> str:
        """Show a run of which these events are known; gives what went wrong, or nothing."""
        try:
            self.record.write_text("".join(f"{events.encode(event)}\n" for event in told), encoding="utf-8")
        except OSError as error:
            return f"{self.record} cannot be written: {error.strerror}"
        return self.replay(self.record)

    def _replayed(self) -> Iterator[set[Change]]:
        with self.record.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    yield self.state.apply(events.decode(line))
                except SuiteError as error:
                    yield self.state.say(f"a line is no event: {error}")
        yield self.state.runner_died("The events end before the run was over")

    # What goes on

    def tick(self, seconds: float) -> set[Change]:
        """Go on with everything for about that long; gives what changed."""
        end = time.monotonic() + seconds
        changed, self._begun = self._begun, set()
        self._answers()
        if self._replay is not None:
            for changes in self._replay:
                changed |= changes
                if time.monotonic() > end:
                    return changed
            self._replay = None
        if self.run is not None:
            for event in self.run.read(max(0.0, end - time.monotonic())):
                changed |= self.state.apply(event)
            changed |= self._end_of_run(self.run)
        return changed

    def _end_of_run(self, run: Run) -> set[Change]:
        if self._ends_at and time.monotonic() > self._ends_at:
            run.kill()
        if not run.has_ended:
            return set()
        self.output = list(run.output)
        changed: set[Change] = set()
        if not run.is_done:
            changed = self.state.runner_died(run.ending())
        self.run = None
        run.close()
        trouble = records.keep(self.record, settings.runs_path()) if self.state.progress.done else ""
        return changed | self.state.ended() | (self.state.say(trouble) if trouble else set())

    def hang_up(self) -> None:
        """Let the run tear down what it started, and ask nothing more."""
        for answer, _ in self._questions:
            answer.close()
        self._questions.clear()
        if self.run is not None:
            self.run.hang_up()
            self._ends_at = self._ends_at or time.monotonic() + PATIENCE_S

    def close(self) -> None:
        """End what is left, and leave nothing behind."""
        self.hang_up()
        if self.run is not None:
            self.run.kill()
            self.run.close()
            self.run = None
        self._place.close()


def entries(text: str) -> list[dict[str, Any]]:
    """The array of objects that a `--json` command printed; empty where it printed none."""
    try:
        told = json.loads(text)
    except ValueError:
        return []
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []


def findings(text: str) -> dict[str, Any]:
    """The object that `doctor --json` printed; empty where it printed none."""
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def cores() -> int:
    """How many cores there are for us."""
    return len(os.sched_getaffinity(0))
