"""The database of results, in good order and in every bad one."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite.runner import database
from pkgsuite.runner.database import FILE, Database, record_in
from pkgsuite.runner.record import Key, Past, Run
from tests.checkout import TOP

KEY: Key = ("m.C.test", "/p")
PASSED: Past = (0, "passed", 1.5, "code", "")


class DatabaseTest(unittest.TestCase):
    """In a directory of its own."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.place = Path(temporary.name).resolve() / "pkgsuite"
        self.path = self.place / FILE

    def base(self) -> Database:
        """As a process would open it."""
        opened = Database(self.place)
        self.addCleanup(opened.close)
        return opened

    def add(self, *keys: Key, result: Past = PASSED) -> str:
        """Add a run in which each of *keys* had this result; gives the note."""
        base = self.base()
        base.add(Run(0, 5.0, 1.0, {"passed": 1}), 2, {key: [result] for key in keys or (KEY,)}, {KEY: ["R", "R", "S"]})
        return base.take_note()

    def known(self) -> list[Key]:
        """The tests that are known."""
        return list(self.base().rows())

    def aside(self) -> list[Path]:
        """What was set aside."""
        return sorted(self.place.glob("*.broken-*"))

    def damage(self, data: bytes, at: int = 0) -> None:
        """Write over a part of the file."""
        with self.path.open("r+b") as file:
            file.seek(at)
            file.write(data)

    # In good order

    def test_what_is_added_is_there_for_the_next(self) -> None:
        self.assertEqual(["", ""], [self.add(), self.add(result=(0, "failed", 2.5, "other", "why"))])

        base = self.base()
        row = base.row(KEY)
        assert row is not None
        record = record_in(KEY, row)
        self.assertEqual((("passed", "failed"), (1.5, 2.5), (1, 2)), (record.outcomes, record.seconds, record.runs))
        self.assertEqual((("code", "other"), "why", ("R", "S")), (record.codes, record.reason, record.rules))
        self.assertEqual([Run(1, 5.0, 1.0, {"passed": 1}), Run(2, 5.0, 1.0, {"passed": 1})], base.runs())
        self.assertEqual("", base.take_note())

    def test_who_only_asks_makes_no_file(self) -> None:
        base = self.base()

        self.assertEqual((None, {}, []), (base.row(KEY), base.rows(), base.runs()))
        self.assertEqual((False, ""), (self.place.exists(), base.take_note()))

    def test_others_cannot_read_it(self) -> None:
        self.add()

        self.assertEqual(0o700, self.place.stat().st_mode & 0o777)

    def test_it_stays_small(self) -> None:
        with mock.patch.multiple(database, KEPT_RUNS=3, KEPT_RESULTS=2):
            for _ in range(6):
                self.add()
            row = self.base().row(KEY)
            assert row is not None
            self.assertEqual((5, 6), record_in(KEY, row).runs)
            self.assertEqual([4, 5, 6], [run.number for run in self.base().runs()])

    def test_a_test_that_is_gone_is_forgotten(self) -> None:
        self.add(("old", ""))
        with mock.patch.object(database, "KEPT_S", -1), mock.patch.object(database.time, "time", lambda: 9e9):
            self.add(("new", ""))

        self.assertEqual([], self.known())

    def test_runs_that_end_at_once_are_all_remembered(self) -> None:
        threads = [threading.Thread(target=self.add, args=[(f"t{number}", ""), KEY]) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        row = self.base().row(KEY)
        assert row is not None
        self.assertEqual(list(range(1, 13)), sorted(record_in(KEY, row).runs))
        self.assertEqual(13, len(self.known()))

    def test_without_a_directory_nothing_is_known(self) -> None:
        base = Database(None)
        base.add(Run(0, 5.0, 1.0, {}), 1, {KEY: [PASSED]}, {})

        self.assertEqual((None, {}, [], ""), (base.row(KEY), base.rows(), base.runs(), base.take_note()))

    # In bad order

    def test_what_is_no_database_is_set_aside_and_said(self) -> None:
        self.place.mkdir()
        for number, data in enumerate((b"nonsense" * 1000, b"SQLite format 3\0" + b"\xff" * 9000), 1):
            with self.subTest(number):
                self.path.write_bytes(data)

                base = self.base()
                self.assertIsNone(base.row(KEY))

                self.assertRegex(base.take_note(), "damaged.*a new one is begun, the old one is .*broken-")
                self.assertEqual(("", [KEY]), (self.add(), self.known()))
                self.assertEqual(number, len(self.aside()))
                self.assertIn(data, [each.read_bytes() for each in self.aside()])

    def test_pages_that_are_damaged_are_noticed_when_they_are_read(self) -> None:
        self.add(*((f"test_{number}" * 20, "") for number in range(500)))
        size = self.path.stat().st_size
        self.damage(b"\xa5" * (size - 8192), at=8192)

        base = self.base()
        self.assertEqual({}, base.rows())

        self.assertIn("damaged", base.take_note())
        self.assertEqual(("", 1, [KEY]), (self.add(), len(self.aside()), self.known()))

    def test_a_file_that_was_cut_off_is_noticed(self) -> None:
        self.add(*((f"test_{number}" * 20, "") for number in range(500)))
        os.truncate(self.path, 8192)

        base = self.base()
        self.assertEqual({}, base.rows())

        self.assertIn("damaged", base.take_note())
        self.assertEqual(("", [KEY]), (self.add(), self.known()))

    def test_those_who_find_the_damage_at_once_set_it_aside_once(self) -> None:
        for number in range(30):
            with self.subTest(round=number):
                self.find_damage_at_once()
                shutil.rmtree(self.place)

    def find_damage_at_once(self) -> None:
        self.place.mkdir()
        self.path.write_bytes(b"nonsense" * 1000)
        bases = [self.base() for _ in range(8)]
        barrier = threading.Barrier(len(bases))

        def end(number: int) -> None:
            barrier.wait()
            bases[number].add(Run(0, 0.0, 0.0, {}), 1, {(f"t{number}", ""): [PASSED]}, {})

        threads = [threading.Thread(target=end, args=[number]) for number in range(len(bases))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        self.assertEqual((1, 8), (len(self.aside()), len(self.known())))

    def test_a_newer_layout_stays_as_it_is(self) -> None:
        self.add()
        with sqlite3.connect(self.path) as base:
            base.execute(f"PRAGMA user_version = {database.LAYOUT + 1}")
        base.close()
        before = self.path.read_bytes()

        asked = self.base()
        self.assertIsNone(asked.row(KEY))

        self.assertIn("newer pkgsuite", asked.take_note())
        self.assertIn("newer pkgsuite", self.add())
        self.assertEqual((before, []), (self.path.read_bytes(), self.aside()))

    def test_an_older_layout_or_one_of_others_is_set_aside(self) -> None:
        for number, statement in enumerate(("PRAGMA user_version = 1", "DROP TABLE test", "DROP TABLE run"), 1):
            with self.subTest(statement):
                self.add()
                with sqlite3.connect(self.path) as base:
                    base.execute(statement)
                base.close()

                self.assertIn("damaged", self.add())

                self.assertEqual(([KEY], number), (self.known(), len(self.aside())))

    def test_who_finds_it_locked_goes_without(self) -> None:
        self.add()
        other = sqlite3.connect(self.path, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN EXCLUSIVE")

        with mock.patch.object(database, "BUSY_S", 0.05):
            asked = self.base()
            self.assertIsNone(asked.row(KEY))
            self.assertEqual([], asked.runs())
            self.assertIn("locked", asked.take_note())
            self.assertRegex(self.add(("new", "")), "not remembered: .*locked")
        other.execute("ROLLBACK")

        self.assertEqual(([KEY], []), (self.known(), self.aside()))

    def test_a_full_disk_loses_only_this_run(self) -> None:
        self.add()
        code = (
            "import resource; from pathlib import Path; from pkgsuite.runner.database import *\n"
            "from pkgsuite.runner.record import Run\n"
            f"resource.setrlimit(resource.RLIMIT_FSIZE, ({self.path.stat().st_size},) * 2)\n"
            f"base = Database(Path({str(self.place)!r}))\n"
            "results = {(f't{n}' * 99, ''): [(0, 'passed', 1.0, '', '')] for n in range(999)}\n"
            "base.add(Run(0, 0.0, 0.0, {}), 1, results, {}); print(base.take_note())"
        )

        done = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=False)

        self.assertRegex(done.stdout, f"^this run is not remembered: {self.path}: (disk I/O error|.* is full)")
        self.assertEqual(("", [KEY], []), (done.stderr, self.known(), self.aside()))

    def test_who_may_not_write_still_reads(self) -> None:
        self.add()
        self.place.parent.chmod(0o755)
        self.place.chmod(0o555)
        self.path.chmod(0o444)
        code = (
            "from pathlib import Path; from pkgsuite.runner.database import *; from pkgsuite.runner.record import Run\n"
            "import os; os.geteuid() or os.setuid(65534)\n"
            f"base = Database(Path({str(self.place)!r})); print(base.row({KEY!r}) is not None)\n"
            "base.close(); base.add(Run(0, 0.0, 0.0, {}), 1, {}, {}); print(base.take_note())"
        )

        done = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=False)
        self.place.chmod(0o700)

        self.assertRegex(done.stdout, "^True\nthis run is not remembered: .*readonly", done.stderr)
        self.assertEqual([KEY], self.known())

    def test_what_stands_in_its_place_is_left_there(self) -> None:
        self.path.mkdir(parents=True)

        self.assertIn("this run is not remembered", self.add())
        self.assertTrue(self.path.is_dir())

    def test_killed_while_it_writes(self) -> None:
        """What was there before is there again."""
        self.add()
        code = (
            "import os; from pathlib import Path; from pkgsuite.runner.database import *\n"
            "from pkgsuite.runner.record import Run\n"
            "class Results(dict):\n"
            "    def items(self):\n"
            "        for number in range(5000): yield (f't{number}' * 9, ''), [(0, 'passed', 1.0, '', '')]\n"
            "        os.kill(os.getpid(), 9)\n"
            f"Database(Path({str(self.place)!r})).add(Run(0, 0.0, 0.0, {{}}), 1, Results(), {{}})"
        )

        done = subprocess.run([sys.executable, "-c", code], cwd=TOP, check=False)

        self.assertEqual(-signal.SIGKILL, done.returncode)
        self.assertEqual(([KEY], 1, "", []), (self.known(), len(self.base().runs()), self.add(), self.aside()))

    def test_a_python_without_sqlite_goes_without(self) -> None:
        with mock.patch.object(database, "sqlite3", None):
            base = self.base()

            self.assertEqual((None, {}, []), (base.row(KEY), base.rows(), base.runs()))
            self.assertIn("without sqlite3", base.take_note())
            self.assertIn("without sqlite3", self.add())

    def test_a_row_that_is_damaged_is_read_as_far_as_it_is_whole(self) -> None:
        good = '[1, "passed", 1.0, "c", ""]'
        for lately, rules, outcomes in (
            (f'{good}\n[2, "failed"', "[]", ("passed",)),
            (f"null\n{good}", "[]", ("passed",)),
            (good, "nonsense", ("passed",)),
            ("", "[]", ()),
            ("nonsense", "[]", ()),
        ):
            with self.subTest(lately):
                self.assertEqual(outcomes, record_in(KEY, (0.0, lately, rules)).outcomes)
