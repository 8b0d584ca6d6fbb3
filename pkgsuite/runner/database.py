"""The SQLite database of results.

One that is damaged is set aside and a new one begun; one that a newer pkgsuite made is left alone; one that cannot be
read or written is done without. Whatever goes wrong is a note.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pkgsuite.runner.record import Key, Past, Record, Run, record_of

if TYPE_CHECKING:
    import sqlite3
else:
    try:
        import sqlite3
    except ImportError:  # some distributions package it apart
        sqlite3 = None

__all__ = ["FILE", "Database"]

FILE = "history.sqlite"
LAYOUT = 3
"""The version of the tables."""

TABLES = (
    "CREATE TABLE run (id INTEGER PRIMARY KEY, at REAL, seconds REAL, jobs INTEGER, counts TEXT)",
    "CREATE TABLE test (test TEXT, place TEXT, at REAL, lately TEXT, rules TEXT, PRIMARY KEY (test, place))",
)
"""`lately` holds a line of JSON for each of the last results: run, outcome, seconds, code, reason."""

COLUMNS = (
    "SELECT id, at, seconds, jobs, counts FROM run LIMIT 0",
    "SELECT test, place, at, lately, rules FROM test LIMIT 0",
)

KEPT_RUNS = 200
KEPT_RESULTS = 20
"""How many runs, and how many results of each test, are remembered."""

KEPT_S = 180 * 86400
"""How long a test is remembered that is not run any more."""

BUSY_S = 3.0
"""How long to wait for another run that is writing, which takes it milliseconds."""

Row: TypeAlias = "tuple[float, str, str]"
"""A row of `test` without its key."""


class Damaged(Exception):
    """The database has to be begun anew."""


class TooNew(Exception):
    """The database is another version's, whose it stays."""


