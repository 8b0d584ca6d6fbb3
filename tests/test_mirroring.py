"""Scenarios with mirrors: machines find them, rules see what they served, and an end that nobody wanted is told."""

from __future__ import annotations

import os
import signal
import socket
import unittest
from pathlib import Path
from unittest import mock

from pkgsuite import (
    Mirror,
    Package,
    Repository,
    Scenario,
    Status,
    Truncated,
    cached,
    events,
    installed,
    node_alive,
    pacman,
    served,
)
from pkgsuite.errors import BadValue, SuiteError
from pkgsuite.managers.registry import MANAGERS
from pkgsuite.system import ladder
from pkgsuite.system.place import here
from pkgsuite.system.wait import wait_until
from tests.test_scenario import results, told

ARCHIVE = "repository/dummy-1.0-1-any.pkg.tar.gz"


def setUpModule() -> None:
    """Skip where no world can be had."""
    ladder.the_world()


class MirrorsTest(Scenario, on=pacman):
    """What `start_mirror` gives."""

    def test_machine_finds_it(self) -> None:
        """Packages come over HTTP, and rules count what was delivered."""
        mirror = self.start_mirror(Package("dummy"))
        machine = self.start_machine(mirror=mirror)

        machine.install("dummy")

        self.check(
            installed("dummy"), cached("dummy", "1.0-1"), served(ARCHIVE), served(ARCHIVE, 1), ~served(ARCHIVE, 2)
        )
        self.assertIsInstance(mirror, Mirror)
        self.assertEqual(mirror.served(ARCHIVE), 1)
        self.assertFalse(any(path.endswith(".pkg.tar.gz") for path in machine.observe().before if "var/pub" in path))

    def test_several_repositories(self) -> None:
        """A mirror has repositories by name; a machine has those of all its mirrors, and its own."""
        first = self.start_mirror(repositories={"core": [Package("a")], "extra": Repository([Package("b")])})
        second = self.start_mirror(repositories={"more": [Package("c")]})
        machine = self.start_machine(mirror=[first, second], repositories={"own": [Package("d")]})

        machine.install("a", "b", "c", "d")

        self.check(
            *map(installed, "abcd"),
            *(served("extra/b-1.0-1-any.pkg.tar.gz", 1), served("more/c-1.0-1-any.pkg.tar.gz", 1)),
        )

    def test_published_anew(self) -> None:
        """Rules know packages that a mirror published later; a machine cannot publish in its place."""
        mirror = self.start_mirror(Package("dummy"))
        machine = self.start_machine(mirror=mirror)
        mirror.publish("repository", [Package("dummy", "2.0-1")])
        machine.refresh()
        machine.install("dummy")

        self.check(cached("dummy", "2.0-1"), served("repository/dummy-2.0-1-any.pkg.tar.gz", 1))
        with self.assertRaisesRegex(SuiteError, "lies on a mirror"):
            machine.publish("repository", [])

    def test_faults_while_a_command_runs(self) -> None:
        """A fault that is for one request is over when the next comes."""
        mirror = self.start_mirror(Package("dummy"))
        machine = self.start_machine(mirror=mirror)
        mirror.fault(Truncated(after=10), path="*.pkg.tar.gz", times=1)
        mirror.fault(Status(500), path="*.sig")

        machine.refuses("pacman -S dummy", says="transfer closed")
        self.check(~served(ARCHIVE), node_alive("mirror"))
        machine.install("dummy")

        self.check(served(ARCHIVE, 1))

    def test_killed_on_purpose(self) -> None:
        """A rule tells that a mirror has ended; its journal stays."""
        mirror = self.start_mirror(Package("dummy"), name="victim")
        machine = self.start_machine(mirror=mirror)
        machine.install("dummy")
        mirror.signal(signal.SIGTERM)
        wait_until(lambda: not mirror.is_alive, timeout=5, what="the mirror is gone")

        self.check("!NODE_ALIVE=victim", served(ARCHIVE, 1))

    def test_addresses(self) -> None:
        """Each mirror has its own address; one that has ended gives it back to the next test."""
        mirrors = [self.start_mirror(Package("dummy")) for _ in range(3)]

        self.assertEqual([mirror.name for mirror in mirrors], ["mirror", "mirror2", "mirror3"])
        self.assertEqual([mirror.address for mirror in mirrors], ["127.0.0.2", "127.0.0.3", "127.0.0.4"])

    test_addresses_again = test_addresses

    def test_host_names(self) -> None:
        """Names lead to mirrors as long as they run, and nowhere else."""
        if not self.has_mounts():
            self.skipTest("no mounts here, so no host names")
        first = self.start_mirror(Package("dummy"), hosts=["deb.debian.org", "ftp.test"])
        self.start_mirror(Package("other"), hosts=["other.test"])
        machine = self.start_machine(mirror=first)

        machine.install("dummy")

        self.check(installed("dummy"), served(ARCHIVE, 1))
        self.assertEqual(first.url, f"http://deb.debian.org:{first.port}")
        self.assertEqual(socket.gethostbyname("ftp.test"), first.address)
        self.assertEqual(socket.gethostbyname("other.test"), "127.0.0.3")

    def test_host_names_of_another_test(self) -> None:
        """They are gone when the next test begins."""
        self.assertNotIn("ftp.test", Path("/etc/hosts").read_text())

    def has_mounts(self) -> bool:
        """Whether this place has mounts of its own."""
        found = here()
        return found is not None and found.has_mounts

    def test_nonsense(self) -> None:
        """Names that are taken, and what is no mirror."""
        mirror = self.start_mirror(Package("dummy"))
        with self.assertRaisesRegex(SuiteError, "already a node called mirror"):
            self.start_mirror(name="mirror")
        with self.assertRaises(BadValue):
            self.start_machine(mirror=[mirror, "http://127.0.0.1"])  # type: ignore[list-item]
        with self.assertRaises(BadValue):
            self.start_mirror(address="192.0.2.1")
        for host in ("", "a b", "-a", "a\n127.0.0.1 b", "localhost"):
            with self.subTest(host), self.assertRaises(BadValue):
                self.start_mirror(hosts=[host])


