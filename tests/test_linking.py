"""Links in scenarios: who has one, what is told of it, and what happens while a command runs."""

from __future__ import annotations

import time
import unittest
import urllib.request
from pathlib import Path
from unittest import mock

from pkgsuite import Command, Package, Scenario, events, installed, pacman
from pkgsuite.errors import SuiteError, Unsupported
from pkgsuite.runner.result import EventResult
from pkgsuite.system import network, pulse, relay

SERVER = "/usr/bin/python3 -m http.server --bind {address} {port}"


class Linked(Scenario, on=pacman, links=True):
    """A machine and a mirror, each with a link."""

    def setUp(self) -> None:
        super().setUp()
        self.mirror = self.start_mirror(Package("dummy"))
        self.machine = self.start_machine(mirror=self.mirror)


class LinksTest(Linked):
    def test_each_has_an_address_of_its_own(self) -> None:
        other = self.start_machine(mirror=self.mirror)

        addresses = [self.link(end).address for end in (self.mirror, self.machine, other)]

        self.assertEqual(3, len(set(addresses)))
        self.assertEqual(self.mirror.address, addresses[0])
        other.install("dummy")
        self.check(other, installed("dummy"))

    def test_a_machine_that_is_cut_off_fetches_nothing(self) -> None:
        self.link(self.machine).cut()

        self.machine.refuses("pacman -Sy", says="failed to synchronize all databases")

        self.assertEqual((), self.mirror.journal)

    def test_how_long_it_has_been_cut_is_known(self) -> None:
        cable = self.link(self.mirror)
        before = cable.cut_s
        cable.cut()
        meanwhile = cable.cut_s
        cable.join()

        self.assertEqual((0.0, 0.0), (before, cable.cut_s))
        self.assertGreater(meanwhile, 0.0)

    def test_an_address_that_was_asked_for_has_no_link(self) -> None:
        mirror = self.start_mirror(name="elsewhere", address="127.0.0.77")

        with self.assertRaisesRegex(SuiteError, "elsewhere has no link of its own: .*leave out its address"):
            self.link(mirror)

    def test_the_next_test_has_the_same_addresses(self) -> None:
        self.assertEqual(["10.0.0.2", "10.0.0.3"], [self.mirror.address, self.link(self.machine).address])


class WhileCommandsRunTest(Linked):
    def setUp(self) -> None:
        super().setUp()
        self.link(self.mirror).delay(0.3)
        self.done: list[str] = []

    def test_an_action_is_done_once_as_soon_as_its_condition_is_true(self) -> None:
        asked: list[str] = []

        with self.when(lambda: asked.append("") or len(asked) > 1, lambda: self.done.append("done")):
            self.machine.install("dummy")

        self.assertEqual(["done"], self.done)
        self.assertEqual(2, len(asked))

    def test_a_condition_that_is_never_true_is_an_error(self) -> None:
        with (
            self.assertRaisesRegex(SuiteError, "did not come true while commands ran"),
            self.when(lambda: False, lambda: self.done.append("done")),
        ):
            self.machine.install("dummy")

        self.assertEqual([], self.done)

    def test_nothing_is_looked_at_once_the_block_is_left(self) -> None:
        with self.when(lambda: True, lambda: self.done.append("done")):
            self.machine.install("dummy")
        pulse.beat()

        self.assertEqual(["done"], self.done)

    def test_what_a_condition_raises_ends_the_command_and_the_test(self) -> None:
        with self.assertRaises(ZeroDivisionError), self.when(lambda: 1 / 0, lambda: None):
            self.machine.install("dummy")

        self.machine.delete(self.manager.lock)
        self.check(~installed("dummy"))


class WithoutLinksTest(Scenario, on=pacman):
    def test_who_asks_for_one_is_told_how_to_have_it(self) -> None:
        machine = self.start_machine()

        with self.assertRaisesRegex(SuiteError, r"class WithoutLinksTest\(Scenario, …, links=True\)"):
            self.link(machine)

    def test_nodes_are_on_loopback(self) -> None:
        self.assertRegex(self.start_mirror().address, r"^127\.")


class ByRelayTest(Scenario, on=pacman, links=True):
    """Where networks cannot be had, a relay does what is asked of links."""

    def setUp(self) -> None:
        super().setUp()
        patched = mock.patch.object(network.Network, "_connect", side_effect=OSError(95, "Operation not supported"))
        patched.start()
        self.addCleanup(patched.stop)
        self.mirror = self.start_mirror(Package("dummy"))
        self.machine = self.start_machine(mirror=self.mirror)

    def test_everything_works(self) -> None:
        self.machine.install("dummy")

        self.check(installed("dummy"))

    def test_each_has_an_address_of_its_own(self) -> None:
        other = self.start_machine(mirror=self.mirror)

        addresses = [self.link(end).address for end in (self.mirror, self.machine, other)]
        other.install("dummy")

        self.assertEqual(3, len(set(addresses)))
        self.assertEqual({addresses[2]}, {each.client for each in self.mirror.journal})

    def test_a_machine_that_is_cut_off_is_alone_with_that(self) -> None:
        other = self.start_machine(mirror=self.mirror)
        cable = self.link(self.machine)
        cable.cut()
        for machine in (self.machine, other):
            self.queue(machine, "pacman -Sy")

        with self.when(lambda: other.commands, lambda: (self.assertEqual((), self.machine.commands), cable.join())):
            self.run_queue(side_by_side=True)

        self.check(self.machine, "RETCODE=0")

    def test_a_node_that_is_delayed_answers_later(self) -> None:
        self.link(self.mirror).delay(0.2)

        self.assertGreater(self.machine.run("pacman -Sy").seconds, 4 * 0.2)

    def test_a_node_can_be_started_anew(self) -> None:
        self.mirror.restart()

        self.machine.install("dummy")

        self.check(installed("dummy"))

    def test_a_program_of_others_has_a_link(self) -> None:
        server = self.start_program(Command, command=SERVER, url="http://{address}:{port}")
        Path(server.directory, "hello").write_text("content")
        cable = self.link(server)
        cable.delay(0.1)
        start = time.monotonic()

        with urllib.request.urlopen(f"{server.url}/hello", timeout=60) as answer:
            said = answer.read()

        self.assertEqual(b"content", said)
        self.assertGreater(time.monotonic() - start, 4 * 0.1)

    def test_without_addresses_who_wants_links_skips_with_the_reason(self) -> None:
        with (
            mock.patch.object(relay, "reserved", side_effect=Unsupported("there are none")),
            self.assertRaisesRegex(Unsupported, "there are none"),
        ):
            self.start_machine()


class Noted(Linked):
    """A sample: everything that can be done to a link."""

    def everything(self) -> None:
        cable = self.link(self.mirror)
        cable.cut()
        cable.join()
        cable.slow(1000)
        cable.slow(0)
        cable.delay(0.5)


class ToldTest(unittest.TestCase):
    def test_what_becomes_of_a_link_is_told(self) -> None:
        told: list[events.Event] = []
        test = Noted("everything")

        test.run(EventResult(told.append, [test]))

        notes = [(event.text, event.test) for event in told if isinstance(event, events.Note)]
        texts = ["cut", "joined", "1000 bytes/s", "as fast as it can", "0.5 s later each way"]
        self.assertEqual([(f"link of mirror: {text}", test.id()) for text in texts], notes)
