"""What came of earlier runs: how long each test takes, which are flaky, which fail of late; kept by SQLite.

Ids are those of tests as they are installed, wherever they ran. A database that cannot be read is set aside, and one
that cannot be written is done without: a run never fails for its history.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from pkgsuite import events
from pkgsuite.errors import SuiteError
from pkgsuite.runner.plan import bare
from pkgsuite.version import VERSION

__all__ = ["BROKEN", "FILE", "History", "Record", "Run", "normal", "times_of"]

FILE = "history.sqlite"
LAYOUT = 1
"""The version of the tables; a database of another one is set aside."""

KEPT_RUNS = 200
KEPT_RESULTS = 20
"""How many runs, and how many results of each test, are remembered."""

UNFINISHED_S = 7 * 86400
"""How long a run may take; one without an end is forgotten then."""

LATELY = 10
"""How many of the last results of a test tell how it is doing."""

MOST_REASON = 500

BUSY_S = 10.0

Lately: TypeAlias = "tuple[int, str, float, str, str]"
"""One result: the number of its run, the outcome, seconds, the code it is of, and the reason."""

BROKEN = ("failed", "error", "xpassed", "crashed")
TELLING = (*BROKEN, "passed", "xfailed")
"""The outcomes that say something of the test; a skip says something of the machine."""

TABLES = """
CREATE TABLE run (id INTEGER PRIMARY KEY, at REAL NOT NULL, seconds REAL, jobs INTEGER, counts TEXT);
CREATE TABLE test (test TEXT PRIMARY KEY, lately TEXT NOT NULL, rules TEXT NOT NULL);
"""
"""`lately` holds an array for each of the last results: run, outcome, seconds, code, reason."""

IN_THE_TREE = re.compile(r"^testcases(?=\.|$)")


def normal(name: str) -> str:
    """The id under which a test is remembered, whether it ran in the tree or installed, once or several times."""
    return IN_THE_TREE.sub("pkgsuite.testcases", bare(name))


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its number, when it began, how long it took, and how many tests had each outcome."""

    number: int
    at: float
    seconds: float
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Record:
    """One test: its last outcomes and their seconds, the newest last, the code they are of, and the last reason.

    *runs* are the numbers of the runs, *rules* what it judged the last time.
    """

    test: str
    outcomes: tuple[str, ...]
    seconds: tuple[float, ...]
    codes: tuple[str, ...] = ()
    runs: tuple[int, ...] = ()
    reason: str = ""
    rules: tuple[str, ...] = ()

    @property
    def usual_s(self) -> float:
        """How long it takes: the median of the last results that say something."""
        told = [each for each, outcome in zip(self.seconds, self.outcomes, strict=True) if outcome in TELLING]
        return statistics.median(told[-LATELY:]) if told else 0.0

    @property
    def flips(self) -> int:
        """How often, of late, a result was another than the one before although the code was the same."""
        told = [
            (outcome in BROKEN, code)
            for outcome, code in zip(self.outcomes, self.codes, strict=True)
            if outcome in TELLING
        ][-LATELY:]
        return sum(one != other and code == same for (one, code), (other, same) in pairwise(told))

    @property
    def is_newly_failing(self) -> bool:
        """Whether it failed the last time, and passed before."""
        told = [outcome in BROKEN for outcome in self.outcomes if outcome in TELLING]
        return len(told) > 1 and told[-1] and not told[-2]


def record_of(test: str, lately: list[Lately], rules: list[str]) -> Record:
    """The record of a test by what is kept of it."""
    runs, outcomes, seconds, codes, reasons = zip(*lately, strict=True) if lately else ((), (), (), (), ("",))
    return Record(test, outcomes, seconds, codes, runs, reasons[-1], tuple(rules))


