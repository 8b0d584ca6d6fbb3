"""Scenarios: what they offer, and what they tell when something is broken."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite import File, Package, Scenario, contents, events, exists, installed, pacman
from pkgsuite.errors import BadRule, BadValue, CommandTimeout, RuleBroken, SuiteError
from pkgsuite.managers.base import Manager
from pkgsuite.managers.pacman import Pacman
from pkgsuite.runner.result import EventResult
from pkgsuite.system import ladder
from tests.checkout import TOP


def told(kind: type[Scenario], *names: str) -> list[events.Event]:
    """What the tests of *kind* tell when unittest runs them."""
    found: list[events.Event] = []
    tests = [kind(name) for name in names] or list(unittest.TestLoader().loadTestsFromTestCase(kind))
    unittest.TestSuite(tests).run(EventResult(found.append, tests))
    return found


def results(kind: type[Scenario], *names: str) -> dict[str, events.Result]:
    """The results of the tests of *kind*, by the names of the methods."""
    return {event.test.rpartition(".")[2]: event for event in told(kind, *names) if isinstance(event, events.Result)}


class Sample(Scenario, on=pacman):
    """A machine with one package that an upgrade waits for."""

    def setUp(self) -> None:
        super().setUp()
        self.old = Package("dummy", "1.0-1", files=["etc/dummy.conf", "usr/bin/dummy"], backup=["etc/dummy.conf"])
        self.new = self.old.upgraded("1.0-2")
        self.machine = self.start_machine(installed=[self.old], repositories=[self.new])


class VerbsTest(Sample):
    """The verbs that every manager has."""

    def test_refresh_and_upgrade(self) -> None:
        """A machine that is refreshed and upgraded has the newer version."""
        self.machine.refresh()
        self.machine.upgrade()

        self.check(installed("dummy", "1.0-2"))

    def test_install_by_value(self) -> None:
        """A Package is installed from its archive, a text from the repository."""
        self.machine.install("dummy", Package("other", "3.0-1", files=["usr/bin/other"]))

        self.check(installed("dummy", "1.0-2"), installed("other", "3.0-1"), exists("usr/bin/other"))

    def test_remove(self) -> None:
        """A package that is removed is gone from the database and the disk."""
        self.machine.remove("dummy")

        self.check(~installed("dummy"), ~exists("usr/bin/dummy"), "FILE_MODIFIED=usr/bin/dummy")

    def test_download(self) -> None:
        """A package that is downloaded is in the cache and not installed."""
        self.machine.download("dummy")

        self.check("CACHE_EXISTS=dummy|1.0-2", installed("dummy", "1.0-1"))

    def test_publish(self) -> None:
        """What a repository publishes anew is seen after a refresh."""
        self.machine.publish("repository", [self.new.upgraded("1.0-3")])
        self.machine.refresh()
        self.machine.upgrade()

        self.check(installed("dummy", "1.0-3"))

    def test_queue(self) -> None:
        """Queued commands run in order and have their results."""
        self.queue(self.machine, "pacman -Sw dummy")
        self.queue(self.machine, "pacman -S dummy")

        first, second = self.run_queue()

        self.assertEqual([first.command, second.command], ["pacman -Sw dummy", "pacman -S dummy"])
        self.check("RETCODE[1]=0", installed("dummy", "1.0-2"))

    def test_queue_side_by_side(self) -> None:
        """Machines run their queues at the same time."""
        other = self.start_machine(installed=[self.old], repositories=[self.new])
        for machine in (self.machine, other):
            self.queue(machine, "pacman -Sy")
            self.queue(machine, "pacman -Su")

        done = self.run_queue(side_by_side=True)

        self.assertEqual(len(done), 4)
        self.check(self.machine, installed("dummy", "1.0-2"))
        self.check(other, installed("dummy", "1.0-2"))

    def test_write_is_not_the_managers_change(self) -> None:
        """What the scenario itself writes between commands counts for no rule."""
        self.machine.run("pacman -Q")
        self.machine.write("etc/mine", "mine\n")
        self.machine.delete("etc/dummy.conf")
        self.machine.run("pacman -Q")

        self.check("UNCHANGED_ELSEWHERE=", "FILE_CONTENTS=etc/mine|mine\n")

    def test_read(self) -> None:
        """A file is read as it is; one that is not there is an error."""
        self.assertEqual(self.machine.read("etc/dummy.conf"), b"etc/dummy.conf\n")
        with self.assertRaisesRegex(SuiteError, "no file etc/missing"):
            self.machine.read("etc/missing")

    def test_usage(self) -> None:
        """A command tells its time, CPU and how it was run."""
        result = self.machine.run("pacman -Q")

        self.assertGreater(result.seconds, 0)
        self.assertGreater(result.usage.user_s + result.usage.system_s, 0)
        self.assertIn("--root=", result.line)
        self.assertEqual(result.stdout, b"dummy 1.0-1\n")


class WrongTest(Sample):
    """What a scenario that is wrong gets: one clear error."""

    def test_command_of_another_program(self) -> None:
        """A command that is not the manager's is refused."""
        with self.assertRaisesRegex(BadValue, "apt-get install a.*starts with 'pacman'"):
            self.machine.run("apt-get install a")

    def test_open_quote(self) -> None:
        """A command that cannot be split is refused."""
        with self.assertRaisesRegex(BadValue, "No closing quotation"):
            self.machine.run("pacman -S 'a")

    def test_unknown_rule(self) -> None:
        """An unknown rule is an error before any is judged."""
        with self.assertRaisesRegex(BadRule, "PKG_EXISTS.*PKG_EXIST"):
            self.check("PKG_EXISTS=dummy")

    def test_no_rule(self) -> None:
        """A check of nothing is an error: it could not fail."""
        with self.assertRaisesRegex(BadValue, "at least one rule"):
            self.check()

    def test_which_machine(self) -> None:
        """With several machines one must be named."""
        self.start_machine()
        with self.assertRaisesRegex(SuiteError, "self.check\\(machine"):
            self.check("RETCODE=0")

    def test_name_that_leads_elsewhere(self) -> None:
        """A machine's name is no path."""
        for name in ("../x", "x/y", "/opt/y", ".", "..", "a\nb"):
            with self.subTest(name=name), self.assertRaisesRegex(BadValue, "name of a directory"):
                self.start_machine(name)

    def test_what_is_no_rule(self) -> None:
        """What is neither a machine nor a rule is named."""
        for wrong in (5, None):
            with self.subTest(wrong=wrong), self.assertRaisesRegex(BadValue, f"check={wrong}"):
                self.check(wrong)

    def test_delete_nothing(self) -> None:
        """A file that is not there, and a directory, are told when they should be deleted."""
        for path in ("nothing", "etc"):
            with self.subTest(path=path), self.assertRaisesRegex(SuiteError, f"{path} cannot be deleted on machine"):
                self.machine.delete(path)

    def test_odd_fields(self) -> None:
        """Fields of another type are named, with what was expected."""
        for fields, words in (({"install": "echo"}, "install='echo'.*dictionary"), ({"files": None}, "files=None")):
            with self.subTest(fields=fields), self.assertRaisesRegex(BadValue, words):
                Package("a", **fields)

    def test_same_name(self) -> None:
        """Two machines of one name are an error."""
        with self.assertRaisesRegex(SuiteError, "already a sandbox called machine"):
            self.start_machine("machine")

    def test_paths(self) -> None:
        """Absolute paths, paths that lead upwards and paths given twice name field and value."""
        for files, words in (
            (["/etc/a"], "'/etc/a'.*without the leading"),
            (["../a"], r"'\.\./a'.*plain path"),
            (["a", "a"], "'a'.*each path once"),
            (["a", "a/b"], "'a'.*a directory"),
            ("abc", "list"),
        ):
            with self.subTest(files=files), self.assertRaisesRegex(BadValue, words):
                Package("a", files=files)

    def test_escape(self) -> None:
        """No machine writes outside its root."""
        with self.assertRaisesRegex(BadValue, "plain path"):
            self.machine.write("../../etc/a")

    def test_full_disk(self) -> None:
        """A disk that is too small for what the machine starts with is an error with the remedy."""
        with self.assertRaisesRegex(SuiteError, "is full.*disk_bytes"):
            self.start_machine("small", disk_bytes=4 << 20, files=[File("big", bytes(4 << 20))])

    def test_timeout(self) -> None:
        """A command that hangs is ended and told with its last words."""
        hook = (
            "[Trigger]\nType = Package\nOperation = Upgrade\nTarget = *\n[Action]\nWhen = PreTransaction\nExec = {}\n"
        )
        self.machine.write("bin/hang", "#!/bin/sh\necho 'hanging now'\nwhile :; do :; done\n", mode=0o755)
        self.machine.write("etc/pacman.d/hooks/hang.hook", hook.format("/bin/hang"))

        with self.assertRaisesRegex(CommandTimeout, "(?s)did not end within 0.5 s.*hanging now"):
            self.machine.run("pacman -Su", timeout=0.5)
        self.machine.delete("var/lib/pacman/db.lck")

    def test_refuses_without_words(self) -> None:
        """A refusal must be quoted."""
        with self.assertRaisesRegex(BadValue, "words"):
            self.machine.refuses("pacman -S nothing", says="")


