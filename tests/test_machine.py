"""What the user of a machine does between commands is not the manager's, and hides nothing that is."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite import File, Package, Scenario, keep, pacman, unchanged_elsewhere
from pkgsuite.system import ladder
from tests.test_scenario import results


def setUpModule() -> None:
    """Skip where no scenario can run."""
    pacman.find()
    ladder.the_world()


CARELESS = Package("careless")


class UserTest(unittest.TestCase):
    def test_what_the_manager_did_to_a_directory_is_still_seen(self) -> None:
        """Although the user writes into it afterwards."""

        class Case(Scenario, on=pacman):
            def test_it(self) -> None:
                machine = self.start_machine()
                machine.install(CARELESS)
                os.chmod(f"{machine.root}/etc", 0o700)
                machine.write("etc/mine/file", "of the user")
                self.check(unchanged_elsewhere())

        result = results(Case)["test_it"]
        self.assertEqual("failed", result.outcome, result.details)
        self.assertIn("changed mode of etc", result.details)
        self.assertNotIn("mine", result.details)

    def test_deleting_through_a_link(self) -> None:
        """It is the user's doing under its real name too."""

        class Case(Scenario, on=pacman):
            def test_it(self) -> None:
                machine = self.start_machine(files=[File("usr/lib/x", "x"), File("lib", target="usr/lib")])
                machine.execute("pacman -Q")
                machine.delete("lib/x")
                self.check(unchanged_elsewhere())

        result = results(Case)["test_it"]
        self.assertEqual("passed", result.outcome, result.details)

    def test_a_lock_that_was_placed_and_deleted_is_no_excuse(self) -> None:
        """The next one is the manager's."""

        class Case(Scenario, on=pacman):
            def test_it(self) -> None:
                machine = self.start_machine(repositories=[CARELESS])
                lock = "var/lib/pacman/db.lck"
                machine.write(lock)
                machine.refuses("pacman -S careless", "unable to lock database")
                machine.delete(lock)
                with open(f"{machine.root}/{lock}", "w"):
                    self.check("PACMAN_RETCODE=1")

        result = results(Case)["test_it"]
        self.assertEqual("failed", result.outcome, result.details)
        self.assertIn("NO_STALE_LOCK", result.details)

    def test_owners_that_nobody_can_give(self) -> None:
        """Whoever asks for them is skipped by name, whoever makes the file."""

        class Case(Scenario, on=pacman):
            def test_it(self) -> None:
                owned = Package("owned", files=[File("srv/a", uid=33, gid=34)])
                self.start_machine(repositories=[owned]).install("owned")
                self.check("FILE_OWNER=srv/a|33:34")

        for rung in ("user-range", "user-single", "fakechroot"):
            with self.subTest(rung), mock.patch.dict(os.environ, {ladder.ALLOWED: rung}):
                if ladder.climb().world is None:
                    continue
                ladder._climbs.clear()
                self.addCleanup(ladder._climbs.clear)

                result = results(Case)["test_it"]

                self.assertEqual("passed" if rung == "user-range" else "skipped", result.outcome, result.reason)
                if result.outcome == "skipped":
                    self.assertIn("no owner 33:34 of srv/a", result.reason)


class KeepTest(unittest.TestCase):
    def test_two_that_keep_the_same(self) -> None:
        """Each writes a file of its own, and the last is kept, whole."""
        with tempfile.TemporaryDirectory() as place, mock.patch.dict(os.environ, {keep.DIRECTORY: place}):
            facts = keep.Facts("test", "machine", "pacman", "/root")

            def write_slowly(told: bytes, file: object) -> None:
                file.write(b"first")  # type: ignore[attr-defined]
                keep.keep(facts, lambda told, file: file.write(b"second") and None)

            path = keep.keep(facts, write_slowly)

            self.assertEqual((b"first", [path.name]), (path.read_bytes(), os.listdir(place)))
            self.assertEqual(Path(place), path.parent)
