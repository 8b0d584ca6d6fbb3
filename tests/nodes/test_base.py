"""A node is ready when it exists, ends when it is told or its parent is gone, and leaves nothing."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import unittest
import warnings
from pathlib import Path

from pkgsuite.errors import BadValue, SuiteError
from pkgsuite.model.journal import Served, decode, encode
from pkgsuite.nodes import addresses, base
from pkgsuite.nodes.base import Node, stop_all
from pkgsuite.nodes.control import Receiver
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.nodes.stopping import Step, stop
from pkgsuite.system import family
from pkgsuite.system.wait import wait_until
from tests.checkout import TOP
from tests.loopback import setUpModule, urlopen  # noqa: F401 - unittest calls the first
from tests.nodes.running import WithMirror

GONE_S = 5


class Talker(Node):
    """Says what it is told to, or does something worse."""

    def live(self, listener: socket.socket, orders: Receiver, journal: int) -> None:
        while received := orders.receive():
            message, blobs = received
            match message["do"]:
                case "say":
                    print(message["text"] * message["times"])
                case "raise":
                    raise ValueError("as told")
                case "exit":
                    os._exit(3)
                case "descriptors":
                    message["found"] = sorted(int(name) for name in os.listdir("/proc/self/fd"))
            orders.answer({**message, "blobs": [len(blob) for blob in blobs]})


class Nodes(unittest.TestCase):
    """Any node."""

    def start(self) -> Talker:
        """One that runs."""
        node = Talker("talker")
        node.start()
        self.addCleanup(self.close, node)
        return node

    def close(self, node: Node) -> None:
        """End it, however it ended before."""
        with contextlib.suppress(SuiteError):
            node.close()

    def test_ready_when_it_exists(self) -> None:
        """Clients can connect at once, at an address that no other node has."""
        nodes = [self.start() for _ in range(5)]

        for node in nodes:
            socket.create_connection((node.address, node.port), 5).close()
        self.assertEqual(len({node.address for node in nodes}), 5)
        self.assertTrue(all(node.address.startswith("127.") for node in nodes))

    def test_address_is_given_back(self) -> None:
        """A node that has ended leaves its address to the next."""
        first = self.start()
        first.close()

        self.assertEqual(self.start().address, first.address)

    def test_given_address(self) -> None:
        """Taken ones and those that others can reach are refused."""
        node = self.start()

        with self.assertRaisesRegex(SuiteError, "it is taken"):
            addresses.listen(node.address, node.port)
        for address in ("0.0.0.0", "10.0.0.1", "localhost", "127.1", "::1"):
            with self.subTest(address), self.assertRaises(BadValue):
                addresses.listen(address)
        with self.assertRaises(BadValue):
            addresses.listen("127.0.0.9", 70000)

    def test_streams(self) -> None:
        """What it says is in its log, not in ours, and the log is bounded."""
        ours = io.StringIO()
        with contextlib.redirect_stdout(ours):
            node = self.start()
            node.ask({"do": "say", "text": "héllo", "times": 1})

            self.assertEqual((node.log, ours.getvalue()), ("héllo\n", ""))

    def test_one_that_stands_still(self) -> None:
        """Nobody waits for its journal; it goes on as if nothing had been."""
        mirror = Mirror("mirror", {"a": b"a"})
        mirror.start()
        self.addCleanup(mirror.close)
        mirror.signal(signal.SIGSTOP)
        start = time.monotonic()

        self.assertEqual(mirror.notes, ())

        self.assertLess(time.monotonic() - start, base.ANSWER_S / 2)
        mirror.signal(signal.SIGCONT)
        self.assertEqual((mirror.is_stopped, mirror.is_whole, mirror.journal), (False, True, ()))
        mirror.put({"b": b"b"})

    def test_who_is_killed_is_gone(self) -> None:
        for number in range(10):
            mirror = Mirror(f"mirror{number}", {})
            mirror.start()
            self.addCleanup(mirror.close)

            mirror.signal()

            self.assertFalse(mirror.is_alive)

    def test_another_life(self) -> None:
        """A node that starts anew is where it was, with what it was given since; its journal goes on."""
        mirror = Mirror("mirror", {"a": b"a"})
        mirror.start()
        self.addCleanup(mirror.close)
        mirror.put({"b": b"b"})
        for pid in (mirror.pid, 0):
            with urlopen(f"{mirror.url}/b") as answer:
                self.assertEqual(answer.read(), b"b")
            self.assertTrue(mirror.journal)
            if pid:
                mirror.restart()
                self.assertNotEqual(mirror.pid, pid)

        self.assertEqual([served.path for served in mirror.journal], ["b", "b"])
        self.assertFalse(mirror.is_whole)

    def test_log_is_bounded(self) -> None:
        """A flood is cut, and costs the node at most its life."""
        node = self.start()
        with contextlib.suppress(SuiteError):
            node.ask({"do": "say", "text": "x", "times": 10 * base.LOG_BYTES})

        self.assertLessEqual(len(node.log), base.LOG_BYTES)
        self.assertLessEqual(len(node.log_tail), base.TAIL_CHARACTERS)

    def test_bytes_travel(self) -> None:
        """Messages carry any bytes, large ones too."""
        self.assertEqual(self.start().ask({"do": "nothing"}, [b"", b"\n" * 5_000_000])["blobs"], [0, 5_000_000])

    def test_holds_nothing_of_its_parent(self) -> None:
        """Its open files are its own: streams, socket, channel, journal."""
        with open("/dev/null"):
            node = self.start()
            second = self.start()

        self.assertLessEqual(len(node.ask({"do": "descriptors"})["found"]), 7)
        self.assertLessEqual(len(second.ask({"do": "descriptors"})["found"]), 7)

    def test_end_is_noticed(self) -> None:
        """A node that ended by itself says how, with its last words, to whoever asks and at its end."""
        for order, how in (("raise", "(?s)status 1.*ValueError: as told"), ("exit", "status 3")):
            with self.subTest(order):
                node = self.start()
                for _ in range(2):
                    with self.assertRaisesRegex(SuiteError, "talker "):
                        node.ask({"do": order})
                wait_until(lambda node=node: not node.is_alive, timeout=GONE_S, what="it has ended")

                self.assertTrue(node.ended_unasked)
                self.assertIn("ended itself with status", node.how_it_ended)
                with self.assertRaisesRegex(SuiteError, how):
                    node.close()

    def test_killed_from_outside(self) -> None:
        """That is noticed too; one that the test itself killed is no surprise."""
        victim, own = self.start(), self.start()
        os.kill(victim.pid, signal.SIGKILL)
        own.signal()
        wait_until(lambda: not victim.is_alive and not own.is_alive, timeout=GONE_S, what="both are gone")

        own.close()
        with self.assertRaisesRegex(SuiteError, "talker was ended by SIGKILL"):
            victim.close()

    def test_buried_by_others(self) -> None:
        """Whoever buries a node takes along how it ended: nobody says that it was killed."""
        node = self.start()
        os.kill(node.pid, signal.SIGINT)
        os.waitpid(node.pid, 0)

        self.assertFalse(node.is_alive)
        self.assertEqual(node.how_it_ended, base.BURIED)
        with self.assertRaisesRegex(SuiteError, "talker is gone; .* has buried it"):
            node.close()

    def test_asked_before_it_starts(self) -> None:
        """A node that does not run yet does not answer, and buries no other child of its parent."""
        node = Talker("talker")
        self.addCleanup(self.close, node)
        other = os.fork()
        if other == 0:
            os._exit(3)
        os.waitid(os.P_PID, other, os.WEXITED | os.WNOWAIT)

        with self.assertRaisesRegex(SuiteError, "talker does not answer"):
            node.ask({"do": "nothing"})

        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(other, 0)[1]), 3)
        node.start()
        self.assertEqual((node.is_alive, node.how_it_ended), (True, ""))

    def test_stop_is_immediate(self) -> None:
        """The first signal is enough, even right after the start, and nothing is left."""
        before = family.descendants()
        nodes = [self.start() for _ in range(30)]
        start = time.monotonic()

        self.assertEqual({node.stop() for node in nodes[:10]}, {"SIGINT"})
        stop_all(nodes)

        self.assertLess(time.monotonic() - start, 3)
        self.assertEqual(family.descendants() - before, set())
        self.assertEqual(nodes[0].stop(), "")

    def test_ends_with_its_parent(self) -> None:
        """A parent that is killed takes its nodes along."""
        reader, writer = os.pipe()
        parent = os.fork()
        if parent == 0:
            node = Talker("orphan")
            node.start()
            os.write(writer, str(node.pid).encode())
            signal.pause()
        orphan = int(os.read(reader, 100))
        os.close(reader)
        os.close(writer)
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)

        wait_until(lambda: family.look(orphan)[0] in family.DEAD, timeout=GONE_S, what="the orphan is gone")

    def test_many_descriptors(self) -> None:
        """A crowd of nodes is not stopped by a low limit of open files."""
        child = os.fork()
        if child == 0:
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (160, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
                for number in range(80):
                    Talker(f"talker{number}").start()
                os._exit(0)
            finally:
                os._exit(1)

        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)

    def test_no_warnings(self) -> None:
        """Forking a process without threads is nothing to warn of."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.start().close()

        self.assertEqual([str(warning.message) for warning in caught], [])