class BrokenTest(unittest.TestCase):
    """What a broken rule tells."""

    @classmethod
    def setUpClass(cls) -> None:
        ladder.the_world()
        pacman.find()

    def test_story(self) -> None:
        """A failure shows every broken rule, the command, its output, the disk, the sandbox and how to repeat it."""

        class Broken(Sample):
            def test_it(self) -> None:
                self.machine.run("pacman -S dummy")
                self.check(installed("dummy", "9-9"), "FILE_EXIST=nowhere", exists("usr/bin/dummy"))

        result = results(Broken)["test_it"]

        self.assertEqual(result.outcome, "failed")
        for words in (
            "2 of 3 rules are broken",
            "PKG_VERSION=dummy|9-9",
            "1.0-2",
            "FILE_EXIST=nowhere",
            "machine$ pacman -S dummy",
            "upgrading dummy...",
            "changed content+mtime of usr/bin/dummy",
            "--keep failed",
            "python3 -m pkgsuite run",
            "Broken.test_it",
        ):
            self.assertIn(words, result.details)
        self.assertNotIn(f'File "{TOP}/pkgsuite/', result.details, "frames of our own hide the author's")

    def test_wrong_scenario(self) -> None:
        """What an author wrote wrong is told with the author's line, and none of ours below it."""

        class Broken(Sample):
            def test_rule(self) -> None:
                self.check("PKG_EXITS=dummy")

            def test_rule_value(self) -> None:
                self.check(installed("dummy", ""))

            def test_package(self) -> None:
                Package("dummy", backup=["/etc/a"])

            def test_path(self) -> None:
                self.machine.write("../a")

        found = results(Broken)

        for test, words in {
            "test_rule": "did you mean PKG_EXIST",
            "test_rule_value": "PKG_VERSION",
            "test_package": "backup='/etc/a'",
            "test_path": "path='../a'",
        }.items():
            with self.subTest(test):
                self.assertEqual(found[test].outcome, "error")
                self.assertIn(words, found[test].details)
                self.assertIn(f"in {test}", found[test].details)
                self.assertNotIn(f'File "{TOP}/pkgsuite/', found[test].details)

    def test_run_and_refuses(self) -> None:
        """run() fails on RETCODE=0, refuses() on the status and on the words."""

        class Broken(Sample):
            def test_run(self) -> None:
                self.machine.run("pacman -S nothing")

            def test_refuses_what_works(self) -> None:
                self.machine.refuses("pacman -S dummy", says="target not found")

            def test_refuses_for_another_reason(self) -> None:
                self.machine.refuses("pacman -S nothing", says="no space left")

        found = results(Broken)

        self.assertEqual({result.outcome for result in found.values()}, {"failed"})
        self.assertIn("✗ RETCODE=0", found["test_run"].details)
        self.assertIn("✗ !RETCODE=0", found["test_refuses_what_works"].details)
        self.assertIn("✗ OUTPUT=no space left", found["test_refuses_for_another_reason"].details)
        self.assertNotIn("✗ !RETCODE=0", found["test_refuses_for_another_reason"].details)

    def test_queue(self) -> None:
        """The whole queue runs, then the commands that failed are told."""

        class Broken(Sample):
            def test_it(self) -> None:
                self.queue(self.machine, "pacman -S nothing")
                self.queue(self.machine, "pacman -S dummy")
                self.run_queue()

        result = results(Broken)["test_it"]

        self.assertEqual(result.outcome, "failed")
        self.assertIn("1 of 2 queued commands broke RETCODE=0", result.details)

    def test_never(self) -> None:
        """A lock that is left behind fails a test that looks elsewhere, one that the scenario placed does not."""

        class Broken(Sample):
            def test_left(self) -> None:
                self.machine.run("pacman -Q")
                Path(self.machine.root, "var/lib/pacman/db.lck").touch()

            def test_placed(self) -> None:
                self.machine.write("var/lib/pacman/db.lck")
                self.machine.refuses("pacman -S dummy", says="unable to lock database")

            def test_core(self) -> None:
                Path(self.machine.root, "tmp/core.12").touch()
                self.machine.run("pacman -Q")

        found = results(Broken)

        self.assertEqual({name: result.outcome for name, result in found.items()}["test_placed"], "passed")
        self.assertIn("NO_STALE_LOCK", found["test_left"].details)
        self.assertIn("NO_CORE_DUMP", found["test_core"].details)
        self.assertEqual([found[name].outcome for name in ("test_left", "test_core")], ["failed", "failed"])

    def test_events(self) -> None:
        """Commands and rules are told as events, with what they took and saw."""

        class Told(Sample):
            def test_it(self) -> None:
                self.machine.run("pacman -S dummy")
                self.check(installed("dummy", "1.0-2"))

        found = told(Told)

        command = next(event for event in found if isinstance(event, events.Command))
        rules = [event for event in found if isinstance(event, events.Rule)]
        self.assertEqual((command.command, command.status, command.machine), ("pacman -S dummy", "exit 0", "machine"))
        self.assertEqual([rule.rule for rule in rules], ["RETCODE=0", "PKG_VERSION=dummy|1.0-2"])
        self.assertTrue(all(rule.held for rule in rules))
        self.assertIsInstance(found[-1], events.Result)

    def test_what_differs_is_told_line_by_line(self) -> None:
        """A broken rule about a text of several lines tells the diff between both."""

        class Edited(Sample):
            def test_it(self) -> None:
                self.machine.write("etc/a", "one\ntwo\n")
                self.check(contents("etc/a", "one\nthree\n"))

        rule = next(event for event in told(Edited) if isinstance(event, events.Rule) and not event.held)

        self.assertEqual(rule.diff, ("--- expected", "+++ seen", "@@ -1,2 +1,2 @@", " one", "-three", "+two"))


