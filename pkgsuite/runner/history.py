"""What came of earlier runs: how long each test takes, which are flaky, which failed the last time.

Nothing is written before the end of a run, and a run never fails for its history: where nothing can be kept, nothing
is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pkgsuite import events
from pkgsuite.runner.database import Database, record_in
from pkgsuite.runner.origin import code_of, key_of
from pkgsuite.runner.plan import bare
from pkgsuite.runner.record import LATELY, TELLING, Key, Past, Record, Run, disagree
from pkgsuite.runner.times import Times

__all__ = ["History"]

MOST_REASON = 500


class History:
    """The history in *directory*; with None nothing is known but what happens in this run.

    *times* say how long tests take that were never run here.
    """

    def __init__(self, directory: Path | None, times: Times | None = None) -> None:
        self._base = Database(directory)
        self._has_base = directory is not None
        self._times = times or {}
        self._records: dict[Key, Record | None] = {}
        self._plan = events.Plan(())
        self._homes: dict[str, tuple[Key, str]] = {}
        self._results: dict[Key, list[Past]] = {}
        self._rules: dict[Key, list[str]] = {}

    def take_note(self) -> str:
        """What is wrong with the history, once."""
        return self._base.take_note()

    # Of earlier runs

    def records(self) -> list[Record]:
        """Every test that is remembered and was run, those that were run last at the end."""
        found = [record_in(key, row) for key, row in self._base.rows().items()]
        return [record for record in found if record.outcomes]

    def runs(self) -> list[Run]:
        """The runs that have ended, the newest last."""
        return self._base.runs()

    def failed_last(self, tests: Sequence[events.Planned]) -> set[str]:
        """The names of those *tests* whose last run, but for skips, was none in which they passed, however often.

        What is in a module that could not be imported the last time did not pass either.
        """
        return {planned.test for planned in tests if self._has_failed(planned)}

    def _has_failed(self, planned: events.Planned) -> bool:
        key = key_of(planned)
        record = self._record(key)
        if record is not None and record.is_failing:
            return True
        last_run = record.runs[-1] if record is not None and record.runs else 0
        modules = [self._record((name, place)) for name in modules_of(key[0]) for place in {key[1], ""}]
        return any(each is not None and each.is_failing and each.runs[-1] > last_run for each in modules)

    def _record(self, key: Key) -> Record | None:
        """What is known of a test; a run may have few of all that are remembered."""
        if key not in self._records:
            row = self._base.row(key)
            self._records[key] = record_in(key, row) if row else None
        return self._records[key]

    # Of this run

    def recall(self, planned: events.Planned) -> events.Planned:
        """The same with what is known of the test's last runs."""
        key = key_of(planned)
        self._homes[bare(planned.test)] = key, self._code(planned)
        record = self._record(key)
        if record is None:
            return replace(planned, expected_s=self._times.get(key[0], 0.0))
        return replace(
            planned,
            expected_s=round(record.usual_s, 6) or self._times.get(key[0], 0.0),
            outcomes=record.outcomes[-LATELY:],
            rules=planned.rules or record.rules,
        )

    def is_flaky(self, result: events.Result) -> bool:
        """Whether this result and the last ones of the same code, of this run too, disagree."""
        if result.outcome not in TELLING or result.is_interrupted:
            return False
        key, code = self._home(result.test)
        record = self._record(key)
        now = [outcome for _, outcome, *_ in self._results.get(key, ()) if outcome in TELLING]
        last = [*(record.outcomes_of(code) if record else ()), *now]
        return any(disagree(each, result.outcome) for each in last)

    def event(self, event: events.Event) -> None:
        """Remember what is worth it."""
        if isinstance(event, events.Plan):
            self._plan = event
            self._base.close()
        elif isinstance(event, events.Rule):
            self._rules.setdefault(self._home(event.test)[0], []).append(event.rule)
        elif isinstance(event, events.Result) and not event.is_interrupted:
            key, code = self._home(event.test)
            told = 0, event.outcome, round(event.seconds, 6), code, event.reason[:MOST_REASON]
            self._results.setdefault(key, []).append(told)
        elif isinstance(event, events.Done):
            run = Run(0, self._plan.at, event.seconds, event.counts)
            self._base.add(run, self._plan.jobs, self._results, self._rules)

    def _home(self, test: str) -> tuple[Key, str]:
        """What a test is remembered by, and its code."""
        name = bare(test)
        if name not in self._homes:
            planned = events.Planned(name)
            self._homes[name] = key_of(planned), self._code(planned)
        return self._homes[name]

    def _code(self, planned: events.Planned) -> str:
        """What tells the code of a test, where there is other code to compare it with."""
        return code_of(planned) if self._has_base else ""


def modules_of(test: str) -> Iterator[str]:
    """What may be the name of the module that a test is in."""
    while "." in test:
        test = test.rpartition(".")[0]
        yield test