class EndsTest(unittest.TestCase):
    """What is told of nodes."""

    def test_events(self) -> None:
        """Each node begins and ends, with its URL."""

        class Told(Scenario, on=pacman):
            def test_it(self) -> None:
                self.start_mirror(Package("dummy"))

        found = [event for event in told(Told) if isinstance(event, events.Node)]

        self.assertEqual(
            [(each.node, each.kind, each.state) for each in found],
            [("mirror", "mirror", state) for state in ("started", "ended")],
        )
        self.assertRegex(found[0].url, r"^http://127\.0\.0\.\d+:\d+$")
        self.assertEqual(events.decode(events.encode(found[0])), found[0])

    def test_end_that_nobody_wanted(self) -> None:
        """A mirror that was killed by something else is an error of its test, which says how it ended."""

        class Killed(Scenario, on=pacman):
            def test_it(self) -> None:
                mirror = self.start_mirror(Package("dummy"))
                os.kill(mirror.pid, signal.SIGSEGV)
                wait_until(lambda: not mirror.is_alive, timeout=5, what="the mirror is gone")

        result = results(Killed)["test_it"]

        self.assertEqual(result.outcome, "error")
        self.assertIn("mirror mirror was ended by SIGSEGV", result.details)

    def test_failure_shows_the_requests(self) -> None:
        """A broken rule about a mirror shows what it was asked."""

        class Broken(Scenario, on=pacman):
            def test_it(self) -> None:
                machine = self.start_machine(mirror=self.start_mirror(Package("dummy")))
                machine.refresh()
                self.check(served(ARCHIVE, 2))

        details = results(Broken)["test_it"].details

        self.assertIn(f"expected  {ARCHIVE} delivered 2 times", details)
        self.assertIn("mirror: GET repository/repository.db: 304", details)

    def test_outside_a_world(self) -> None:
        """Nodes of scenarios start only where they cannot touch the host."""

        class Outside(Scenario, on=pacman):
            def runTest(self) -> None:
                """Nothing."""

        with self.assertRaisesRegex(SuiteError, "runs only in a world"):
            Outside().start_mirror(Package("dummy"))

    def test_failing_start(self) -> None:
        """A mirror that cannot start is an error of its test, and leaves its address to the next."""

        class Failing(Scenario, on=pacman):
            def test_it(self) -> None:
                with mock.patch("os.fork", side_effect=OSError("no more processes")):
                    self.start_mirror(Package("dummy"))

            def test_later(self) -> None:
                assert self.start_mirror(Package("dummy")).address == "127.0.0.2"

        found = results(Failing)

        self.assertIn("no more processes", found["test_it"].details)
        self.assertEqual(found["test_later"].outcome, "passed")


@unittest.skipUnless("apt" in MANAGERS, "there is no apt here yet")
class AptTest(unittest.TestCase):
    """The same mirror for another manager."""

    def test_apt(self) -> None:
        """What is written for one manager works for the other."""

        class Both(Scenario, on=tuple(MANAGERS.values())):
            def test_it(self) -> None:
                mirror = self.start_mirror(Package("dummy", "1.0-1"))
                machine = self.start_machine(mirror=mirror, refreshed=False)
                machine.refresh()
                machine.install("dummy")
                self.check(installed("dummy", "1.0-1"), node_alive("mirror"))
                assert any(each.is_delivery for each in mirror.journal)

        for name, result in results(Both).items():
            with self.subTest(name):
                self.assertIn(result.outcome, ("passed", "skipped"), result.details)