class Journals(WithMirror):
    """What a node noted outlives it."""

    def test_after_its_end(self) -> None:
        """A mirror that was killed leaves its journal."""
        self.get("core/a.deb")
        self.mirror.ask({"do": "flush"})
        self.mirror.signal()
        wait_until(lambda: not self.mirror.is_alive, timeout=GONE_S, what="the mirror is gone")

        self.assertEqual([each.path for each in self.mirror.journal], ["core/a.deb"])
        with self.assertRaisesRegex(SuiteError, "mirror mirror was ended by SIGKILL"):
            self.mirror.heal()

    def test_lines(self) -> None:
        """Values survive as JSON, odd paths too."""
        served = Served("GET", "a\udcff\n|é", 206, 5, 3, 1.5, 0.25, "q", "bytes=0-4", "closes after 3 bytes", True)

        self.assertEqual(decode(encode(served)), served)
        self.assertNotIn("\n", encode(served))
        self.assertFalse(served.is_delivery)
        self.assertIn("3 of 5 bytes so far", str(served))


class Ladder(unittest.TestCase):
    """Children that do not want to end."""

    def child(self, *ignored: signal.Signals) -> int:
        """One that ignores signals."""
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.setsid()
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
            os.write(writer, b"x")
            while True:
                signal.pause()
        os.read(reader, 1)
        os.close(reader)
        os.close(writer)
        return pid

    def test_steps(self) -> None:
        """Each step is given its time, and the last leaves nothing."""
        ladder = [Step(signal.SIGINT, 0.05), Step(signal.SIGINT, 0.05), Step(signal.SIGTERM, 0.05)]
        for ignored, taken in (
            ((), "SIGINT"),
            ((signal.SIGINT,), "SIGTERM"),
            ((signal.SIGINT, signal.SIGTERM), "SIGKILL"),
        ):
            with self.subTest(taken):
                pid = self.child(*ignored)
                done: list[int] = []

                def has_ended(pid: int = pid, done: list[int] = done) -> bool:
                    if not done and os.waitpid(pid, os.WNOHANG)[0]:
                        done.append(pid)
                    return bool(done)

                self.assertEqual(stop(pid, has_ended, ladder), taken)
                self.assertFalse(Path(f"/proc/{pid}").exists())
        self.assertEqual(ladder[0].describe(), "SIGINT, then 0.05 s")


TWENTY = """
from pkgsuite.nodes.mirror import Mirror

mirrors = [Mirror(f"mirror{number}") for number in range(20)]
for mirror in mirrors:
    mirror.start()
    mirror.heal()
print(open(f"/proc/{mirrors[-1].pid}/smaps_rollup").read())
for mirror in mirrors:
    mirror.close()
"""
"""Printed by a process of its own: in that of the tests much is there that nodes do not need."""


class Memory(unittest.TestCase):
    """What a node takes."""

    def test_mirror_is_small(self) -> None:
        """A mirror among twenty takes a few MiB, shared pages by their share."""
        done = subprocess.run([sys.executable, "-c", TWENTY], cwd=TOP, capture_output=True, text=True, check=True)

        self.assertLess(int(done.stdout.partition("\nPss:")[2].split()[0]), 5 * 1024)