class History:
    """The history in *directory*; *note* says what is wrong with it.

    Where nothing can be kept it is empty and stays so.
    """

    def __init__(self, directory: Path | None) -> None:
        self.note = ""
        self._place = directory / FILE if directory else None
        self._run = 0
        self._code: dict[str, str] = {}
        self._rules: dict[str, list[str]] = {}
        self._results: dict[str, list[Lately]] = {}
        self._records: dict[str, Record] | None = None
        try:
            self._base = self._open()
        except (sqlite3.Error, OSError) as error:
            self.note = f"no history is kept: {self._place or 'no directory'}: {error}"
            self._base = sqlite3.connect(":memory:", isolation_level=None)
            self._base.executescript(TABLES)

    def _open(self) -> sqlite3.Connection:
        if self._place is None:
            raise OSError("no directory is fit for it; set XDG_STATE_HOME")
        self._place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return self._connect(self._place)
        except (sqlite3.DatabaseError, ValueError) as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            aside = self._place.with_name(f"{FILE}.broken-{int(time.time())}")
            for end in ("", "-wal", "-shm", "-journal"):
                with contextlib.suppress(FileNotFoundError):
                    os.replace(f"{self._place}{end}", f"{aside}{end}")
            self.note = f"the history could not be read ({error}); it was set aside as {aside}, and a new one begun"
            return self._connect(self._place)

    def _connect(self, place: Path) -> sqlite3.Connection:
        base = sqlite3.connect(place, timeout=BUSY_S, isolation_level=None)
        try:
            base.execute("PRAGMA synchronous = OFF")
            layout = base.execute("PRAGMA user_version").fetchone()[0]
            tables = {name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables:
                with transaction(base):
                    if not base.execute("PRAGMA user_version").fetchone()[0]:
                        for statement in TABLES.split(";"):
                            base.execute(statement)
                        base.execute(f"PRAGMA user_version = {LAYOUT}")
            elif layout != LAYOUT or not {"run", "test"} <= tables:
                raise sqlite3.DatabaseError(f"its layout is {layout}, expected {LAYOUT}")
            base.execute("SELECT count(lately), count(rules) FROM test")
        except BaseException:
            base.close()
            raise
        return base

    def close(self) -> None:
        """Let go of the database."""
        self._base.close()

    # Reading

    def records(self) -> dict[str, Record]:
        """Every test that is remembered, by its id."""
        if self._records is None:
            try:
                self._records = self._read()
            except sqlite3.Error as error:
                self.note = f"the history cannot be read: {error}"
                self._records = {}
        return self._records

    def _read(self) -> dict[str, Record]:
        rows = self._base.execute("SELECT test, lately, rules FROM test ORDER BY test")
        return {test: record_of(test, json.loads(lately), json.loads(rules)) for test, lately, rules in rows}

    def runs(self) -> list[Run]:
        """The runs that have ended, the newest last."""
        rows = self._base.execute("SELECT id, at, seconds, counts FROM run WHERE seconds IS NOT NULL ORDER BY id")
        return [Run(number, at, took, json.loads(counts)) for number, at, took, counts in rows]

    def failed_last(self) -> set[str]:
        """The ids of the tests whose last result was none of a test that passes."""
        return {test for test, record in self.records().items() if record.outcomes[-1] in BROKEN}

    # During a run

    def recall(self, planned: events.Planned) -> events.Planned:
        """The same with what is known of the test's last runs."""
        name = normal(planned.test)
        self._code[name] = code_of(planned.file)
        record = self.records().get(name)
        if record is None:
            return planned
        return replace(
            planned,
            expected_s=round(record.usual_s, 6),
            outcomes=record.outcomes[-LATELY:],
            rules=planned.rules or record.rules,
        )

    def is_flaky(self, result: events.Result) -> bool:
        """Whether this result and the last ones, of the same code, disagree."""
        name = normal(result.test)
        record = self.records().get(name)
        if record is None or result.outcome not in TELLING:
            return False
        code = self._code.get(name, "")
        now = result.outcome in BROKEN
        last = [
            outcome in BROKEN
            for outcome, each in zip(record.outcomes, record.codes, strict=True)
            if outcome in TELLING and each == code
        ][-LATELY:]
        return any(each != now for each in last)

    def event(self, event: events.Event) -> None:
        """Remember what is worth it."""
        if isinstance(event, events.Plan):
            self._begin(event)
        elif isinstance(event, events.Rule):
            self._rules.setdefault(normal(event.test), []).append(event.rule)
        elif isinstance(event, events.Result):
            name = normal(event.test)
            code = self._code.get(name, "")
            reason = event.reason[:MOST_REASON]
            told = self._run, event.outcome, round(event.seconds, 6), code, reason
            self._results.setdefault(name, []).append(told)
        elif isinstance(event, events.Done):
            self._end(event)

    def _begin(self, plan: events.Plan) -> None:
        with self._doing_without():
            row = self._base.execute("INSERT INTO run (at, jobs) VALUES (?, ?)", (plan.at, plan.jobs))
            self._run = row.lastrowid or 0
            self._records = None

    def _end(self, done: events.Done) -> None:
        with self._doing_without(), transaction(self._base):
            for test, results in self._results.items():
                self._add(test, results)
            counts = json.dumps(done.counts)
            self._base.execute("UPDATE run SET seconds = ?, counts = ? WHERE id = ?", (done.seconds, counts, self._run))
            self._base.execute(
                "DELETE FROM run WHERE id <= (SELECT max(id) FROM run) - ? OR (seconds IS NULL AND at < ?)",
                (KEPT_RUNS, time.time() - UNFINISHED_S),
            )

    def _add(self, test: str, results: list[Lately]) -> None:
        """Put the results of this run behind those that are known by now: another run may have ended meanwhile."""
        row = self._base.execute("SELECT lately, rules FROM test WHERE test = ?", (test,)).fetchone()
        known, rules = (json.loads(row[0]), row[1]) if row else ([], "[]")
        if test in self._rules:
            rules = json.dumps(list(dict.fromkeys(self._rules[test])))
        lately = json.dumps([*known, *results][-KEPT_RESULTS:])
        self._base.execute("INSERT OR REPLACE INTO test VALUES (?, ?, ?)", (test, lately, rules))

    @contextlib.contextmanager
    def _doing_without(self) -> Iterator[None]:
        """Go on where the database cannot be written."""
        try:
            yield
        except sqlite3.Error as error:
            self.note = f"this run is not remembered: {self._place}: {error}"


@contextlib.contextmanager
def transaction(base: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        base.execute("ROLLBACK")
        raise
    base.execute("COMMIT")


@lru_cache(maxsize=4096)
def code_of(file: str) -> str:
    """What tells the code of a test from other code: its file, our version, and what was set."""
    digest = hashlib.blake2b(VERSION.encode(), digest_size=8)
    with contextlib.suppress(OSError):
        digest.update(Path(file).read_bytes())
    for name in sorted(os.environ):
        if name.startswith("PKGSUITE_"):
            digest.update(f"{name}={os.environ[name]}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def times_of(path: Path) -> dict[str, float]:
    """How long tests take by what `history --json` wrote; raises SuiteError for anything else."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {str(each["test"]): float(each["usual_s"]) for each in told["tests"]}
    except OSError as error:
        raise SuiteError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise SuiteError(f"{path} is not what `pkgsuite history --json` writes") from error
