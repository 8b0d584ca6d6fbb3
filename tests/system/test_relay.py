"""Links by a relay: what it carries, holds back, slows and delays, and whose connection is whose."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import psutil

from pkgsuite.errors import BadValue, SuiteError
from pkgsuite.system import cable
from pkgsuite.system.owner import ancestors, owner
from pkgsuite.system.relay import RelayedNetwork
from pkgsuite.system.wait import wait_until
from tests.loopback import setUpModule  # noqa: F401 - unittest calls it

PATIENCE_S = 60.0
DATA = bytes(range(256)) * 4000


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended; some machines have nobody who buries it."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Relayed(unittest.TestCase):
    """A link, and a server at its end."""

    def setUp(self) -> None:
        self.link = self.make()
        self.server = self.serve(self.link)

    def make(self) -> RelayedNetwork:
        made = RelayedNetwork()
        self.addCleanup(made.close)
        return made

    def serve(self, link: RelayedNetwork) -> socket.socket:
        """A socket that takes connections inside."""
        server = socket.create_server((link.inside, 0))
        self.addCleanup(server.close)
        server.settimeout(PATIENCE_S)
        link.opened(server.getsockname()[1])
        return server

    def dial(self, source: str = "") -> socket.socket:
        """A connection from outside."""
        where = (self.link.address, self.server.getsockname()[1])
        made = socket.create_connection(where, PATIENCE_S, (source, 0) if source else None)
        self.addCleanup(made.close)
        return made

    def accept(self) -> socket.socket:
        """The server's end of the next connection."""
        made, _ = self.server.accept()
        made.settimeout(PATIENCE_S)
        self.addCleanup(made.close)
        return made

    def seconds_for(self, data: bytes) -> float:
        """How long it takes to connect, to send *data* there and to have a byte back."""
        start = time.monotonic()
        client = self.dial()
        sender = threading.Thread(target=client.sendall, args=(data,))
        sender.start()
        end = self.accept()
        received = receive(end, len(data))
        end.sendall(b".")
        receive(client, 1)
        seconds = time.monotonic() - start
        sender.join()
        self.assertEqual(hashlib.sha1(received).digest(), hashlib.sha1(data).digest())
        return seconds


class CarryingTest(Relayed):
    def test_bytes_go_both_ways_and_each_end_can_be_over_before_the_other(self) -> None:
        client = self.dial()
        end = self.accept()

        client.sendall(DATA[:1000])
        client.shutdown(socket.SHUT_WR)
        there = receive(end, 2000)
        end.sendall(DATA[1000:3000])
        end.close()

        self.assertEqual(DATA[:1000], there)
        self.assertEqual(DATA[1000:3000], receive(client, 5000))

    def test_much_arrives_whole_and_in_order(self) -> None:
        self.seconds_for(DATA * 4)

    def test_the_other_end_sees_where_a_connection_comes_from(self) -> None:
        self.dial("127.0.0.1")
        plain = self.accept().getpeername()[0]
        other = self.make()
        self.dial(other.inside)
        linked = self.accept().getpeername()[0]

        self.assertEqual(("127.0.0.1", other.address), (plain, linked))

    def test_where_nobody_listens_any_more_connections_break(self) -> None:
        port = self.server.getsockname()[1]
        self.server.close()

        with (
            socket.create_connection((self.link.address, port), PATIENCE_S) as client,
            self.assertRaises(ConnectionResetError),
        ):
            receive(client, 1)

    def test_a_connection_that_breaks_at_one_end_breaks_at_the_other(self) -> None:
        client = self.dial()
        end = self.accept()

        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        end.close()

        with self.assertRaises(ConnectionResetError):
            receive(client, 1)

    def test_one_hundred_at_once(self) -> None:
        clients = [self.dial() for _ in range(100)]
        for number, client in enumerate(clients):
            client.sendall(bytes([number]))
        ends = [self.accept() for _ in clients]

        self.assertEqual(set(range(100)), {receive(end, 1)[0] for end in ends})

    def test_one_who_sends_and_never_reads_holds_up_nobody(self) -> None:
        greedy = self.dial()
        self.accept()
        greedy.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                greedy.send(DATA)

        self.seconds_for(DATA)


class LinkTest(Relayed):
    def test_nothing_comes_through_a_cut_and_all_of_it_once_that_is_joined(self) -> None:
        client = self.dial()
        end = self.accept()
        self.link.cut()
        client.sendall(b"one")
        late = self.dial()
        late.sendall(b"two")
        for each in (end, self.server):
            each.settimeout(0.3)
            with self.assertRaises(TimeoutError):
                each.recv(1) if each is end else each.accept()
            each.settimeout(PATIENCE_S)

        self.link.join()

        self.assertEqual(b"one", receive(end, 3))
        self.assertEqual(b"two", receive(self.accept(), 3))

    def test_an_end_that_breaks_while_cut_off_is_heard_of_when_it_is_joined(self) -> None:
        client = self.dial()
        end = self.accept()
        self.link.cut()
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        end.close()
        client.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            client.recv(1)
        client.settimeout(PATIENCE_S)

        self.link.join()

        with self.assertRaises(ConnectionResetError):
            client.recv(1)

    def test_others_do_not_notice_a_cut(self) -> None:
        other = self.make()
        other.cut()

        self.seconds_for(DATA)

    def test_the_end_that_calls_has_a_link_too(self) -> None:
        other = self.make()
        client = self.dial(other.inside)
        end = self.accept()
        other.cut()
        client.sendall(b"one")
        end.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            end.recv(1)
        end.settimeout(PATIENCE_S)

        other.join()

        self.assertEqual(b"one", receive(end, 3))

    def test_a_slow_link_takes_the_time_that_its_rate_says(self) -> None:
        self.link.slow(len(DATA))

        self.assertGreater(self.seconds_for(DATA), 0.9)

    def test_a_limit_that_is_lifted_holds_no_more(self) -> None:
        self.link.slow(1000)
        client = self.dial()
        client.sendall(DATA[:10_000])
        end = self.accept()
        receive(end, 1)

        self.link.slow(0)

        receive(end, 9_999)

    def test_a_delay_is_added_each_way_to_connecting_and_to_asking(self) -> None:
        self.link.delay(0.2)

        self.assertGreater(self.seconds_for(b"x"), 4 * 0.2)

    def test_what_is_delayed_arrives_whole_and_in_order(self) -> None:
        self.link.delay(0.05)

        self.seconds_for(DATA)

    def test_restored_it_is_as_it_was_at_first(self) -> None:
        self.link.delay(30)
        self.link.slow(10)
        self.link.cut()

        self.link.restore()

        self.assertEqual((False, 0, 0.0), (self.link.is_cut, self.link.rate_bytes_per_s, self.link.seconds))
        self.seconds_for(DATA)

    def test_what_cannot_be_asked_for_is_refused(self) -> None:
        for wrong in (lambda: self.link.slow(-1), lambda: self.link.slow(0.5), lambda: self.link.delay(61)):  # type: ignore[arg-type]
            with self.assertRaises(BadValue):
                wrong()