class KeepTest(unittest.TestCase):
    """Sandboxes are kept when that is asked for."""

    @classmethod
    def setUpClass(cls) -> None:
        ladder.the_world()
        pacman.find()

    def test_failed_only(self) -> None:
        """With `failed` the sandbox of a failed test is kept and named, that of another is not."""

        class Kept(Sample):
            def test_broken(self) -> None:
                self.check(exists("nowhere"))

            def test_sound(self) -> None:
                self.check(exists("usr/bin/dummy"))

        with tempfile.TemporaryDirectory() as directory:
            settings = {"PKGSUITE_KEEP": "failed", "PKGSUITE_KEEP_DIR": directory}
            with mock.patch.dict(os.environ, settings):
                found = told(Kept)
            names = os.listdir(directory)

        kept = [event.path for event in found if isinstance(event, events.Kept)]
        broken = next(event for event in found if isinstance(event, events.Result) and event.outcome == "failed")
        self.assertEqual(len(names), 1)
        self.assertEqual([os.path.basename(path) for path in kept], names)
        self.assertIn(kept[0], broken.details)

    def test_usual_directory(self) -> None:
        """Without a directory of its own a sandbox is kept in the state directory, though a world sees it read-only."""

        class Kept(Sample):
            def test_broken(self) -> None:
                self.check(exists("nowhere"))

            def test_next(self) -> None:
                self.check(exists("usr/bin/dummy"))

        with tempfile.TemporaryDirectory() as directory:
            settings = {"PKGSUITE_KEEP": "failed", "PKGSUITE_KEEP_DIR": "", "XDG_STATE_HOME": directory}
            with mock.patch.dict(os.environ, settings):
                found = told(Kept)
            names = os.listdir(f"{directory}/pkgsuite/kept")

        outcomes = [event.outcome for event in found if isinstance(event, events.Result)]
        self.assertEqual(outcomes, ["failed", "passed"])
        self.assertEqual(len(names), 1)

    def test_unknown_word(self) -> None:
        """An unknown word in the variable is an error that names it."""
        with mock.patch.dict(os.environ, {"PKGSUITE_KEEP": "sometimes"}):
            found = told(VerbsTest, "test_read")

        self.assertTrue(any("sometimes" in event.details for event in found if isinstance(event, events.Result)))


