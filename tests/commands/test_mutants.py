"""Mutants are real managers with one fault, and who notices them is told right; `./run mutants` has them all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pkgsuite.managers.apt import apt
from pkgsuite.managers.pacman import pacman
from pkgsuite.mutants import registry
from pkgsuite.system import ladder
from tests.checkout import TOP

SCENARIO = """
from pkgsuite import DEPENDENCY, Package, Scenario, exists, installed, pacman, reason


class Install(Scenario, on=pacman):
    def setUp(self):
        super().setUp()
        library = Package("library", files=["usr/lib/library"])
        dummy = Package("dummy", files=["usr/bin/dummy"], depends=["library"])
        self.machine = self.start_machine(repositories=[dummy, library])
        self.machine.install("dummy")

    def test_files(self):
        self.check(exists("usr/bin/dummy"))

    def test_version(self):
        self.check(installed("library", "1.0-1"))

    def test_reason(self):
        self.check(reason("library", DEPENDENCY))

    def test_in_python(self):
        self.assertTrue(self.machine.read("usr/bin/dummy"))
"""

SCENARIO_OF_APT = """
from pkgsuite import Package, Scenario, apt, contents, exists


class Install(Scenario, on=apt):
    def setUp(self):
        super().setUp()
        dummy = Package("dummy", files=["usr/bin/dummy"], install={"postinst": "echo $1 > /told"})
        self.machine = self.start_machine(repositories=[dummy])
        self.machine.install("dummy")

    def test_files(self):
        self.check(exists("usr/bin/dummy"))

    def test_script(self):
        self.check(contents("told", "configure\\n"))
"""

BLIND = """
    def test_blind(self):
        self.start_machine("other").execute("pacman -Q")

    def test_wrong_already(self):
        self.check("PKG_EXIST=nobody")
"""

WHO_RUNS = """
    def test_who_runs(self):
        from psutil import Process
        slow = Package("slow", install={"post_install": "echo > /here; while [ ! -e /go ]; do :; done"})
        machine = self.start_machine("other", packages=[slow])
        with machine.running("pacman -U slow-1.0-1-any.pkg.tar.gz") as command:
            command.wait_for(lambda: exists("here").check(machine.observe()).held)
            programs = [child.exe() for child in Process().children() if child.name() != "pkgsuite-clean"]
            machine.write("go")
        is_real = [program.endswith("/pacman") for program in programs] == [True]
        self.check(machine, "PACMAN_RETCODE=0" if is_real else "PACMAN_RETCODE=1")
