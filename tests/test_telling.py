"""What a test tells of its machines and nodes while they run."""

from __future__ import annotations

import unittest
from typing import Any

from pkgsuite import Package, Scenario, events, installed, pacman
from pkgsuite.model.command import CommandResult
from pkgsuite.model.tree import Change
from pkgsuite.runner.result import EventResult
from pkgsuite.system import ladder
from pkgsuite.telling import MOST_LOG_BYTES, Running, Teller
from tests.nodes.test_base import Talker

SPIN = "n=0; while [ $n -lt 300000 ]; do n=$((n+1)); done"


def told(kind: type[Scenario]) -> list[Any]:
    """What the tests of *kind* tell, in order."""
    found: list[events.Event] = []
    tests = list(unittest.TestLoader().loadTestsFromTestCase(kind))
    unittest.TestSuite(tests).run(EventResult(found.append, tests))
    results = [event for event in found if isinstance(event, events.Result)]
    if any(result.outcome not in ("passed", "failed") for result in results):
        raise AssertionError(results)
    return found


class ScenarioTest(unittest.TestCase):
    """Scenarios on the real pacman."""

    @classmethod
    def setUpClass(cls) -> None:
        ladder.the_world()
        pacman.find()

    def test_order(self) -> None:
        """What waits is told first, then each command as it begins and ends, the rules before they are judged."""

        class Case(Scenario, on=pacman):
            def test_it(self) -> None:
                mirror = self.start_mirror(Package("dummy", files=["usr/bin/dummy"]))
                machine = self.start_machine(mirror=mirror)
                self.queue(machine, "pacman -S dummy")
                self.queue(machine, "pacman -Q dummy")
                self.run_queue()
                self.check(installed("dummy"), "FILE_EXIST=usr/bin/dummy")

        found = told(Case)

        kinds = "Started Node Queue Launched Command Launched Command Judging Rule Rule Changed Log Node Result"
        self.assertEqual(" ".join(type(event).__name__ for event in found), kinds)
        self.assertEqual({event.test for event in found}, {found[0].test})
        self.assertEqual(found[2].commands, ("pacman -S dummy", "pacman -Q dummy"))
        for launched, command in (found[3:5], found[5:7]):
            self.assertEqual((launched.number, launched.at, launched.argv), (command.number, command.at, command.argv))
        self.assertEqual([event.number for event in found[3:7]], [1, 1, 2, 2])
        self.assertEqual(found[7].rules, tuple(rule.rule for rule in found[8:10]))
        times = [found[0].at, found[1].at, found[3].at, found[5].at, found[11].at]
        self.assertEqual(times, sorted(times))

    def test_changed(self) -> None:
        """What commands did to the disk is told by absolute paths, and what the scenario wrote itself is not."""

        class Case(Scenario, on=pacman):
            def test_it(self) -> None:
                old = Package("old", files=["usr/bin/old"])
                new = Package("new", files=["usr/bin/new"], conflicts=["old"], replaces=["old"])
                machine = self.start_machine(installed=[old], packages=[new], files=["etc/mine"])
                machine.write("etc/other", "mine")
                machine.run("pacman -R old")
                machine.write("etc/late", "mine")
                machine.install(new)

        (changed,) = [event for event in told(Case) if isinstance(event, events.Changed)]

        self.assertIn("/usr/bin/new", changed.created)
        self.assertIn("/usr/bin/old", changed.deleted)
        self.assertFalse([path for path in (*changed.created, *changed.modified) if path.startswith("/etc/mine")])
        self.assertFalse({"/etc/other", "/etc/late"} & {*changed.created, *changed.modified, *changed.deleted})

    def test_nothing_changed(self) -> None:
        """A test whose commands change nothing says so; one without commands says nothing."""

        class Case(Scenario, on=pacman):
            def test_asks(self) -> None:
                self.start_machine().run("pacman -V")

            def test_rests(self) -> None:
                self.start_machine()

        changes = [event for event in told(Case) if isinstance(event, events.Changed)]

        self.assertEqual([(each.created, each.modified, each.deleted) for each in changes], [((), (), ())])

    def test_long_command(self) -> None:
        """A command of some seconds tells what it uses and what it says while it runs."""

        class Case(Scenario, on=pacman):
            def test_it(self) -> None:
                spin = f"echo begun; {SPIN}; {SPIN}; {SPIN}; {SPIN}; echo done"
                machine = self.start_machine(packages=[Package("dummy", install={"post_install": spin})])
                machine.run("pacman -U dummy-1.0-1-any.pkg.tar.gz")
                machine.run("pacman -V")

        found = told(Case)

        usages = [event for event in found if isinstance(event, events.Usage)]
        self.assertTrue(usages)
        self.assertEqual({usage.source for usage in usages}, {"machine"})
        self.assertGreater(usages[-1].cpu_s, 0.1)
        names = [process.name for process in usages[0].processes]
        self.assertEqual(names[0], "pacman")
        self.assertEqual(usages[0].processes[1].parent, usages[0].processes[0].pid)
        self.assertEqual(usages[0].rss_bytes, sum(process.rss_bytes for process in usages[0].processes))
        said = "".join(event.text for event in found if isinstance(event, events.Log))
        (first, _) = [event for event in found if isinstance(event, events.Command)]
        self.assertEqual(sorted(said.splitlines()), sorted(first.output.splitlines()))

    def test_nodes(self) -> None:
        """A node that runs for a while tells what it uses, and all it says is told by its end."""

        class Case(Scenario, on=pacman):
            def test_it(self) -> None:
                talker = Talker("talker")
                self._start(talker)
                talker.ask({"do": "say", "text": "ü\n", "times": 3})
                spin = f"{SPIN}; {SPIN}; {SPIN}; {SPIN}"
                machine = self.start_machine(packages=[Package("dummy", install={"post_install": spin})])
                machine.run("pacman -U dummy-1.0-1-any.pkg.tar.gz")

        found = told(Case)

        self.assertIn("talker", {event.source for event in found if isinstance(event, events.Usage)})
        ended = [event for event in found if isinstance(event, events.Node)][-1]
        said = "".join(event.text for event in found if isinstance(event, events.Log) and event.source == "talker")
        self.assertEqual(said.strip(), ended.log)
        self.assertTrue(ended.log)

    def test_journals(self) -> None:
        """What a node noted is a log of its own."""

        class Case(Scenario, on=pacman):
            def test_it(self) -> None:
                self.start_machine(mirror=self.start_mirror(Package("dummy"))).run("pacman -Sw dummy")

        (log,) = [event for event in told(Case) if isinstance(event, events.Log) and event.source == "mirror: journal"]

        self.assertRegex(log.text, r"^GET repository/dummy-1.0-1-any.pkg.tar.gz: 200, \d+ of \d+ bytes in .* s\n$")

    def test_nobody_listens(self) -> None:
        """Under plain unittest nothing is told, and no disk is looked at for it."""

        class Case(Scenario, on=pacman):
            def test_it(self) -> None:
                self.start_machine().run("pacman -V")
                self.assertFalse(self.teller.is_heard)

        result = unittest.TestResult()
        unittest.TestLoader().loadTestsFromTestCase(Case).run(result)

        self.assertEqual((result.testsRun, result.errors, result.failures), (1, [], []))