class WhoseTest(Relayed):
    def test_what_a_process_and_its_children_open_comes_by_its_link(self) -> None:
        other = self.make()
        script = f"exec 3<>/dev/tcp/{self.link.address}/{self.server.getsockname()[1]}; read -u 3 -n 1"
        with subprocess.Popen(["bash", "-c", f"bash -c '{script}'; true"]) as process:
            other.adopted(process.pid)
            end = self.accept()
            seen = end.getpeername()[0]
            end.sendall(b".")

        self.assertEqual(other.address, seen)

    def test_one_that_calls_before_anybody_said_whose_it_is_is_waited_for(self) -> None:
        other = self.make()
        script = f"exec 3<>/dev/tcp/{self.link.address}/{self.server.getsockname()[1]}; read -u 3 -n 1"
        with subprocess.Popen(["bash", "-c", script]) as process:
            wait_until(lambda: process.pid in callers(self.link.address), timeout=PATIENCE_S, what="it has called")
            other.adopted(process.pid)
            end = self.accept()
            seen = end.getpeername()[0]
            end.sendall(b".")

        self.assertEqual(other.address, seen)

    def test_the_owner_of_a_connection_is_found(self) -> None:
        client = self.dial()

        self.assertEqual(os.getpid(), owner(client.getsockname(), client.getpeername()))
        self.assertEqual(0, owner(("127.0.0.1", 1), ("127.0.0.1", 2)))
        self.assertEqual([os.getpid(), os.getppid()], list(ancestors(os.getpid()))[:2])


class EndTest(Relayed):
    def test_each_has_two_addresses_of_its_own(self) -> None:
        others = [self.make() for _ in range(20)]

        self.assertEqual(42, len({host for each in (self.link, *others) for host in (each.address, each.inside)}))

    def test_another_run_has_other_addresses(self) -> None:
        script = (
            "import os; from pkgsuite.system import relay; "
            f"os.getpid = lambda: {os.getpid()}; print(relay.reserved().getsockname()[0])"
        )

        told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()

        self.assertNotIn(told, (self.link.address, self.link.inside, ""))

    def test_a_port_that_somebody_has_is_an_error(self) -> None:
        with socket.create_server((self.link.address, 0)) as squatter, self.assertRaisesRegex(SuiteError, "in use"):
            self.link.opened(squatter.getsockname()[1])

    def test_closed_it_is_gone_with_its_connections_and_the_process_with_the_last(self) -> None:
        other = self.make()
        (relay,) = [each for each in psutil.Process().children() if each.pid in self.relays()]
        client = self.dial()
        self.accept()

        self.link.close()

        self.assertIsNone(cable.at(self.link.address))
        self.assertEqual(b"", ended(client))
        self.assertTrue(relay.is_running())
        other.close()
        self.assertFalse(relay.is_running())

    def test_it_ends_with_the_process_that_asked_for_it(self) -> None:
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        pid = os.fork()
        if pid == 0:
            RelayedNetwork()
            os.write(writer, str(psutil.Process().children()[0].pid).encode())
            os.kill(os.getpid(), signal.SIGKILL)
        os.close(writer)
        os.waitpid(pid, 0)

        left = int(os.read(reader, 20))

        wait_until(lambda: not is_running(left), timeout=PATIENCE_S, what="no process is left")

    def relays(self) -> set[int]:
        """The children that listen where the link is reached."""
        where = (self.link.address, self.server.getsockname()[1])
        listening = (each for each in psutil.net_connections("tcp4") if each.status == psutil.CONN_LISTEN)
        return {each.pid for each in listening if each.laddr == where and each.pid}


def callers(host: str) -> set[int]:
    """The processes that have a connection to an address."""
    return {each.pid for each in psutil.net_connections("tcp4") if each.raddr and each.raddr[0] == host and each.pid}


def receive(end: socket.socket, count: int) -> bytes:
    """So many bytes, or fewer where there are no more."""
    data = bytearray()
    while len(data) < count and (more := end.recv(count - len(data))):
        data += more
    return bytes(data)


def ended(end: socket.socket) -> bytes:
    """What still comes before a connection ends, whichever way."""
    with contextlib.suppress(ConnectionResetError):
        return receive(end, 1)
    return b""