"""

TIMEOUT = 240


def setUpModule() -> None:
    """Skip where no scenario can run."""
    pacman.find()
    ladder.the_world()


class MutantsTest(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.write(SCENARIO)

    def write(self, text: str) -> None:
        """Have *text* as the scenarios."""
        Path(self.place, "test_mutated.py").write_text(text)

    def mutants(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `pkgsuite mutants` on the scenarios."""
        return subprocess.run(
            [sys.executable, "-m", "pkgsuite", "mutants", "-t", f"{self.place}/test_mutated.py", *words],
            env={**os.environ, "PYTHONPATH": str(TOP), "PYTHONDONTWRITEBYTECODE": "1", **more},
            cwd=TOP,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )

    def test_who_notices(self) -> None:
        """Only tests that fail on a rule notice; what they saw broken is told, and errors are told apart."""
        done = self.mutants("drop-file", "forget-reason", "--json")

        found = {each["name"]: each for each in json.loads(done.stdout)["mutants"]}
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertEqual({"test_files": ["FILE_EXIST=usr/bin/dummy"]}, short(found["drop-file"]["noticed"]))
        self.assertEqual(["test_in_python"], list(short(found["drop-file"]["odd"])))
        self.assertEqual({"test_reason": ["PKG_REASON=library|1"]}, short(found["forget-reason"]["noticed"]))
        self.assertEqual(
            ["test_files", "test_in_python", "test_version"], sorted(short(found["forget-reason"]["unnoticed"]))
        )

    def test_stand_ins(self) -> None:
        """Every scenario has to notice /bin/true and /bin/false."""
        good = self.mutants("true", "false", "-k", "files", "-k", "version")
        self.write(SCENARIO + BLIND)
        bad = self.mutants("true", "false", "-k", "blind", "-k", "in_python")

        self.assertEqual(0, good.returncode, good.stdout + good.stderr)
        self.assertIn("2 of 2 were noticed", good.stdout)
        self.assertEqual(1, bad.returncode, bad.stdout + bad.stderr)
        self.assertIn("1 of 2 were noticed: not true\n", bad.stdout)
        self.assertIn("passed   test_mutated.Install.test_blind\n", bad.stdout)
        self.assertIn("odd      test_mutated.Install.test_in_python: error: there is no file", bad.stdout)

    def test_nothing_of_it_is_remembered(self) -> None:
        """What faulty managers do to scenarios is no part of their history."""
        self.mutants("drop-file", "-k", "files", XDG_STATE_HOME=f"{self.place}/state")

        self.assertFalse(Path(self.place, "state").exists())

    def test_failfast(self) -> None:
        """With --failfast a mutant is done with the first test that notices, and an error before does not count."""
        self.write(SCENARIO.replace("test_in_python", "test_a_in_python"))

        done = self.mutants("forget-package", "drop-file", "--failfast", "--json")

        found = {each["name"]: each for each in json.loads(done.stdout)["mutants"]}
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual({"test_files"}, set(short(found["drop-file"]["noticed"])))
        self.assertEqual({"test_reason"}, set(short(found["forget-package"]["noticed"])))

    def test_unnoticed(self) -> None:
        """A mutant that nobody notices is named, with its fault, and the status is 1."""
        done = self.mutants("leave-temporary-directory", "-k", "version")

        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertIn("✗ leave-temporary-directory", done.stdout)
        self.assertIn("nobody noticed: A temporary directory stays", done.stdout)

    def test_scenarios_that_never_pass_count_for_nothing(self) -> None:
        """What fails with the real manager cannot notice a mutant."""
        self.write(SCENARIO + BLIND)

        done = self.mutants("touch-extra-path", "--verbose")

        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertIn(
            "left out, since it does not pass with the real manager: test_mutated.Install.test_wrong", done.stdout
        )

    def test_scenarios_that_notice_any_program_meet_no_mutant(self) -> None:
        """What fails with a wrapper that has no fault is no sign of one."""
        self.write(SCENARIO + WHO_RUNS)

        done = self.mutants("forget-package", "-k", "version", "-k", "who_runs", "--json")

        found = json.loads(done.stdout)
        self.assertEqual(["test_version", "test_who_runs"], sorted(short(found["scenarios"])), found["left_out"])
        self.assertEqual({"test_who_runs": "broken: PACMAN_RETCODE=1"}, short(found["unfit"]))
        self.assertEqual(["test_version"], list(short(found["mutants"][0]["noticed"])))

    def test_wrong_usage(self) -> None:
        """Unknown names, no jobs and no scenarios are one error each."""
        for words, told in {
            ("drop-fiel",): "unknown: drop-fiel; expected some of drop-file",
            ("-j", "0"): "--jobs 0: expected 1 or more",
            ("-k", "nothing"): "no test is selected",
        }.items():
            with self.subTest(words):
                done = self.mutants(*words)

                self.assertEqual((2, ""), (done.returncode, done.stdout))
                self.assertIn(told, done.stderr)
        self.assertIn("is no program", self.mutants("true", PKGSUITE_PACMAN="/nowhere").stderr)

    def test_list(self) -> None:
        """All are listed with their faults."""
        done = self.mutants("--list")

        self.assertEqual(len(registry.mutants_of("pacman")) + 2, len(done.stdout.splitlines()))
        self.assertRegex(done.stdout, r"(?m)^drop-file +A file of each package")

    def test_another_manager(self) -> None:
        """Mutants of apt stand in the place of several programs, and the real ones are those that there are."""
        apt.find()
        self.write(SCENARIO_OF_APT)

        done = self.mutants("--manager", "apt", "drop-file", "skip-postinst", "autoremove-unasked", "false", "--json")

        found = {each["name"]: each for each in json.loads(done.stdout)["mutants"]}
        self.assertEqual("", done.stderr)
        self.assertEqual({"test_files": ["FILE_EXIST=usr/bin/dummy"]}, short(found["drop-file"]["noticed"]))
        self.assertEqual({"test_script": ["FILE_CONTENTS=told|configure\n"]}, short(found["skip-postinst"]["noticed"]))
        self.assertEqual({}, found["autoremove-unasked"]["noticed"])
        self.assertEqual(2, len(found["false"]["noticed"]))


def short(tests: object) -> object:
    """Names of methods in place of ids."""
    if isinstance(tests, dict):
        return {name.rpartition(".")[2]: value for name, value in tests.items()}
    assert isinstance(tests, list)
    return [name.rpartition(".")[2] for name in tests]