class Other(Pacman):
    """Pacman under another name, so that there are two managers."""

    name = "other"
    remedy = "get another"

    @property
    def wanted(self) -> str:
        return "pacman"


class Missing(Pacman):
    """A manager that no machine has."""

    name = "missing-manager"
    remedy = "apt-get install missing-manager"


class OnTest(unittest.TestCase):
    """`on=` names the managers."""

    @classmethod
    def setUpClass(cls) -> None:
        ladder.the_world()
        pacman.find()

    def make(self, *managers: Manager) -> type[Scenario]:
        """A scenario on *managers*."""

        class Several(Scenario, on=managers):
            def test_it(self) -> None:
                """It holds."""
                self.assertIn(self.manager, managers)

        return Several

    def test_several(self) -> None:
        """With several managers each test has one method for each, under its own name, with its docstring."""
        kind = self.make(pacman, Other())

        names = unittest.TestLoader().getTestCaseNames(kind)

        self.assertEqual(names, ["test_it_on_other", "test_it_on_pacman"])
        self.assertEqual(kind("test_it_on_pacman").shortDescription(), "It holds.")
        self.assertEqual({result.outcome for result in results(kind).values()}, {"passed"})

    def test_bare_name(self) -> None:
        """The bare name is hidden from discovery and runs on all for whoever asks for it."""
        kind = self.make(pacman, Other())

        self.assertEqual(sorted(results(kind, "test_it")), ["test_it_on_other", "test_it_on_pacman"])

    def test_inherited(self) -> None:
        """A subclass runs the inherited tests on its own managers."""

        class Child(self.make(pacman, Other()), on=pacman):  # type: ignore[misc]
            pass

        self.assertEqual(sorted(results(Child)), ["test_it"])

    def test_missing(self) -> None:
        """A manager that is not there skips by name with what to install, and the others run."""
        found = results(self.make(pacman, Missing()))

        self.assertEqual(found["test_it_on_pacman"].outcome, "passed")
        self.assertEqual(found["test_it_on_missing-manager"].outcome, "skipped")
        self.assertIn("apt-get install missing-manager", found["test_it_on_missing-manager"].reason)

    def test_wrong(self) -> None:
        """Anything but managers is an error at once."""
        for wrong in ("pacman", 3, [pacman, pacman]):
            with self.subTest(on=wrong), self.assertRaisesRegex(SuiteError, "expected"):
                type(Scenario)("Wrong", (Scenario,), {}, on=wrong)

    def test_none(self) -> None:
        """A class that names no manager is told how to."""

        class Nothing(Scenario):
            def test_it(self) -> None:
                self.start_machine()

        self.assertIn("on=pacman", results(Nothing)["test_it"].details)


class NoWorldTest(unittest.TestCase):
    """Where no world can be had."""

    def test_skipped_by_name(self) -> None:
        """Each test is skipped by its own name, with the reason and what may help."""
        climbs = dict(ladder._climbs)
        ladder._climbs.clear()
        self.addCleanup(ladder._climbs.update, climbs)
        self.addCleanup(ladder._climbs.clear)
        with mock.patch.dict(os.environ, {ladder.ALLOWED: "none"}):
            found = results(VerbsTest)

        self.assertEqual({result.outcome for result in found.values()}, {"skipped"})
        self.assertGreater(len(found), 5)
        self.assertIn("run as root", found["test_remove"].reason)

    def test_machine_on_the_host(self) -> None:
        """A machine outside a world is refused, with the place where it belongs."""
        test = VerbsTest("test_remove")

        with self.assertRaisesRegex(SuiteError, "only in a world"):
            test.setUp()
        self.assertIsInstance(RuleBroken("x"), AssertionError)