class Database:
    """The database in *directory*; with None there is none. `note` tells what went wrong, until it is taken."""

    def __init__(self, directory: Path | None) -> None:
        self._path = directory / FILE if directory else None
        self._note = ""
        self._reader: sqlite3.Connection | None = None
        self._is_asked = False

    def take_note(self) -> str:
        """What is wrong with it, once."""
        note, self._note = self._note, ""
        return note

    # Reading

    def row(self, key: Key) -> Row | None:
        """What is kept of one test; the database stays open for more of them until `close`."""
        if not self._is_asked:
            self._is_asked, self._reader = True, self._open("no history is kept")
        if self._reader is None:
            return None
        try:
            found = self._reader.execute("SELECT at, lately, rules FROM test WHERE test = ? AND place = ?", key)
            row: Row | None = found.fetchone()
        except sqlite3.Error as error:
            self.close()
            self._fail("no history is kept", error)
            return None
        return row

    def close(self) -> None:
        """Ask for no more tests."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def rows(self) -> dict[Key, Row]:
        """What is kept of every test, those that were run last at the end."""
        with self._working("no history is kept") as base:
            if base is not None:
                found = base.execute("SELECT test, place, at, lately, rules FROM test ORDER BY at, test").fetchall()
                return {(test, place): (at, lately, rules) for test, place, at, lately, rules in found}
        return {}

    def runs(self) -> list[Run]:
        """The runs that have ended, the newest last."""
        with self._working("the runs cannot be read") as base:
            if base is not None:
                rows = base.execute("SELECT id, at, seconds, counts FROM run ORDER BY id").fetchall()
                return [Run(number, at, took, json.loads(counts)) for number, at, took, counts in rows]
        return []

    # Writing

    def add(self, run: Run, jobs: int, results: Mapping[Key, list[Past]], rules: Mapping[Key, list[str]]) -> None:
        """Add a run with its results; the numbers in both are given here."""
        with self._working("this run is not remembered", is_written=True) as base:
            if base is None:
                return
            with transaction(base):
                row = base.execute(
                    "INSERT INTO run (at, seconds, jobs, counts) VALUES (?, ?, ?, ?)",
                    (run.at, run.seconds, jobs, json.dumps(run.counts)),
                )
                number = row.lastrowid or 0
                now = time.time()
                for key, lately in results.items():
                    self._add(base, key, now, [(number, *each[1:]) for each in lately], rules.get(key))
                base.execute("DELETE FROM run WHERE id <= ?", (number - KEPT_RUNS,))
                base.execute("DELETE FROM test WHERE at < ?", (now - KEPT_S,))

    def _add(
        self, base: sqlite3.Connection, key: Key, now: float, results: list[Past], rules: list[str] | None
    ) -> None:
        """Put results behind those that are known by now: another run may have ended meanwhile."""
        row = base.execute("SELECT at, lately, rules FROM test WHERE test = ? AND place = ?", key).fetchone()
        _, known, judged = row or (0.0, "", "[]")
        lines = [*filter(None, known.split("\n")), *map(json.dumps, results)]
        judged = json.dumps(list(dict.fromkeys(rules))) if rules else judged
        lately = "\n".join(lines[-KEPT_RESULTS:])
        base.execute("INSERT OR REPLACE INTO test VALUES (?, ?, ?, ?, ?)", (*key, now, lately, judged))

    # Opening

    @contextlib.contextmanager
    def _working(self, trouble: str, *, is_written: bool = False) -> Iterator[sqlite3.Connection | None]:
        """The open database, or None where there is none; what goes wrong is noted as *trouble*."""
        base = self._open(trouble, is_written=is_written)
        if base is None:
            yield None
            return
        try:
            yield base
        except (sqlite3.Error, ValueError, TypeError) as error:
            self._fail(trouble, error)
        finally:
            base.close()

    def _open(self, trouble: str, *, is_written: bool = False) -> sqlite3.Connection | None:
        """A connection, or None where there is none, and a note why."""
        if self._path is None:
            return None
        if sqlite3 is None:
            self._note = f"{trouble}: this Python comes without sqlite3"
            return None
        try:
            return self._opened(self._path, is_written)
        except (sqlite3.Error, OSError, TooNew, Damaged) as error:
            self._note = f"{trouble}: {self._path}: {error}"
            return None

    def _fail(self, trouble: str, error: Exception) -> None:
        """Note that something did not work with the open database; one that is damaged is not used again."""
        self._note = f"{trouble}: {self._path}: {error}"
        if self._path is not None and is_damage(error):
            with locked(self._path.parent, fcntl.LOCK_EX):
                self._note = f"{trouble}: it was damaged ({error}) and is {set_aside(self._path)} now"

    def _opened(self, path: Path, is_written: bool) -> sqlite3.Connection | None:
        """A connection to what is there, or to a new one where it *is_written*."""
        if is_written:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif not path.exists():
            return None
        try:
            with locked(path.parent, fcntl.LOCK_SH):
                return connect(path)
        except Damaged:
            with locked(path.parent, fcntl.LOCK_EX):
                try:
                    return connect(path)  # another run may have seen to it meanwhile
                except Damaged as error:
                    aside = set_aside(path)
                    self._note = f"the history was damaged ({error}); a new one is begun, the old one is {aside}"
                    return connect(path)


def connect(path: Path) -> sqlite3.Connection:
    """Open a database, which may be empty, and check it."""
    base = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        base.text_factory = lambda data: data.decode("utf-8", "backslashreplace")
        base.execute("PRAGMA synchronous = OFF")
        check(base)
    except BaseException as error:
        base.close()
        if is_damage(error):
            raise Damaged(str(error)) from error
        raise
    return base


def is_damage(error: BaseException) -> bool:
    """Whether SQLite says that a file is no database or a broken one; all else are subclasses."""
    return type(error) is sqlite3.DatabaseError


def check(base: sqlite3.Connection) -> None:
    """Make the tables where there are none; raises Damaged or TooNew where they are others."""
    layout = layout_of(base)
    if layout > LAYOUT:
        raise TooNew(f"it is of a newer pkgsuite (layout {layout}, this one has {LAYOUT})")
    if not layout:
        layout = begun(base)
    if layout != LAYOUT:
        raise Damaged(f"its layout is {layout}, expected {LAYOUT}")
    try:
        for statement in COLUMNS:
            base.execute(statement).fetchall()
    except sqlite3.OperationalError as error:
        if str(error).startswith("no such"):
            raise Damaged(str(error)) from error
        raise


def begun(base: sqlite3.Connection) -> int:
    """Make the tables where there are none, and nobody else does; the layout that it has then."""
    with transaction(base):
        layout = layout_of(base)
        if not layout and not base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for statement in (*TABLES, f"PRAGMA user_version = {LAYOUT}"):
                base.execute(statement)
            layout = LAYOUT
        return layout


def layout_of(base: sqlite3.Connection) -> int:
    """The version of the tables, 0 where there are none."""
    return int(base.execute("PRAGMA user_version").fetchone()[0])


def set_aside(path: Path) -> Path:
    """Rename a database with all that belongs to it; itself last, since a new one may be begun by others at once."""
    aside = path.with_name(f"{path.name}.broken-{time.time_ns()}")
    for end in ("-journal", "-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{path}{end}", f"{aside}{end}")
    return aside


@contextlib.contextmanager
def locked(directory: Path, kind: int) -> Iterator[None]:
    """Open files in *directory* while nobody renames them, or rename them while nobody opens them; see flock(2).

    Who has opened one that is then renamed would take the journal of the new one for its own.
    """
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):
            descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
            held.callback(os.close, descriptor)
            fcntl.flock(descriptor, kind)
        yield


@contextlib.contextmanager
def transaction(base: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
        base.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # a full disk has rolled back already
            base.execute("ROLLBACK")
        raise


def record_in(key: Key, row: Row) -> Record:
    """The record that a row holds, as far as it is whole."""
    at, lately, rules = row
    try:
        return record_of(key, at, json.loads(f"[{','.join(lately.splitlines())}]"), json.loads(rules))
    except (ValueError, TypeError):
        return record_of(key, at, filter(None, map(whole, lately.splitlines())), ())


def whole(line: str) -> Past | None:
    """The result in a line, or None where it is damaged."""
    try:
        told: Past = json.loads(line)
        record_of(("", ""), 0.0, [told], ())
    except (ValueError, TypeError):
        return None
    return told