class TellerTest(unittest.TestCase):
    """What is left out, and how it adds up."""

    def test_flood(self) -> None:
        """Of what is said in a moment the end is told, and how much is left out."""
        running = Running("machine", 1)

        for _ in range(10):
            running.said(b"x" * MOST_LOG_BYTES)

        first, *rest = running.text().splitlines()
        self.assertEqual(first, f"[{9 * MOST_LOG_BYTES} bytes left out]")
        self.assertEqual(rest, ["x" * MOST_LOG_BYTES])
        self.assertEqual(running.text(), "")

    def test_letters_come_whole(self) -> None:
        """A letter whose bytes come apart is one letter, and bytes that are none are escaped."""
        running = Running("machine", 1)
        texts = []

        for piece in (b"\xe2\x9c", b"\x93 \xff", b"\n"):
            running.said(piece)
            texts.append(running.text())

        self.assertEqual("".join(texts), "✓ \\xff\n")

    def test_many_paths(self) -> None:
        """A Changed names what fits."""
        found: list[Any] = []

        Teller("test", found.append).changed("machine", [Change(str(number), "created") for number in range(5000)])

        self.assertEqual(len(found[0].created), 2000)

    def test_attributes_count_as_modified(self) -> None:
        """Whatever of a path changed, it is modified."""
        found: list[Any] = []

        Teller("test", found.append).changed("m", [Change("a", "changed mode of"), Change("b", "deleted")])

        self.assertEqual(found, [events.Changed("test", "m", (), ("/a",), ("/b",))])

    def test_numbers_are_those_of_the_test(self) -> None:
        """Commands of several machines are counted together."""
        found: list[Any] = []
        teller = Teller("test", found.append)
        self.addCleanup(teller.close)

        first = teller.launch("a", "one", ["one"])
        second = teller.launch("b", "two", ["two"])
        teller.ended(second, CommandResult("two", ("two",), 0))
        teller.ended(first, CommandResult("one", ("one",), 0))

        told = [(type(event).__name__, event.command, event.number) for event in found]
        self.assertEqual(told[:2], [("Launched", "one", 1), ("Launched", "two", 2)])
        self.assertEqual(told[2:], [("Command", "two", 2), ("Command", "one", 1)])
